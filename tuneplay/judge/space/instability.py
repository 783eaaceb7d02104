"""Are the best trials next to an infeasible part? (playbook, FAQ on optimization failures)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tuneplay.domain.hyperparameter import Range
from tuneplay.domain.meaning import Meaning
from tuneplay.judge.case import StudyCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.space.edges.widening import EdgeVerdict
from tuneplay.judge.space.ordered_space import edges_with, finite
from tuneplay.judge.suggestions.new_ranges import beyond


@dataclass(frozen=True, slots=True, kw_only=True)
class NextToInfeasible(Evidence):
    """The best trials are right before a part of a range in which most trials are infeasible.

    Attributes:
        probability: That the optimum is at the edge of the feasible part or beyond it.
        margin: Distance of the best trial to that edge, as a share of the range.
        enrichment: Share of the best quarter of the trials in the outer quarter of the range,
            over the same share of all trials.
        threshold: Where the infeasible part starts; None among choices.
    """

    probability: float | None
    margin: float | None
    enrichment: float | None
    threshold: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningRateNextToInfeasible(NextToInfeasible):
    """The same of a learning rate: there are known ways to make it train."""


def check(case: StudyCase) -> Iterator[Finding]:
    """Edges of the feasible part at which the optimum is: a wider range would not help."""
    for edge in edges_with(case, EdgeVerdict.INSTABILITY):
        h, numbers = edge.hyperparameter, edge.numbers
        is_rate = case.round.meaning(h.name) is Meaning.LEARNING_RATE
        found = LearningRateNextToInfeasible if is_rate else NextToInfeasible
        yield Finding(
            kind=Kind.INSTABILITY_EDGE,
            severity=Severity.WARNING,
            evidence=found(
                probability=finite(numbers.probability),
                margin=finite(edge.margin),
                enrichment=finite(numbers.enrichment),
                threshold=beyond(h, numbers.bound) if isinstance(h, Range) else None,
            ),
            study=case.key,
            hyperparameter=h.name,
            side=numbers.side,
        )
