"""What tuneplay's rules say of studies made here: the only piece that imports `tuneplay.judge`.

A change to the interfaces of `tuneplay.judge` needs a change to this file alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pieces.landscapes import FloatArray
from tuneplay.domain.curves import Direction
from tuneplay.domain.round import Round, Study
from tuneplay.domain.trial import Trial
from tuneplay.judge.fairness.sampling import resample
from tuneplay.judge.fairness.unequal import fairness_findings
from tuneplay.judge.finding import Kind
from tuneplay.judge.measures.selection import better_part, ranked
from tuneplay.judge.space.edges import study_fit
from tuneplay.judge.space.edges.narrowing import judge_narrow
from tuneplay.judge.space.edges.widening import judge_edges
from tuneplay.judge.space.importance import importance_findings, importances
from tuneplay.judge.space.infeasible import infeasible_findings
from tuneplay.judge.training.curve_checks import curve_findings
from tuneplay.judge.training.epoch_budget import epoch_budget
from tuneplay.judge.training.epoch_findings import epoch_findings
from tuneplay.judge.training.shape import late_noise
from tuneplay.judge.verdict.seeds import decision, sequential, standards

# The space.


@dataclass(frozen=True)
class EdgeSaid:
    """What is said of one edge.

    Attributes:
        dim: The dimension.
        side: `low` or `high`.
        verdict: `widen`, `instability-edge`, `ok` or `too-few`.
        bound: The bound to use, [0, 1] being the present range.
    """

    dim: int
    side: str
    verdict: str
    bound: float


@dataclass(frozen=True)
class WidthSaid:
    """What is said of the width of one range: `narrow`, `ok` or `too-few`, and the new bounds."""

    verdict: str
    low: float
    high: float


def said_of_ranges(
    units: FloatArray, values: FloatArray, *, adaptive: bool
) -> tuple[list[EdgeSaid], list[WidthSaid]]:
    """What is said of both edges of each range, and of its width."""
    fit = study_fit.gather(units, values)
    edges = judge_edges(units, values, adaptive=adaptive, evidence=fit)
    widths = judge_narrow(units, values, evidence=fit)
    return (
        [EdgeSaid(k // 2, edge.side, edge.verdict, edge.bound) for k, edge in enumerate(edges)],
        [WidthSaid(width.verdict, width.low, width.high) for width in widths],
    )


@dataclass(frozen=True)
class RegionSaid:
    """An infeasible region: the hyperparameter that it is named after, and the bounds to use."""

    hyperparameter: str
    bounds: Mapping[str, float]


def said_of_regions(
    study: Study, trials: Sequence[Trial], direction: Direction
) -> list[RegionSaid]:
    """The infeasible regions that are named."""
    return [
        RegionSaid(finding.hyperparameter, dict(finding.suggestion))
        for finding in infeasible_findings(study, trials, direction)
        if finding.hyperparameter is not None
    ]


def said_without_effect(
    round_: Round, study: Study, trials: Sequence[Trial]
) -> tuple[set[str | None], bool]:
    """The hyperparameters that are said to have no effect, and whether anything is known."""
    named = {f.hyperparameter for f in importance_findings(round_, study, trials)}
    return named, bool(importances(round_, study, trials))


# Training.


@dataclass(frozen=True)
class BudgetSaid:
    """What is said of the epoch budget.

    Attributes:
        advice: `increase`, `decrease`, `keep` or `unknown`.
        settled: Whether it is known when training settled.
        noted: Whether the report notes that training settled long before its end.
    """

    advice: str
    settled: bool
    noted: bool


def said_of_budget(round_: Round, trials: Sequence[Trial]) -> BudgetSaid:
    """What is said of the epoch budget of a round of one study."""
    budget = epoch_budget(round_, [trials])
    found = epoch_findings(budget)
    noted = any("settled_share" in f.evidence and not f.suggestion for f in found)
    return BudgetSaid(str(budget.advice), "settled_share" in budget.evidence, noted)


def said_of_curves(round_: Round, trials: Sequence[Trial]) -> frozenset[str]:
    """The kinds of the findings on the curves of a round of one study.

    A period has the same kind as late noise; here it is `period`.
    """
    found = curve_findings(round_, round_.studies[0], trials)
    return frozenset("period" if "period" in f.evidence else str(f.kind) for f in found)


def better_trials(trials: Sequence[Trial], direction: Direction) -> list[Trial]:
    """The trials on which the advice rests, best first."""
    return list(better_part(ranked(trials, direction)))


def noise_of(curve: FloatArray) -> float:
    """Noise from epoch to epoch, late in training."""
    return late_noise(curve.tolist())


# Fairness.


def said_unequal(round_: Round, trials: Mapping[str, Sequence[Trial]]) -> bool:
    """Whether the studies are said to have unequal numbers of feasible trials."""
    found = fairness_findings(round_, trials, [])
    return any(f.kind is Kind.UNFAIR_COMPARISON and "feasible" in f.evidence for f in found)


def said_of_leader(
    round_: Round, trials: Mapping[str, Sequence[Trial]]
) -> tuple[str, float] | None:
    """Key of the leading study, and the chance that new points bring another one ahead."""
    found = resample(round_, trials)
    return None if found is None else (found.leader, found.flip_probability)


# Verdicts; lower values are better.

RULES = standards.Rules(Direction.MINIMIZE)


@dataclass(frozen=True)
class VerdictSaid:
    """What is said of a candidate.

    Attributes:
        verdict: `adopt`, `keep-baseline` or another one.
        interval95: 95 % interval of candidate - baseline; None without one.
        interval_decision: The interval that the verdict used; None without one.
        reason: Why.
        seeds_needed: Seeds on each side that would decide; None when not known.
    """

    verdict: str
    interval95: tuple[float, float] | None
    interval_decision: tuple[float, float] | None
    reason: str
    seeds_needed: int | None


@dataclass(frozen=True)
class LookSaid:
    """What is said at a look: the verdict, the seeds of the next look, and the comparison."""

    verdict: str
    train_until: int | None
    comparison: VerdictSaid


def said_of_candidates(
    baseline: FloatArray, candidates: Mapping[str, FloatArray]
) -> dict[str, VerdictSaid]:
    """What is said of several candidates of one baseline."""
    compared = decision.compare_all(list(baseline), candidates, RULES)
    return {key: _verdict_said(one) for key, one in compared.items()}


def said_of_candidate(baseline: FloatArray, candidate: FloatArray) -> VerdictSaid:
    """What is said of one candidate."""
    return said_of_candidates(baseline, {"candidate": candidate})["candidate"]


def looks(most: int) -> tuple[int, ...]:
    """The looks of `--until-decided`, in seeds on each side."""
    return sequential.plan(most)


def said_at_look(
    baseline: FloatArray, candidate: FloatArray, planned: Sequence[int], candidates: int = 1
) -> LookSaid:
    """What is said of one of several candidates after the seeds so far."""
    step = sequential.next_step(baseline, candidate, RULES, looks=planned, candidates=candidates)
    return LookSaid(str(step.verdict), step.train_until, _verdict_said(step.comparison))


def _verdict_said(compared: standards.Comparison) -> VerdictSaid:
    return VerdictSaid(
        str(compared.verdict),
        compared.interval95,
        compared.interval_decision,
        compared.reason,
        compared.seeds_needed,
    )
