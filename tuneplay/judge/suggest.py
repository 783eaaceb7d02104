"""New ranges, on the scale of the old ones, within limits, short enough to type."""

from __future__ import annotations

import math

from tuneplay.domain.hyperparameter import Choice, Range, Scalar, Scale

#: A suggestion moves an edge of a log or reverse_log range by so many decades at the most: the
#: trend says that the optimum is beyond, not how far.
MAX_DECADES = 3.0

#: Significant digits of a suggested edge.
_DIGITS = 2

#: Decimals of a suggested edge on the reverse_log scale: hides the binary noise of 1 - x.
_REVERSE_DECIMALS = 12

#: Hyperparameters whose instability warmup and clipping can mend (playbook, FAQ "How can
#: optimization failures be debugged and mitigated?").
_STEP_SIZES = ("lr", "learning_rate", "learningrate")

#: No optimizer in use trains with a learning rate beyond this; a suggestion stays below it, or
#: within a decade of the present range.
MOST_LEARNING_RATE = 10.0

Ordered = Range | Choice


def is_step_size(h: Ordered) -> bool:
    """Whether a hyperparameter is a learning rate, by its name."""
    return any(word in h.name.casefold().replace("-", "_") for word in _STEP_SIZES)


def wider(h: Ordered, side: str, bound: float) -> dict[str, Scalar]:
    """The range with its edge at `bound` of the unit scale, within its limits; empty if it can't.

    A range that begins at or above 0 is never extended below 0: few hyperparameters have a
    meaning there, and one that does has a range that says so.
    """
    if not isinstance(h, Range):
        return {"add": _next_choice(h, side)}
    new = beyond(h, _capped(h, bound))
    least, most = h.limits
    if side == "low":
        floor = max(-math.inf if least is None else least, 0.0 if h.low >= 0 else -math.inf)
        new = max(new, floor)
        positive = h.scale is not Scale.LOG or new > 0
        return {"low": new, "high": _plain(h, h.high)} if new < h.low and positive else {}
    if is_step_size(h):
        new = min(new, max(MOST_LEARNING_RATE, 10 * h.high))
    if most is not None and new >= most:
        new = most
        if h.scale is Scale.REVERSE_LOG and most >= 1:
            return {}
    return {"low": _plain(h, h.low), "high": new} if new > h.high else {}


def _capped(h: Range, bound: float) -> float:
    """A bound on the unit scale, at most `MAX_DECADES` beyond the edge on a logarithmic one."""
    if h.scale is Scale.LINEAR:
        return bound
    ratio = h.high / h.low if h.scale is Scale.LOG else (1 - h.low) / (1 - h.high)
    reach = MAX_DECADES / math.log10(ratio)
    return min(max(bound, -reach), 1 + reach)


def beyond(h: Range, unit: float) -> float:
    """Value at any coordinate of the scale, also outside of the range, to a few digits."""
    if h.scale is Scale.LINEAR:
        value = h.low + unit * (h.high - h.low)
    elif h.scale is Scale.LOG:
        value = h.low * (h.high / h.low) ** unit
    else:
        distance = _short((1 - h.low) * ((1 - h.high) / (1 - h.low)) ** unit)
        return round(1 - distance, _REVERSE_DECIMALS)
    if h.kind == "int":
        return max(1, round(value)) if h.scale is Scale.LOG else round(value)
    return _short(value)


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _plain(h: Range, value: float) -> float | int:
    return int(value) if h.kind == "int" else value


def _next_choice(h: Choice, side: str) -> float:
    """The value that goes on with the series: 128, 256, 512 is followed by 1024."""
    ends = sorted(float(choice) for choice in h.choices if isinstance(choice, int | float))
    if side == "low":
        ends = ends[::-1]
    last, before = ends[-1], ends[-2]
    geometric = last > 0 and before > 0
    value = last * last / before if geometric else last + (last - before)
    whole = all(isinstance(choice, int) for choice in h.choices)
    return round(value) if whole else float(f"{value:.6g}")
