"""Judge whether the optimum of a hyperparameter lies at or beyond the edge of its range.

Deep Learning Tuning Playbook, "Identifying bad search space boundaries": a search space is
suspicious if the best point is close to its boundary; expand it in that direction. One best point
is weak evidence, so the whole study is asked: where does the minimum of the trend lie?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuneplay.judge.space.edges.profiles import Draws, plateau_edge, weighted_quantile
from tuneplay.judge.space.edges.study_fit import Evidence, edge_chance, gather, mirrored
from tuneplay.judge.space.edges.trends import FloatArray

# Calibrated by scripts/bench/advice.py on the synthetic family (seed 1), checked on seed 2 and on recorded trainings:
# probability of the optimum in the edge zone from which on the range is widened, by the number of
# feasible trials per dimension (from this number on).
WIDEN_PROBABILITIES = ((10.0, 0.60), (7.0, 0.63), (5.0, 0.67), (0.0, 0.85))
ONE_DIM_PROBABILITY = 0.75  # with one dimension: its edges are clear, plateaus common ...
ONE_DIM_CLOSE = (0.1, 0.5)  # ... but this much where the best is this close to the edge,
ONE_DIM_TRIALS = 8  # of so many feasible trials;
ONE_DIM_FEW = 0.85  # with fewer it takes more, and a step is not believed
ADAPTIVE_PROBABILITY = 0.75  # at least, for adaptive samplers: trials crowd by chance too
# Log Bayes factor that a dimension matters at all, below which its trend is noise (7 to 1; "positive"
# by Kass & Raftery 1995). It costs no recall on the synthetic family and cuts alarms from pure noise
# from one edge in ten to one in fifty.
MIN_SUPPORT = 2.0
MAX_MARGIN = 0.6  # of the best trial: a trend towards an edge far from it is one of the bad trials
# Of the range, added at an edge: the trend inside of a range says little about how far beyond it
# the optimum lies (rank correlation 0.2), so most of the reach is fixed.
MIN_WIDENING, MAX_WIDENING = 1.0, 1.5
SIDES = ("low", "high")


@dataclass(frozen=True)
class EdgeEvidence:
    """What a study says about one edge of one hyperparameter.

    Attributes:
        name: Of the hyperparameter.
        side: "low" or "high".
        verdict: "widen", "instability-edge", "ok" or "too-few".
        probability: That the optimum lies at or beyond the (feasible) edge and is better than
            the middle of the range by a relevant amount; NaN where there are too few trials.
        margin: Distance of the best trial to the edge (the threshold of infeasibility, if there
            is one), as a share of the range.
        enrichment: Share of the best quarter of the trials that lies in the outer quarter of the
            range on this side, over the same share of all feasible trials (1: no preference).
        gain: Expected advantage of the edge zone over the middle, in sd of the objective's scale.
        bound: New bound on the unit scale (-0.8: 0.8 ranges below the low edge); the present one
            where the range is kept, the threshold of infeasibility at an instability edge.
        reason: One sentence.
    """

    name: str
    side: str
    verdict: str
    probability: float
    margin: float
    enrichment: float
    gain: float
    bound: float
    reason: str


def _margin_and_enrichment(
    unit: FloatArray, values: FloatArray, threshold: float
) -> tuple[float, float]:
    """Distance of the best to the high (feasible) edge; preference of the best for its quarter."""
    if not len(values):
        return float("nan"), float("nan")
    margin = max(min(threshold, 1.0) - float(np.median(unit[values == values.min()])), 0.0)
    top = values <= np.sort(values)[max(len(values) // 4, 1) - 1]
    outer = unit >= 0.75
    if not outer.any():
        return margin, float("nan")
    return margin, float(outer[top].mean() / outer.mean())


def _widening(draws: Draws) -> float:
    """Share of the range to add at the high edge: up to the vertex of parabolas, if it is near."""
    fit = np.linalg.pinv(np.stack([draws.grid**k for k in (0, 1, 2)], axis=1))
    _, slope, bend = fit @ draws.values.T
    convex = bend > 1e-9
    vertex = np.where(convex, -slope / np.where(convex, 2 * bend, 1.0), np.inf)
    beyond = weighted_quantile(vertex, draws.weights, 0.5) - 1.0
    return float(np.clip(beyond, MIN_WIDENING, MAX_WIDENING))


def _needed(feasible: int, dims: int, margin: float, adaptive: bool) -> float:
    """Probability from which on an edge is widened."""
    limit = next(limit for start, limit in WIDEN_PROBABILITIES if feasible >= start * dims)
    if dims == 1:
        close, relaxed = ONE_DIM_CLOSE
        clear = margin <= close and feasible >= ONE_DIM_TRIALS
        strict = ONE_DIM_PROBABILITY if feasible >= ONE_DIM_TRIALS else ONE_DIM_FEW
        limit = relaxed if clear else max(limit, strict)
    return max(limit, ADAPTIVE_PROBABILITY) if adaptive else limit


def _step_at_edge(unit: FloatArray, evidence: Evidence) -> bool:
    """Whether a step at the high edge is beyond doubt, see `plateau_edge`."""
    dims = evidence.units.shape[1]
    enough = dims > 1 or len(unit) >= ONE_DIM_TRIALS
    return enough and plateau_edge(unit, evidence.values, dims)


def _one_edge(name: str, side: str, evidence: Evidence, dim: int, adaptive: bool) -> EdgeEvidence:
    """Judges one edge, with the low edge mirrored into a high one."""
    low = side == "low"
    unit = 1.0 - evidence.units[:, dim] if low else evidence.units[:, dim]
    threshold = 1.0 - evidence.low_cliff[dim] if low else evidence.high_cliff[dim]
    margin, enrichment = _margin_and_enrichment(unit, evidence.values, threshold)
    kept = 0.0 if low else 1.0
    if not evidence.draws:
        reason = f"{len(unit)} feasible trials are too few for {evidence.units.shape[1]} dimensions"
        nan = float("nan")
        return EdgeEvidence(name, side, "too-few", nan, margin, enrichment, nan, kept, reason)
    draws = mirrored(evidence.low_draws[dim]) if low else evidence.draws[dim]
    chance, gain = edge_chance(draws, threshold)
    limit = _needed(len(unit), evidence.units.shape[1], margin, adaptive)
    leans = chance >= limit and margin <= MAX_MARGIN and draws.support >= MIN_SUPPORT
    verdict, bound = "ok", 1.0
    reason = f"the optimum lies at the {side} edge with probability {chance:.2f} only"
    if leans and np.isfinite(threshold):
        verdict, bound = "instability-edge", float(threshold)
        reason = (
            f"the best trials lie right before the {side} part of the range, which is infeasible"
        )
    elif leans:
        verdict, bound = "widen", 1.0 + _widening(draws)
        reason = f"the trend still improves at the {side} edge (probability {chance:.2f})"
    elif _step_at_edge(unit, evidence):
        verdict, bound = "widen", 1.0 + MAX_WIDENING
        reason = f"all good trials lie at the {side} edge, the others on a plateau"
    bound = 1.0 - bound if low else bound
    return EdgeEvidence(name, side, verdict, chance, margin, enrichment, gain, bound, reason)


def judge_edges(
    units: FloatArray,
    values: FloatArray,
    *,
    names: Sequence[str] | None = None,
    adaptive: bool = False,
    evidence: Evidence | None = None,
) -> list[EdgeEvidence]:
    """Judges both edges of every hyperparameter.

    Args:
        units: Trials (n, d) on the search scale, [0, 1] being the range.
        values: Objective (n,), lower is better; NaN or infinite where a trial was infeasible.
        names: Of the hyperparameters.
        adaptive: Whether the sampler looked at earlier results (TPE, say).
        evidence: The result of gather, if it is at hand.

    Returns:
        Evidence for the low and the high edge of every dimension, in this order.
    """
    found = evidence or gather(units, values)
    labels = names or [f"x{j}" for j in range(units.shape[1])]
    return [
        _one_edge(labels[j], side, found, j, adaptive)
        for j in range(units.shape[1])
        for side in SIDES
    ]
