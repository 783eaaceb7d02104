"""Which hyperparameters depend on each other?

(playbook, "Exploration vs exploitation": "which hyperparameters interact the most and therefore
need to be re-tuned together".)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tuneplay.judge.case import StudyCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.space.importance import importances


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction(Evidence):
    """The best value of one hyperparameter moves with the other.

    Attributes:
        first: Name of one of them.
        second: Name of the other.
        share: Share of the variance that one of them explains, interactions included.
    """

    first: str
    second: str
    share: float


def check(case: StudyCase) -> Iterator[Finding]:
    """Pairs whose best values move together: neither can be fixed alone in the next round."""
    pairs = {
        tuple(sorted((one.hyperparameter, other))): one.share
        for one in case.once(importances)
        for other in one.sure
    }
    for (first, second), share in sorted(pairs.items()):
        yield Finding(
            kind=Kind.INTERACTION,
            severity=Severity.NOTE,
            evidence=Interaction(first=first, second=second, share=share),
            study=case.key,
        )
