"""Numbers to choose from: how their series goes on, and how a spec writes a list."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from tuneplay.domain.hyperparameter import Choice, Scalar
from tuneplay.domain.yaml_scalar import yaml_text
from tuneplay.judge.suggestions.limits import Limits

#: Digits at which two steps, or two ratios, are the same.
_SAME = 1e-6

#: A number with more digits than this is rounded even where the series is exact.
_LONGEST = 8


def next_value(h: Choice, side: str, limits: Limits) -> float | int | None:
    """The value that goes on with the series: 128, 256, 512 is followed by 1024.

    Args:
        h: Numbers to choose from, two or more.
        side: `low` or `high`.
        limits: What the value may be.

    Returns:
        A number of the list's own type, as round as its numbers are; None when the series ends.
    """
    numbers = sorted(choice for choice in h.choices if isinstance(choice, int | float))
    if set(numbers) == {0, 1}:
        return None  # A switch.
    row = numbers[::-1] if side == "low" else numbers
    whole = all(isinstance(number, int) for number in numbers)
    for value in _continued(row, nearing_one=limits.below_one):
        new = round(value) if whole else float(value)
        further = new < row[-1] if side == "low" else new > row[-1]
        if further and limits.allow(new):
            return new
    return None


def _continued(row: Sequence[float], *, nearing_one: bool) -> Iterator[float]:
    """Ways to go on with a series, the most fitting first."""
    before, last = row[-2], row[-1]
    digits = max(_digits(number) for number in row)
    steps = [after - number for number, after in pairwise(row)]
    stepped = float(Decimal(repr(last)) + Decimal(repr(last)) - Decimal(repr(before)))
    even = len(steps) > 1 and _same(steps)
    positive = min(row) > 0
    if even:
        yield stepped
    if last > 0 and before > 0:
        ratios = [b / a for a, b in pairwise(row)] if positive else []
        value = last * last / before
        exact = float(f"{value:.12g}")
        steady = _same(ratios) and not even and _digits(exact) <= _LONGEST
        yield exact if steady else _rounded(value, digits)
    else:
        yield stepped
    if nearing_one and before < last < 1:
        # Momentum: 0.9, 0.99 is followed by 0.999.
        away = _rounded((1 - last) ** 2 / (1 - before), 1)
        yield float(1 - Decimal(repr(away)))


def _same(values: Sequence[float]) -> bool:
    return bool(values) and all(math.isclose(v, values[0], rel_tol=_SAME) for v in values)


def _digits(number: float) -> int:
    """Significant digits of a number as it is written."""
    return max(1, len(Decimal(repr(number)).normalize().as_tuple().digits)) if number else 1


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")


def with_value(choices: Sequence[Scalar], added: float) -> list[Scalar]:
    """A list of numbers with one more: in its place where the list is in order, else at the end."""
    numbers = [choice for choice in choices if isinstance(choice, int | float)]
    falling = numbers[0] > numbers[-1]
    if numbers == sorted(numbers, reverse=falling):
        return [*sorted([*numbers, added], reverse=falling)]
    return [*choices, added]


def list_text(choices: Sequence[Scalar]) -> str:
    """A list as a spec writes it."""
    return f"[{', '.join(map(yaml_text, choices))}]"
