"""Where in training the best epochs are, by the objective and by other validation metrics."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tuneplay.domain.round import Objective
from tuneplay.domain.trial import Trial
from tuneplay.judge.finding import Evidence
from tuneplay.judge.measures.metric_names import direction_of, is_validation
from tuneplay.judge.training.shape import finite_points

#: Two metrics disagree when one is at its best in this first share of training ...
DISAGREE_EARLY = 0.2

#: ... and the other after this share, both in the median over the trials that matter. (The lecture:
#: the loss may be best early and the error late, since the loss punishes overconfidence.)
DISAGREE_LATE = 0.5

#: Fewer trials with the other metric show no disagreement.
LEAST_TRIALS = 3


@dataclass(frozen=True, slots=True)
class Places:
    """Best epochs as shares of the epoch budget, in (0, 1], ascending.

    Attributes:
        shares: One share a trial.
        last: The latest best epoch, counted from 1.
    """

    shares: tuple[float, ...]
    last: int

    @classmethod
    def of(cls, trials: Iterable[Trial], current: int) -> Places:
        """The places of the trials' best epochs; trials without one are left out."""
        found = [
            trial.outcome.best_epoch + _offset(trial, current)
            for trial in trials
            if trial.outcome.best_epoch is not None
        ]
        return cls(tuple(sorted(epoch / current for epoch in found)), max(found, default=0))

    def count_until(self, share: float) -> int:
        """Trials at their best in this first share of training."""
        return sum(place <= share + 1e-9 for place in self.shares)

    def count_after(self, share: float) -> int:
        """Trials at their best after this share of training."""
        return sum(place > share + 1e-9 for place in self.shares)

    def until(self, share: float) -> float:
        """Share of the trials at their best in this first share of training; 0 without any."""
        return self.count_until(share) / len(self.shares) if self.shares else 0.0

    def after(self, share: float) -> float:
        """Share of the trials at their best after this share of training; 0 without any."""
        return self.count_after(share) / len(self.shares) if self.shares else 0.0


def _offset(trial: Trial, current: int) -> int:
    """1 for a program that counts its epochs from 0, else 0."""
    epochs = trial.curves.epochs
    return int(bool(epochs) and epochs[0] == 0 and epochs[-1] < current)


def full_length(trial: Trial, current: int) -> bool:
    """Whether a trial reported up to the end of the epoch budget, and not beyond it.

    One that reports every k-th epoch may end less than k before. One without curves is taken to
    be of full length: nothing says that it ended early.
    """
    epochs = trial.curves.epochs
    if not epochs:
        return True
    spacing = epochs[-1] - epochs[-2] if len(epochs) > 1 else 1
    return current - spacing < epochs[-1] + _offset(trial, current) <= current


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsDisagree(Evidence):
    """Another validation metric is at its best in another part of training than the objective.

    Attributes:
        metric: Name of the other metric.
        objective_epoch: Median best epoch by the objective, over the trials that have both.
        metric_epoch: Median best epoch by the other metric.
        trials: How many trials have both.
    """

    metric: str
    objective_epoch: float
    metric_epoch: float
    trials: int


def disagreements(
    trials: Sequence[Trial], objective: Objective, current: int
) -> tuple[MetricsDisagree, ...]:
    """Other validation metrics that are at their best in another part of training.

    Args:
        trials: The trials that matter.
        objective: The metric that decides.
        current: The epoch budget.

    Returns:
        In the order of the metrics' names. A metric counts when its name says that it is of
        validation and which way is better.
    """
    names = sorted({name for trial in trials for name in trial.curves.metrics})
    found = (
        _compare(trials, name, current)
        for name in names
        if name not in (objective.metric, objective.test_metric) and is_validation(name)
    )
    return tuple(one for one in found if one is not None)


def _compare(trials: Sequence[Trial], metric: str, current: int) -> MetricsDisagree | None:
    direction = direction_of(metric)
    if direction is None:
        return None
    both: list[tuple[int, int]] = []
    for trial in trials:
        epochs, values = finite_points(trial.curves, metric, direction)
        if values and trial.outcome.best_epoch is not None:
            offset = _offset(trial, current)
            best = epochs[values.index(min(values))]
            both.append((trial.outcome.best_epoch + offset, best + offset))
    if len(both) < LEAST_TRIALS:
        return None
    first, second = (statistics.median(pair[k] for pair in both) for k in (0, 1))
    early, late = sorted((first, second))
    if early > DISAGREE_EARLY * current or late <= DISAGREE_LATE * current:
        return None
    return MetricsDisagree(
        metric=metric, objective_epoch=first, metric_epoch=second, trials=len(both)
    )
