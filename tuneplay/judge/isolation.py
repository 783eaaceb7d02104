"""Isolation plots: the best trial over the nuisance values, for each scientific value.

Playbook, "Detecting whether a change is useful with isolation plots".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Range
from tuneplay.domain.round import Round
from tuneplay.domain.trial import Trial
from tuneplay.judge.reruns import best_of
from tuneplay.judge.selection import ranked

#: Feasible trials that a bucket should hold on average: the best of fewer is mostly luck. (The
#: best of 5 lies in the better half of its slice with probability 0.97.)
TRIALS_PER_BUCKET = 5

#: Buckets at the most: the playbook's figure 2 has about ten.
MAX_BUCKETS = 10


@dataclass(frozen=True, slots=True)
class IsolationPoint:
    """One point of an isolation plot.

    Attributes:
        study: Key of the study.
        value: Best objective over its nuisance values; None without a feasible trial.
        spread: Study variance: standard deviation of the best over draws of this size; None
            below two feasible trials.
        trial: The best trial.
    """

    study: str
    value: float | None
    spread: float | None
    trial: Trial | None


@dataclass(frozen=True, slots=True)
class Bucket:
    """One slice of a scientific range.

    Attributes:
        low: Lower end of the slice, in the hyperparameter's own unit.
        high: Upper end.
        feasible: Feasible trials in it.
        value: Their best objective; None without any.
        spread: Standard deviation of that best over draws of this size; None below two.
        trial: The best trial.
    """

    low: float
    high: float
    feasible: int
    value: float | None
    spread: float | None
    trial: Trial | None


def isolation(
    round_: Round, trials_by_study: Mapping[str, Sequence[Trial]]
) -> list[IsolationPoint]:
    """The best over nuisance values for each scientific value, in the order of the spec.

    Args:
        round_: The round.
        trials_by_study: Its ended trials by study key; reruns are left out.
    """
    direction = round_.objective.direction
    return [
        IsolationPoint(study.key, *_best(trials_by_study.get(study.key, ()), direction))
        for study in round_.studies
    ]


def buckets(
    scale: Range, trials: Sequence[Trial], direction: Direction, count: int | None = None
) -> list[Bucket]:
    """Slices of equal width on the scale of a scientific range, each with its best trial.

    Args:
        scale: The scientific hyperparameter.
        trials: The ended trials of the joint study; reruns are left out.
        direction: Which way the objective is better.
        count: Number of slices; None for one that leaves `TRIALS_PER_BUCKET` feasible trials to
            each, at most `MAX_BUCKETS`.
    """
    placed = [
        (scale.unit(value), trial)
        for trial in ranked(trials, direction)
        for value in [trial.hyperparameters.get(scale.name)]
        if isinstance(value, int | float)
    ]
    if count is None:
        count = min(MAX_BUCKETS, max(1, len(placed) // TRIALS_PER_BUCKET))
    slices: list[list[Trial]] = [[] for _ in range(count)]
    for unit, trial in placed:
        slices[min(count - 1, max(0, int(unit * count)))].append(trial)
    ends = [scale.low, *(_value(scale, k / count) for k in range(1, count)), scale.high]
    return [
        Bucket(ends[k], ends[k + 1], len(held), *_best(held, direction))
        for k, held in enumerate(slices)
    ]


def _best(
    trials: Sequence[Trial], direction: Direction
) -> tuple[float | None, float | None, Trial | None]:
    """Best objective, its spread and its trial."""
    best_first = ranked(trials, direction)
    if not best_first:
        return None, None, None
    values = [trial.outcome.value or 0.0 for trial in best_first]
    spread = best_of(values, len(values)).sd if len(values) > 1 else None
    return values[0], spread, best_first[0]


def _value(scale: Range, unit: float) -> float:
    """Value at a coordinate, not on the grid: the end of a slice is no trial's value."""
    plain = Range(scale.name, scale.low, scale.high, scale.scale)
    return float(plain.at(unit))
