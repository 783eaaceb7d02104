"""A report as JSON, version 1."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tuneplay.domain.progress import Progress
from tuneplay.domain.round import Round
from tuneplay.domain.trial import Trial
from tuneplay.judge.fairness.isolation import IsolationPoint, RangeIsolation
from tuneplay.judge.finding import Finding
from tuneplay.judge.judgement import Judgement, StudySummary
from tuneplay.judge.training.epoch_budget import EpochBudget
from tuneplay.judge.verdict.facts import Caution, Comparison, Limitation, Looking, Side
from tuneplay.judge.verdict.luck import Luck
from tuneplay.judge.verdict.reruns import RerunSummary
from tuneplay.render.progress_json import progress_json
from tuneplay.words.answer import say_answer
from tuneplay.words.cautions import say_caution
from tuneplay.words.epoch_advice import say_budget
from tuneplay.words.findings import say
from tuneplay.words.message import Message
from tuneplay.words.naming import Naming, naming_of
from tuneplay.words.remarks import say_limit, say_luck
from tuneplay.words.verdict import say_verdict

SCHEMA_VERSION = 1


def report_json(
    round_: Round, progress: Progress, judgement: Judgement, commands: Mapping[str, str]
) -> dict[str, Any]:
    """The report as a JSON object; keys whose value is not known are null.

    Args:
        round_: The round.
        progress: How far it has come.
        judgement: What its trials support.
        commands: The command that repeats the selected trial of each study, by its key.
    """
    naming = naming_of(round_)
    return {
        "schema_version": SCHEMA_VERSION,
        "round": _round(round_),
        "progress": progress_json(progress),
        "answer": [_message(line) for line in say_answer(judgement, naming)],
        "choice": judgement.choice,
        "studies": [
            _study(summary, commands.get(summary.study.key)) for summary in judgement.studies
        ],
        "comparison": [_comparison(comparison, naming) for comparison in judgement.comparisons],
        "findings": [_finding(finding, naming) for finding in judgement.findings],
        "epoch_budget": {
            **_budget(judgement.epoch_budget, naming),
            "studies": {key: _budget(own, naming) for key, own in judgement.epoch_budgets.items()},
        },
        "isolation": [_point(point) for point in judgement.isolation],
        "isolation_ranges": [_range(along) for along in judgement.ranges],
    }


def _round(round_: Round) -> dict[str, Any]:
    objective = round_.objective
    return {
        "name": round_.name,
        "goal": round_.goal,
        "phase": round_.phase.value,
        "epochs": round_.epochs,
        "objective": {
            "metric": objective.metric,
            "direction": objective.direction.value,
            "worthwhile": objective.worthwhile,
            "chance": objective.chance,
            "test_metric": objective.test_metric,
        },
        "baseline": round_.baseline,
    }


def _point(point: IsolationPoint) -> dict[str, Any]:
    return {
        "study": point.study,
        "value": point.value,
        "spread": point.spread,
        "trial": point.trial.id.number if point.trial else None,
    }


def _range(along: RangeIsolation) -> dict[str, Any]:
    return {
        "study": along.study,
        "hyperparameter": along.hyperparameter,
        "best": list(along.best) if along.best else None,
        "buckets": [
            {
                "low": bucket.low,
                "high": bucket.high,
                "feasible": bucket.feasible,
                "infeasible": bucket.infeasible,
                "value": bucket.value,
                "spread": bucket.spread,
                "trial": bucket.trial.id.number if bucket.trial else None,
            }
            for bucket in along.buckets
        ],
    }


def _budget(budget: EpochBudget, naming: Naming) -> dict[str, Any]:
    said = say_budget(budget, naming)
    return {
        "advice": budget.advice.value,
        "current": budget.current,
        "suggested": budget.suggested,
        "share_early": budget.share_early,
        "share_late": budget.share_late,
        "because": budget.because.value,
        "trials": budget.trials,
        "early": budget.early,
        "late": budget.late,
        "gain": None if budget.ends is None else _finite(budget.ends.gain),
        "least_gain": None if budget.ends is None else _finite(budget.ends.least),
        "reason": said.what,
        "fix": said.fix,
    }


def _study(summary: StudySummary, command: str | None) -> dict[str, Any]:
    return {
        "study": summary.study.key,
        "scientific": dict(summary.study.scientific),
        "trials": summary.ended,
        "feasible": summary.feasible,
        "infeasible": summary.infeasible,
        "failed": summary.failed,
        "best": _best(summary.best, command) if summary.best else None,
        "expected_best": {str(n): value for n, value in summary.expected_best.items()},
        "study_sd": summary.study_sd,
        "reruns": _reruns(summary.reruns) if summary.reruns else None,
        "stale": summary.stale,
        "luck": _luck(summary.luck) if summary.luck else None,
        "limit": _limit(summary.limit),
    }


def _luck(luck: Luck) -> dict[str, Any]:
    return {**_plain(luck), **_message(say_luck(luck))}


def _limit(limit: Limitation | None) -> dict[str, Any] | None:
    return None if limit is None else {**_plain(limit), **_message(say_limit(limit))}


def _reruns(reruns: RerunSummary) -> dict[str, Any]:
    return {
        "trial": reruns.trial,
        "n": len(reruns.values),
        "values": [_finite(value) for value in reruns.values],
        "mean": reruns.mean,
        "sd": reruns.sd,
        "failed": reruns.failed,
        "repeats": reruns.repeats,
        "selected_value": _finite(reruns.selected_value),
        "test": reruns.test,
        "others": [_reruns(other) for other in reruns.others],
    }


def _best(trial: Trial, command: str | None) -> dict[str, Any]:
    return {
        "trial": trial.id.number,
        "value": trial.outcome.value,
        "epoch": trial.outcome.best_epoch,
        "hyperparameters": dict(trial.hyperparameters),
        "checkpoint": trial.checkpoint,
        "command": command,
    }


def _comparison(comparison: Comparison, naming: Naming) -> dict[str, Any]:
    said = say_verdict(comparison, naming)
    return {
        "study": comparison.study,
        "baseline": comparison.baseline,
        "difference": comparison.difference,
        "interval95": _interval(comparison.interval95),
        "interval_decision": _interval(comparison.interval_decision),
        "confidence": comparison.confidence,
        "probability_better": comparison.probability_better,
        "probability_interval": _interval(comparison.probability_interval),
        "robust_difference": comparison.robust_difference,
        "robust_interval95": _interval(comparison.robust_interval),
        "p_better": comparison.p_better,
        "p_worse": comparison.p_worse,
        "verdict": comparison.verdict.value,
        "ground": comparison.ground.value,
        "route": comparison.route.value,
        "reason": said.text,
        **_message(said),
        "seeds": {"candidate": comparison.seeds[0], "baseline": comparison.seeds[1]},
        "sides": {"candidate": _side(comparison.candidate), "baseline": _side(comparison.base)},
        "worthwhile": comparison.worthwhile,
        "known_sd": comparison.known_sd,
        "known_sds": comparison.known_sds,
        "unvaried": list(comparison.unvaried),
        "missing": list(comparison.missing),
        "seeds_needed": comparison.seeds_needed,
        "detectable": comparison.detectable,
        "open_to_seeds": comparison.open_to_seeds,
        "looking": None if comparison.looking is None else _plain(comparison.looking),
        "limit": _limit(comparison.limit),
        "cautions": [
            {**_plain(caution), **_message(say_caution(caution, comparison, naming))}
            for caution in comparison.cautions
        ],
        "warnings": [say_caution(c, comparison, naming).text for c in comparison.cautions],
    }


def _side(side: Side | None) -> dict[str, Any] | None:
    """What the reruns of one study gave; None without any."""
    return None if side is None else {**_plain(side), "infeasible": side.infeasible}


def _interval(interval: tuple[float, float] | None) -> list[float | None] | None:
    """An interval; an end that is not finite is null."""
    return None if interval is None else [_finite(value) for value in interval]


def _finding(finding: Finding, naming: Naming) -> dict[str, Any]:
    said = say(finding, naming)
    return {
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "study": finding.study,
        "hyperparameter": finding.hyperparameter,
        "side": finding.side,
        "evidence": _values(finding.evidence.known()),
        "suggestion": dict(finding.suggestion),
        "message": said.text,
        **_message(said),
    }


def _message(message: Message) -> dict[str, str]:
    """What is so, and what to do."""
    return {"what": message.what, "fix": message.fix}


def _plain(facts: Luck | Limitation | Looking | Caution | Side) -> dict[str, Any]:
    """Facts by their names; what is not finite is null."""
    return {name: _values(value) for name, value in asdict(facts).items()}


def _values(value: Any) -> Any:
    """A value as JSON has it: what is not a finite number is null there."""
    if isinstance(value, Mapping):
        return {str(key): _values(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_values(one) for one in value]
    return _finite(value) if isinstance(value, float) else value


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
