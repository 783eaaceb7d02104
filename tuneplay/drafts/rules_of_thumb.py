"""Ranges by rule of thumb: where to search when only a name and a default are known.

They are wide rather than exact: the report says whether the best trials are at an edge, and which
range to use next. A range that is too narrow makes a comparison unfair, and nobody sees it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from tuneplay.domain.meaning import Meaning
from tuneplay.drafts.script import Option

#: "Two decades each side": learning rates that work differ by several orders of magnitude between
#: optimizers (playbook, "Identifying scientific, nuisance, and fixed hyperparameters").
DECADES = 2

#: Learning rates where no default is known: from what Adam needs to what SGD bears.
ANY_LEARNING_RATE = (1e-5, 1.0)

#: Learning rates by the family of the optimizer; the ranges of Choi et al. 2019, tables 5 to 9,
#: rounded outwards.
ADAPTIVE_LEARNING_RATE = (1e-5, 1e-1)
SGD_LEARNING_RATE = (1e-3, 1e1)

#: Weight decay where no default is known, or none is used; the low end has hardly any effect.
ANY_WEIGHT_DECAY = (1e-6, 1e-2)

#: Beyond this the weights are gone before they learn, unless the script starts from there.
MOST_WEIGHT_DECAY = 1.0

#: Dropout above a half rarely helps; where the default is above it, the range goes further.
MOST_DROPOUT, MOST_DROPOUT_STRONG = 0.5, 0.8

#: Momentum below this hardly differs from none; a script that uses less is searched from 0.
USUAL_MOMENTUM = 0.8


@dataclass(frozen=True, slots=True)
class Space:
    """A range as the draft writes it.

    Attributes:
        low: Smallest value.
        high: Largest value.
        scale: linear, log or reverse_log.
        limits: As the spec writes them; empty for none.
    """

    low: float
    high: float
    scale: str = "linear"
    limits: str = ""

    def text(self) -> str:
        """The range in the spec's language."""
        keys = [f"low: {number(self.low)}", f"high: {number(self.high)}"]
        if self.scale != "linear":
            keys.append(f"scale: {self.scale}")
        if all(value == int(value) and abs(value) < 1e4 for value in (self.low, self.high)):
            keys.append("type: float")  # two whole numbers would make an int range
        if self.limits:
            keys.append(f"limits: {self.limits}")
        return "{" + ", ".join(keys) + "}"


#: Ranges that do not depend on the default. Momentum and beta are searched as the logarithm of
#: 1 - x; the ends of beta2 and epsilon are where Adam still differs from itself.
_SPACES = {
    Meaning.BETA1: Space(0.8, 0.99, "reverse_log", "[0, 1]"),
    Meaning.BETA2: Space(0.9, 0.9999, "reverse_log", "[0, 1]"),
    Meaning.EPSILON: Space(1e-10, 1e-3, "log", "[0, null]"),
    Meaning.LABEL_SMOOTHING: Space(0.0, 0.2, "linear", "[0, 1]"),
    Meaning.SCHEDULE: Space(0.1, 1.0, "linear", "[0, 1]"),
}


def space_of(option: Option) -> Space | None:
    """Where to search for an option; None when there is no rule of thumb for it.

    The range contains the script's own default. Otherwise a study could miss the present setting.
    """
    if not option.is_number or option.integer:
        return None  # every rule of thumb here is about numbers with a fraction
    found = _rule_of_thumb(option)
    return holding(found, option.number) if found else None


def _rule_of_thumb(option: Option) -> Space | None:
    """The range for a meaning. An unusual default may be outside."""
    default, meaning = option.number, option.meaning
    if meaning is None:
        return None
    if meaning is Meaning.LEARNING_RATE:
        return around(default, ANY_LEARNING_RATE)
    if meaning is Meaning.WEIGHT_DECAY:
        found = around(default, ANY_WEIGHT_DECAY)
        high = min(found.high, MOST_WEIGHT_DECAY) if found.low < MOST_WEIGHT_DECAY else found.high
        return Space(found.low, high, "log", "[0, null]")
    if meaning is Meaning.MOMENTUM:
        low = 0.0 if default is not None and default < USUAL_MOMENTUM else USUAL_MOMENTUM
        return Space(low, 0.999, "reverse_log", "[0, 1]")
    if meaning is Meaning.DROPOUT:
        strong = default is not None and default >= MOST_DROPOUT
        return Space(0.0, MOST_DROPOUT_STRONG if strong else MOST_DROPOUT, "linear", "[0, 1]")
    return _SPACES.get(meaning)


def holding(space: Space, default: float | None) -> Space | None:
    """The range, widened on its scale until a default is well inside.

    None if such a hyperparameter cannot have this default. A log scale has no 0: there the low end
    has hardly any effect.
    """
    if (
        default is None
        or space.low <= default <= space.high
        or (space.scale, default) == ("log", 0)
    ):
        return space
    if not math.isfinite(default) or default < 0:
        return None
    low, high = space.low, space.high
    if space.scale == "log":
        found = replace(space, low=min(low, default / 10), high=max(high, default * 10))
    elif default > 1:
        return None
    elif space.scale == "reverse_log":
        low = min(low, max(0.0, 1 - 2 * (1 - default)))
        found = replace(space, low=low, high=max(high, 1 - (1 - default) / 10))
    else:
        high = max(high, min(2 * default, (1 + default) / 2))
        found = replace(space, low=min(low, default / 2), high=high)
    written = float(number(found.low)), float(number(found.high))
    whole = written[0] <= default <= written[1] and written[0] < written[1]
    return found if whole and (space.scale != "reverse_log" or written[1] < 1) else None


def around(default: float | None, otherwise: tuple[float, float]) -> Space:
    """Two decades each side of a default, on the log scale."""
    if default is None or not 0 < default < math.inf:
        return Space(*otherwise, "log")
    return Space(default / 10**DECADES, default * 10**DECADES, "log")


def number(value: float) -> str:
    """A number as a person writes it: `1e-3` and `0.05`, never `0.00030000000000000003`."""
    text = f"{value:.6g}"
    if value != 0 and (abs(value) < 0.01 or abs(value) >= 1e4):
        mantissa, _, exponent = f"{value:.5e}".partition("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return text
