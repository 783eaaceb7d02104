"""The secrets of a round: finding their values, and keeping them out of the recorded spec."""

from __future__ import annotations

from collections.abc import Mapping

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.round import Round
from tuneplay.domain.secrets import SHORTEST, Secrets
from tuneplay.errors import SpecError, UsageError
from tuneplay.spec.load import Spec, Surroundings, loads


def secrets_of(round_: Round, environ: Mapping[str, str]) -> Secrets:
    """The values of everything that the spec redacts.

    Raises:
        UsageError: A value in the environment is too short to be told from other text.
    """
    found: set[str] = set()
    for name in round_.redact:
        values = [study.fixed.get(name) for study in round_.studies]
        values += [round_.command.env.get(name), environ.get(name)]
        texts = {value for value in values if isinstance(value, str) and value}
        if any(len(text) < SHORTEST for text in texts):
            raise UsageError(
                f"redact: the value of {name} is shorter than {SHORTEST} characters",
                "It would be taken for other text by chance. Choose a longer one.",
            )
        found |= texts
    return Secrets(tuple(sorted(found, key=lambda text: (-len(text), text))))


def recorded_spec(spec: Spec, secrets: Secrets, file: str) -> Spec:
    """The spec as the ledger may have it: without the secrets.

    Args:
        spec: The spec as it was read.
        secrets: What is hidden.
        file: The spec's name for messages.

    Raises:
        SpecError: A secret cannot be taken out of its text.
    """
    if not secrets.texts:
        return spec
    hint = "Write secrets on one line, without escapes, or keep them in the environment."
    template = spec.round.command.template
    kept = secrets.hide(template.text) if template else None
    try:
        around = Surroundings(template=kept)
        name = spec.round.name
        hidden = loads(secrets.hide(spec.text), name, file, design=False, around=around)
    except SpecError:
        raise SpecError(f"{file}: redact: a secret is part of the spec's own words", hint) from None
    round_ = hidden.round
    values = [*round_.command.words, *round_.command.env.values(), round_.goal]
    for study in round_.studies:
        values += [text for text in study.fixed.values() if isinstance(text, str)]
    if any(secrets.hide(text) != text for text in values):
        raise SpecError(f"{file}: redact: a secret cannot be found in the spec's text", hint)
    return hidden


def unset(round_: Round, environ: Mapping[str, str]) -> list[str]:
    """Names under `redact` that have no value anywhere: a slip of the pen, perhaps."""
    known = set(round_.command.env).union(*(study.names for study in round_.studies))
    return [name for name in round_.redact if name not in known and name not in environ]


def with_secrets(values: Mapping[str, Scalar], round_: Round, study: str) -> Mapping[str, Scalar]:
    """The hyperparameters of a trial as its program needs them; the ledger has them hidden."""
    fixed = round_.study(study).fixed
    hidden = [name for name in round_.redact if name in fixed]
    return {**values, **{name: fixed[name] for name in hidden}} if hidden else values
