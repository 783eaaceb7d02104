"""What a study says about its ordered hyperparameters, before a check judges it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuneplay.domain.hyperparameter import Choice, Hyperparameter, Range
from tuneplay.domain.round import Phase, Study
from tuneplay.domain.trial import Trial
from tuneplay.judge.case import StudyCase
from tuneplay.judge.measures.positions import is_ordered, positions, unit_of
from tuneplay.judge.space.edges.study_fit import StudyFit, fit_study
from tuneplay.judge.space.edges.trends import FloatArray
from tuneplay.judge.space.edges.widening import EdgeEvidence, EdgeVerdict, judge_edges


@dataclass(frozen=True, slots=True)
class OrderedSpace:
    """The hyperparameters that have edges, with the trials as points between them.

    Attributes:
        dims: The numeric ranges, and the choices that are all numbers: their order counts.
        units: Positions (n, d) of the trials; the range is [0, 1].
        values: Objective (n,), lower is better; NaN for an infeasible trial.
        fit: The model of the study; without functions where there are too few trials.
    """

    dims: tuple[Hyperparameter, ...]
    units: FloatArray
    values: FloatArray
    fit: StudyFit

    @property
    def names(self) -> list[str]:
        """Names of the hyperparameters."""
        return [h.name for h in self.dims]


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge of one hyperparameter, judged.

    Attributes:
        hyperparameter: The hyperparameter.
        numbers: What the study says about this edge.
    """

    hyperparameter: Hyperparameter
    numbers: EdgeEvidence

    @property
    def margin(self) -> float:
        """The best trial's distance to the edge; 0 at the last choice, which fills a slot."""
        h, margin = self.hyperparameter, self.numbers.margin
        if isinstance(h, Range):
            return margin
        slot = 1 / len(h.choices)
        return max(0.0, margin - slot / 2) / (1 - slot)


def ordered_space(case: StudyCase) -> OrderedSpace | None:
    """The ordered part of a study's search space; None where it has none, or no trial counts.

    Asked through `case.once`: the fit is what takes the time.
    """
    dims = tuple(h for h in case.study.space if is_ordered(h))
    if not dims or not case.counted:
        return None
    sign = case.round.objective.direction.sign
    units = np.array(
        [[unit_of(h, t.hyperparameters[h.name]) for h in dims] for t in case.counted],
        dtype=np.float64,
    )
    values = np.array(
        [
            sign * t.outcome.value if t.feasible and t.outcome.value is not None else math.nan
            for t in case.counted
        ],
        dtype=np.float64,
    )
    fit = fit_study(units, values, _offsets(case.study, case.counted))
    return OrderedSpace(dims, units, values, fit)


def judged_edges(case: StudyCase) -> Sequence[Edge]:
    """Both edges of every ordered hyperparameter; nothing where there are too few trials."""
    space = case.once(ordered_space)
    if space is None or not space.fit.draws:
        return []
    edges = judge_edges(
        space.units, space.values, names=space.names, adaptive=is_adaptive(case), fit=space.fit
    )
    by_name = {h.name: h for h in space.dims}
    return [Edge(by_name[numbers.name], numbers) for numbers in edges]


def edges_with(case: StudyCase, verdict: EdgeVerdict) -> Sequence[Edge]:
    """The edges of a study that have this verdict."""
    return [edge for edge in case.once(judged_edges) if edge.numbers.verdict is verdict]


def is_adaptive(case: StudyCase) -> bool:
    """Whether the sampler looked at earlier results: its trials crowd where they were good."""
    return case.round.phase is Phase.EXPLOITATION


def finite(number: float) -> float | None:
    """A number as evidence; None where it is not known."""
    return number if math.isfinite(number) else None


def _offsets(study: Study, trials: Sequence[Trial]) -> FloatArray:
    """Which choices without order each trial has (n, k): ones, and zeros elsewhere."""
    columns = [
        positions(h, [t.hyperparameters[h.name] for t in trials]) == place
        for h in study.space
        if not is_ordered(h) and isinstance(h, Choice)
        for place in range(len(h.choices))
    ]
    return np.array(columns, dtype=np.float64).reshape(len(columns), len(trials)).T
