"""Which values of an option with choices a first round compares."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tuneplay.domain.command import text_of
from tuneplay.domain.meaning import Meaning
from tuneplay.domain.yaml_scalar import yaml_text
from tuneplay.drafts.script import Option, value_of
from tuneplay.drafts.sorting import is_adaptive, is_aside

#: More values than this make a first round expensive. The user can add others.
MOST_VALUES = 3

#: "We recommend sticking with well-established, popular optimizers" (playbook, "Choosing the
#: optimizer"); those come first where a script has many, the most usual one first.
_POPULAR = ("sgd", "adam", "adamw", "rmsprop", "nadam", "momentum", "nesterov")

#: Made for training on all data at once: chosen only if there is no other.
_FULL_BATCH = re.compile(r".*l[_-]?bfgs.*", re.IGNORECASE)


def unlisted(options: Iterable[Option]) -> Option | None:
    """The first option that takes a text, where the help does not list the possible texts."""
    return next(
        (
            o
            for o in options
            if o.nameable and o.values == 1 and not (o.choices or o.is_number or is_aside(o))
        ),
        None,
    )


def following(subject: Option) -> list[str]:
    """The script's own value, and the choices that are listed after it."""
    now, at = _now(subject)
    choices = list(subject.choices)
    return _in_their_order(subject, now, choices[at + 1 :] + choices[:at])


def popular(subject: Option) -> list[str]:
    """The script's own optimizer, the most usual one of the other family, and the next usual one."""
    now, _ = _now(subject)
    others = [choice for choice in subject.choices if choice != now]
    others.sort(key=_unusual)
    # The other family first: a greater difference shows more.
    far = [c for c in others if is_adaptive(c) is not is_adaptive(now)]
    if far and not _FULL_BATCH.fullmatch(far[0]):
        others.remove(far[0])
        others.insert(0, far[0])
    # adamw_torch and adamw_fused are one optimizer.
    stems = {_stem(c): c for c in reversed(others)}
    return _in_their_order(
        subject, now, [c for c in others if stems[_stem(c)] == c and _stem(c) != _stem(now)]
    )


def choice_text(choice: str) -> str:
    """One of a script's choices, written to reach the script as the text that it lists."""
    value = value_of(choice)
    return yaml_text(choice if text_of(value) != choice else value)


def _now(subject: Option) -> tuple[str, int]:
    choices = list(subject.choices)
    now = str(subject.default) if str(subject.default) in choices else choices[0]
    return now, choices.index(now)


def _in_their_order(subject: Option, now: str, others: list[str]) -> list[str]:
    most = 2 if subject.meaning is Meaning.ARCHITECTURE else MOST_VALUES
    compared = {now, *others[: most - 1]}
    return [choice for choice in subject.choices if choice in compared]


def _unusual(optimizer: str) -> int:
    """How far from usual an optimizer is."""
    if _FULL_BATCH.fullmatch(optimizer):
        return len(_POPULAR) + 1
    names = (optimizer.lower(), _stem(optimizer))
    return min((_POPULAR.index(n) for n in names if n in _POPULAR), default=len(_POPULAR))


def _stem(optimizer: str) -> str:
    return re.split(r"[._-]", optimizer.lower())[0]
