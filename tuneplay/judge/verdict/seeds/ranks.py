"""Rank statistics of two small samples: Mann-Whitney, Hodges-Lehmann, chance of being better."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Array = NDArray[np.float64]


@lru_cache(maxsize=256)
def _rank_counts(n: int, m: int) -> tuple[int, ...]:
    """Ways to reach each Mann-Whitney U for samples of n and m without ties.

    The generating function is the Gaussian binomial coefficient (Mann & Whitney, Annals of
    Mathematical Statistics 18, 1947).
    """
    counts = [1]
    for i in range(1, m + 1):
        counts = counts + [0] * n
        for u in range(len(counts) - 1, n + i - 1, -1):
            counts[u] -= counts[u - n - i]
        for u in range(i, len(counts)):
            counts[u] += counts[u - i]
    return tuple(counts)


def rank_tail(wins: float, n: int, m: int) -> float:
    """Chance of at least `wins` won pairs of n * m if both samples come from one distribution.

    Exact without ties; half wins are rounded down, which makes it conservative with ties.
    """
    counts = _rank_counts(n, m)
    return sum(counts[max(0, math.floor(wins)) :]) / math.comb(n + m, n)


def pair_gains(baseline: Array, candidate: Array) -> Array:
    """All candidate - baseline gains, sorted; inputs are oriented so that larger is better.

    An infeasible rerun is -inf; two of them tie (0).
    """
    with np.errstate(invalid="ignore"):
        gains = candidate[:, None] - baseline[None, :]
    return np.sort(np.where(np.isnan(gains), 0.0, gains), axis=None)


def won_pairs(gains: Array) -> float:
    """Pairs won by the candidate, ties half: Mann-Whitney's U."""
    return float((gains > 0).sum() + 0.5 * (gains == 0).sum())


def shift_interval(gains: Array, n: int, m: int, alpha: float) -> tuple[float, float] | None:
    """Distribution-free interval for a shift (Moses; Hollander & Wolfe, 1999, section 4.3).

    Returns None if even the extreme differences do not reach the level (3 against 3).
    """
    counts = _rank_counts(n, m)
    total, below, k = math.comb(n + m, n), 0, -1
    while (below + counts[k + 1]) / total <= alpha / 2:
        below += counts[k + 1]
        k += 1
    if k < 0:
        return None
    return float(gains[k]), float(gains[len(gains) - 1 - k])


def _chance_variance(theta: float, n: int, m: int) -> float:
    """Variance of the Mann-Whitney estimate at theta (Newcombe 2006, method 5)."""
    mid = (n + m) / 2 - 1
    inner = 1 + mid * ((1 - theta) / (2 - theta) + theta / (1 + theta))
    return theta * (1 - theta) * inner / (n * m)


def chance_interval(theta: float, n: int, m: int, alpha: float) -> tuple[float, float]:
    """Interval for P(candidate better) by inverting a score-type test.

    Newcombe, Confidence intervals for an effect size measure based on the Mann-Whitney statistic,
    Part 2, Statistics in Medicine 25 (2006), method 5. It stays sensible at 0 and 1, where
    Brunner-Munzel's variance is zero. The quantile is t's with 2 (n + m - 2) degrees of freedom
    instead of the normal one, which covered 90 % at 3 seeds; n + m - 2 covered 98 % at 5 seeds.
    """
    z = float(stdtrit(2 * (n + m - 2), 1 - alpha / 2)) if n + m > 2 else math.inf

    if not math.isfinite(z):
        return 0.0, 1.0

    def solve(outer: float) -> float:
        low, high = sorted((theta, outer))
        for _ in range(50):
            mid = (low + high) / 2
            inside = (theta - mid) ** 2 <= z * z * _chance_variance(mid, n, m)
            if (outer > theta) == inside:
                low = mid
            else:
                high = mid
        return (low + high) / 2

    return (solve(0.0) if theta > 0 else 0.0), (solve(1.0) if theta < 1 else 1.0)
