"""Judge whether the optimum of a hyperparameter lies at or beyond the edge of its range.

Deep Learning Tuning Playbook, "Identifying bad search space boundaries": a search space is
suspicious if the best point is close to its boundary; expand it in that direction. One best point
is weak evidence. So all trials of the study are asked: where is the minimum of the trend?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tuneplay.judge.space.edges.profiles import Draws, plateau_edge, weighted_quantile
from tuneplay.judge.space.edges.study_fit import StudyFit, edge_chance, fit_study, mirrored
from tuneplay.judge.space.edges.trends import FloatArray

# Source of these numbers: calibrated on the synthetic family of docs/advice.md (seed 1), checked on
# seed 2 and on recorded trainings.

#: Probability of the optimum in the edge zone from which on the range is widened, by the number of
#: feasible trials per dimension (from this number on).
WIDEN_PROBABILITIES = ((10.0, 0.60), (7.0, 0.63), (5.0, 0.67), (0.0, 0.85))

#: The same with one dimension, where edges are clear and plateaus common.
ONE_DIM_PROBABILITY = 0.75

#: ... but the second number where the best trial is as close to the edge as the first.
ONE_DIM_CLOSE = (0.1, 0.5)

#: Feasible trials in one dimension from which on these hold.
ONE_DIM_TRIALS = 8

#: With fewer it takes this probability, and a step is not believed.
ONE_DIM_FEW = 0.85

#: Least probability for adaptive samplers: their trials crowd by chance, too.
ADAPTIVE_PROBABILITY = 0.75

#: Log Bayes factor that a dimension matters at all, below which its trend is noise (7 to 1; "positive"
#: by Kass & Raftery 1995). It costs no recall on the synthetic family and cuts alarms from pure noise
#: from one edge in ten to one in fifty.
MIN_SUPPORT = 2.0

#: Margin of the best trial up to which an edge is widened: a trend towards an edge far from it is
#: one of the bad trials.
MAX_MARGIN = 0.6

#: Shares of the range that are added at an edge: the trend inside of a range says little about how
#: far beyond it the optimum is (rank correlation 0.2), so most of the reach is fixed.
MIN_WIDENING, MAX_WIDENING = 1.0, 1.5

SIDES = ("low", "high")


class EdgeVerdict(StrEnum):
    """What follows for an edge: a wider range, a fix for an instability, or nothing."""

    WIDEN = "widen"
    INSTABILITY = "instability-edge"
    KEEP = "ok"
    TOO_FEW = "too-few"


@dataclass(frozen=True)
class EdgeEvidence:
    """What a study says about one edge of one hyperparameter.

    Attributes:
        name: Of the hyperparameter.
        side: "low" or "high".
        verdict: What follows for the edge.
        probability: That the optimum is at or beyond the (feasible) edge and is better than
            the middle of the range by a relevant amount; NaN where there are too few trials.
        margin: Distance of the best trial to the edge (the threshold of infeasibility, if there
            is one), as a share of the range.
        enrichment: Share of the best quarter of the trials that is in the outer quarter of the
            range on this side, over the same share of all feasible trials (1: no preference).
        gain: Expected advantage of the edge zone over the middle, in sd of the objective's scale.
        bound: New bound on the unit scale (-0.8: 0.8 ranges below the low edge); the present one
            where the range stays, the threshold of infeasibility at an instability edge.
    """

    name: str
    side: str
    verdict: EdgeVerdict
    probability: float
    margin: float
    enrichment: float
    gain: float
    bound: float


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


def _step_at_edge(unit: FloatArray, fit: StudyFit) -> bool:
    """Whether a step at the high edge is beyond doubt, see `plateau_edge`."""
    dims = fit.units.shape[1]
    enough = dims > 1 or len(unit) >= ONE_DIM_TRIALS
    return enough and plateau_edge(unit, fit.values, dims)


def _one_edge(name: str, side: str, fit: StudyFit, dim: int, adaptive: bool) -> EdgeEvidence:
    """Judges one edge, with the low edge mirrored into a high one."""
    low = side == "low"
    unit = 1.0 - fit.units[:, dim] if low else fit.units[:, dim]
    threshold = 1.0 - fit.low_cliff[dim] if low else fit.high_cliff[dim]
    margin, enrichment = _margin_and_enrichment(unit, fit.values, threshold)
    verdict, bound, chance, gain = EdgeVerdict.TOO_FEW, 1.0, float("nan"), float("nan")
    if fit.draws:
        draws = mirrored(fit.low_draws[dim]) if low else fit.draws[dim]
        chance, gain = edge_chance(draws, threshold)
        limit = _needed(len(unit), fit.units.shape[1], margin, adaptive)
        leans = chance >= limit and margin <= MAX_MARGIN and draws.support >= MIN_SUPPORT
        verdict = EdgeVerdict.KEEP
        if leans and np.isfinite(threshold):
            verdict, bound = EdgeVerdict.INSTABILITY, float(threshold)
        elif leans:
            verdict, bound = EdgeVerdict.WIDEN, 1.0 + _widening(draws)
        elif _step_at_edge(unit, fit):
            verdict, bound = EdgeVerdict.WIDEN, 1.0 + MAX_WIDENING
    bound = 1.0 - bound if low else bound
    return EdgeEvidence(name, side, verdict, chance, margin, enrichment, gain, bound)


def judge_edges(
    units: FloatArray,
    values: FloatArray,
    *,
    names: Sequence[str] | None = None,
    adaptive: bool = False,
    fit: StudyFit | None = None,
) -> list[EdgeEvidence]:
    """Judges both edges of every hyperparameter.

    Args:
        units: Trials (n, d) on the search scale, [0, 1] being the range.
        values: Objective (n,), lower is better; NaN or infinite where a trial was infeasible.
        names: Of the hyperparameters.
        adaptive: Whether the sampler looked at earlier results (TPE, say).
        fit: The result of `fit_study`, if it is at hand.

    Returns:
        Evidence for the low and the high edge of every dimension, in this order.
    """
    found = fit or fit_study(units, values)
    labels = names or [f"x{j}" for j in range(units.shape[1])]
    return [
        _one_edge(labels[j], side, found, j, adaptive)
        for j in range(units.shape[1])
        for side in SIDES
    ]
