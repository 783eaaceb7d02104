"""What a comparison could have found, and how many seeds would decide (noncentral t)."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from tuneplay.judge.verdict.seeds.standards import MIN_USABLE, POWER, SEEDS_CAP


def power_at(shift: float, df: float, level: float) -> float:
    """Power of a one-sided t-test at noncentrality `shift` (difference / standard error)."""
    critical = float(stdtrit(df, 1 - level))
    power = 1.0 - float(nctdtr(df, shift, critical))
    return power if math.isfinite(power) else float(ndtr(shift - critical))


def detectable(se: float, df: float, level: float) -> float:
    """Smallest true difference that a one-sided test at `level` finds with power 0.8."""
    low, high = 0.0, float(stdtrit(df, 1 - level)) + 6 * float(ndtri(POWER)) + 6
    while power_at(high, df, level) < POWER:
        high *= 2
    for _ in range(40):
        mid = (low + high) / 2
        low, high = (mid, high) if power_at(mid, df, level) < POWER else (low, mid)
    return high * se


def seeds_needed(gap: float, spread: tuple[float, float], level: float) -> int | None:
    """Seeds per side for power 0.8 if `gap` and the standard deviations are the true ones.

    Args:
        gap: distance to what the test must exclude, above 0.
        spread: standard deviations of the two sides.
        level: one-sided level.

    Returns:
        Seeds per side, None above SEEDS_CAP ('none within reason').
    """
    largest = max(spread)
    if gap <= 0 or largest <= 0:
        return None
    # In units of the larger one: squares of large values have no float.
    gap, a, b = gap / largest, (spread[0] / largest) ** 2, (spread[1] / largest) ** 2
    factor = (a + b) ** 2 / (a * a + b * b)
    counts = np.arange(MIN_USABLE, SEEDS_CAP + 1)
    df = (counts - 1) * factor
    shift = gap / np.sqrt((a + b) / counts)
    critical = stdtrit(df, 1 - level)
    power = 1 - nctdtr(df, shift, critical)
    power = np.where(np.isfinite(power), power, ndtr(shift - critical))
    enough = np.flatnonzero(power >= POWER)
    return int(counts[enough[0]]) if len(enough) else None
