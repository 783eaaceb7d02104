"""Within which limits a hyperparameter has a meaning, where its spec does not say."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from tuneplay.domain.hyperparameter import Choice, Range
from tuneplay.domain.meaning import REGULARIZATION_MEANINGS, Meaning

#: No optimizer in use trains with a learning rate beyond this, nor with a penalty beyond that; a
#: suggestion stays below it, or within a decade of a range that is there already.
MOST_LEARNING_RATE = 10.0
MOST_PENALTY = 1.0

#: Rates that 0 turns off: a range above 0 is not extended to it.
_POSITIVE = (Meaning.LEARNING_RATE, Meaning.WEIGHT_DECAY, Meaning.EPSILON)

#: At least 0 and below 1.
_FRACTIONS = (
    Meaning.MOMENTUM,
    Meaning.BETA1,
    Meaning.BETA2,
    Meaning.DROPOUT,
    Meaning.LABEL_SMOOTHING,
)

#: Augmentations that are probabilities, and averages that forget: fractions by their names.
_PROBABILITY = re.compile(r"prob|flip|(^|[._/\-])p$", re.IGNORECASE)
_AVERAGE = re.compile(r"ema", re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """What a suggested value may be.

    Attributes:
        least: Smallest value.
        most: Largest value.
        positive: Whether it is above 0.
        below_one: Whether it is below 1.
    """

    least: float = -math.inf
    most: float = math.inf
    positive: bool = False
    below_one: bool = False

    def allow(self, value: float) -> bool:
        """Whether a value is within the limits."""
        inside = self.least <= value <= self.most
        return inside and not (self.positive and value <= 0) and not (self.below_one and value >= 1)


def limits_of(h: Range | Choice, meaning: Meaning | None) -> Limits:
    """The limits of a range or of numbers to choose from; those of the spec go first.

    Args:
        h: The hyperparameter; the values that it has are always within its limits.
        meaning: What it is, or None when nothing is known.
    """
    if isinstance(h, Range):
        low, high, whole = h.low, h.high, h.kind == "int"
        least, most = h.limits
    else:
        numbers = [choice for choice in h.choices if isinstance(choice, int | float)]
        low, high, whole = min(numbers), max(numbers), all(isinstance(n, int) for n in numbers)
        least, most = None, None
    positive = low > 0 and (meaning in _POSITIVE or (isinstance(h, Range) and h.scale == "log"))
    fraction = _is_fraction(h.name, meaning) and high <= 1
    floor = 0.0 if low >= 0 or fraction else -math.inf
    count = whole and low >= 1
    return Limits(
        max(floor, 1.0 if count else floor) if least is None else max(least, floor),
        _most(high, meaning, fraction=fraction) if most is None else most,
        positive,
        fraction and high < 1 and most is None,
    )


def _most(high: float, meaning: Meaning | None, *, fraction: bool) -> float:
    if fraction:
        return 1.0
    if meaning is Meaning.LEARNING_RATE:
        most = MOST_LEARNING_RATE
    elif meaning in REGULARIZATION_MEANINGS and meaning is not Meaning.AUGMENTATION:
        most = MOST_PENALTY
    else:
        return math.inf
    return most if high < most else 10 * high


def _is_fraction(name: str, meaning: Meaning | None) -> bool:
    if meaning is Meaning.AUGMENTATION:
        return bool(_PROBABILITY.search(name))
    if meaning is Meaning.REGULARIZATION:
        return bool(_AVERAGE.search(name))
    return meaning in _FRACTIONS


def nines(value: float) -> float:
    """The next of 0.9, 0.99, 0.999, … above a fraction; at most six nines."""
    for count in range(1, 7):
        new = float(f"0.{'9' * count}")
        if value < new:
            return new
    return value
