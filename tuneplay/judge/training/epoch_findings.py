"""The findings that go with the advice on the epoch budget."""

from __future__ import annotations

from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.training.epoch_budget import Advice, EpochBudget
from tuneplay.judge.training.settled import settled_note


def epoch_findings(budget: EpochBudget, study: str | None = None) -> list[Finding]:
    """The findings that go with the advice.

    Args:
        budget: The advice.
        study: Key of the study that it is about; None for the whole round.

    Returns:
        A warning for more epochs, or where the objective never changed; a note for fewer or that training settled long before its end,
        and one for each other validation metric whose best epochs lie elsewhere.
    """
    notes = [
        Finding(Kind.EPOCH_BUDGET, Severity.NOTE, other.message, study, evidence=other.evidence)
        for other in budget.disagreements
    ]
    if budget.advice is Advice.KEEP and budget.share_late:
        notes = settled_note(budget.evidence, budget.current, study) + notes
    if "constant" in budget.evidence:
        warning = Finding(
            Kind.EPOCH_BUDGET, Severity.WARNING, budget.reason, study, evidence=budget.evidence
        )
        return [warning]
    if budget.suggested is None or budget.share_early is None or budget.share_late is None:
        return notes
    severity = Severity.WARNING if budget.advice is Advice.INCREASE else Severity.NOTE
    shares = {"share_early": budget.share_early, "share_late": budget.share_late}
    finding = Finding(
        Kind.EPOCH_BUDGET,
        severity,
        budget.reason,
        study,
        evidence={**shares, "trials": float(budget.trials), **budget.evidence},
        suggestion={"epochs": budget.suggested},
    )
    return [finding, *notes]
