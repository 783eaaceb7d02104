"""Do curves repeat with a period? (playbook, "Setting up periodic evaluations")."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuneplay.domain.curves import Direction
from tuneplay.domain.trial import Trial
from tuneplay.judge.case import StudyCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.measures.metric_names import is_validation
from tuneplay.judge.training.shape import finite_points

#: Fewer values cannot show a period: three repetitions of it are asked for.
LEAST_VALUES = 20
REPETITIONS = 3

#: The autocorrelation at the period, and at twice the period. White noise of 20 values reaches
#: 0.6 at some lag in a few of a hundred curves, and both of these in fewer than one.
CORRELATION = 0.6
CORRELATION_TWICE = 0.4

#: The mean of the autocorrelations at all shorter lags must be below this: it is below 0 for what
#: repeats, and near 1 for a trend that is left over.
CORRELATION_BETWEEN = 0.1

#: Shorter periods than this many epochs look like noise that alternates.
SHORTEST = 3

#: What is left of the values in their last digits is rounding.
ROUNDING = 1e-11

#: The first tenth of training is left out: its steep trend is not taken out well. Where the rest
#: shows nothing, a step of the learning rate may hide it, and the last half is looked at alone.
LEFT_OUT = 10


#: A period is looked for in this many of the best trials; it must be in more than this share of them,
#: and in two at least.
PERIOD_TRIALS = 3
MOST = 0.5
LEAST_TRIALS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRepeats(Evidence):
    """A validation metric repeats with one period in most of the best trials.

    Attributes:
        metric: Its name.
        period: The period, in epochs.
        trials: In how many trials it was found.
        long: In how many it was looked for: those that are long enough.
    """

    metric: str
    period: int
    trials: int
    long: int


def check(case: StudyCase) -> Iterable[Finding]:
    """A note on the first validation metric that repeats with a period, the objective before others.

    (playbook, "Setting up periodic evaluations": periodicity in validation metrics can show that
    data overlap or are not shuffled.)

    Args:
        case: The study.
    """
    trials, objective = case.better[:PERIOD_TRIALS], case.round.objective.metric
    names = {name for trial in trials for name in trial.curves.metrics if is_validation(name)}
    for name in (objective, *sorted(names - {objective})):
        evidence = _repetition(trials, name)
        if evidence is not None:
            kind, note = Kind.NOISY_TRAINING, Severity.NOTE
            yield Finding(kind=kind, severity=note, evidence=evidence, study=case.key)
            return


def _repetition(trials: Sequence[Trial], name: str) -> MetricRepeats | None:
    """The period that most of the trials have in common, if any."""
    curves = [finite_points(trial.curves, name, Direction.MINIMIZE) for trial in trials]
    long = [pair for pair in curves if len(pair[1]) >= LEAST_VALUES]
    periods = [found for pair in long if (found := period_of(*pair)) is not None]
    if len(periods) < LEAST_TRIALS or len(periods) <= MOST * len(long):
        return None
    period = statistics.median_low(periods)
    if sum(abs(one - period) <= 1 for one in periods) <= MOST * len(long):
        return None
    return MetricRepeats(metric=name, period=period, trials=len(periods), long=len(long))


def period_of(epochs: Sequence[int], values: Sequence[float]) -> int | None:
    """The period of a curve, in epochs.

    By the autocorrelation of what is left when the trend, a running mean over one period, is taken
    out; with care, since any trend that is left over correlates with itself as well.

    Args:
        epochs: Epoch numbers, evenly spaced; else the answer is None.
        values: One finite value an epoch.

    Returns:
        The shortest clear period; None when there is none, or fewer than `LEAST_VALUES` values.
    """
    spacing = epochs[1] - epochs[0] if len(epochs) > 1 else 0
    if len(values) < LEAST_VALUES or epochs[-1] - epochs[0] != spacing * (len(epochs) - 1):
        return None
    column = np.asarray(values, dtype=np.float64)
    # A period has no unit, and squares of large values no float.
    column = column / max(float(np.abs(column).max()), np.finfo(np.float64).tiny)
    for first in (len(values) // LEFT_OUT, len(values) // 2):
        settled = column[first:]
        least = _rounding(settled)
        for lag in range(SHORTEST, len(settled) // REPETITIONS):
            if _repeats(settled, lag, least):
                return lag * spacing
        if len(values) < 2 * LEAST_VALUES:
            break
    return None


def _repeats(settled: NDArray[np.float64], lag: int, least: float) -> bool:
    """Whether more than `least` is left by the trend, and correlates at a lag and its double alone."""
    rest = _without_odd(_without_trend(settled, lag))
    # A running mean over an even period is half an epoch off, which leaves a constant of a slope.
    if float(np.abs(rest - rest.mean()).max()) <= least:
        return False
    if _correlation(rest, lag) < CORRELATION or _correlation(rest, 2 * lag) < CORRELATION_TWICE:
        return False
    between = [_correlation(rest, shorter) for shorter in range(1, lag)]
    return sum(between) / len(between) < CORRELATION_BETWEEN


def _rounding(values: NDArray[np.float64]) -> float:
    """By how much printing may have moved values: half of the least step between them.

    A slow slope that is printed with two digits has stairs, and stairs repeat.
    """
    least = ROUNDING * float(np.abs(values).max())
    steps = np.diff(np.sort(values))
    steps = steps[steps > least]
    return float(steps.min()) / 2 + least if len(steps) else np.inf


def _without_trend(values: NDArray[np.float64], lag: int) -> NDArray[np.float64]:
    """What a running mean over one period leaves; shorter by a period less one."""
    means = np.convolve(values, np.full(lag, 1 / lag), mode="valid")
    middle: NDArray[np.float64] = values[lag // 2 : lag // 2 + len(means)] - means
    return middle


def _without_odd(rest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cuts what is farther out than what can have repeated: an odd epoch would hide the rest."""
    size = np.sort(np.abs(rest))
    cut = size[-REPETITIONS] if len(size) >= REPETITIONS else np.inf
    return np.clip(rest, -cut, cut)


def _correlation(values: NDArray[np.float64], lag: int) -> float:
    """Autocorrelation at a lag; 0 for a constant, and for too few values."""
    first, second = values[:-lag], values[lag:]
    if len(first) < SHORTEST:
        return 0.0
    first, second = first - first.mean(), second - second.mean()
    spread = float(first @ first) * float(second @ second)
    return float(first @ second) / spread**0.5 if spread > 0 else 0.0
