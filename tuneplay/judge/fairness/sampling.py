"""Was the search space sampled densely enough? (playbook, "Not sampling enough points").

The question is: would another draw of the same size have put another study ahead? Trial i of
every study trains at the same point, so a draw is a draw of points, and what counts at a point is
which study is best there. With the points ranked by that best value, the study behind a whole draw
is the one at its first rank.

A bootstrap of the best (the playbook's figure 3) is far too sure here: 63 % of its draws contain
the very point that is best now, which a new draw never would. So the best point only says which
study leads, and the points at the ranks behind it say how often another draw would agree.
docs/advice.md has estimates beside the truth, on recorded grids (where they are right up to 0.6) and on
synthetic pairs of studies (where they are too high, for those differ more than they seem to).

How many more trials would settle it is not said. A trend of the ranks towards the best was tried: on
recorded grids it promised a number in 3 % of the close races, and of 56 such promises 8 held; on
synthetic pairs most held, but there nine races in ten were settled already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuneplay.domain.round import Phase, Round
from tuneplay.domain.trial import Trial
from tuneplay.judge.finding import Finding, Kind, Severity

FloatArray = NDArray[np.float64]

#: Weight of the next rank over that of the one before: the first five to ten ranks decide. A lower
#: one listens to two or three points only (at 0.5 the squared error on recorded grids is 1.6 times
#: as large), a higher one to points that are nowhere near the best.
RANK_DECAY = 0.8

#: Points that count as known beforehand, half of them for another study: nothing is ever certain.
#: The best of 0 to 1.2 on recorded grids.
PRIOR_POINTS = 0.6

#: From this probability of another best study on it is said, and from the second on as a warning:
#: one draw in four would tell the reader something else.
FLIP_NOTE = 0.15
FLIP_WARNING = 0.25

#: Points with a feasible trial below which no probability is given.
LEAST_POINTS = 5


@dataclass(frozen=True, slots=True)
class Resampled:
    """What another draw of the same number of points might have said.

    Attributes:
        leader: Key of the study that is ahead now; of those that are level, the first one by name.
        points: Points at which any study has a feasible trial.
        flip_probability: Probability that another draw of the same size puts another study ahead.
    """

    leader: str
    points: int
    flip_probability: float


def resample(round_: Round, trials_by_study: Mapping[str, Sequence[Trial]]) -> Resampled | None:
    """How far the best study depends on which points were drawn.

    Args:
        round_: The round.
        trials_by_study: Its ended trials by study key; reruns are left out.

    Returns:
        None without two studies that have a feasible trial, with fewer than `LEAST_POINTS`
        points, and in exploitation: an adaptive search is no draw.
    """
    keys, best = _best_at_points(round_, trials_by_study)
    rivals = np.isfinite(best).any(axis=1).sum() if best.size else 0
    if round_.phase is Phase.EXPLOITATION or rivals < 2:
        return None
    reached = best.min(axis=1)
    leads = np.flatnonzero(reached == reached.min())
    # Level studies share the lead, so that the order in which they stand decides nothing.
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
    """Chance that another draw disagrees with the leader.

    Args:
        other: At the second-best point, the third-best …: 1 where another study leads, 0 where
            the same does, between them where they are level.
    """
    weights = RANK_DECAY ** np.arange(len(other))
    against = PRIOR_POINTS / 2 + float(weights @ other)
    return against / (PRIOR_POINTS + float(weights.sum()))


def sampling_findings(
    round_: Round, trials_by_study: Mapping[str, Sequence[Trial]]
) -> list[Finding]:
    """A finding where another draw of points may well have given another answer.

    Args:
        round_: The round.
        trials_by_study: Its ended trials by study key; reruns are left out.
    """
    drawn = resample(round_, trials_by_study)
    if drawn is None or drawn.flip_probability < FLIP_NOTE:
        return []
    return [
        Finding(
            Kind.UNDERSAMPLED,
            Severity.WARNING if drawn.flip_probability >= FLIP_WARNING else Severity.NOTE,
            f"another draw of {drawn.points} points would put another study ahead in "
            f"{drawn.flip_probability:.0%} of cases; how many more trials would settle it cannot "
            "be told from these",
            evidence={
                "flip_probability": drawn.flip_probability,
                "points": float(drawn.points),
            },
        )
    ]
