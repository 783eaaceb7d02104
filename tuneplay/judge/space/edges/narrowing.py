"""Judge whether the good region of a hyperparameter fills a small part of its range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tuneplay.judge.space.edges.profiles import Draws, weighted_quantile
from tuneplay.judge.space.edges.study_fit import StudyFit, edge_chance, fit_study, mirrored
from tuneplay.judge.space.edges.trends import FloatArray

# Source of these numbers: calibrated on the synthetic family of docs/advice.md (seed 1), checked on
# seed 2.

#: A good region wider than this share of the range is not worth narrowing.
NARROW_WIDTH = 0.5

#: Posterior probability of the optimum outside of the good region, per side.
NARROW_TAIL = 0.025

#: Share of the range that is added to the credible optima on each side.
NARROW_PAD = 0.1

#: Up to so far above the best a value is still good, in standard deviations of the objective.
NARROW_TOLERANCE = 0.25

#: The good region must beat the rest by this share of the objective's standard deviation.
NARROW_GAIN = 0.5

#: Probability of an optimum at an edge from which on the range is not narrowed.
NARROW_EDGE = 0.3


class NarrowVerdict(StrEnum):
    """What follows for a range: a narrower one, nothing, or nothing for want of trials."""

    NARROW = "narrow"
    KEEP = "ok"
    TOO_FEW = "too-few"


@dataclass(frozen=True)
class NarrowEvidence:
    """Whether the good region fills a small part of one range.

    Attributes:
        name: Of the hyperparameter.
        verdict: What follows for the range.
        low: Where the new range starts on the unit scale; 0 where the range stays.
        high: Where it ends; 1 where the range stays.
        gain: How much better the good region is than the rest, in standard deviations.
    """

    name: str
    verdict: NarrowVerdict
    low: float
    high: float
    gain: float


def _good_region(draws: Draws) -> tuple[float, float, float]:
    """Where the optimum may lie, padded, and how much better it is there than outside (sd)."""
    minima = draws.minima()
    low = weighted_quantile(minima, draws.weights, NARROW_TAIL) - NARROW_PAD
    high = weighted_quantile(minima, draws.weights, 1.0 - NARROW_TAIL) + NARROW_PAD
    expected = draws.weights @ draws.values
    near = draws.grid[expected <= expected.min() + NARROW_TOLERANCE]
    low, high = max(min(low, float(near[0])), 0.0), min(max(high, float(near[-1])), 1.0)
    outside = (draws.grid < low) | (draws.grid > high)
    if not outside.any() or outside.all():
        return low, high, 0.0
    gain = draws.values[:, outside].mean(axis=1) - draws.values[:, ~outside].mean(axis=1)
    return low, high, float(draws.weights @ gain)


def _feasible_part(unit: FloatArray, low_cliff: float, high_cliff: float) -> tuple[float, float]:
    """The range up to the last feasible trials before the infeasible parts, if there are any."""
    low = unit[unit >= low_cliff].min(initial=1.0) if np.isfinite(low_cliff) else 0.0
    high = unit[unit <= high_cliff].max(initial=0.0) if np.isfinite(high_cliff) else 1.0
    return float(low), float(high)


def _one(name: str, draws: Draws, feasible: tuple[float, float]) -> NarrowEvidence:
    """Judges one dimension; the new range does not reach beyond the feasible part."""
    low, high, gain = _good_region(draws)
    at_edge = max(edge_chance(seen, np.inf)[0] for seen in (draws, mirrored(draws)))
    if at_edge >= NARROW_EDGE:
        return NarrowEvidence(name, NarrowVerdict.KEEP, 0.0, 1.0, gain)
    small = high - low <= NARROW_WIDTH
    low, high = max(low, feasible[0]), min(high, feasible[1])
    if small and low < high and gain >= NARROW_GAIN:
        return NarrowEvidence(name, NarrowVerdict.NARROW, low, high, gain)
    return NarrowEvidence(name, NarrowVerdict.KEEP, 0.0, 1.0, gain)


def judge_narrow(
    units: FloatArray,
    values: FloatArray,
    *,
    names: Sequence[str] | None = None,
    fit: StudyFit | None = None,
) -> list[NarrowEvidence]:
    """Judges whether the good region of every hyperparameter fills a small part of its range.

    Args:
        units: Trials (n, d) on the search scale, [0, 1] being the range.
        values: Objective (n,), lower is better; NaN or infinite where a trial was infeasible.
        names: Of the hyperparameters.
        fit: The result of `fit_study`, if it is at hand.

    Returns:
        What was found for each dimension.
    """
    found = fit or fit_study(units, values)
    labels = names or [f"x{j}" for j in range(units.shape[1])]
    if not found.draws:
        few = NarrowVerdict.TOO_FEW
        return [NarrowEvidence(name, few, 0.0, 1.0, float("nan")) for name in labels]
    feasible = map(_feasible_part, found.units.T, found.low_cliff, found.high_cliff)
    return [_one(*dim) for dim in zip(labels, found.draws, feasible, strict=True)]
