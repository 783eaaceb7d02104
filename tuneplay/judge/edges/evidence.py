"""What a study says about its optimum, before it is judged: fitted once for edges and narrowing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tuneplay.judge.edges.model import FloatArray
from tuneplay.judge.edges.profiles import Draws, cliff, draw_profiles

# Calibrated by scripts/bench_advice.py on the synthetic family (seed 1), checked on seed 2 and on recorded trainings.
EDGE_ZONE = 0.15  # an optimum this close to an edge counts as at the edge
MIN_GAIN = 0.07  # the edge must beat the middle of the range by this share of the objective's sd
MIN_SHARE = 0.08  # and by this share of what the dimension does in all: a plateau is no trend
TRIALS_PER_DIM = 5  # trials per dimension below which nothing is said
FEASIBLE_PER_DIM = 3  # of them feasible, and LEAST_FEASIBLE in all
LEAST_FEASIBLE = 4
REACH = 0.75  # trials must reach the outer quarter of the range to say anything about its edge


@dataclass(frozen=True)
class Evidence:
    """What judge_edges and judge_narrow share: the feasible trials and the drawn functions."""

    units: FloatArray
    values: FloatArray
    low_cliff: FloatArray
    high_cliff: FloatArray
    draws: tuple[Draws, ...]


def gather(units: FloatArray, values: FloatArray) -> Evidence:
    """Fits the study once, for judge_edges and judge_narrow.

    Args:
        units: Trials (n, d) on the search scale, [0, 1] being the range.
        values: Objective (n,), lower is better; NaN or infinite where a trial was infeasible.

    Returns:
        The evidence; without drawn functions where there are too few feasible trials.
    """
    infeasible = ~np.isfinite(values)
    good, objective = units[~infeasible], values[~infeasible]
    dims = units.shape[1]
    high_cliff = np.array([cliff(units[:, j], infeasible) for j in range(dims)])
    low_cliff = np.array([1.0 - cliff(1.0 - units[:, j], infeasible) for j in range(dims)])
    draws: tuple[Draws, ...] = ()
    feasible = max(FEASIBLE_PER_DIM * dims, LEAST_FEASIBLE)
    if dims and len(values) >= TRIALS_PER_DIM * dims and len(good) >= feasible:
        low = np.maximum(good.min(axis=0), low_cliff)
        high = np.minimum(good.max(axis=0), high_cliff)
        draws = tuple(draw_profiles(good, objective, low, np.maximum(low, high)))
    return Evidence(good, objective, low_cliff, high_cliff, draws)


def mirrored(draws: Draws) -> Draws:
    """The same functions, seen from the other edge."""
    return Draws(1.0 - draws.grid[::-1], draws.values[:, ::-1], draws.weights)


def edge_chance(draws: Draws, threshold: float) -> tuple[float, float]:
    """Probability of a relevant optimum at or beyond the high edge, and the expected gain."""
    end = float(draws.grid[-1])
    if end < REACH and not np.isfinite(threshold):
        return 0.0, 0.0
    span = end - float(draws.grid[0])
    start = end - EDGE_ZONE * span if np.isfinite(threshold) else min(1.0 - EDGE_ZONE, end)
    gain = draws.advantage()
    relevant = (gain >= MIN_GAIN) & (gain >= MIN_SHARE * np.ptp(draws.values, axis=1))
    hit = (draws.minima() >= start - 1e-12) & relevant
    return min(1.0, float(draws.weights @ hit)), float(draws.weights @ (gain * hit))
