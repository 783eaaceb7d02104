"""Drawn functions of single hyperparameters, and the thresholds of infeasibility."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuneplay.judge.space.edges.trends import (
    DRAWS,
    GRID,
    MIN_WEIGHT,
    STRENGTHS,
    FloatArray,
    Trends,
    fit_trends,
    log_evidence,
    posterior,
    profile,
)

# Source of these numbers: calibrated on the synthetic family of docs/advice.md (seed 1), checked on
# seed 2 and on recorded trainings.

#: Infeasible share beyond a threshold that makes it a cliff.
CLIFF_SHARE = 0.7

#: Log likelihood ratio of the threshold over a constant infeasible rate.
CLIFF_EVIDENCE = 2.5

#: Infeasible trials beyond a cliff.
CLIFF_MIN = 2

#: Share of the feasible trials that make a plateau where they are equally bad.
PLATEAU_SHARE = 0.5

#: Trials within this share of the way from the median to the best are equally bad.
PLATEAU_TOLERANCE = 0.05

#: Share of the range, at an edge, that must hold all trials off the plateau.
PLATEAU_ZONE = 0.2

#: Probability that the good trials are there by chance, where other dimensions exist: at most this.
PLATEAU_CHANCE = 0.01

#: Passes of the coordinate descent to the expected optimum.
DESCENTS = 3


@dataclass(frozen=True)
class Draws:
    """Drawn functions of one dimension.

    Attributes:
        grid: Positions (g,).
        values: Function values (m, g).
        weights: Weight of each function (m,).
        support: Log Bayes factor of an influence of this dimension over none, mean of the scales.
    """

    grid: FloatArray
    values: FloatArray
    weights: FloatArray
    support: float

    def minima(self) -> FloatArray:
        """Position of the minimum of every drawn function."""
        return np.asarray(self.grid[np.argmin(self.values, axis=1)], dtype=np.float64)

    def advantage(self) -> FloatArray:
        """How much lower than in the middle half of the region every function gets, in sd."""
        quarter = len(self.grid) // 4
        middle = self.values[:, quarter : len(self.grid) - quarter]
        return np.asarray(middle.min(axis=1) - self.values.min(axis=1), dtype=np.float64)


def _split_likelihood(bad: FloatArray, size: FloatArray) -> FloatArray:
    """Log likelihood of counts of infeasible trials at their own (smoothed) rate."""
    rate = (bad + 0.5) / (size + 1.0)
    return np.asarray(bad * np.log(rate) + (size - bad) * np.log(1 - rate), dtype=np.float64)


def cliff(unit: FloatArray, infeasible: NDArray[np.bool_]) -> float:
    """Position beyond which the trials of one dimension are infeasible, seen towards the high edge.

    Args:
        unit: Positions (n,) of all trials.
        infeasible: Which of them are infeasible.

    Returns:
        The threshold of the best split, if beyond it mostly infeasible trials lie and the split
        explains them better than chance; otherwise infinity.
    """
    order = np.argsort(unit, kind="stable")
    x, bad = unit[order], np.cumsum(infeasible[order].astype(np.float64))
    n, cut = len(x), np.flatnonzero(np.diff(unit[order]) > 0) + 1  # x[cut:] lies beyond
    if not len(cut) or not infeasible.any():
        return float("inf")
    total, size = float(bad[-1]), (n - cut).astype(np.float64)
    beyond = total - bad[cut - 1]
    keep = (beyond >= CLIFF_MIN) & (beyond >= CLIFF_SHARE * size)
    if not keep.any():
        return float("inf")
    cut, beyond, size = cut[keep], beyond[keep], size[keep]
    ratio = _split_likelihood(beyond, size) + _split_likelihood(total - beyond, n - size)
    ratio = ratio - _split_likelihood(np.array([total]), np.array([float(n)]))
    pick = int(np.argmax(ratio))
    if ratio[pick] < CLIFF_EVIDENCE:
        return float("inf")
    return float(0.5 * (x[cut[pick]] + x[cut[pick] - 1]))


def plateau_edge(unit: FloatArray, values: FloatArray, dims: int) -> bool:
    """Whether all good trials lie at the high edge, and the others on a plateau (chance level).

    Such a step is too steep for a smooth trend, yet leaves no doubt: the noise on a plateau is
    nil against the gain.

    Args:
        unit: Positions (n,) of the feasible trials in this dimension.
        values: Their objective values.
        dims: Number of dimensions of the study.

    Returns:
        True if the range ends on the good side of the step.
    """
    best, middle = float(values.min()), float(np.median(values))
    gap = middle - best
    flat = np.abs(values - middle) <= PLATEAU_TOLERANCE * gap
    if not gap > 0 or flat.mean() < PLATEAU_SHARE:
        return False
    good = values < middle - 0.5 * gap
    top = unit[values == best].min()
    at_edge = unit[good].min() >= 1 - PLATEAU_ZONE
    by_chance = PLATEAU_ZONE ** int(good.sum()) if dims > 1 else 0.0
    return bool(at_edge and unit[flat].max() < top and by_chance <= PLATEAU_CHANCE)


def _optimum(fits: tuple[Trends, ...], best: FloatArray, grids: FloatArray) -> FloatArray:
    """Point of the lowest expected objective, by coordinate descent from the best trial."""
    means = [posterior(trends, trends.strengths)[0][:, None] for trends in fits]
    at = best.copy()
    for _ in range(DESCENTS):
        for dim in range(len(at)):
            grid = grids[:, dim]
            expected = sum(
                profile(trends, mean, dim, at, grid)[0]
                for trends, mean in zip(fits, means, strict=True)
            )
            at[dim] = grid[int(np.argmin(expected))]
    return at


def _draw(trends: Trends, dim: int, at: FloatArray, grid: FloatArray) -> Draws:
    """Sample functions of one dimension, mixed over how strong this dimension may be."""
    options = np.tile(trends.strengths, (len(STRENGTHS), 1))
    options[:, dim] = STRENGTHS
    score = log_evidence(trends, options, np.full(len(options), trends.noise))
    share = np.exp(score - score.max())
    support = float(score.max() + np.log(share.mean()) - score[0])
    keep = share >= MIN_WEIGHT * share.sum()
    profiles = [
        profile(trends, posterior(trends, option)[1], dim, at, grid) for option in options[keep]
    ]
    weights = np.repeat(share[keep], DRAWS)
    return Draws(grid, np.concatenate(profiles), weights / weights.sum(), support)


def draw_profiles(
    units: FloatArray, values: FloatArray, offsets: FloatArray, low: FloatArray, high: FloatArray
) -> list[Draws]:
    """Sample, for every dimension, functions that the feasible trials support.

    Args:
        units: Feasible trials (n, d) in [0, 1].
        values: Their objective values, lower is better.
        offsets: Which choices without order each of them has (n, k).
        low: Where the region of every dimension starts (d,).
        high: Where it ends (d,).

    Returns:
        `Draws` of each dimension, with the functions of all scales.
    """
    fits = fit_trends(units, values, offsets)
    grids = low + (high - low) * np.linspace(0.0, 1.0, GRID)[:, None]
    best = units[np.lexsort([*units.T[::-1], values])[0]]
    at = _optimum(fits, best, grids)
    result = []
    for dim in range(units.shape[1]):
        drawn = [_draw(trends, dim, at, grids[:, dim]) for trends in fits]
        weights = np.concatenate([draws.weights for draws in drawn]) / len(drawn)
        support = float(np.mean([draws.support for draws in drawn]))
        values_drawn = np.concatenate([draws.values for draws in drawn])
        result.append(Draws(grids[:, dim], values_drawn, weights, support))
    return result


def weighted_quantile(values: FloatArray, weights: FloatArray, share: float) -> float:
    """Smallest value with at least this share of the weight at or below it."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) >= share * weights.sum() - 1e-12
    return float(values[order][int(np.argmax(reached))])
