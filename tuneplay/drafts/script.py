"""A training script and the options of its command line."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from tuneplay.domain.command import NAME
from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.meaning import Meaning
from tuneplay.drafts.option_meaning import meaning_of_option

#: Names that a hyperparameter can have in a spec; options with other names are left alone.
_NAME = re.compile(NAME)


class Style(StrEnum):
    """How a script takes its options."""

    FLAGS = "flags"
    HYDRA = "hydra"
    #: `--name=value` in one word, and nothing else.
    EQUALS = "equals"


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a script.

    Attributes:
        names: As the script spells them, `("-b", "--batch-size")`; a Hydra key has one.
        values: How many values follow: 0 for a flag, 1, or 2 for several.
        choices: The values that are allowed; empty where any is.
        default: As the help says; None if it does not say.
        required: Whether the script does not start without it.
        about: What the help says.
        metavar: What the help calls its value.
        integer: Whether it is known to take whole numbers only.
    """

    names: tuple[str, ...]
    values: int = 1
    choices: tuple[str, ...] = ()
    default: Scalar = None
    required: bool = False
    about: str = ""
    metavar: str = ""
    integer: bool = False

    @property
    def spelling(self) -> str:
        """The name to pass it by: the first long one, never the `--no-…` of a pair."""
        long = [name for name in self.names if name.startswith("--")]
        plain = [name for name in long if not name.startswith(("--no-", "--no_"))]
        return (plain or long or list(self.names))[0]

    @property
    def name(self) -> str:
        """Its name as a hyperparameter: as the script spells it, without the dashes."""
        return self.spelling.lstrip("-")

    @property
    def is_flag(self) -> bool:
        """Whether it is given without a value."""
        return self.values == 0

    @property
    def is_number(self) -> bool:
        """Whether it can be searched as a number: it takes one value, and any default is a number."""
        return self.values == 1 and not self.choices and not isinstance(self.default, str | bool)

    @property
    def number(self) -> float | None:
        """Its default, when that is a number."""
        default = self.default
        return default if isinstance(default, int | float) and self.is_number else None

    @property
    def meaning(self) -> Meaning | None:
        """What it is, by any of its names and by what the help says of it."""
        ordered = (self.spelling, *self.names)
        about = self.about if self.is_number else ""
        return meaning_of_option(ordered, about, self.number, integer=self.integer)

    @property
    def nameable(self) -> bool:
        """Whether a spec can name it."""
        return _NAME.fullmatch(self.name) is not None


@dataclass(frozen=True, slots=True)
class Script:
    """A training script, as its help describes it.

    Attributes:
        style: How it takes its options.
        options: Its options, in the order of the help.
        positionals: What it needs besides options, as the help calls it.
        subcommands: Its subcommands. If there are any, the command has to name one.
    """

    style: Style
    options: tuple[Option, ...]
    positionals: tuple[str, ...] = ()
    subcommands: tuple[str, ...] = ()

    def of(self, *meanings: Meaning) -> list[Option]:
        """The options with these meanings, in the order of the meanings."""
        return [o for meaning in meanings for o in self.options if o.meaning is meaning]

    def first(self, *meanings: Meaning) -> Option | None:
        """The first option of these meanings."""
        return next(iter(self.of(*meanings)), None)

    def passed(self, option: Option, value: str) -> tuple[str, ...]:
        """The words that hand a value to the script."""
        if self.style is Style.HYDRA:
            return (f"{option.name}={value}",)
        if self.style is Style.EQUALS:
            return (f"{option.spelling}={value}",)
        return (option.spelling, value)

    def reachable(self, option: Option) -> bool:
        """Whether `{args}` can pass it: by `--name=value`, or Hydra's `name=value`."""
        return option.nameable and (
            self.style is Style.HYDRA or option.spelling == f"--{option.name}"
        )


def value_of(text: str) -> Scalar:
    """A value as a help text prints it."""
    text = text.strip()
    if text[:1] in "'\"" and text[-1:] == text[:1] and len(text) > 1:
        return value_of(text[1:-1]) if text[1:-1] else None
    word = text.lower()
    if word in ("", "none", "null"):
        return None
    if word in ("true", "false"):
        return word == "true"
    if re.fullmatch(r"[-+]?[0-9]{1,15}", text):
        return int(text)
    if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", text):
        return float(text) if math.isfinite(float(text)) else text
    return text
