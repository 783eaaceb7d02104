"""Late noise of the objective (playbook, "Examining the training curves")."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from tuneplay.judge.case import StudyCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.training.shape import finite_points, late_noise

#: Late noise from this share of a trial's own improvement on is worth a note. (The playbook gives
#: no number; a tenth moves a trial past others that are nine tenths as good.)
NOISY_SHARE = 0.1

#: With fewer epochs late noise and training itself look alike.
NOISE_LEAST_EPOCHS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LateNoise(Evidence):
    """What the better trials show late in training; medians over them, in the objective's unit.

    Attributes:
        noise: Standard deviation from one epoch to the next.
        improvement: From the first epoch to the best one.
        trials: How many trials are long enough to show it.
    """

    noise: float
    improvement: float
    trials: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseAboveDifference(LateNoise):
    """Late noise is larger than the difference between studies.

    Attributes:
        difference: The smallest difference that is judged.
    """

    difference: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseAgainstImprovement(LateNoise):
    """Late noise is a large share of what training improves."""


def check(case: StudyCase) -> Iterable[Finding]:
    """Late noise against the difference that is judged, or against the trials' improvement.

    Args:
        case: The study.

    Yields:
        A warning when noise is above the difference; else a note when it is a large share of the
        improvement.
    """
    objective = case.round.objective
    every = (finite_points(t.curves, objective.metric, objective.direction)[1] for t in case.better)
    curves = [curve for curve in every if len(curve) >= NOISE_LEAST_EPOCHS]
    if not curves:
        return
    noise = statistics.median(map(late_noise, curves))
    total = statistics.median(curve[0] - min(curve) for curve in curves)
    evidence: LateNoise
    if case.difference and noise > abs(case.difference):
        severity = Severity.WARNING
        evidence = NoiseAboveDifference(
            noise=noise, improvement=total, trials=len(curves), difference=abs(case.difference)
        )
    elif noise > NOISY_SHARE * total and noise > 0:
        severity = Severity.NOTE
        evidence = NoiseAgainstImprovement(noise=noise, improvement=total, trials=len(curves))
    else:
        return
    yield Finding(kind=Kind.NOISY_TRAINING, severity=severity, evidence=evidence, study=case.key)
