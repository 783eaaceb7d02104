"""The shape of one curve: levels and noise that one odd epoch cannot change.

Every function here takes values that are better when lower: a metric that is to be maximized is
negated before. The results scale with the metric and do not depend on its zero.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tuneplay.domain.curves import Curves, Direction

#: Parts of a curve: fifths, since the epoch budget is judged by fifths (`epoch_budget.EARLY_SHARE`).
FIFTHS = 5

#: Fewer values have no fifths.
LEAST_VALUES = 5

#: Values from which noise is measured, where there are as many: six give four second differences.
_LEAST_FOR_NOISE = 6

#: Values from which a slow wander differs from a parabola, which takes three of them.
_LEAST_FOR_WANDER = 10

#: Differences below this share of the values are rounding: of numbers that read 0.1, 0.2, 0.3 the
#: second difference is 0, and 1e-17 in binary.
ROUNDING = 1e-12

#: Median and mean of |x| to the standard deviation of normal noise.
_MEDIAN_TO_SD = 1.4826
_MEAN_TO_SD = 1.2533

#: Standard deviation of the middle one of three values of white noise, in theirs.
_MIDDLE_OF_THREE = 0.67

#: A second difference of white noise has sqrt(1 + 4 + 1) times its standard deviation.
_SECOND_DIFFERENCE = math.sqrt(6)


@dataclass(frozen=True, slots=True)
class Lateness:
    """How a curve ends, in the metric's unit.

    Attributes:
        gain: By how much the last fifth is better than the fifth before; negative when worse.
        before: By how much that fifth is better than the one before it.
        since: By how much the last fifth is better than the second, that is, what training gained
            once its first two fifths were over or nearly so.
        noise: Standard deviation from one epoch to the next, late in training.
        total: How far the curve came after its first tenth: the scale of the curve.
        values: Values in a fifth.
        tail: By how much the second half of the last fifth is better than its first half.
    """

    gain: float
    before: float
    since: float
    noise: float
    total: float
    values: int
    tail: float


def finite_points(
    curves: Curves, metric: str, direction: Direction
) -> tuple[list[int], list[float]]:
    """Epochs and values of a metric, better when lower; None, NaN and infinities are left out."""
    sign, column = direction.sign, curves.column(metric)
    known = [value for value in column if value is not None]
    if len(known) == len(curves.epochs) and math.isfinite(sum(known)):
        return list(curves.epochs), [sign * value for value in known]
    pairs = [
        (epoch, sign * value)
        for epoch, value in zip(curves.epochs, column, strict=False)
        if value is not None and math.isfinite(value)
    ]
    return [epoch for epoch, _ in pairs], [value for _, value in pairs]


def level(values: Sequence[float]) -> float:
    """Mean of the middle half: nearly as steady as a mean, and one odd epoch of three has no say."""
    drop = (len(values) + 1) // 4
    return statistics.fmean(sorted(values)[drop : len(values) - drop])


def noise_of(values: Sequence[float]) -> float:
    """Standard deviation from one epoch to the next, without the trend.

    From second differences, which a steady slope does not enter; their median, which an odd
    epoch does not enter. Where most of them are 0 (an accuracy of few examples), their mean.

    Args:
        values: Values in the order of the epochs.

    Returns:
        0 with fewer than three values.
    """
    triples = zip(values, values[1:], values[2:], strict=False)
    bends = [abs(first - 2 * second + third) for first, second, third in triples]
    if not bends:
        return 0.0
    least = ROUNDING * max(map(abs, values))
    bends = [bend if bend > least else 0.0 for bend in bends]
    typical = _MEDIAN_TO_SD * statistics.median(bends) or _MEAN_TO_SD * statistics.fmean(bends)
    return typical / _SECOND_DIFFERENCE


def fifth_of(count: int) -> int:
    """A fifth of a number of values; at least one."""
    return max(1, round(count / FIFTHS))


def late_noise(values: Sequence[float]) -> float:
    """Noise over the last two fifths, where training has settled."""
    return noise_of(values[-max(2 * fifth_of(len(values)), _LEAST_FOR_NOISE) :])


def late_wander(values: Sequence[float], noise: float) -> float:
    """What moves slowly over the last two fifths, next to a parabola and the noise of epochs.

    Noise that wanders from epoch to epoch does not show in second differences, but it makes levels
    as uncertain.

    Args:
        values: Values in the order of the epochs.
        noise: Their late noise.

    Returns:
        A standard deviation; 0 with too few values to know.
    """
    late = np.array(values[-2 * fifth_of(len(values)) :])
    if len(late) < _LEAST_FOR_WANDER:
        return 0.0
    first, second, third = late[:-2], late[1:-1], late[2:]
    # The middle one of three: an odd epoch does not enter.
    pair, above = np.minimum(first, second), np.maximum(first, second)
    column = np.maximum(pair, np.minimum(above, third))
    basis = _parabolas(len(column))
    rest = np.sort(np.abs(column - basis @ (basis.T @ column)))
    middle = float(rest[(len(rest) - 1) // 2] + rest[len(rest) // 2]) / 2
    spread = _MEDIAN_TO_SD * middle * math.sqrt(len(column) / (len(column) - 3))
    white = _MIDDLE_OF_THREE * noise
    return math.sqrt(max(0.0, spread - white)) * math.sqrt(spread + white)


@lru_cache(maxsize=64)
def _parabolas(count: int) -> NDArray[np.float64]:
    """An orthonormal basis (count, 3) of parabolas."""
    powers = np.vander(np.linspace(-1.0, 1.0, count), 3)
    return np.asarray(np.linalg.qr(powers)[0], dtype=np.float64)


def lateness(values: Sequence[float]) -> Lateness | None:
    """How a curve ends; None with fewer than `LEAST_VALUES` values."""
    if len(values) < LEAST_VALUES:
        return None
    part = fifth_of(len(values))
    last = level(values[-part:])
    middle = level(values[-2 * part : -part])
    before = level(values[-3 * part : -2 * part])
    second = level(values[part : 2 * part])
    start = values[len(values) // 10]
    return Lateness(
        middle - last,
        before - middle,
        second - last,
        late_noise(values),
        max(0.0, start - last),
        part,
        level(values[-part : -(part // 2)]) - level(values[-(part // 2) :]) if part > 1 else 0.0,
    )
