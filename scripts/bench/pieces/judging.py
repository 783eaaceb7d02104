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
from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.fairness import feasible_counts
from tuneplay.judge.fairness.sampling import resample
from tuneplay.judge.finding import Finding, Kind
from tuneplay.judge.measures.selection import better_part, ranked
from tuneplay.judge.space import infeasible, no_effect
from tuneplay.judge.space.edges.narrowing import judge_narrow
from tuneplay.judge.space.edges.study_fit import fit_study
from tuneplay.judge.space.edges.widening import judge_edges
from tuneplay.judge.space.importance import importances
from tuneplay.judge.training import epochs, noisy_training, overfitting, periodicity, rising_loss
from tuneplay.judge.training.epoch_budget import epoch_budget
from tuneplay.judge.training.shape import late_noise
from tuneplay.judge.verdict.facts import Comparison
from tuneplay.judge.verdict.seeds import decision, sequential
from tuneplay.judge.verdict.seeds.standards import VerdictRules
from tuneplay.words.naming import Naming
from tuneplay.words.verdict import say_verdict


def _study_case(round_: Round, study: Study, trials: Sequence[Trial]) -> StudyCase:
    return StudyCase(round=round_, study=study, trials=trials)


def _round_case(round_: Round, trials: Mapping[str, Sequence[Trial]]) -> RoundCase:
    studies = {s.key: _study_case(round_, s, trials[s.key]) for s in round_.studies}
    return RoundCase(round=round_, studies=studies)


def _case_of_one(round_: Round, trials: Sequence[Trial]) -> RoundCase:
    return _round_case(round_, {round_.studies[0].key: trials})


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
    fit = fit_study(units, values)
    edges = judge_edges(units, values, adaptive=adaptive, fit=fit)
    widths = judge_narrow(units, values, fit=fit)
    return (
        [EdgeSaid(k // 2, edge.side, edge.verdict, edge.bound) for k, edge in enumerate(edges)],
        [WidthSaid(width.verdict, width.low, width.high) for width in widths],
    )


@dataclass(frozen=True)
class RegionSaid:
    """An infeasible region: the hyperparameter that it is named after, and the bounds to use."""

    hyperparameter: str
    bounds: Mapping[str, float]


def said_of_regions(round_: Round, study: Study, trials: Sequence[Trial]) -> list[RegionSaid]:
    """The infeasible regions that are named."""
    return [
        RegionSaid(finding.hyperparameter, dict(finding.suggestion))
        for finding in infeasible.check(_study_case(round_, study, trials))
        if finding.hyperparameter is not None
    ]


def said_without_effect(
    round_: Round, study: Study, trials: Sequence[Trial]
) -> tuple[set[str | None], bool]:
    """The hyperparameters that are said to have no effect, and whether anything is known."""
    case = _study_case(round_, study, trials)
    return {finding.hyperparameter for finding in no_effect.check(case)}, bool(importances(case))


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
    case = _case_of_one(round_, trials)
    budget = epoch_budget(case)
    noted = any(isinstance(f.evidence, epochs.SettledEarly) for f in epochs.check(case))
    return BudgetSaid(str(budget.advice), budget.settled_share is not None, noted)


def said_of_curves(round_: Round, trials: Sequence[Trial]) -> frozenset[str]:
    """The kinds of the findings on the curves of a round of one study.

    A period has the same kind as late noise; here it is `period`.
    """
    case = _study_case(round_, round_.studies[0], trials)
    checks = (overfitting.check, noisy_training.check, rising_loss.check, periodicity.check)
    return frozenset(_kind_said(finding) for check in checks for finding in check(case))


def _kind_said(finding: Finding) -> str:
    repeats = isinstance(finding.evidence, periodicity.MetricRepeats)
    return "period" if repeats else str(finding.kind)


def better_trials(trials: Sequence[Trial], direction: Direction) -> list[Trial]:
    """The trials on which the advice rests, best first."""
    return list(better_part(ranked(trials, direction)))


def noise_of(curve: FloatArray) -> float:
    """Noise from epoch to epoch, late in training."""
    return late_noise(curve.tolist())


# Fairness.


def said_unequal(round_: Round, trials: Mapping[str, Sequence[Trial]]) -> bool:
    """Whether the studies are said to have unequal numbers of feasible trials."""
    found = feasible_counts.check(_round_case(round_, trials))
    return any(finding.kind is Kind.UNFAIR_COMPARISON for finding in found)


def said_of_leader(
    round_: Round, trials: Mapping[str, Sequence[Trial]]
) -> tuple[str, float] | None:
    """Key of the leading study, and the chance that new points bring another one ahead."""
    found = resample(round_, trials)
    return None if found is None else (found.leader, found.flip_probability)


# Verdicts; lower values are better.

RULES = VerdictRules(Direction.MINIMIZE)

_NAMING = Naming(metric="metric", baseline="baseline")


@dataclass(frozen=True)
class VerdictSaid:
    """What is said of a candidate.

    Attributes:
        verdict: `adopt`, `keep-baseline` or another one.
        interval95: 95 % interval of candidate - baseline; None without one.
        interval_decision: The interval that the verdict used; None without one.
        reason: What the report says.
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
    compared = decision.compare_values("baseline", list(baseline), candidates, RULES)
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
    sides = ("baseline", list(baseline)), ("candidate", list(candidate))
    step = sequential.next_step(*sides, RULES, looks=planned, candidates=candidates)
    looking = step.comparison.looking
    following = looking.following if looking and step.decision == "continue" else None
    return LookSaid(str(step.comparison.verdict), following, _verdict_said(step.comparison))


def _verdict_said(compared: Comparison) -> VerdictSaid:
    return VerdictSaid(
        str(compared.verdict),
        compared.interval95,
        compared.interval_decision,
        say_verdict(compared, _NAMING).text,
        compared.seeds_needed,
    )
