"""Isolation plots: the best trial over the nuisance values, for each scientific value.

Playbook, "Detecting whether a change is useful with isolation plots".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Range
from tuneplay.domain.round import Round
from tuneplay.domain.trial import State, Trial
from tuneplay.judge.finding import Finding, Kind
from tuneplay.judge.measures.best_of import best_of
from tuneplay.judge.measures.selection import ranked

#: Feasible trials that a bucket should hold on average: the best of fewer is mostly luck. (The
#: best of 5 is in the better half of its slice with probability 0.97.)
TRIALS_PER_BUCKET = 5

#: Most buckets: the playbook's figure 2 has about ten.
MAX_BUCKETS = 10


@dataclass(frozen=True, slots=True)
class IsolationPoint:
    """One point of an isolation plot.

    Attributes:
        study: Key of the study.
        value: Best objective over its nuisance values; None without a feasible trial.
        spread: Study variance: standard deviation of the best over other points, as many as
            now; None below two feasible trials.
        trial: The best trial.
    """

    study: str
    value: float | None
    spread: float | None
    trial: Trial | None


#: A slice is clearly worse than the best one from this number of standard deviations of their
#: difference on. The best of a few trials has a skewed spread, and the best of many slices is lucky: in
#: simulated studies (one to three nuisance hyperparameters, 20 to 100 trials, with and without noise)
#: where the range had no effect, 4 named a part of it in 3 % of cases and never in more than 9 %;
#: 2 did in up to 80 %.
CLEARLY_WORSE = 4.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """One slice of a scientific range.

    Attributes:
        low: Lower end of the slice, in the hyperparameter's own unit.
        high: Upper end.
        feasible: Feasible trials in it.
        infeasible: Infeasible ones.
        value: Their best objective; None without any.
        spread: Standard deviation of that best over other points, as many as now; None below two.
        trial: The best trial.
    """

    low: float
    high: float
    feasible: int
    infeasible: int
    value: float | None
    spread: float | None
    trial: Trial | None


@dataclass(frozen=True, slots=True)
class RangeIsolation:
    """What a joint study says about one scientific range.

    Attributes:
        study: Key of the study.
        hyperparameter: Name of the scientific hyperparameter.
        buckets: The slices of its range, from low to high.
        best: First and last slice of those around the best one, itself included, that are not
            clearly worse; None without a feasible trial.
        leader: The best slice; None as above.
    """

    study: str
    hyperparameter: str
    buckets: tuple[Bucket, ...]
    best: tuple[int, int] | None
    leader: Bucket | None = None

    @property
    def undivided(self) -> bool:
        """Whether no part of the range is clearly worse than another."""
        return self.best == (0, len(self.buckets) - 1)


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
        (float(value), trial)
        for trial in trials
        for value in [trial.hyperparameters.get(scale.name)]
        if isinstance(value, int | float) and not trial.id.rerun
    ]
    usable = sum(trial.feasible for _, trial in placed)
    if count is None:
        count = min(MAX_BUCKETS, max(1, usable // TRIALS_PER_BUCKET))
    ends = _ends(scale, count)
    slices: list[list[Trial]] = [[] for _ in ends]
    for value, trial in placed:
        place = sum(low <= value for low, _ in ends[1:])
        slices[place].append(trial)
    return [
        Bucket(
            low,
            high,
            sum(trial.feasible for trial in held),
            sum(trial.outcome.state is State.INFEASIBLE for trial in held),
            *_best(held, direction),
        )
        for (low, high), held in zip(ends, slices, strict=True)
    ]


def _ends(scale: Range, count: int) -> list[tuple[float, float]]:
    """Lower and upper end of each slice; each of a few whole numbers is a slice of its own."""
    step = scale.step or (1.0 if scale.kind == "int" else None)
    if step is not None:
        values = round((scale.high - scale.low) / step) + 1
        if values <= MAX_BUCKETS:
            return [(scale.low + k * step, scale.low + k * step) for k in range(values)]
    inner = [_value(scale, k / count) for k in range(1, count)]
    return list(itertools.pairwise([scale.low, *inner, scale.high]))


def range_isolation(
    round_: Round, trials_by_study: Mapping[str, Sequence[Trial]], trial_sd: float | None = None
) -> list[RangeIsolation]:
    """The slices of every scientific range, and where the best values are.

    Args:
        round_: The round.
        trials_by_study: Its ended trials by study key; reruns are left out.
        trial_sd: Trial variance as a standard deviation, where it is known.

    Returns:
        One entry for each range of each joint study, in the order of the spec.
    """
    direction = round_.objective.direction
    found = []
    for study in round_.studies:
        for axis in study.axes:
            slices = buckets(axis, trials_by_study.get(study.key, ()), direction)
            place = _leader(slices, direction)
            best = None if place is None else _alike(slices, place, direction, trial_sd or 0.0)
            leader = None if place is None else slices[place]
            found.append(RangeIsolation(study.key, axis.name, tuple(slices), best, leader))
    return found


def edge_of(along: RangeIsolation, findings: Sequence[Finding]) -> str | None:
    """The side of a scientific range beyond which better values are expected, if any.

    Args:
        along: The range.
        findings: The findings of the round.
    """
    for finding in findings:
        mine = (finding.study, finding.hyperparameter) == (along.study, along.hyperparameter)
        if mine and finding.kind is Kind.BOUNDARY and finding.side is not None:
            return finding.side
    return None


def _leader(slices: Sequence[Bucket], direction: Direction) -> int | None:
    """Place of the best slice; None without a feasible trial."""
    known = [(direction.sign * b.value, k) for k, b in enumerate(slices) if b.value is not None]
    return min(known)[1] if known else None


def _alike(
    slices: Sequence[Bucket], place: int, direction: Direction, trial_sd: float
) -> tuple[int, int]:
    """First and last of the slices around the best one, at `place`, that are not clearly worse."""
    best = direction.sign * (slices[place].value or 0.0)
    own = math.hypot(slices[place].spread or 0.0, trial_sd, trial_sd)

    def alike(bucket: Bucket) -> bool:
        if not bucket.feasible and bucket.infeasible:
            return False  # whatever was tried there is worse than anything
        # One trial or none says nothing about the slice.
        if bucket.value is None or bucket.spread is None or slices[place].spread is None:
            return True
        sd = math.hypot(own, bucket.spread)
        return direction.sign * bucket.value - best <= CLEARLY_WORSE * sd

    first = last = place
    while first > 0 and alike(slices[first - 1]):
        first -= 1
    while last < len(slices) - 1 and alike(slices[last + 1]):
        last += 1
    return first, last


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
    """Value at a coordinate, not on the grid: the end of a slice does not belong to a trial."""
    plain = Range(scale.name, scale.low, scale.high, scale.scale)
    return float(plain.at(unit))
