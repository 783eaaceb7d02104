"""The judgement on a whole round: everything that a report shows, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tuneplay.domain.round import Round, Study
from tuneplay.domain.trial import Reruns, State, Trial
from tuneplay.judge.fairness.isolation import (
    IsolationPoint,
    RangeIsolation,
    isolation,
    range_isolation,
)
from tuneplay.judge.fairness.sampling import sampling_findings
from tuneplay.judge.fairness.unequal import fairness_findings
from tuneplay.judge.finding import Finding, Severity
from tuneplay.judge.measures.selection import ranked
from tuneplay.judge.space.boundary import boundary_findings
from tuneplay.judge.space.importance import importance_findings
from tuneplay.judge.space.infeasible import infeasible_findings
from tuneplay.judge.suggestions.agreement import agreed
from tuneplay.judge.training.curve_checks import curve_findings
from tuneplay.judge.training.epoch_budget import EpochBudget, epoch_budget
from tuneplay.judge.training.epoch_findings import epoch_findings
from tuneplay.judge.training.transfer import transfer_findings
from tuneplay.judge.training.unusable_output import output_findings
from tuneplay.judge.verdict.compared import Comparison
from tuneplay.judge.verdict.comparison import compare
from tuneplay.judge.verdict.reruns import RerunSummary, expected_best, summarize_reruns
from tuneplay.judge.verdict.seeds.standards import Verdict


@dataclass(frozen=True, slots=True)
class StudySummary:
    """A study in one line.

    Attributes:
        study: The study.
        feasible: Trials of the search that ended feasible.
        infeasible: Trials of the search that ended infeasible.
        failed: Trials of the search that failed.
        best: The best trial by retrospective checkpoint selection; None without a feasible one.
        expected_best: The best value that so many trials would be expected to find, by number.
        study_sd: Study variance: standard deviation of the best value over draws of this size;
            None without a feasible trial.
        reruns: The reruns of the selected configuration; None while there are none.
    """

    study: Study
    feasible: int
    infeasible: int
    failed: int
    best: Trial | None
    expected_best: Mapping[int, float]
    study_sd: float | None
    reruns: RerunSummary | None

    @property
    def ended(self) -> int:
        """Trials of the search that have ended, however."""
        return self.feasible + self.infeasible + self.failed


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the evidence of a round supports.

    Attributes:
        studies: One summary a study, in the order of the spec.
        comparisons: Each candidate beside the baseline.
        findings: Warnings first, otherwise in the order of the studies.
        epoch_budget: Advice on the number of epochs.
        epoch_budgets: The same by study key.
        isolation: The best over nuisance for each scientific configuration (isolation plot).
        ranges: The same along every scientific range, in slices.
        choice: Key of the study that the verdicts choose; None while they are open.
    """

    studies: tuple[StudySummary, ...]
    comparisons: tuple[Comparison, ...]
    findings: tuple[Finding, ...]
    epoch_budget: EpochBudget
    epoch_budgets: Mapping[str, EpochBudget]
    isolation: tuple[IsolationPoint, ...]
    ranges: tuple[RangeIsolation, ...] = ()
    choice: str | None = None


def judge_round(
    round_: Round,
    trials: Iterable[Trial],
    asked: Sequence[Reruns] = (),
    known_sd: float | None = None,
    parent_epochs: int | None = None,
) -> Judgement:
    """Judge the ended trials of a round. The order of the trials does not matter.

    Args:
        round_: The round.
        trials: Its ended trials, reruns among them.
        asked: Reruns that were asked for, in order.
        known_sd: Trial standard deviation from an earlier round, where there are no reruns yet.
        parent_epochs: Epochs of the round that this one follows, if any.
    """
    by_study = _by_study(round_, trials)
    summaries = [_summary(round_, study, by_study[study.key], asked) for study in round_.studies]
    reruns = _standing(summaries)
    comparisons = compare(round_, by_study, reruns, asked, known_sd)
    choice = final_choice(round_, reruns, comparisons)
    trial_sd = _trial_sd(reruns.values(), known_sd)
    budget = epoch_budget(round_, list(by_study.values()), trial_sd)
    budgets = {key: epoch_budget(round_, [mine], trial_sd) for key, mine in by_study.items()}
    transfer = transfer_findings(round_, round_.final_epochs or parent_epochs)
    findings = _study_findings(round_, by_study, comparisons)
    findings += _budget_findings(budget, budgets, declared=bool(transfer))
    findings += [*_round_findings(round_, by_study), *transfer]
    if any(summary.best is not None for summary in summaries):
        findings += fairness_findings(round_, by_study, findings)
    return Judgement(
        tuple(s if s.study.key == choice else _without_test(s) for s in summaries),
        tuple(comparisons),
        tuple(sorted(findings, key=lambda finding: finding.severity is not Severity.WARNING)),
        budget,
        budgets,
        tuple(isolation(round_, by_study)),
        tuple(range_isolation(round_, by_study, trial_sd)),
        choice,
    )


def _by_study(round_: Round, trials: Iterable[Trial]) -> dict[str, list[Trial]]:
    by_study: dict[str, list[Trial]] = {study.key: [] for study in round_.studies}
    for trial in sorted(trials, key=lambda t: (t.id.number, t.id.rerun)):
        by_study[trial.id.study].append(trial)
    return by_study


def final_choice(
    round_: Round, reruns: Mapping[str, RerunSummary], comparisons: Sequence[Comparison]
) -> str | None:
    """The study that the verdicts choose: the best one adopted by validation, else the baseline.

    Returns:
        None while a candidate still needs reruns, or there are none.
    """
    if not comparisons:
        only = round_.studies[0].key if len(round_.studies) == 1 else None
        return only if only in reruns else None
    sign = round_.objective.direction.sign
    adopted = [c.study for c in comparisons if c.verdict is Verdict.ADOPT]
    if adopted:
        return min(adopted, key=lambda key: sign * (reruns[key].mean or 0.0))
    kept = (Verdict.KEEP_BASELINE, Verdict.NOT_DISTINGUISHABLE)
    return round_.baseline if all(c.verdict in kept for c in comparisons) else None


def _without_test(summary: StudySummary) -> StudySummary:
    """The same without the test metric, which is shown for the final choice alone.

    Shown for every study it would be compared, and then it selects.
    """
    reruns = summary.reruns
    return summary if reruns is None else replace(summary, reruns=reruns.without_test())


def _standing(summaries: Iterable[StudySummary]) -> dict[str, RerunSummary]:
    """The reruns that count: those of what is the best still, by study key.

    Reruns of what was the best before more trials were trained decide nothing any more.
    """
    return {
        s.study.key: s.reruns
        for s in summaries
        if s.reruns is not None and s.best is not None and s.reruns.trial == s.best.id.number
    }


def _budget_findings(
    budget: EpochBudget, budgets: Mapping[str, EpochBudget], *, declared: bool
) -> list[Finding]:
    """What is to be said of the epoch budget.

    Args:
        budget: The advice on the whole round.
        budgets: The same by study key.
        declared: Whether the round is short on purpose: it is no worse for it, so that a warning
            becomes a note.
    """
    findings = epoch_findings(budget)
    if declared:
        findings = [replace(finding, severity=Severity.NOTE) for finding in findings]
    for key, own in budgets.items():
        # One number of epochs serves all studies; one that needs another is a caveat of its own.
        if own.suggested is not None and own.advice is not budget.advice:
            findings += epoch_findings(replace(own, disagreements=()), key)
    return findings


def _study_findings(
    round_: Round, by_study: Mapping[str, Sequence[Trial]], comparisons: Sequence[Comparison]
) -> list[Finding]:
    """What is to be said of each study by itself, in the order of the spec."""
    differences = [abs(c.difference) for c in comparisons if c.difference]
    judged = min(differences, default=None)
    found = [
        finding
        for study in round_.studies
        for finding in (
            *boundary_findings(round_, study, by_study[study.key]),
            *infeasible_findings(study, by_study[study.key], round_.objective.direction),
            *curve_findings(round_, study, by_study[study.key], judged),
            *importance_findings(round_, study, by_study[study.key]),
        )
    ]
    return agreed(found)


def _round_findings(round_: Round, by_study: Mapping[str, Sequence[Trial]]) -> list[Finding]:
    """What is to be said of the output, and of the points that all studies share."""
    findings = output_findings(trial for mine in by_study.values() for trial in mine)
    findings += sampling_findings(round_, by_study)
    return findings


def _trial_sd(reruns: Iterable[RerunSummary], known_sd: float | None) -> float | None:
    """The larger trial variance among the reruns; the known one while there are none."""
    found = [summary.sd for summary in reruns if summary.sd is not None]
    return max(found, default=known_sd)


def _summary(
    round_: Round, study: Study, trials: list[Trial], asked: Sequence[Reruns]
) -> StudySummary:
    draws = expected_best(trials, round_.objective)
    searched = [trial.outcome.state for trial in trials if not trial.id.rerun]
    return StudySummary(
        study,
        searched.count(State.FEASIBLE),
        searched.count(State.INFEASIBLE),
        searched.count(State.FAILED),
        next(iter(ranked(trials, round_.objective.direction)), None),
        {count: draw.mean for count, draw in draws.items()},
        draws[max(draws)].sd if draws else None,
        summarize_reruns(trials, asked, study.key, round_.objective),
    )
