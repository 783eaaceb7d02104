"""The reruns of a round: which there are, what they measured, and the luck of the selection."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tuneplay.domain.round import Objective
from tuneplay.domain.trial import Reruns, State, Trial
from tuneplay.judge.verdict.repeats import columns_of, repeated


@dataclass(frozen=True, slots=True)
class RerunSummary:
    """The reruns of one configuration. The value that was selected is not among them.

    Attributes:
        trial: Number of the trial whose configuration was trained again.
        values: One value a rerun, in the order of the seeds; NaN where it was infeasible. A
            failed rerun is left out: it is not evidence.
        failed: Reruns that failed.
        selected_value: The value in the search, by which the configuration was selected.
        test: Mean of the test metric at the reruns' best epochs; None without one.
        others: The reruns of the next best configurations, where they were asked for.
        repeats: Reruns that are left out because an earlier one is the very same training.
        one_training: Whether all of them have the same curves: the seed has no effect.
        varied: Whether any two have different curves: the seed has an effect.
    """

    trial: int
    values: tuple[float, ...]
    failed: int
    selected_value: float
    test: float | None = None
    others: tuple[RerunSummary, ...] = ()
    repeats: int = 0
    one_training: bool = False
    varied: bool = False

    @property
    def trained(self) -> int:
        """Reruns that have ended, however."""
        return len(self.values) + self.failed + self.repeats

    def without_test(self) -> RerunSummary:
        """The same without the test metric."""
        others = tuple(other.without_test() for other in self.others)
        return replace(self, test=None, others=others)

    @property
    def usable(self) -> tuple[float, ...]:
        """The finite values."""
        return tuple(value for value in self.values if math.isfinite(value))

    @property
    def mean(self) -> float | None:
        """Mean of the finite values; None without any."""
        return statistics.fmean(self.usable) if self.usable else None

    @property
    def sd(self) -> float | None:
        """Sample standard deviation of the finite values: the trial variance; None below two."""
        return statistics.stdev(self.usable) if len(self.usable) > 1 else None


def summarize_reruns(
    trials: Sequence[Trial], asked: Sequence[Reruns], study: str, objective: Objective
) -> RerunSummary | None:
    """The reruns of a study's selected configuration.

    Args:
        trials: The ended trials of the study.
        asked: Reruns that were asked for, in order; the last selection of a study counts.
        study: Key of the study.
        objective: The metric that decides.

    Returns:
        None while no rerun has ended.
    """
    newest = [request.selected[study] for request in reversed(asked) if study in request.selected]
    if not newest:
        return None
    numbers = dict.fromkeys(number for selected in newest for number in selected)
    found = [_summarize(trials, number, objective) for number in numbers]
    first, *others = found
    if first is None:
        return None
    return replace(first, others=tuple(o.without_test() for o in others if o is not None))


def _summarize(trials: Sequence[Trial], number: int, objective: Objective) -> RerunSummary | None:
    reruns = [t for t in trials if t.id.rerun and t.id.number == number]
    if not reruns:
        return None
    selected = next((t for t in trials if t.id.number == number and not t.id.rerun), None)
    counted = [t for t in reruns if t.outcome.state is not State.FAILED]
    counted.sort(key=lambda t: t.id.rerun)
    repeats = repeated(counted, objective.metric)
    one_training = len(counted) > 1 and all(repeats[1:])
    # Where the seed has no effect all of them count: that they are equal is what there is to see.
    usable = [t for t, again in zip(counted, repeats, strict=True) if one_training or not again]
    value = selected.outcome.value if selected else None
    return RerunSummary(
        number,
        tuple(_value(t) for t in usable),
        len(reruns) - len(counted),
        math.nan if value is None else value,
        _test_mean(usable, objective.test_metric),
        repeats=len(counted) - len(usable),
        one_training=one_training,
        varied=any(
            columns_of(t, objective.metric) != columns_of(usable[0], objective.metric)
            for t in usable
        ),
    )


def _value(trial: Trial) -> float:
    value = trial.outcome.value if trial.feasible else None
    return math.nan if value is None else value


def _test_mean(reruns: Sequence[Trial], metric: str | None) -> float | None:
    """Mean of a metric over the reruns, each at the epoch that the objective selects."""
    if metric is None:
        return None
    found = [
        value
        for trial in reruns
        if trial.feasible and trial.outcome.best_epoch in trial.curves.epochs
        for value in [_at(trial, metric, trial.outcome.best_epoch)]
        if value is not None and math.isfinite(value)
    ]
    return statistics.fmean(found) if found else None


def _at(trial: Trial, metric: str, epoch: int | None) -> float | None:
    return dict(zip(trial.curves.epochs, trial.curves.column(metric), strict=False)).get(epoch or 0)
