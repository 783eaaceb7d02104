"""Findings: what a report has to say beyond the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tuneplay.domain.hyperparameter import Scalar


class Kind(StrEnum):
    """What a finding is about. Programs read these names in the report's JSON: they stay."""

    BOUNDARY = "boundary"
    WIDE_RANGE = "wide-range"
    INSTABILITY_EDGE = "instability-edge"
    INFEASIBLE = "infeasible"
    UNDERSAMPLED = "undersampled"
    EPOCH_BUDGET = "epoch-budget"
    OVERFITTING = "overfitting"
    NOISY_TRAINING = "noisy-training"
    RISING_TRAINING_LOSS = "rising-training-loss"
    UNFAIR_COMPARISON = "unfair-comparison"
    FIXED_CAVEAT = "fixed-caveat"
    NO_EFFECT = "no-effect"
    INTERACTION = "interaction"
    UNUSABLE_OUTPUT = "unusable-output"


class Severity(StrEnum):
    """warning: may make the answer wrong. note: good to know for the next round."""

    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        kind: What it is about.
        severity: How much it matters.
        message: One or two plain sentences, without the study and hyperparameter.
        study: Key of the study it is about; None for the whole round.
        hyperparameter: Name of the hyperparameter it is about, if any.
        side: `low` or `high` where it is about one side of a range.
        evidence: The numbers behind it.
        suggestion: Values that can be pasted into the next spec.
    """

    kind: Kind
    severity: Severity
    message: str
    study: str | None = None
    hyperparameter: str | None = None
    side: str | None = None
    evidence: Mapping[str, float] = field(default_factory=dict)
    suggestion: Mapping[str, Scalar] = field(default_factory=dict)
