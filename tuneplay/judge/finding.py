"""Findings: what a report has to say beyond the numbers, as facts. The sentences are in `words/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from tuneplay.domain.hyperparameter import Scalar


class Kind(StrEnum):
    """What a finding is about. Programs read these names in the report's JSON: they stay."""

    BOUNDARY = "boundary"
    WIDE_RANGE = "wide-range"
    INSTABILITY_EDGE = "instability-edge"
    INFEASIBLE = "infeasible"
    UNDERSAMPLED = "undersampled"
    CHANCE = "chance"
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
class Evidence:
    """The facts behind a finding: one subclass for each thing that a check can find.

    A subclass is a frozen dataclass, built by keyword. Its fields are numbers, names and values in
    the units of the round; None for what is not known. The class says what was found, so that no
    field is needed as a flag; `words/` chooses its sentence by the class.
    """

    def known(self) -> dict[str, Any]:
        """The facts by name, as the report's JSON has them; what is not known is left out."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding.

    Attributes:
        kind: What it is about.
        severity: How much it matters.
        evidence: The facts behind it.
        study: Key of the study that it concerns; None for the round.
        hyperparameter: Name of the hyperparameter that it concerns, if any.
        side: `low` or `high` where it concerns one side of a range.
        suggestion: Values that can be pasted into the next spec.
    """

    kind: Kind
    severity: Severity
    evidence: Evidence
    study: str | None = None
    hyperparameter: str | None = None
    side: str | None = None
    suggestion: Mapping[str, Scalar] = field(default_factory=dict)
