"""The judgement on a round: everything that a report shows, as facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tuneplay.domain.round import Round, Study
from tuneplay.domain.trial import Reruns, State, Trial
from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.checks import findings_of
from tuneplay.judge.fairness.isolation import (
    IsolationPoint,
    RangeIsolation,
    isolation,
    range_isolation,
)
from tuneplay.judge.finding import Finding
from tuneplay.judge.measures.best_of import expected_best
from tuneplay.judge.training.epoch_budget import EpochBudget, epoch_budget, epoch_budgets
from tuneplay.judge.verdict.compare import compare
from tuneplay.judge.verdict.facts import Comparison, Limitation, Verdict
from tuneplay.judge.verdict.luck import Luck, limit_alone, limit_of, luck_of, spreads_of
from tuneplay.judge.verdict.reruns import RerunSummary, summarize_reruns


@dataclass(frozen=True, slots=True, kw_only=True)
class StudySummary:
    """A study in one line.

    Attributes:
        study: The study.
        feasible: Trials of the search that ended feasible.
        infeasible: Trials of the search that ended infeasible.
        failed: Trials of the search that failed.
        best: The best trial by retrospective checkpoint selection; None without a feasible one.
        expected_best: The best value to expect from a number of trials, by that number.
        study_sd: Study variance: standard deviation of the best value over other samples of as
            many points; None without a feasible trial.
        reruns: The reruns of the selected configuration; None while there are none.
        luck: The selected value next to these reruns; None without a usable one, and if stale.
        limit: What limits the best value of a study that is compared with nothing; else None.
    """

    study: Study
    feasible: int
    infeasible: int
    failed: int
    best: Trial | None
    expected_best: Mapping[int, float]
    study_sd: float | None
    reruns: RerunSummary | None
    luck: Luck | None = None
    limit: Limitation | None = None

    @property
    def ended(self) -> int:
        """Trials of the search that have ended, however."""
        return self.feasible + self.infeasible + self.failed

    @property
    def stale(self) -> bool:
        """Whether the reruns are of what was the best before more trials were trained."""
        reruns, best = self.reruns, self.best
        return reruns is not None and best is not None and best.id.number != reruns.trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the evidence of a round supports.

    Attributes:
        studies: One summary a study, in the order of the spec.
        comparisons: Each candidate against the baseline.
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
    case = _case(round_, by_study, comparisons, reruns, known_sd, parent_epochs)
    choice = final_choice(round_, reruns, comparisons)
    comparisons = [_limited(comparison, summaries) for comparison in comparisons]
    return Judgement(
        studies=tuple(
            _shown(summary, chosen=summary.study.key == choice, alone=not comparisons)
            for summary in summaries
        ),
        comparisons=tuple(comparisons),
        findings=findings_of(case),
        epoch_budget=case.once(epoch_budget),
        epoch_budgets=case.once(epoch_budgets),
        isolation=tuple(isolation(round_, by_study)),
        ranges=tuple(range_isolation(round_, by_study, case.trial_sd)),
        choice=choice,
    )


def _by_study(round_: Round, trials: Iterable[Trial]) -> dict[str, list[Trial]]:
    by_study: dict[str, list[Trial]] = {study.key: [] for study in round_.studies}
    for trial in sorted(trials, key=lambda t: (t.id.number, t.id.rerun)):
        by_study[trial.id.study].append(trial)
    return by_study


def _case(
    round_: Round,
    by_study: Mapping[str, Sequence[Trial]],
    comparisons: Sequence[Comparison],
    reruns: Mapping[str, RerunSummary],
    known_sd: float | None,
    parent_epochs: int | None,
) -> RoundCase:
    """What the checks may know."""
    spreads = [summary.sd for summary in reruns.values() if summary.sd is not None]
    trial_sd = max(spreads, default=known_sd)
    differences = [abs(c.difference) for c in comparisons if c.difference]
    studies = {
        study.key: StudyCase(
            round=round_,
            study=study,
            trials=by_study[study.key],
            difference=min(differences, default=None),
            trial_sd=trial_sd,
        )
        for study in round_.studies
    }
    return RoundCase(
        round=round_,
        studies=studies,
        trial_sd=trial_sd,
        final_epochs=round_.final_epochs or parent_epochs,
    )


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
    stays = (Verdict.KEEP_BASELINE, Verdict.NOT_DISTINGUISHABLE)
    return round_.baseline if all(c.verdict in stays for c in comparisons) else None


def _shown(summary: StudySummary, *, chosen: bool, alone: bool) -> StudySummary:
    """A summary as a report may show it.

    The test metric is shown for the final choice only. Shown for every study it would be compared,
    and then it selects.
    """
    reruns = summary.reruns
    if reruns is not None and not chosen:
        summary = replace(summary, reruns=reruns.without_test())
    if not alone or summary.stale:
        return summary
    return replace(summary, limit=limit_alone(spreads_of(reruns, summary.study_sd)))


def _limited(comparison: Comparison, summaries: Iterable[StudySummary]) -> Comparison:
    """A comparison with what limits it."""
    spreads = {
        s.study.key: None if s.stale else spreads_of(s.reruns, s.study_sd) for s in summaries
    }
    limit = limit_of(comparison, spreads[comparison.study], spreads[comparison.baseline])
    return replace(comparison, limit=limit)


def _standing(summaries: Iterable[StudySummary]) -> dict[str, RerunSummary]:
    """The reruns that count: those of what is the best still, by study key.

    Reruns of what was the best before more trials were trained decide nothing any more.
    """
    return {
        s.study.key: s.reruns
        for s in summaries
        if s.reruns is not None and s.best is not None and not s.stale
    }


def _summary(
    round_: Round, study: Study, trials: list[Trial], asked: Sequence[Reruns]
) -> StudySummary:
    samples = expected_best(trials, round_.objective)
    searched = [trial.outcome.state for trial in trials if not trial.id.rerun]
    case = StudyCase(round=round_, study=study, trials=trials)
    reruns = summarize_reruns(trials, asked, study.key, round_.objective)
    summary = StudySummary(
        study=study,
        feasible=searched.count(State.FEASIBLE),
        infeasible=searched.count(State.INFEASIBLE),
        failed=searched.count(State.FAILED),
        best=case.best,
        expected_best={count: sample.mean for count, sample in samples.items()},
        study_sd=samples[max(samples)].sd if samples else None,
        reruns=reruns,
    )
    # Reruns of what was the best before say nothing about what is the best now.
    luck = None if summary.stale else luck_of(reruns, round_.objective.direction)
    return replace(summary, luck=luck)
