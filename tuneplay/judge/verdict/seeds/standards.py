"""What the seed comparison is held to: its constants, and the evidence that it computes."""

from __future__ import annotations

from dataclasses import dataclass

from tuneplay.domain.curves import Direction
from tuneplay.judge.verdict.facts import Route, Side

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
"""Steps of a coarse metric within which a value is not an outlier: rounding moves it by one."""
RANK_PENALTY = 2.5
"""Factor on the rank test's p-value, the price of having a second way to a verdict.

With alpha = 0.05 the rank route needs an exact one-sided p <= 0.01.
"""
TIE_CHANCE = 0.001
"""Identical values on a coarse metric count as chance if that had at least this chance."""
SAME_RELATIVE = 1e-9
"""Values closer than this part of their size are the same value (float noise, no seed effect)."""
GRID_STEPS = 1000
"""A metric whose values span more steps than this is taken as continuous."""
NOISY_RATIO = 3.0
"""Ratio of the standard deviations from which the reader is warned."""
RATIO_DIGITS = 9
"""Digits to which that ratio counts."""


@dataclass(frozen=True)
class VerdictRules:
    """What a verdict is held to.

    Attributes:
        direction: Whether small or large values are good.
        worthwhile: Smallest improvement worth a switch, in units of the metric; 0 for any.
        alpha: Two-sided error rate.
    """

    direction: Direction
    worthwhile: float = 0.0
    alpha: float = ALPHA

    def __post_init__(self) -> None:
        """Refuse values that have no meaning."""
        if not (self.worthwhile >= 0 and 0 < self.alpha < 1):
            raise ValueError("worthwhile must be at least 0 and alpha between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class SeedEvidence:
    """All that is computed before a verdict; gains are positive where the candidate is better.

    Attributes:
        base: The baseline's reruns.
        candidate: The candidate's reruns.
        gain: Mean improvement; None if a side has no value.
        se: Standard error of the gain; None if the noise is unknown.
        df: Satterthwaite degrees of freedom of the standard error.
        spread: Standard deviations (baseline, candidate) that the error was computed from.
        constant: Whether the baseline, and the candidate, have equal values that a coarse metric
            does not explain, so that the noise is unknown.
        shift: Hodges-Lehmann estimate of the improvement (infeasible reruns count as worst).
        p_better: One-sided p-value against 'the candidate is not better'.
        p_worse: One-sided p-value against 'the candidate is not worse'.
        route: What p_better or p_worse, the smaller, rests on.
        blocked: Whether the candidate was infeasible in a larger share of its reruns.
    """

    base: Side
    candidate: Side
    gain: float | None
    se: float | None
    df: float
    spread: tuple[float, float] | None
    constant: tuple[bool, bool]
    shift: float | None
    p_better: float
    p_worse: float
    route: Route
    blocked: bool

    @property
    def noise_unknown(self) -> bool:
        """Whether a side has equal values that a coarse metric does not explain."""
        return any(self.constant)
