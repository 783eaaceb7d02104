"""Are there enough trials to judge the edges of the search space?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tuneplay.judge.case import StudyCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.space.ordered_space import ordered_space

#: Feasible trials for each dimension with which an edge is found nearly always (docs/advice.md).
TRIALS_WANTED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFewForEdges(Evidence):
    """There are too few feasible trials to judge the edges.

    Attributes:
        feasible: Feasible trials.
        dimensions: Hyperparameters that have edges.
        wanted: Feasible trials that would do.
    """

    feasible: int
    dimensions: int
    wanted: int


def check(case: StudyCase) -> Iterator[Finding]:
    """One note where there are too few feasible trials for the dimensions."""
    space = case.once(ordered_space)
    if space is None or space.fit.draws:
        return
    feasible, wanted = len(space.fit.values), TRIALS_WANTED * len(space.dims)
    # As many trials as would give the wanted feasible ones, if the share stays. Where nothing
    # trains, more trials are not the advice.
    trials = {"trials": math.ceil(wanted * len(case.counted) / feasible)} if feasible else {}
    yield Finding(
        kind=Kind.UNDERSAMPLED,
        severity=Severity.NOTE,
        evidence=TooFewForEdges(feasible=feasible, dimensions=len(space.dims), wanted=wanted),
        study=case.key,
        suggestion=trials,
    )
