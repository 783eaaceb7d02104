"""Findings with sample numbers, for the words that are said about them."""

from __future__ import annotations

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity


def warning(
    kind: Kind, evidence: Evidence, study: str | None = None, **suggestion: Scalar
) -> Finding:
    """A warning about a study, or about the round."""
    found = Severity.WARNING
    return Finding(kind=kind, severity=found, evidence=evidence, study=study, suggestion=suggestion)


def note(kind: Kind, evidence: Evidence, study: str | None = None, **suggestion: Scalar) -> Finding:
    """A note about a study, or about the round."""
    found = Severity.NOTE
    return Finding(kind=kind, severity=found, evidence=evidence, study=study, suggestion=suggestion)
