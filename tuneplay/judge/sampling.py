"""Was the search space sampled densely enough? (playbook, "Not sampling enough points").

The question is: would another draw of the same size have put another study ahead? Trial i of
every study trains at the same point, so a draw is a draw of points, and what counts at a point is
which study is best there. With the points ranked by that best value, the study behind a whole draw
is the one at its first rank.

A bootstrap of the best (the playbook's figure 3) is far too sure here: 63 % of its draws contain
the very point that is best now, which a new draw never would. So the best point only says which
study leads, and the points at the ranks behind it say how often another draw would agree. On
recorded grids, where the truth is known, an estimate of 0.26 was right in 0.26 of the draws, and the
bootstrap's 0.19 in 0.42 (docs/advice.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

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

#: Below this the comparison counts as settled, as far as sampling goes.
SETTLED = 0.1

#: "No realistic number": more than so many times the trials that there are.
MOST_GROWTH = 4.0

#: A trend of the ranks must be so many standard errors from none (5 %, one-sided) before a number of
#: trials is promised: on recorded grids more trials of the same kind seldom settle a close race.
TREND_ERRORS = 1.64

#: Points with a feasible trial below which no probability is given.
LEAST_POINTS = 5

#: Prior precision of the trend's level and slope: a weak pull to no trend.
_PRIOR = np.diag([0.1, 0.3])

#: Ranks whose weight is not negligible, and numbers of trials that are tried.
_TOP_RANKS = 100
_GROWTHS = 60

#: Newton steps of the trend's fit; it settles after 5.
_STEPS = 20


@dataclass(frozen=True, slots=True)
class Resampled:
    """What another draw of the same number of points might have said.

    Attributes:
        leader: Key of the study that is ahead now.
        points: Points at which any study has a feasible trial.
        flip_probability: Probability that another draw of the same size puts another study ahead.
        more_trials: Trials more for each study after which that falls below `SETTLED`; 0 when it
            is below, None when no realistic number would do.
    """

    leader: str
    points: int
    flip_probability: float
    more_trials: int | None


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
    lead = int(np.argmin(best.min(axis=1)))
    other = _others(best, lead)
    if len(other) < LEAST_POINTS:
        return None
    flip = flip_probability(other[1:])
    return Resampled(keys[lead], len(other), flip, _more_trials(other[1:], flip, best.shape[1]))


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


def _more_trials(other: FloatArray, flip: float, points: int) -> int | None:
    """Trials more until the flip probability is `SETTLED`, from how it falls towards the best."""
    if flip <= SETTLED:
        return 0
    level, slope, error = _trend(other)
    if not slope > TREND_ERRORS * error:
        return None
    weights = RANK_DECAY ** np.arange(min(len(other), _TOP_RANKS))
    ranks = np.log(np.arange(1, len(weights) + 1))
    for growth in np.geomspace(1 + 1 / points, 1 + MOST_GROWTH, _GROWTHS):
        chances = expit(level + slope * (ranks - math.log(growth)))
        if float(weights @ chances) <= SETTLED * float(weights.sum()):
            return math.ceil((float(growth) - 1) * points - 1e-9)
    return None


def _trend(other: FloatArray) -> tuple[float, float, float]:
    """Logistic regression of `other` on the logarithm of the rank: level, slope and its error."""
    design = np.stack([np.ones(len(other)), np.log(np.arange(1, len(other) + 1))], axis=1)
    weights, precision = np.zeros(2), _PRIOR
    for _ in range(_STEPS):
        chance = expit(design @ weights)
        precision = design.T @ (design * (chance * (1 - chance))[:, None]) + _PRIOR
        step = np.linalg.solve(precision, design.T @ (other - chance) - _PRIOR @ weights)
        weights = weights + np.clip(step, -2.0, 2.0)
    return float(weights[0]), float(weights[1]), math.sqrt(np.linalg.inv(precision)[1, 1])


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
    if drawn.more_trials is None:
        outlook = "no realistic number of more trials is known to settle it"
    else:
        plural = "" if drawn.more_trials == 1 else "s"
        outlook = f"about {drawn.more_trials} more trial{plural} each would settle it"
    numbers = {"flip_probability": drawn.flip_probability, "points": float(drawn.points)}
    suggestion = {}
    if drawn.more_trials:
        numbers["more_trials"] = float(drawn.more_trials)
        suggestion = {"trials": round_.trials + drawn.more_trials}
    return [
        Finding(
            Kind.UNDERSAMPLED,
            Severity.WARNING if drawn.flip_probability >= FLIP_WARNING else Severity.NOTE,
            f"another draw of {drawn.points} points would put another study ahead in "
            f"{drawn.flip_probability:.0%} of cases; {outlook}",
            evidence=numbers,
            suggestion=suggestion,
        )
    ]
