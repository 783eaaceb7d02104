"""One candidate beside the baseline, and what the reruns' curves say of it beyond their values."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tuneplay.judge.verdict.reruns import RerunSummary
from tuneplay.judge.verdict.seeds.standards import Verdict

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One candidate beside the baseline.

    Attributes:
        study: Key of the candidate's study.
        baseline: Key of the baseline's study.
        difference: Candidate minus baseline, in the metric's own unit: of the reruns' means, or
            of the best trials while there are no reruns; None without both.
        verdict: What the evidence supports.
        reason: One plain sentence.
        interval95: 95 % interval of the difference, for this candidate alone; None without
            reruns.
        probability_better: Chance that one candidate training beats one baseline training.
        probability_interval: Its 95 % interval.
        robust_difference: Hodges-Lehmann difference, which one odd seed cannot move.
        robust_interval: Its distribution-free interval of at least 95 %.
        seeds: Reruns of the candidate and of the baseline that count.
        seeds_needed: Seeds each that would decide at the observed difference; None for more than
            is reasonable, or unknown.
        detectable: Smallest true difference that these seeds could have found (power 0.8).
        warnings: What must be said beside the verdict.
        hopeless: Whether more seeds would not decide: a sequence of looks ended as hopeless, the
            candidate is infeasible for more of its seeds, or seeds repeat each other's trainings.
    """

    study: str
    baseline: str
    difference: float | None
    verdict: Verdict
    reason: str
    interval95: Interval | None = None
    probability_better: float | None = None
    probability_interval: Interval | None = None
    robust_difference: float | None = None
    robust_interval: Interval | None = None
    seeds: tuple[int, int] = (0, 0)
    seeds_needed: int | None = None
    detectable: float | None = None
    warnings: tuple[str, ...] = ()
    hopeless: bool = False

    @property
    def needs_seeds(self) -> bool:
        """Whether more seeds may decide it."""
        open_verdicts = (Verdict.NOT_DISTINGUISHABLE, Verdict.NEEDS_RERUNS)
        return self.verdict in open_verdicts and not self.hopeless


def deaf(study: str, baseline: str, summary: RerunSummary, base: RerunSummary) -> Comparison:
    """A comparison where different seeds gave the same curves: no spread is not certainty."""
    sides = [(study, summary), (baseline, base)]
    which = " and ".join(f"{key} ({len(s.values)} seeds)" for key, s in sides if s.deaf)
    reason = (
        f"Different seeds gave the very same curves in {which}: the seed does nothing there, the "
        "noise is unknown, and the baseline stays."
    )
    gap = None if summary.mean is None or base.mean is None else summary.mean - base.mean
    seeds = (len(summary.values), len(base.values))
    verdict = Verdict.NOT_DISTINGUISHABLE
    return Comparison(study, baseline, gap, verdict, reason, seeds=seeds, hopeless=True)


def told(comparison: Comparison, summary: RerunSummary, base: RerunSummary) -> Comparison:
    """The same, with what the reruns' curves and failures add to their values."""
    warnings = list(comparison.warnings)
    for key, side in ((comparison.baseline, base), (comparison.study, summary)):
        if side.failed:
            do = "does" if side.failed == 1 else "do"
            warnings.append(
                f"{side.failed} of {side.trained} reruns of {key} failed and {do} not count; "
                "their logs say why."
            )
        if side.repeats:
            warnings.append(
                f"{side.repeats} of {side.trained} reruns of {key} have the very same curves as "
                "another one, so that each training counts once; does the whole seed reach the "
                "program?"
            )
    flat = [key for key, side in ((comparison.baseline, base), (comparison.study, summary))
            if side.varied and len(set(side.usable)) == 1 and len(side.usable) > 1]  # fmt: skip
    reason = comparison.reason
    if flat and comparison.interval95 is None and len(summary.usable) > 1 < len(base.usable):
        reason = (
            f"All reruns of {' and of '.join(flat)} gave the same best value, though their curves "
            "differ: the metric is too coarse, or too near its end, to show the noise, and the "
            "baseline stays."
        )
        warnings = [line for line in warnings if "does the seed reach" not in line]
    # Where most reruns repeat another one, more of them would repeat others, too.
    spent = any(side.repeats >= max(1, len(side.values)) for side in (base, summary))
    stop = comparison.hopeless or spent
    return replace(comparison, reason=reason, warnings=tuple(warnings), hopeless=stop)
