"""Constants and result types of the seed comparison (baseline against candidates)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from tuneplay.domain.curves import Direction

Interval = tuple[float, float]

ALPHA = 0.05
"""Two-sided error rate: an adoption has a one-sided error of ALPHA / 2."""
MIN_USABLE = 3
"""Usable values per side below which no verdict is given: with 2, Satterthwaite's df can be 1."""
POWER = 0.8
"""Conventional power (Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988)."""
NEXT_LOOK = 0.5
"""Part of this look's level that is left for one more: more seeds are another look."""
SEEDS_CAP = 100
"""More seeds per side than this count as 'none within reason'."""
OUTLIER_LEVEL = 0.01
"""Level of Grubbs' test (Grubbs, Technometrics 11, 1969): 1 clean sample in 100 is flagged."""
OUTLIER_STEPS = 2
"""Steps of a coarse metric within which a value is no outlier: rounding moves it by one."""
RANK_PENALTY = 2.5
"""Factor on the rank test's p-value, the price of having a second way to a verdict.

With alpha = 0.05 the rank route needs an exact one-sided p <= 0.01.
"""
TIE_CHANCE = 0.001
"""Identical values on a coarse metric are put down to chance if that had at least this chance."""
SAME_RELATIVE = 1e-9
"""Values closer than this part of their size are the same value (float noise, no seed effect)."""
GRID_STEPS = 1000
"""A metric whose values span more steps than this is taken as continuous."""
NOISY_RATIO = 3.0
"""Ratio of the standard deviations from which the scatter is mentioned."""
RATIO_DIGITS = 9
"""Digits to which that ratio counts."""


class Verdict(StrEnum):
    """What the evidence supports."""

    ADOPT = "adopt"
    KEEP_BASELINE = "keep-baseline"
    NOT_DISTINGUISHABLE = "not-distinguishable"
    NEEDS_RERUNS = "needs-reruns"
    NO_FEASIBLE_TRIAL = "no-feasible-trial"


@dataclass(frozen=True)
class Rules:
    """What a verdict is held to.

    Attributes:
        direction: whether small or large values are good.
        worthwhile: smallest improvement worth a switch, in units of the metric; 0 for any.
        alpha: two-sided error rate.
    """

    direction: Direction
    worthwhile: float = 0.0
    alpha: float = ALPHA

    def __post_init__(self) -> None:
        """Refuse values that have no meaning."""
        if not (self.worthwhile >= 0 and 0 < self.alpha < 1):
            raise ValueError("worthwhile must be at least 0 and alpha between 0 and 1")


@dataclass(frozen=True)
class Side:
    """What the reruns of one study gave.

    Attributes:
        reruns: trainings with a new seed, infeasible ones included; failed ones are not, for they
            are no evidence.
        usable: trainings with a finite value.
        mean: mean of the usable values (None without any).
        sd: sample standard deviation of the usable values (None below two).
        constant: all usable values (two or more) are the same.
        outliers: values that Grubbs' test flags.
    """

    reruns: int
    usable: int
    mean: float | None
    sd: float | None
    constant: bool
    outliers: tuple[float, ...]

    @property
    def infeasible(self) -> int:
        """Trainings without a usable value."""
        return self.reruns - self.usable


@dataclass(frozen=True)
class Evidence:
    """All that is computed before a verdict; gains are positive where the candidate is better.

    Attributes:
        baseline: the baseline's reruns.
        candidate: the candidate's reruns.
        gain: mean improvement, None if a side has no value.
        se: standard error of the gain, None if the noise is unknown.
        df: Satterthwaite degrees of freedom of the standard error.
        spread: the standard deviations (baseline, candidate) the error was computed from.
        seedless: the sides ('baseline', 'candidate') on which the seed seems to do nothing.
        shift: Hodges-Lehmann estimate of the improvement (infeasible reruns count as worst).
        p_better: one-sided p-value against 'the candidate is not better'.
        p_worse: one-sided p-value against 'the candidate is not worse'.
        route: what p_better or p_worse, the smaller, rests on: 'mean', 'rank' or 'infeasible'.
        blocked: the candidate was infeasible in a larger share of its reruns than the baseline.
    """

    baseline: Side
    candidate: Side
    gain: float | None
    se: float | None
    df: float
    spread: tuple[float, float] | None
    seedless: tuple[str, ...]
    shift: float | None
    p_better: float
    p_worse: float
    route: Literal["mean", "rank", "infeasible"]
    blocked: bool


@dataclass(frozen=True)
class Comparison:
    """One candidate against the baseline. Differences are candidate - baseline, in metric units.

    Attributes:
        baseline: the baseline's reruns.
        candidate: the candidate's reruns.
        difference: difference of the means of the usable values.
        interval95: its 95 % interval (Welch), for this candidate alone.
        interval_decision: the interval the verdict used (wider after several candidates or looks).
        robust_difference: Hodges-Lehmann difference, infeasible reruns counted as worst.
        robust_interval: its distribution-free interval of at least 95 %; None if out of reach.
        probability_better: chance that one candidate training beats one baseline training, ties half.
        probability_interval: its 95 % interval.
        p_better: one-sided p-value for 'better', adjusted for several candidates.
        p_worse: one-sided p-value for 'worse', adjusted likewise.
        verdict: the decision; the baseline stays unless it is 'adopt'.
        reason: one sentence in plain English.
        seeds_needed: seeds per side that decide with power 0.8, at the next look, if the observed
            difference and scatter are the true ones; None if more than 100 or unknown.
        detectable: smallest true difference found with power 0.8 with these seeds; None if unknown.
        warnings: what the reader must know beside the verdict.
    """

    baseline: Side
    candidate: Side
    difference: float | None
    interval95: Interval | None
    interval_decision: Interval | None
    robust_difference: float | None
    robust_interval: Interval | None
    probability_better: float | None
    probability_interval: Interval | None
    p_better: float
    p_worse: float
    verdict: Verdict
    reason: str
    seeds_needed: int | None
    detectable: float | None
    warnings: tuple[str, ...]
