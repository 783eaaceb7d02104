"""What an option is, by its name and by what the help says of it: the name alone may mislead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tuneplay.domain.meaning import Meaning, meaning_of

#: Names whose meaning depends on the script: only the help text shows it. The beta of a VAE weighs
#: a term of the loss, and the mu of an audio model belongs to its encoding.
_AMBIGUOUS = {
    "beta": (Meaning.BETA1, re.compile(r"\badam|first[- ](order )?moment", re.IGNORECASE)),
    "mu": (Meaning.MOMENTUM, re.compile(r"\bmomentum\b", re.IGNORECASE)),
    "eta": (
        Meaning.LEARNING_RATE,
        re.compile(r"\blearning[- ]rate\b|\bstep[- ]size\b", re.IGNORECASE),
    ),
}

#: Words of a name that say what a bare `beta` belongs to.
_OPTIMIZERS = frozenset({"adam", "adamw", "sgd", "optim", "optimizer", "opt"})

#: "generator learning rate", "learning rate of the critic"; not "decay the learning rate every".
_RATE = re.compile(
    r"(?P<before>(?:[\w'()-]+:?\s+){0,4})learning[- ]rates?\s*"
    r"(?:$|[.,;:(\[=]|(?:for|of|used|in|at|to start|default)\b)",
    re.IGNORECASE,
)
_NO_RATE = re.compile(
    r"warm|\bmin|\bfinal|\bend\b|decay|multipl|schedul|factor|scal|number|\bsteps?\b|reduc|drop"
    r"|\blog|print|plot|reset|find|adjust|\buse\b|ratio|weight|\bwhen|whether|epochs?"
    r"|\b(of|to|by|from|on|in|with)\s+(the\s+|a\s+)?(\w+\s+)?$",
    re.IGNORECASE,
)

#: Words that show that a momentum or beta does not belong to an optimizer.
_ANOTHER = re.compile(
    r"\bKL\b|kullback|mu-?law|\bloss\b|temperature|penalty|entropy|\bELBO\b|quantiz|compand"
    r"|\bweight (of|for|on)\b|batch[- ]?norm|\bBN\b|running (mean|var|stat)|teacher|\bEMA\b"
    r"|moving average of (the )?(weights|parameters|model)|priorit|importance|key encoder",
    re.IGNORECASE,
)
_ANOTHERS_NAME = re.compile(
    r"(.*[._-])?(bn|batch[_-]?norm|norm|ema|teacher|target|kl|loss|vae)([._-].*)?"
)
_MOMENTUMS = frozenset({Meaning.MOMENTUM, Meaning.BETA1, Meaning.BETA2})


def meaning_of_option(
    names: Sequence[str], about: str, default: float | None, *, integer: bool
) -> Meaning | None:
    """What an option is; None when neither its names nor its description are usual.

    Args:
        names: Its names, the one that it is passed by first.
        about: What the help says.
        default: Its default, when that is a number.
        integer: Whether it only takes whole numbers.
    """
    found = next((m for name in names if (m := _by_name(name, about))), None)
    if found in _MOMENTUMS and _is_no_momentum(names[0], about, default, integer=integer):
        found = None
    if found is None and not integer and is_rate_text(about):
        return Meaning.LEARNING_RATE
    return found


def is_rate_text(about: str) -> bool:
    """Whether a description is that of a learning rate, and not of what changes one."""
    match = _RATE.search(about)
    return match is not None and not _NO_RATE.search(about[: match.end("before")])


def _by_name(name: str, about: str) -> Meaning | None:
    words = [word for word in re.split(r"[._/\-]+", name.lower()) if word]
    last = words[-1] if words else ""
    if last in _AMBIGUOUS and not _OPTIMIZERS & set(words):
        meaning, speaks = _AMBIGUOUS[last]
        return meaning if speaks.search(about) else None
    return meaning_of(name)


def _is_no_momentum(name: str, about: str, default: float | None, *, integer: bool) -> bool:
    """Whether an option with the name of a momentum is something else. A default of 0 is not."""
    outside = default is not None and not 0 <= default < 1
    named = _ANOTHERS_NAME.fullmatch(name.lower().lstrip("-"))
    return integer or outside or named is not None or _ANOTHER.search(about) is not None
