"""Problematic overfitting (playbook, "Examining the training curves").

The validation objective gets worse after its best while the training loss still improves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tuneplay.domain.curves import Direction
from tuneplay.domain.round import Objective
from tuneplay.domain.trial import Trial
from tuneplay.judge.case import StudyCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.training.losses import loss_of
from tuneplay.judge.training.shape import (
    FIFTHS,
    LEAST_VALUES,
    fifth_of,
    finite_points,
    late_noise,
    late_wander,
    level,
)

#: The objective must end this many times its own late noise above its best level: the best of many
#: noisy levels is lucky by one or two of these. A slow wander counts as noise here.
RISE_NOISE = 3.0

#: ... and by this share of the way that it had come by its best level, for less does no harm.
RISE_SHARE = 0.05

#: Epochs of a level at the best: the middle one of three does not see one odd epoch.
WINDOW = 3


#: Of the trials other than the best, this many and this share must overfit for a note: one odd trial
#: among many is not a pattern.
OTHERS_LEAST = 2
OTHERS_SHARE = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class OthersOverfit(Evidence):
    """Trials overfit, but not the best one.

    Attributes:
        overfitting: How many trials overfit.
        feasible: Of how many.
    """

    overfitting: int
    feasible: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BestTrialWorsens(Evidence):
    """The best trial overfits or is unstable: no training loss was reported to tell which.

    Attributes:
        overfitting: How many trials do, the best one among them.
        feasible: Of how many.
        best_epoch: Epoch at which the objective of the best trial is best, smoothed.
        rise: By how much it is worse over the last fifth, in its unit.
    """

    overfitting: int
    feasible: int
    best_epoch: int
    rise: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BestTrialOverfits(BestTrialWorsens):
    """The best trial overfits.

    Attributes:
        loss: Name of the training loss that still improves.
    """

    loss: str


@dataclass(frozen=True, slots=True)
class Overfitting:
    """How a trial overfits.

    Attributes:
        epoch: Epoch at which the objective is best, smoothed.
        rise: By how much the objective is worse over the last fifth, in its unit.
    """

    epoch: int
    rise: float


def check(case: StudyCase) -> Iterable[Finding]:
    """Overfitting of the best trial, else of enough others (playbook, "problematic overfitting").

    Args:
        case: The study.

    Yields:
        A warning when the best trial overfits, but only a note where no training loss was
        reported; a note when enough others do.
    """
    loss, objective = case.once(loss_of), case.round.objective
    seen = [overfits(trial, objective, loss) for trial in case.ranked]
    count = sum(one is not None for one in seen)
    if not count:
        return
    evidence: BestTrialWorsens | OthersOverfit
    severity = Severity.NOTE
    if (best := seen[0]) is not None:
        counts = {"overfitting": count, "feasible": len(seen)}
        if loss is None:
            evidence = BestTrialWorsens(**counts, best_epoch=best.epoch, rise=best.rise)
        else:
            severity = Severity.WARNING
            evidence = BestTrialOverfits(**counts, best_epoch=best.epoch, rise=best.rise, loss=loss)
    elif loss is not None and count >= max(OTHERS_LEAST, OTHERS_SHARE * len(seen)):
        evidence = OthersOverfit(overfitting=count, feasible=len(seen))
    else:
        return
    yield Finding(kind=Kind.OVERFITTING, severity=severity, evidence=evidence, study=case.key)


def overfits(trial: Trial, objective: Objective, loss: str | None) -> Overfitting | None:
    """Whether and how a trial overfits.

    Args:
        trial: A feasible trial.
        objective: The metric that decides.
        loss: Name of the training loss; None to judge by the objective alone.

    Returns:
        None when it does not, when it has fewer than five finite values, or when the training
        loss that is named was not reported.
    """
    if _best_at_the_end(trial):
        return None
    epochs, values = finite_points(trial.curves, objective.metric, objective.direction)
    if len(values) < LEAST_VALUES:
        return None
    part = fifth_of(len(values))
    last, noise = level(values[-part:]), late_noise(values)
    least = RISE_NOISE * noise
    if last - min(values) <= least:
        return None
    place, lowest = _best_level(values, len(values) - part)
    rise, come = last - lowest, max(values[: place + 1]) - lowest
    if rise <= least or rise <= RISE_SHARE * come:
        return None
    if rise <= RISE_NOISE * math.hypot(noise, late_wander(values, noise)):
        return None
    if loss is not None and not _still_improves(trial, loss, epochs[place]):
        return None
    return Overfitting(epochs[place], rise)


def _best_at_the_end(trial: Trial) -> bool:
    """Whether the best epoch is among the last fifth of those reported: nothing came after it."""
    best, epochs = trial.outcome.best_epoch, trial.curves.epochs
    return bool(epochs) and best is not None and best >= epochs[-fifth_of(len(epochs))]


def _best_level(values: Sequence[float], end: int) -> tuple[int, float]:
    """Place and value of the best level of `WINDOW` neighbours before the last fifth."""
    half = WINDOW // 2
    middles = [
        sorted(three)[half] for three in zip(values, values[1:], values[2:end], strict=False)
    ]
    if not middles:
        return 0, values[0]
    lowest = min(middles)
    return middles.index(lowest) + half, lowest


def _still_improves(trial: Trial, loss: str, epoch: int) -> bool:
    """Whether the training loss over the last fifth is below its level at an epoch."""
    epochs, values = finite_points(trial.curves, loss, Direction.MINIMIZE)
    if len(values) < FIFTHS:
        return False
    place = sum(one <= epoch for one in epochs) - 1
    around = values[max(0, place - WINDOW // 2) : place + WINDOW // 2 + 1]
    return bool(around) and level(values[-fifth_of(len(values)) :]) < level(around)
