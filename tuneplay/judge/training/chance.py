"""Did training learn anything? The best trials against what guessing would give.

The playbook compares trained models; a comparison of trainings that learned nothing says nothing.
What guessing gives is stated in the spec: `objective: {chance: 0.9}`.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.training.shape import LEAST_VALUES, finite_points, late_noise, late_wander

#: The best of n values of white noise is about sqrt(2 ln n) standard deviations out. To be clearly
#: beyond chance a value must be this many further out, since the noise is not known exactly: of
#: simulated studies that learned nothing, at most 4 % are then taken for ones that did.
BEYOND_LUCK = 2.0

#: ... and by this share of the size of the value that guessing gives: with noise that is not known
#: (fewer than five epochs) or 0, rounding and odd examples must not count as learning. An image
#: classifier with 1000 classes is beyond it from an accuracy of 0.6 % on.
LEAST_SHARE = 0.005

#: A study, or a round, with fewer feasible trials has not looked far enough.
LEAST_TRIALS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBeyondChance(Evidence):
    """No trial brings the objective clearly beyond what guessing gives.

    Attributes:
        chance: The objective that guessing gives.
        best: The best value of all trials.
        least_gain: How much better than `chance` it would have to be.
        trials: How many feasible trials there are.
    """

    chance: float
    best: float
    least_gain: float
    trials: int


def check(case: RoundCase) -> Iterable[Finding]:
    """Whether the trials of each study learned anything.

    Args:
        case: The round.

    Yields:
        One warning for the round when no study gets beyond chance, else one for each study that
        does not. None without a stated chance, or with too few feasible trials.
    """
    chance, sign = case.round.objective.chance, case.round.objective.direction.sign
    if chance is None or not math.isfinite(chance):
        return
    found = {key: _measured(one, chance) for key, one in case.studies.items() if one.ranked}
    failed = {
        key: one for key, one in found.items() if sign * (chance - one.best) <= one.least_gain
    }
    if failed and len(failed) == len(found):
        yield from _warning(_together(list(failed.values()), sign))
        return
    for key, one in failed.items():
        yield from _warning(one, key)


def _warning(evidence: NotBeyondChance, study: str | None = None) -> Iterable[Finding]:
    if evidence.trials >= LEAST_TRIALS:
        warning = Severity.WARNING
        yield Finding(kind=Kind.CHANCE, severity=warning, evidence=evidence, study=study)


def _together(studies: Sequence[NotBeyondChance], sign: float) -> NotBeyondChance:
    """What holds for all studies, by the best value among them."""
    best = min(studies, key=lambda one: sign * one.best)
    return replace(best, trials=sum(one.trials for one in studies))


def _measured(case: StudyCase, chance: float) -> NotBeyondChance:
    """The best value of a study, and how much better than chance it would have to be."""
    noise, values = _noise(case), sum(max(1, len(t.curves.epochs)) for t in case.ranked)
    luck = math.sqrt(2 * math.log(values)) + BEYOND_LUCK
    return NotBeyondChance(
        chance=chance,
        best=case.ranked[0].outcome.value or 0.0,
        least_gain=max(luck * noise, LEAST_SHARE * abs(chance)),
        trials=len(case.ranked),
    )


def _noise(case: StudyCase) -> float:
    """Standard deviation over epochs, a slow wander included; the median of the better trials.

    0 where no curve is long enough.
    """
    objective = case.round.objective
    every = (finite_points(t.curves, objective.metric, objective.direction)[1] for t in case.better)
    long = [curve for curve in every if len(curve) >= LEAST_VALUES]
    noises = [(curve, late_noise(curve)) for curve in long]
    return statistics.median(
        [math.hypot(noise, late_wander(curve, noise)) for curve, noise in noises] or [0.0]
    )
