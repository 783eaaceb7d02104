"""The train command: words with placeholders, filled in once for each trial.

No shell ever sees a filled word, so a value reaches the program as one complete argument, whatever
it contains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.yaml_scalar import yaml_text

#: Placeholders that every trial has, besides its hyperparameters.
BUILTIN_PLACEHOLDERS = (
    "epochs",
    "seed",
    "trial_dir",
    "checkpoint_dir",
    "metrics_file",
    "params_json",
    "config",
    "study",
    "trial",
)

#: The forms of the word that expands to every hyperparameter not named elsewhere.
ARGS_FORMS = ("args", "args:space", "args:hydra", "args:flags")

#: What a hyperparameter can be called. Hydra has groups, `model/norm`, and adds a key that its
#: configuration lacks, `+optim.lr` and `++optim.lr`.
NAME = r"\+{0,2}[A-Za-z_][A-Za-z0-9_.\-]*(?:/[A-Za-z0-9_.\-]+)*"

_NAME = NAME + r"(?::[A-Za-z]+)?"

#: `{name}` is a placeholder and `{{name}}` the literal text `{name}`. Anything else in braces stays
#: as it is, so that a word may hold JSON.
_PLACEHOLDER = re.compile(r"\{(\{" + _NAME + r"\})\}|\{(" + _NAME + r")\}")


#: Files in which Python reads what Python writes: True and None.
_PYTHON_LIKE = frozenset({".py", ".gin"})


@dataclass(frozen=True, slots=True)
class ConfigTemplate:
    """A configuration file with placeholders: `config_template`.

    Attributes:
        suffix: Its suffix, such as `.yaml`; the filled copy has the same.
        text: Its text, before it is filled in.
    """

    suffix: str
    text: str

    def fill(self, hyperparameters: Mapping[str, Scalar], builtin: Mapping[str, str]) -> str:
        """The configuration of one trial.

        Values are spelled so that YAML, JSON and TOML read them: `true`, `null`, and `1.0e-05`,
        which YAML 1.1 (PyYAML) takes for a text without the point. In Python files they are
        spelled as Python does. What is in braces and no placeholder stays.
        """
        python = self.suffix in _PYTHON_LIKE
        values = {
            name: text_of(value) if python else config_text_of(value)
            for name, value in hyperparameters.items()
        } | dict(builtin)
        return _PLACEHOLDER.sub(
            lambda match: values.get(match[2], match[0]) if match[2] else match[1], self.text
        )


@dataclass(frozen=True, slots=True)
class Command:
    """The train command and what goes with it.

    Attributes:
        words: The words of the command, before they are filled in.
        env: Environment variables of the trial, before they are filled in.
        template: A configuration file that is filled in for each trial; None for none.
    """

    words: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    template: ConfigTemplate | None = None

    def placeholders(self) -> frozenset[str]:
        """Every placeholder named in the words, the environment and the template.

        `{args…}` is left out.
        """
        texts = [word for word in self.words if not _is_args(word)] + list(self.env.values())
        texts += [self.template.text] if self.template else []
        return frozenset(name for text in texts for name in placeholders_in(text))

    @property
    def passes_all(self) -> bool:
        """Whether `{args}` or `{params_json}` hands over every hyperparameter."""
        return any(_is_args(word) for word in self.words) or "params_json" in self.placeholders()

    def argv(self, hyperparameters: Mapping[str, Scalar], builtin: Mapping[str, str]) -> list[str]:
        """The words of one trial, filled in.

        Args:
            hyperparameters: Every hyperparameter of the trial.
            builtin: A value for each of `BUILTIN_PLACEHOLDERS`.

        Returns:
            The argument vector; values are filled in once, braces inside them stay.

        Raises:
            KeyError: A placeholder has no value. A loaded spec never has one.
        """
        values = texts_of(hyperparameters) | dict(builtin)
        named = self.placeholders()
        rest = {name: value for name, value in hyperparameters.items() if name not in named}
        argv: list[str] = []
        for word in self.words:
            argv.extend(_args(word[1:-1], rest) if _is_args(word) else [fill(word, values)])
        return argv

    def environment(
        self, hyperparameters: Mapping[str, Scalar], builtin: Mapping[str, str]
    ) -> dict[str, str]:
        """Environment variables of one trial: `TUNEPLAY_*`, then the spec's own."""
        values = texts_of(hyperparameters) | dict(builtin)
        env = {variable_of(name): value for name, value in values.items()}
        env["TUNEPLAY_METRICS"] = builtin["metrics_file"]
        return env | {name: fill(text, values) for name, text in self.env.items()}


def text_of(value: Scalar) -> str:
    """A value as the program reads it: `0.001`, `True`, `None`, or the string itself."""
    return value if isinstance(value, str) else repr(value)


def config_text_of(value: Scalar) -> str:
    """A value as YAML, JSON and TOML read it: `true`, `null`, `1.0e-05`, or the string itself.

    A string is never quoted: the template may hold the quotes already, or a part of a longer text.
    """
    return value if isinstance(value, str) else yaml_text(value)


def texts_of(values: Mapping[str, Scalar]) -> dict[str, str]:
    """`text_of` each value."""
    return {name: text_of(value) for name, value in values.items()}


def variable_of(name: str) -> str:
    """Environment variable that carries a value: `optim.lr` is `TUNEPLAY_OPTIM_LR`.

    So is `+optim.lr`: the plus is an instruction to Hydra, not a part of the name.
    """
    return "TUNEPLAY_" + re.sub(r"[^A-Za-z0-9]", "_", name.lstrip("+")).upper()


def placeholders_in(text: str) -> Iterable[str]:
    """Names of the placeholders in a text, in order, with repetition."""
    return (match[2] for match in _PLACEHOLDER.finditer(text) if match[2])


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace each placeholder of a text by its value; `{{name}}` becomes `{name}`.

    Raises:
        KeyError: A placeholder has no value.
    """
    return _PLACEHOLDER.sub(lambda m: values[m[2]] if m[2] else m[1], text)


def _is_args(word: str) -> bool:
    return word.startswith("{args") and word.endswith("}") and word[1:-1] in ARGS_FORMS


def _args(form: str, rest: Mapping[str, Scalar]) -> list[str]:
    if form == "args:space":
        return [part for name, value in rest.items() for part in (f"--{name}", text_of(value))]
    if form == "args:hydra":
        # To Hydra, None is a text of four letters.
        return [f"{n}={'null' if value is None else text_of(value)}" for n, value in rest.items()]
    if form == "args:flags":
        return [
            f"--{name}" if value is True else f"--{name}={text_of(value)}"
            for name, value in rest.items()
            if value is not False
        ]
    return [f"--{name}={text_of(value)}" for name, value in rest.items()]
