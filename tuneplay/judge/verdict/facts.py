"""What a comparison of two studies found: verdicts, their grounds, and the numbers behind them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Interval = tuple[float, float]


class Verdict(StrEnum):
    """What the evidence supports."""

    ADOPT = "adopt"
    KEEP_BASELINE = "keep-baseline"
    NOT_DISTINGUISHABLE = "not-distinguishable"
    NEEDS_RERUNS = "needs-reruns"
    NO_FEASIBLE_TRIAL = "no-feasible-trial"


class Ground(StrEnum):
    """Why a comparison has its verdict. Programs read these names: they stay."""

    BETTER = "better"
    WORSE = "worse"
    IMPROVEMENT_RULED_OUT = "improvement-ruled-out"
    NOT_WORTHWHILE = "not-worthwhile"
    PERHAPS_NOT_WORTHWHILE = "perhaps-not-worthwhile"
    MORE_INFEASIBLE_RERUNS = "more-infeasible-reruns"
    NO_CLEAR_DIFFERENCE = "no-clear-difference"
    EQUAL_CURVES = "equal-curves"
    EQUAL_VALUES = "equal-values"
    COARSE_METRIC = "coarse-metric"
    TOO_FEW_RERUNS = "too-few-reruns"
    NO_USABLE_RERUN = "no-usable-rerun"
    SEARCH_ONLY = "search-only"
    NO_FEASIBLE_TRIAL = "no-feasible-trial"


class Route(StrEnum):
    """What showed that one side is better: means, ranks, or how often reruns are infeasible."""

    MEAN = "mean"
    RANK = "rank"
    INFEASIBLE = "infeasible"


class CautionKind(StrEnum):
    """What a reader must know next to a verdict."""

    INFEASIBLE_RERUNS = "infeasible-reruns"
    OUTLIER = "outlier"
    EQUAL_VALUES = "equal-values"
    NOISIER = "noisier"
    RANKS_DISAGREE = "ranks-disagree"
    FAILED_RERUNS = "failed-reruns"
    REPEATED_TRAININGS = "repeated-trainings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """One thing that a reader must know next to a verdict.

    Attributes:
        kind: What it is.
        study: Key of the study that it concerns.
        count: Reruns that it concerns; None where it does not count any.
        of: Reruns in all, those that failed or repeat another one among them.
        value: The value that is far from the others, for an outlier.
        ratio: How many times the standard deviation of the other study, for a noisier one.
    """

    kind: CautionKind
    study: str
    count: int | None = None
    of: int | None = None
    value: float | None = None
    ratio: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What the reruns of one study gave.

    Attributes:
        reruns: Trainings with a new seed, infeasible ones included. Failed ones are left out:
            they show nothing about the method.
        usable: Trainings with a finite value.
        mean: Mean of the usable values; None without any.
        sd: Sample standard deviation of the usable values; None below two.
        constant: Whether all usable values, two or more, are the same.
        outliers: Values that Grubbs' test flags.
        left_out: Reruns that ended and do not count: they failed, or repeat another one.
    """

    reruns: int
    usable: int
    mean: float | None
    sd: float | None
    constant: bool
    outliers: tuple[float, ...]
    left_out: int = 0

    @property
    def ended(self) -> int:
        """Reruns that ended, however."""
        return self.reruns + self.left_out

    @property
    def infeasible(self) -> int:
        """Trainings without a usable value."""
        return self.reruns - self.usable


class Futility(StrEnum):
    """Why a sequence of looks ended before its last one without a decision."""

    UNLIKELY = "unlikely"
    MORE_INFEASIBLE_RERUNS = "more-infeasible-reruns"
    EQUAL_VALUES = "equal-values"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """Where a sequence of looks stands (`rerun --until-decided`).

    Attributes:
        seeds: Seeds of each side at the latest look, or those that are trained so far.
        last: The most seeds that were planned.
        following: Seeds at the next look; None when the sequence has ended.
        chance: Conditional power of an adoption at the last look; None where it was not computed.
        futility: Why it was stopped; None while it goes on, and where it was decided.
    """

    seeds: int
    last: int
    following: int | None = None
    chance: float | None = None
    futility: Futility | None = None


class LimitedBy(StrEnum):
    """Which spread makes a conclusion uncertain."""

    STUDY_VARIANCE = "study-variance"
    TRIAL_VARIANCE = "trial-variance"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limitation:
    """What limits a conclusion.

    Attributes:
        study_sd: By how much other nuisance points would move it, as a standard deviation in the
            objective's unit: the study variance.
        trial_sd: The same for other seeds: the trial variance of the means.
        by: The larger one, or neither where the conclusion is clear of both.
    """

    study_sd: float
    trial_sd: float
    by: LimitedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One candidate against the baseline.

    Differences are candidate minus baseline, in the metric's own unit.

    Attributes:
        study: Key of the candidate's study.
        baseline: Key of the baseline's study.
        verdict: What the evidence supports.
        ground: Why.
        route: What a better or worse side rests on.
        difference: Of the reruns' means, or of the best trials while there are no reruns; None
            without both.
        interval95: Its 95 % interval (Welch), for this candidate alone; None without reruns.
        interval_decision: The interval that the verdict used, at `confidence`.
        confidence: Level of that interval: above 0.95 with several candidates or earlier looks.
        robust_difference: Hodges-Lehmann difference, which one odd seed cannot move; infeasible
            reruns count as worst.
        robust_interval: Its distribution-free interval of at least 95 %; None if out of reach.
        probability_better: Chance that one candidate training is better than one baseline
            training, ties half.
        probability_interval: Its 95 % interval.
        p_better: One-sided p-value for better, adjusted for several candidates.
        p_worse: The same for worse.
        candidate: The candidate's reruns; None while there are none.
        base: The baseline's reruns; None as above.
        seeds_needed: Seeds each that would decide with power 0.8 at the observed difference, at
            the next look; None for more than is reasonable, or unknown.
        detectable: Smallest true difference that these seeds find with power 0.8.
        worthwhile: Smallest improvement that is worth a change; 0 for any.
        unvaried: Keys of the studies whose reruns do not differ, where that is the ground.
        missing: Keys of the studies without a feasible trial, where that is the ground.
        known_sd: Trial standard deviation from an earlier round, where only the search is known.
        looking: Where a sequence of looks stands; None for a fixed number of seeds.
        cautions: What a reader must know as well.
        limit: What limits the conclusion; None where a spread is not known.
        open_to_seeds: Whether more seeds may decide an open verdict.
        baseline_stays: Whether to keep the baseline if this candidate is not adopted: no other one
            is adopted, and a rerun of the baseline gave a value.
    """

    study: str
    baseline: str
    verdict: Verdict
    ground: Ground
    route: Route = Route.MEAN
    difference: float | None = None
    interval95: Interval | None = None
    interval_decision: Interval | None = None
    confidence: float = 0.95
    robust_difference: float | None = None
    robust_interval: Interval | None = None
    probability_better: float | None = None
    probability_interval: Interval | None = None
    p_better: float = 1.0
    p_worse: float = 1.0
    candidate: Side | None = None
    base: Side | None = None
    seeds_needed: int | None = None
    detectable: float | None = None
    worthwhile: float = 0.0
    unvaried: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    known_sd: float | None = None
    looking: Looking | None = None
    cautions: tuple[Caution, ...] = ()
    limit: Limitation | None = None
    open_to_seeds: bool = True
    baseline_stays: bool = True

    @property
    def seeds(self) -> tuple[int, int]:
        """Reruns of the candidate and of the baseline that count."""
        return (
            self.candidate.reruns if self.candidate else 0,
            self.base.reruns if self.base else 0,
        )

    @property
    def known_sds(self) -> float | None:
        """The size of the difference in standard deviations of an earlier round, if known."""
        if not self.known_sd or self.difference is None:
            return None
        return abs(self.difference) / self.known_sd

    @property
    def seeds_to_ask(self) -> int | None:
        """Seeds each to ask for: those that would decide it, and more than there are.

        None where no reasonable number would decide it, or that is not known.
        """
        return None if self.seeds_needed is None else max(self.seeds_needed, max(self.seeds) + 1)

    @property
    def needs_seeds(self) -> bool:
        """Whether more seeds may decide it."""
        undecided = (Verdict.NOT_DISTINGUISHABLE, Verdict.NEEDS_RERUNS)
        return self.verdict in undecided and self.open_to_seeds
