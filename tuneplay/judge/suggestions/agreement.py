"""Suggestions that can be used together: one finding's new range agrees with what others say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.judge.case import RoundCase
from tuneplay.judge.finding import Finding, Kind


def review(case: RoundCase, findings: Sequence[Finding]) -> Sequence[Finding]:  # noqa: ARG001 - a review sees the case
    """The findings, with each wider range cut where its far side is known to be infeasible.

    A range that is too narrow at one side may hold infeasible trials at the other. Whoever took
    over the wider range would search that part again.

    Args:
        case: The round.
        findings: Of any studies; only those of one study and hyperparameter are compared.

    Returns:
        As many findings in the same order; only suggestions of boundaries differ.
    """
    return [_agreed(finding, findings) for finding in findings]


def _agreed(finding: Finding, others: Sequence[Finding]) -> Finding:
    if finding.kind is not Kind.BOUNDARY or not {"low", "high"} <= finding.suggestion.keys():
        return finding
    about = (finding.study, finding.hyperparameter)
    suggestion = dict(finding.suggestion)
    for other in others:
        if other.kind is Kind.INFEASIBLE and (other.study, other.hyperparameter) == about:
            suggestion |= _nearer(suggestion, other, finding.side)
    return replace(finding, suggestion=suggestion)


def _nearer(
    suggestion: dict[str, Scalar], infeasible: Finding, side: str | None
) -> dict[str, Scalar]:
    """The end at the other side than the one that is widened, where it is infeasible."""
    far = "high" if side == "low" else "low"
    own, cut = suggestion[far], infeasible.suggestion.get(far)
    if not isinstance(own, int | float) or not isinstance(cut, int | float):
        return {}
    return {far: min(own, cut) if far == "high" else max(own, cut)}
