"""Does a curve repeat with a period? (playbook, "Setting up periodic evaluations")."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: Fewer values cannot show a period: three repetitions of it are asked for.
LEAST_VALUES = 20
REPETITIONS = 3

#: The autocorrelation at the period, and at twice the period. White noise of 20 values reaches
#: 0.6 at some lag in a few of a hundred curves, and both of these in fewer than one.
CORRELATION = 0.6
CORRELATION_TWICE = 0.4

#: The mean of the autocorrelations at all shorter lags must be below this: it is below 0 for what
#: repeats, and near 1 for a trend that is left over.
CORRELATION_BETWEEN = 0.1

#: Shorter periods than this many epochs cannot be told from noise that alternates.
SHORTEST = 3

#: What is left of the values in their last digits is rounding.
ROUNDING = 1e-11

#: The first tenth of training is left out: its steep trend is not taken out well. Where the rest
#: shows nothing, a step of the learning rate may hide it, and the last half is looked at alone.
LEFT_OUT = 10


def period_of(epochs: Sequence[int], values: Sequence[float]) -> int | None:
    """The period of a curve, in epochs.

    By the autocorrelation of what is left when the trend, a running mean over one period, is taken
    out; with care, since any trend that is left over correlates with itself as well.

    Args:
        epochs: Epoch numbers, evenly spaced; else the answer is None.
        values: One finite value an epoch.

    Returns:
        The shortest clear period; None when there is none, or fewer than `LEAST_VALUES` values.
    """
    spacing = epochs[1] - epochs[0] if len(epochs) > 1 else 0
    if len(values) < LEAST_VALUES or epochs[-1] - epochs[0] != spacing * (len(epochs) - 1):
        return None
    column = np.asarray(values, dtype=np.float64)
    # A period has no unit, and squares of large values no float.
    column = column / max(float(np.abs(column).max()), np.finfo(np.float64).tiny)
    for begin in (len(values) // LEFT_OUT, len(values) // 2):
        settled = column[begin:]
        least = _rounding(settled)
        for lag in range(SHORTEST, len(settled) // REPETITIONS):
            if _repeats(settled, lag, least):
                return lag * spacing
        if len(values) < 2 * LEAST_VALUES:
            break
    return None


def _repeats(settled: NDArray[np.float64], lag: int, least: float) -> bool:
    """Whether more than `least` is left by the trend, and correlates at a lag and its double alone."""
    rest = _without_odd(_without_trend(settled, lag))
    # A running mean over an even period lies half an epoch off: of a slope that leaves a constant.
    if float(np.abs(rest - rest.mean()).max()) <= least:
        return False
    if _correlation(rest, lag) < CORRELATION or _correlation(rest, 2 * lag) < CORRELATION_TWICE:
        return False
    between = [_correlation(rest, shorter) for shorter in range(1, lag)]
    return sum(between) / len(between) < CORRELATION_BETWEEN


def _rounding(values: NDArray[np.float64]) -> float:
    """By how much printing may have moved values: half of the least step between them.

    A slow slope that is printed with two digits has stairs, and stairs repeat.
    """
    least = ROUNDING * float(np.abs(values).max())
    steps = np.diff(np.sort(values))
    steps = steps[steps > least]
    return float(steps.min()) / 2 + least if len(steps) else np.inf


def _without_trend(values: NDArray[np.float64], lag: int) -> NDArray[np.float64]:
    """What a running mean over one period leaves; shorter by a period less one."""
    means = np.convolve(values, np.full(lag, 1 / lag), mode="valid")
    middle: NDArray[np.float64] = values[lag // 2 : lag // 2 + len(means)] - means
    return middle


def _without_odd(rest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cuts what is farther out than what can have repeated: an odd epoch would hide the rest."""
    size = np.sort(np.abs(rest))
    cut = size[-REPETITIONS] if len(size) >= REPETITIONS else np.inf
    return np.clip(rest, -cut, cut)


def _correlation(values: NDArray[np.float64], lag: int) -> float:
    """Autocorrelation at a lag; 0 for a constant, and for too few values."""
    first, second = values[:-lag], values[lag:]
    if len(first) < SHORTEST:
        return 0.0
    first, second = first - first.mean(), second - second.mean()
    spread = float(first @ first) * float(second @ second)
    return float(first @ second) / spread**0.5 if spread > 0 else 0.0
