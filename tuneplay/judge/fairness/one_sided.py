"""Was one study held back by what other findings say of it, and others not?

Playbook, "Identifying scientific, nuisance, and fixed hyperparameters": each scientific value must
be tuned equally well. A study that was held back and is behind may be better than it looks. One that
is ahead all the same is at least as good as it looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tuneplay.judge.case import RoundCase
from tuneplay.judge.fairness.leader import is_compared, leader
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.training.overfitting import BestTrialWorsens


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBackByRange(Evidence):
    """A range was too narrow in this study and not in every study; it is behind.

    Attributes:
        names: The hyperparameters whose range was too narrow.
    """

    names: tuple[str, ...]

    def known(self) -> dict[str, Any]:
        """The facts by name, with the number of these hyperparameters as `edges`."""
        return {"edges": len(self.names), "names": self.names}


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadDespiteRange(Evidence):
    """A range was too narrow in this study and not in every study; it is ahead all the same.

    Attributes:
        names: As in `HeldBackByRange`.
    """

    names: tuple[str, ...]

    def known(self) -> dict[str, Any]:
        """As in `HeldBackByRange`."""
        return {"edges": len(self.names), "names": self.names}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBackByOverfitting(Evidence):
    """The best trial of this study overfits, not so in every study; it is behind.

    Attributes:
        overfitting: Studies whose best trial overfits.
    """

    overfitting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadDespiteOverfitting(Evidence):
    """The best trial of this study overfits, not so in every study; it is ahead all the same.

    Attributes:
        overfitting: As in `HeldBackByOverfitting`.
    """

    overfitting: int


def review(case: RoundCase, findings: Sequence[Finding]) -> Sequence[Finding]:
    """The findings, and who was held back by what only some of the studies have.

    Args:
        case: The round.
        findings: The findings so far.
    """
    return [*findings, *_one_sided(case, findings)] if is_compared(case) else findings


def _one_sided(case: RoundCase, findings: Sequence[Finding]) -> Iterator[Finding]:
    edges, overfits = _edges(findings), _overfits(findings)
    first = leader(case)
    for key in case.studies:
        ahead = key == first
        if key in edges and len(edges) < len(case.studies):
            names = tuple(sorted(edges[key]))
            by_range = AheadDespiteRange if ahead else HeldBackByRange
            yield _finding(key, by_range(names=names), ahead=ahead)
        if key in overfits and len(overfits) < len(case.studies):
            by_overfitting = AheadDespiteOverfitting if ahead else HeldBackByOverfitting
            yield _finding(key, by_overfitting(overfitting=len(overfits)), ahead=ahead)


def _finding(study: str, evidence: Evidence, *, ahead: bool) -> Finding:
    return Finding(
        kind=Kind.UNFAIR_COMPARISON,
        severity=Severity.NOTE if ahead else Severity.WARNING,
        study=study,
        evidence=evidence,
    )


def _edges(findings: Sequence[Finding]) -> dict[str, set[str]]:
    """Hyperparameters whose range was certainly too narrow, by study."""
    edges = dict[str, set[str]]()
    for finding in findings:
        if finding.kind is Kind.BOUNDARY and finding.severity is Severity.WARNING:
            if finding.study is not None and finding.hyperparameter is not None:
                edges.setdefault(finding.study, set()).add(finding.hyperparameter)
    return edges


def _overfits(findings: Sequence[Finding]) -> set[str]:
    """The studies whose best trial overfits, or may: without a training loss nobody can tell."""
    return {
        finding.study
        for finding in findings
        if isinstance(finding.evidence, BestTrialWorsens) and finding.study is not None
    }
