"""A report as JSON, version 1."""

from __future__ import annotations

from typing import Any

from tuneplay.domain.progress import Progress
from tuneplay.domain.round import Round
from tuneplay.domain.trial import Trial
from tuneplay.judge.comparison import Comparison
from tuneplay.judge.finding import Finding
from tuneplay.judge.judgement import Judgement, StudySummary

SCHEMA_VERSION = 1


def report_json(round_: Round, progress: Progress, judgement: Judgement) -> dict[str, Any]:
    """The report as a JSON object; keys whose value is not known are null."""
    budget = judgement.epoch_budget
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
            },
            "baseline": round_.baseline,
        },
        "progress": progress_json(progress),
        "studies": [_study(summary) for summary in judgement.studies],
        "comparison": [_comparison(comparison) for comparison in judgement.comparisons],
        "findings": [_finding(finding) for finding in judgement.findings],
        "epoch_budget": {
            "advice": budget.advice.value,
            "current": budget.current,
            "suggested": budget.suggested,
            "share_early": budget.share_early,
            "share_late": budget.share_late,
        },
    }


def progress_json(progress: Progress) -> dict[str, int]:
    """Counts of trials over all studies."""
    studies = progress.studies
    return {
        "planned": progress.planned,
        "finished": progress.ended,
        "feasible": sum(study.feasible for study in studies),
        "infeasible": sum(study.infeasible for study in studies),
        "failed": sum(study.failed for study in studies),
        "running": sum(study.running for study in studies),
    }


def _study(summary: StudySummary) -> dict[str, Any]:
    return {
        "study": summary.study.key,
        "scientific": dict(summary.study.scientific),
        "trials": {
            "finished": summary.ended,
            "feasible": summary.feasible,
            "infeasible": summary.infeasible,
            "failed": summary.failed,
        },
        "best": _best(summary.best) if summary.best else None,
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
        "verdict": comparison.verdict.value,
        "reason": comparison.reason,
    }


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
