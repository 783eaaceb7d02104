"""The secrets of a round: finding their values, and keeping them out of the recorded spec."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import get_args, get_type_hints

from tuneplay.domain.round import Round
from tuneplay.domain.secrets import SHORTEST, Secrets
from tuneplay.domain.trial import Cause, State
from tuneplay.errors import SpecError, UsageError
from tuneplay.ledger.events import Event, Note
from tuneplay.spec.load import Spec, Surroundings, loads


def secrets_of(round_: Round, environ: Mapping[str, str]) -> Secrets:
    """The values of everything that the spec redacts.

    Raises:
        UsageError: A value in the environment is too short to be distinguished from other text.
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
        # Messages show texts as Python and JSON write them.
        found |= texts.union(*((repr(t)[1:-1], json.dumps(t)[1:-1]) for t in texts))
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
    hidden_template = secrets.hide(template.text) if template else None
    try:
        around = Surroundings(template=hidden_template)
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


def check_words(secrets: Secrets, round_: Round, paths: Iterable[str]) -> None:
    """See that no secret is part of a word that the ledger needs as it is.

    Args:
        secrets: What is hidden.
        round_: The round, with its secrets.
        paths: Paths that are recorded.

    Raises:
        UsageError: One is.
    """
    words = {
        "a word of the ledger": [
            *(event.__name__.lower() for event in get_args(Event)),
            *get_args(get_type_hints(Note)["kind"]),
            *State,
            *Cause,
        ],
        "the objective's metric": [round_.objective.metric],
        "a study's name": [study.key for study in round_.studies],
        "a hyperparameter's name": [name for study in round_.studies for name in study.names],
        "a path of the round": paths,
    }
    for what, needed in words.items():
        if any(secret in word for word in needed for secret in secrets.texts):
            raise UsageError(
                f"redact: a secret is part of {what}, which is recorded as it is",
                "Choose another secret or another name, or take it out of `redact`.",
            )


def unset(round_: Round, environ: Mapping[str, str]) -> list[str]:
    """Names under `redact` that have no value anywhere: a slip of the pen, perhaps."""
    known = set(round_.command.env).union(*(study.names for study in round_.studies))
    return [name for name in round_.redact if name not in known and name not in environ]
