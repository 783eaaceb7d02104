"""A report as JSON, version 1."""

from __future__ import annotations

import math
from typing import Any

from tuneplay.domain.progress import Progress
from tuneplay.domain.round import Round
from tuneplay.domain.trial import Trial
from tuneplay.judge.fairness.isolation import RangeIsolation
from tuneplay.judge.finding import Finding
from tuneplay.judge.judgement import Judgement, StudySummary
from tuneplay.judge.training.epoch_budget import EpochBudget
from tuneplay.judge.verdict.compared import Comparison
from tuneplay.judge.verdict.reruns import RerunSummary
from tuneplay.render.progress_json import progress_json

SCHEMA_VERSION = 1


def report_json(round_: Round, progress: Progress, judgement: Judgement) -> dict[str, Any]:
    """The report as a JSON object; keys whose value is not known are null."""
    return {
        "schema_version": SCHEMA_VERSION,
        "round": {
            "name": round_.name,
            "goal": round_.goal,
            "phase": round_.phase.value,
            "epochs": round_.epochs,
            "objective": {
                "metric": round_.objective.metric,
                "direction": round_.objective.direction.value,
                "worthwhile": round_.objective.worthwhile,
                "test_metric": round_.objective.test_metric,
            },
            "baseline": round_.baseline,
        },
        "progress": progress_json(progress),
        "studies": [_study(summary) for summary in judgement.studies],
        "comparison": [_comparison(comparison) for comparison in judgement.comparisons],
        "findings": [_finding(finding) for finding in judgement.findings],
        "epoch_budget": {
            **_budget(judgement.epoch_budget),
            "studies": {key: _budget(own) for key, own in judgement.epoch_budgets.items()},
        },
        "isolation": [
            {
                "study": point.study,
                "value": point.value,
                "spread": point.spread,
                "trial": point.trial.id.number if point.trial else None,
            }
            for point in judgement.isolation
        ],
        "isolation_ranges": [_range(along) for along in judgement.ranges],
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


def _budget(budget: EpochBudget) -> dict[str, Any]:
    return {
        "advice": budget.advice.value,
        "current": budget.current,
        "suggested": budget.suggested,
        "share_early": budget.share_early,
        "share_late": budget.share_late,
        "reason": budget.reason,
    }


def _study(summary: StudySummary) -> dict[str, Any]:
    return {
        "study": summary.study.key,
        "scientific": dict(summary.study.scientific),
        "trials": summary.ended,
        "feasible": summary.feasible,
        "infeasible": summary.infeasible,
        "failed": summary.failed,
        "best": _best(summary.best) if summary.best else None,
        "expected_best": {str(n): value for n, value in summary.expected_best.items()},
        "study_sd": summary.study_sd,
        "reruns": _reruns(summary.reruns) if summary.reruns else None,
    }


def _reruns(reruns: RerunSummary) -> dict[str, Any]:
    return {
        "trial": reruns.trial,
        "n": len(reruns.values),
        "values": [value if math.isfinite(value) else None for value in reruns.values],
        "mean": reruns.mean,
        "sd": reruns.sd,
        "failed": reruns.failed,
        "repeats": reruns.repeats,
        "selected_value": reruns.selected_value,
        "test": reruns.test,
        "others": [_reruns(other) for other in reruns.others],
    }


def _best(trial: Trial) -> dict[str, Any]:
    return {
        "trial": trial.id.number,
        "value": trial.outcome.value,
        "epoch": trial.outcome.best_epoch,
        "hyperparameters": dict(trial.hyperparameters),
        "checkpoint": trial.checkpoint,
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "study": comparison.study,
        "baseline": comparison.baseline,
        "difference": comparison.difference,
        "interval95": _interval(comparison.interval95),
        "probability_better": comparison.probability_better,
        "probability_interval": _interval(comparison.probability_interval),
        "robust_difference": comparison.robust_difference,
        "robust_interval95": _interval(comparison.robust_interval),
        "verdict": comparison.verdict.value,
        "reason": comparison.reason,
        "seeds": {"candidate": comparison.seeds[0], "baseline": comparison.seeds[1]},
        "seeds_needed": comparison.seeds_needed,
        "detectable": comparison.detectable,
        "warnings": list(comparison.warnings),
    }


def _interval(interval: tuple[float, float] | None) -> list[float | None] | None:
    """An interval; an end that is not finite is null."""
    return None if interval is None else [v if math.isfinite(v) else None for v in interval]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "study": finding.study,
        "hyperparameter": finding.hyperparameter,
        "side": finding.side,
        "evidence": dict(finding.evidence),
        "suggestion": dict(finding.suggestion),
        "message": finding.message,
    }
