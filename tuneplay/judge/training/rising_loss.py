"""A training loss that rises late (playbook, "Examining the training curves")."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tuneplay.domain.curves import Direction
from tuneplay.judge.case import StudyCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.training.losses import loss_of
from tuneplay.judge.training.shape import LEAST_VALUES, fifth_of, finite_points, late_noise, level

#: A training loss that ends higher than its lowest fifth, by this share of the way that it had come
#: down and by this many times its noise, rises.
RISE_SHARE = 0.25
RISE_NOISE = 3.0

#: "Most of the best trials" are more than this share.
MOST = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLossRises(Evidence):
    """The training loss rises in most of the better trials.

    Attributes:
        loss: Name of the training loss.
        rising: In how many trials it rises.
        trials: Of how many that are long enough.
        rise: By how much; the median over those in which it rises.
    """

    loss: str
    rising: int
    trials: int
    rise: float


def check(case: StudyCase) -> Iterable[Finding]:
    """A warning when the training loss rises in most of the better trials: usually a bug.

    Args:
        case: The study.
    """
    loss = case.once(loss_of)
    if loss is None:
        return
    curves = [finite_points(trial.curves, loss, Direction.MINIMIZE)[1] for trial in case.better]
    rises = [_rise(curve) for curve in curves if len(curve) >= LEAST_VALUES]
    rising = [rise for rise in rises if rise > 0]
    if not rises or len(rising) <= MOST * len(rises):
        return
    yield Finding(
        kind=Kind.RISING_TRAINING_LOSS,
        severity=Severity.WARNING,
        evidence=TrainingLossRises(
            loss=loss, rising=len(rising), trials=len(rises), rise=statistics.median(rising)
        ),
        study=case.key,
    )


def _rise(values: Sequence[float]) -> float:
    """By how much a training loss ends above its lowest fifth; 0 when not clearly."""
    part = fifth_of(len(values))
    levels = [level(values[k : k + part]) for k in range(0, len(values) - part, part)]
    lowest, last = min(levels), level(values[-part:])
    rise = last - lowest
    clear = rise > RISE_NOISE * late_noise(values) and rise > RISE_SHARE * (values[0] - lowest)
    return rise if clear else 0.0
