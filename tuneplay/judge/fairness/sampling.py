"""Was the search space sampled densely enough? (playbook, "Not sampling enough points").

The question is: would another study be ahead if other points had been trained, as many as now?
Trial i of every study trains at the same point, so what counts at a point is which study is best
there. Rank the points by that best value: the study that leads at the first rank is ahead.

A bootstrap of the best (the playbook's figure 3) is far too sure here: 63 % of its samples contain
the point that is best now, which new points never would. So the best point only says which study
leads. The points at the ranks behind it say how often other points would agree.
docs/advice.md compares estimates with the truth. On recorded grids they are right up to 0.6. On
synthetic pairs of studies they are too high, because those differ more than they seem to.

How many more trials would settle it is not said. A trend of the ranks towards the best was tried: on
recorded grids it promised a number in 3 % of the close races, and of 56 such promises 8 held. On
synthetic pairs most held, but there nine races in ten were settled already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuneplay.domain.round import Phase, Round
from tuneplay.domain.trial import Trial
from tuneplay.judge.case import RoundCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity

FloatArray = NDArray[np.float64]

#: Weight of the next rank over that of the one before: the first five to ten ranks decide. With a
#: lower one only two or three points count (at 0.5 the squared error on recorded grids is 1.6 times
#: as large), with a higher one points count that are nowhere near the best.
RANK_DECAY = 0.8

#: Points that count as known beforehand, half of them for another study: nothing is ever certain.
#: The best of 0 to 1.2 on recorded grids.
PRIOR_POINTS = 0.6

#: From this probability of another best study on there is a note, and from the second on a warning:
#: in one case in four the reader would have read something else.
FLIP_NOTE = 0.15
FLIP_WARNING = 0.25

#: Points with a feasible trial below which no probability is given.
LEAST_POINTS = 5


@dataclass(frozen=True, slots=True)
class Resampled:
    """What the same number of other points might have said.

    Attributes:
        leader: Key of the study that is ahead now; of equal ones, the first one by name.
        points: Points at which any study has a feasible trial.
        flip_probability: Probability that another study leads with other points, as many as now.
    """

    leader: str
    points: int
    flip_probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadByFewPoints(Evidence):
    """Other points, as many as now, may well have given another leader.

    Attributes:
        flip_probability: As in `Resampled`.
        points: As there.
        leader: As there.
        rival: Key of the other study; None where there are several.
    """

    flip_probability: float
    points: int
    leader: str
    rival: str | None


def resample(round_: Round, trials_by_study: Mapping[str, Sequence[Trial]]) -> Resampled | None:
    """How far the best study depends on which points were trained.

    Args:
        round_: The round.
        trials_by_study: Its ended trials by study key; reruns are left out.

    Returns:
        None without two studies that have a feasible trial, with fewer than `LEAST_POINTS`
        points, and in exploitation, where the points are not random.
    """
    keys, best = _best_at_points(round_, trials_by_study)
    rivals = np.isfinite(best).any(axis=1).sum() if best.size else 0
    if round_.phase is Phase.EXPLOITATION or rivals < 2:
        return None
    reached = best.min(axis=1)
    leads = np.flatnonzero(reached == reached.min())
    # Level studies share the lead, so that the order of the spec decides nothing.
    other = np.mean([_others(best, int(lead)) for lead in leads], axis=0)
    if len(other) < LEAST_POINTS:
        return None
    leader = min(keys[lead] for lead in leads)
    return Resampled(leader, len(other), flip_probability(other[1:]))


def _best_at_points(
    round_: Round, trials_by_study: Mapping[str, Sequence[Trial]]
) -> tuple[list[str], FloatArray]:
    """Study keys, and values (studies, points), lower is better, infinite where there is none."""
    sign = round_.objective.direction.sign
    keys = [study.key for study in round_.studies]
    searched = {key: [t for t in trials_by_study.get(key, ()) if not t.id.rerun] for key in keys}
    numbers = sorted({t.id.number for trials in searched.values() for t in trials})
    column = {number: k for k, number in enumerate(numbers)}
    best = np.full((len(keys), len(numbers)), np.inf)
    for row, key in enumerate(keys):
        for trial in searched[key]:
            if trial.feasible and trial.outcome.value is not None:
                best[row, column[trial.id.number]] = sign * trial.outcome.value
    return keys, best


def _others(best: FloatArray, lead: int) -> FloatArray:
    """For every usable point, best first: 1 where another study leads, 0 where `lead` does.

    Studies that are level at a point share it, and so do points that are level.
    """
    best = best[:, np.isfinite(best).any(axis=0)]
    top = best.min(axis=0)
    level = best == top
    other = 1.0 - level[lead] / level.sum(axis=0)
    inverse, size = np.unique(top, return_inverse=True, return_counts=True)[1:]
    return np.repeat(np.bincount(inverse, weights=other) / size, size)


def flip_probability(other: FloatArray) -> float:
    """Chance that other points disagree with the leader.

    Args:
        other: At the second-best point, the third-best …: 1 where another study leads, 0 where
            the same does, between them where they are level.
    """
    weights = RANK_DECAY ** np.arange(len(other))
    against = PRIOR_POINTS / 2 + float(weights @ other)
    return against / (PRIOR_POINTS + float(weights.sum()))


def check(case: RoundCase) -> Iterator[Finding]:
    """A finding where other points may well have given another answer."""
    found = resample(case.round, case.trials)
    if found is None or found.flip_probability < FLIP_NOTE:
        return
    others = [key for key, study in case.studies.items() if study.best and key != found.leader]
    yield Finding(
        kind=Kind.UNDERSAMPLED,
        severity=Severity.WARNING if found.flip_probability >= FLIP_WARNING else Severity.NOTE,
        evidence=LeadByFewPoints(
            flip_probability=found.flip_probability,
            points=found.points,
            leader=found.leader,
            rival=others[0] if len(others) == 1 else None,
        ),
    )
