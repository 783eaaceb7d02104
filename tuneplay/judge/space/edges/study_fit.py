"""What a study says about its optimum, before it is judged: fitted once for edges and narrowing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tuneplay.judge.space.edges.profiles import Draws, cliff, draw_profiles
from tuneplay.judge.space.edges.trends import FloatArray

# Source of these numbers: calibrated on the synthetic family of docs/advice.md (seed 1), checked on
# seed 2 and on recorded trainings.

#: An optimum this close to an edge counts as at the edge.
EDGE_ZONE = 0.15

#: The edge must beat the middle of the range by this share of the objective's standard deviation.
MIN_GAIN = 0.07

#: ... and by this share of what the dimension does in all: a plateau is not a trend.
MIN_SHARE = 0.08

#: Trials per dimension below which nothing is said.
TRIALS_PER_DIM = 5

#: Feasible trials per dimension below which nothing is said, and feasible trials in all.
FEASIBLE_PER_DIM = 3
LEAST_FEASIBLE = 4

#: Trials must reach the outer quarter of the range to say anything about its edge.
REACH = 0.75


@dataclass(frozen=True)
class StudyFit:
    """What `judge_edges` and `judge_narrow` share: the feasible trials and the sampled functions.

    Attributes:
        units: Feasible trials (n, d) in [0, 1].
        values: Their objective values, lower is better.
        low_cliff: Where the infeasible part at the low side of each dimension ends; -inf for none.
        high_cliff: Where the one at the high side starts; inf for none.
        draws: Drawn functions of each dimension, up to the cliff at its high side; empty where
            there are too few trials.
        low_draws: The same, down to the cliff at its low side. An edge is judged by the functions
            that do not know of infeasible trials at the far side.
    """

    units: FloatArray
    values: FloatArray
    low_cliff: FloatArray
    high_cliff: FloatArray
    draws: tuple[Draws, ...]
    low_draws: tuple[Draws, ...]


def fit_study(units: FloatArray, values: FloatArray, offsets: FloatArray | None = None) -> StudyFit:
    """Fits the study once, for `judge_edges` and `judge_narrow`.

    Args:
        units: Trials (n, d) on the search scale, [0, 1] being the range.
        values: Objective (n,), lower is better; NaN or infinite where a trial was infeasible.
        offsets: Which choices without order each trial has (n, k), as ones and zeros. They have no
            edges, but what they do would be noise on those of the others.

    Returns:
        The fit; without sampled functions where there are too few feasible trials.
    """
    infeasible = ~np.isfinite(values)
    good, objective = units[~infeasible], values[~infeasible]
    dims = units.shape[1]
    high_cliff = np.array([_cliff_above_best(units[:, j], values) for j in range(dims)])
    low_cliff = np.array([1.0 - _cliff_above_best(1.0 - units[:, j], values) for j in range(dims)])
    draws: tuple[Draws, ...] = ()
    low_draws: tuple[Draws, ...] = ()
    feasible = max(FEASIBLE_PER_DIM * dims, LEAST_FEASIBLE)
    if dims and len(values) >= TRIALS_PER_DIM * dims and len(good) >= feasible:
        low, high = good.min(axis=0), good.max(axis=0)
        choices = np.empty((len(good), 0)) if offsets is None else offsets[~infeasible]
        known = (good, objective, choices)
        draws = tuple(draw_profiles(*known, low, np.clip(high_cliff, low, high)))
        low_draws = draws
        if (low_cliff > low).any() or (high_cliff < high).any():
            low_draws = tuple(draw_profiles(*known, np.clip(low_cliff, low, high), high))
    return StudyFit(good, objective, low_cliff, high_cliff, draws, low_draws)


def _cliff_above_best(unit: FloatArray, values: FloatArray) -> float:
    """Threshold towards the high edge; infeasible trials below the best one do not count.

    They say nothing about that edge, and an edge must be judged the same without them.
    """
    infeasible = ~np.isfinite(values)
    if infeasible.all():
        return cliff(unit, infeasible)
    best = float(unit[values == values[~infeasible].min()].min())
    counted = ~infeasible | (unit > best)
    return cliff(unit[counted], infeasible[counted])


def mirrored(draws: Draws) -> Draws:
    """The same functions, seen from the other edge."""
    return replace(draws, grid=1.0 - draws.grid[::-1], values=draws.values[:, ::-1])


def edge_chance(draws: Draws, threshold: float) -> tuple[float, float]:
    """Probability of a relevant optimum at or beyond the high edge, and the expected gain."""
    end = float(draws.grid[-1])
    if end < REACH and not np.isfinite(threshold):
        return 0.0, 0.0
    span = end - float(draws.grid[0])
    start = end - EDGE_ZONE * span  # of the feasible part: a narrow one is not all edge
    if not np.isfinite(threshold):
        start = max(start, min(1.0 - EDGE_ZONE, end))
    gain = draws.advantage()
    relevant = (gain >= MIN_GAIN) & (gain >= MIN_SHARE * np.ptp(draws.values, axis=1))
    hit = (draws.minima() >= start - 1e-12) & relevant
    return min(1.0, float(draws.weights @ hit)), float(draws.weights @ (gain * hit))
