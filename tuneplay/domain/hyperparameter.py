"""Hyperparameters: ranges on a scale, and categorical choices.

Both know how to turn a coordinate of the unit interval into a value and back; the unit interval
is the scale on which the search samples and on which margins are measured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

Scalar = str | int | float | bool | None

#: Significant digits of a sampled value (of 1 - x on the reverse_log scale). Far finer than any
#: training can distinguish, short enough to read, and coarse enough to hide the last-bit
#: differences between the logarithms of different C libraries, so that a plan is the same anywhere.
SIGNIFICANT_DIGITS = 8


class Scale(StrEnum):
    """The scale on which a range is sampled and on which margins are measured."""

    LINEAR = "linear"
    LOG = "log"
    REVERSE_LOG = "reverse_log"


@dataclass(frozen=True, slots=True)
class Range:
    """A numeric hyperparameter.

    Attributes:
        name: As it is written in the spec.
        low: Smallest value, included.
        high: Largest value, included; above `low`.
        scale: linear, log, or reverse_log (the logarithm of 1 - x, for momentum and beta).
        kind: Whether values are floats or ints.
        step: Distance between neighbouring values on the linear scale, or None.
        limits: Values beyond which the hyperparameter has no meaning, or None on an open side.
    """

    name: str
    low: float
    high: float
    scale: Scale = Scale.LINEAR
    kind: Literal["float", "int"] = "float"
    step: float | None = None
    limits: tuple[float | None, float | None] = (None, None)

    def at(self, unit: float) -> float | int:
        """Value at a coordinate of the unit interval.

        Args:
            unit: Coordinate in [0, 1); 0 is `low`, and 1 would be `high`, on every scale.

        Returns:
            An int for the int kind, else a float; always within [low, high].
        """
        if self.kind == "int" or self.step is not None:
            return self._grid_value(unit)
        if self.scale is Scale.LINEAR:
            value = self.low + unit * (self.high - self.low)
            value = _rounded(value, self.high - self.low)
        elif self.scale is Scale.LOG:
            value = _to_digits(math.exp(_between(math.log(self.low), math.log(self.high), unit)))
        else:
            near, far = math.log1p(-self.low), math.log1p(-self.high)
            value = _one_minus(_to_digits(math.exp(_between(near, far, unit))))
        return min(max(value, self.low), self.high)

    def unit(self, value: float) -> float:
        """Coordinate of a value on the search scale.

        Args:
            value: Any value that the scale can express.

        Returns:
            0 at `low` and 1 at `high`; beyond them outside of [0, 1].
        """
        low, high = self._transform(self.low), self._transform(self.high)
        return (self._transform(value) - low) / (high - low)

    def on_grid(self, value: float) -> float:
        """The point of a stepped range that is nearest to a value, without binary noise."""
        low, step = Decimal(repr(self.low)), Decimal(repr(self.step or 1))
        # numpy's floats have a repr of their own.
        return float(low + round((Decimal(repr(float(value))) - low) / step) * step)

    def _transform(self, value: float) -> float:
        if self.scale is Scale.LOG:
            return math.log(value)
        if self.scale is Scale.REVERSE_LOG:
            return -math.log1p(-value)
        return value

    def _grid_value(self, unit: float) -> float | int:
        """Value on a grid: each grid point owns an equally long part of the scale around it."""
        step = self.step if self.step is not None else 1
        low, high = Decimal(repr(self.low)), Decimal(repr(self.high))
        count = int((high - low) / Decimal(repr(step))) + 1
        if self.scale is Scale.LOG:
            ends = math.log(self.low - step / 2), math.log(self.high + step / 2)
            index = round((math.exp(_between(*ends, unit)) - self.low) / step)
        else:
            index = math.floor(unit * count)
        index = min(max(index, 0), count - 1)
        if self.kind == "int":
            return int(self.low) + index * int(step)
        return float(low + index * Decimal(repr(step)))


@dataclass(frozen=True, slots=True)
class Choice:
    """A categorical hyperparameter: one of a list of values, each equally likely.

    Attributes:
        name: As it is written in the spec.
        choices: The values, two or more, all different, in the order of the spec.
    """

    name: str
    choices: tuple[Scalar, ...]

    def at(self, unit: float) -> Scalar:
        """Choice at a coordinate of the unit interval [0, 1)."""
        return self.choices[min(int(unit * len(self.choices)), len(self.choices) - 1)]


Hyperparameter = Range | Choice


def _between(start: float, end: float, unit: float) -> float:
    return start + unit * (end - start)


def _to_digits(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def _rounded(value: float, width: float) -> float:
    """Round to `SIGNIFICANT_DIGITS` of the width of the range, so that 0.1 + 0.2 reads 0.3."""
    decimals = SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(width))
    return round(value, decimals)


def _one_minus(value: float) -> float:
    """1 - value without the binary noise: 1 - 0.001 reads 0.999."""
    return float(1 - Decimal(repr(value)))


def is_number(value: Scalar) -> bool:
    """Whether a value is a number, or a text that reads as one."""
    if isinstance(value, bool) or value is None:
        return False
    try:
        return math.isfinite(float(value))
    except (ValueError, OverflowError):
        return False
