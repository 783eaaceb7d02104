"""New ranges, on the scale of the old ones, within limits, short enough to type."""

from __future__ import annotations

import math
from decimal import Decimal

from tuneplay.domain.hyperparameter import Choice, Range, Scalar, Scale
from tuneplay.domain.meaning import Meaning
from tuneplay.judge.suggestions.limits import Limits, limits_of, nines
from tuneplay.judge.suggestions.series import list_text, next_value, with_value

#: A suggestion moves an edge of a log or reverse_log range by at most this many decades: the trend says
#: that the optimum is beyond, not how far.
MAX_DECADES = 3.0

#: ... and by at least this many ranges, as long as that is not more than this many decades: in parts
#: of one decade of recorded learning rates (DeepOBS), one and a half ranges reached the optimum in
#: 55 % of the cases, two in 74 %.
LEAST_RANGES = 2.0
LEAST_DECADES = 2.0

#: Significant digits of a suggested edge, if they are fine enough for the range.
_DIGITS = 2

#: Rounding to more than this share of the range would move an edge by something that matters.
_ROUNDING = 0.05

#: An edge on the reverse_log scale stays so far from 1: beyond, 1 - x has no digits left.
_NEAREST_TO_ONE = 1e-12

#: Digits tried for a bound, the shortest that separates the two trials around it.
_MAX_DIGITS = 8

Ordered = Range | Choice


def wider(h: Ordered, side: str, bound: float, meaning: Meaning | None = None) -> dict[str, Scalar]:
    """The range with its edge at `bound` of the unit scale, within its limits; empty if it can't.

    A range that starts at or above 0 is never extended below 0: few hyperparameters have a
    meaning there, and one that does has a range that says so.

    Returns:
        `low` and `high` of a range, or `choices`, the complete new list as a spec writes it.
    """
    limits = limits_of(h, meaning)
    if isinstance(h, Choice):
        added = next_value(h, side, limits)
        return {} if added is None else {"choices": list_text(with_value(h.choices, added))}
    new = beyond(h, _in_decades(h, bound))
    new = _not_below(h, new, limits) if side == "low" else _not_above(h, new, limits)
    if not limits.allow(new) or (h.scale is Scale.REVERSE_LOG and new >= 1):
        return {}
    if side == "low":
        return ends(h, new, h.high) if new < h.low else {}
    return ends(h, h.low, new) if new > h.high else {}


def ends(h: Range, low: float, high: float) -> dict[str, Scalar]:
    """Both ends as numbers of the range's own type."""
    if h.kind == "int":
        return {"low": round(low), "high": round(high)}
    return {"low": float(low), "high": float(high)}


def _not_below(h: Range, value: float, limits: Limits) -> float:
    if limits.positive and value <= 0:
        value = _short(h.low / 10, math.inf)
    value = max(value, limits.least)
    return h.on_grid(value + (h.step or 0) / 2) if _off_grid(h, value) else value


def _not_above(h: Range, value: float, limits: Limits) -> float:
    if limits.below_one and value >= 1:
        value = nines(h.high)
    value = min(value, limits.most)
    return h.on_grid(value - (h.step or 0) / 2) if _off_grid(h, value) else value


def _off_grid(h: Range, value: float) -> bool:
    return h.step is not None and h.on_grid(value) != value


def _in_decades(h: Range, bound: float) -> float:
    """A bound on the unit scale; on a logarithmic one as many decades beyond the edge as make sense."""
    if h.scale is Scale.LINEAR:
        return bound
    ratio = h.high / h.low if h.scale is Scale.LOG else (1 - h.low) / (1 - h.high)
    decade = 1 / math.log10(ratio)
    least, most = min(LEAST_RANGES, LEAST_DECADES * decade), MAX_DECADES * decade
    reach = min(max(-bound, bound - 1, least), most)
    return -reach if bound < 0 else 1 + reach


def value_at(h: Range, unit: float) -> float:
    """Value at any coordinate of the scale, also outside of the range: undoes `Range.unit`."""
    if h.scale is Scale.LINEAR:
        return h.low + unit * (h.high - h.low)
    if h.scale is Scale.LOG:
        return h.low * float((h.high / h.low) ** unit)
    return 1 - _to_one(h, unit)


def point_at(h: Range, unit: float) -> float | int:
    """The same of a range of whole numbers or with a step: the nearest value that it has."""
    value = value_at(h, unit)
    value = h.on_grid(value) if h.step is not None else value
    return round(value) if h.kind == "int" else value


def beyond(h: Range, unit: float) -> float:
    """Value at any coordinate of the scale, also outside of the range, to a few digits.

    The digits are enough for the range: two, or more where it is narrow for its size. A range with a
    step has its own values.
    """
    if h.step is not None:
        return point_at(h, unit)
    if h.scale is Scale.REVERSE_LOG:
        width = math.log((1 - h.low) / (1 - h.high))
        distance = _to_one(h, unit)
        distance = max(_short(distance, distance * width), _NEAREST_TO_ONE)
        return float(1 - Decimal(repr(distance)))
    value = value_at(h, unit)
    if h.scale is Scale.LOG:
        value = _short(value, value * math.log(h.high / h.low))
    else:
        value = _short(value, max(h.high - h.low, value - h.low, h.high - value))
    if h.kind == "int":
        return max(1, round(value)) if h.scale is Scale.LOG else round(value)
    return value


def bound_between(h: Range, outside: float, inside: float) -> float | int:
    """A short value between the last trial outside of a region and the first inside of it.

    Where values are whole numbers or steps it is the value of the trial outside.

    Args:
        h: The range.
        outside: Position of the trial outside, on the unit scale.
        inside: Position of the trial inside.
    """
    outside, inside = min(max(outside, 0.0), 1.0), min(max(inside, 0.0), 1.0)
    if h.kind == "int" or h.step is not None:
        return point_at(h, outside)
    middle = float(h.at((outside + inside) / 2))
    for digits in range(1, _MAX_DIGITS):
        value = float(f"{middle:.{digits}g}")
        if h.scale is Scale.REVERSE_LOG:
            value = round(1 - float(f"{1 - middle:.{digits}g}"), 12)
        if h.low < value < h.high and min(outside, inside) < h.unit(value) < max(outside, inside):
            return value
    return middle


def _to_one(h: Range, unit: float) -> float:
    """1 - x on the reverse_log scale."""
    return (1 - h.low) * float(((1 - h.high) / (1 - h.low)) ** unit)


def _short(value: float, width: float) -> float:
    """A value to a few digits, fine enough for a range that is so wide at this place."""
    if not value:
        return 0.0
    first = math.floor(math.log10(abs(value)))
    finest = math.floor(math.log10(_ROUNDING * width) + 1e-9) if math.isfinite(width) else first
    digits = max(_DIGITS, first - finest + 1)
    return float(f"{value:.{digits}g}")
