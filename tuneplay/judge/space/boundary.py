"""Is the optimum beyond an edge? (playbook, "Identifying bad search space boundaries")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tuneplay.domain.hyperparameter import Hyperparameter, Range
from tuneplay.judge.case import StudyCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.space.edges.widening import EdgeVerdict
from tuneplay.judge.space.ordered_space import Edge, edges_with, finite, is_adaptive
from tuneplay.judge.suggestions.new_ranges import wider


@dataclass(frozen=True, slots=True, kw_only=True)
class BeyondRange(Evidence):
    """The optimum is probably at or beyond an end of a range.

    Attributes:
        probability: That it is, and is better there than in the middle by a relevant amount.
        margin: Distance of the best trial to this end, as a share of the range.
        enrichment: Share of the best quarter of the trials in the outer quarter of the range,
            over the same share of all trials.
        end: The end of the range.
        far_end: Its other end.
        adaptive: Whether the sampler crowds its trials where they were good; the probability had
            to be higher then.
    """

    probability: float | None
    margin: float | None
    enrichment: float | None
    end: float
    far_end: float
    adaptive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BeyondChoices(Evidence):
    """The optimum is probably at or beyond the smallest or largest number of a list.

    Attributes:
        probability: As in `BeyondRange`.
        margin: Distance of the best trial to this number, as a share of the list.
        enrichment: As in `BeyondRange`.
        end: The number.
        adaptive: As in `BeyondRange`.
    """

    probability: float | None
    margin: float | None
    enrichment: float | None
    end: float
    adaptive: bool


def check(case: StudyCase) -> Iterator[Finding]:
    """Edges at or beyond which the optimum probably is, with a wider range.

    An edge that cannot be moved is left out: beyond it the hyperparameter has no meaning.
    """
    for edge in edges_with(case, EdgeVerdict.WIDEN):
        h, side = edge.hyperparameter, edge.numbers.side
        suggestion = wider(h, side, edge.numbers.bound, case.round.meaning(h.name))
        if suggestion:
            yield Finding(
                kind=Kind.BOUNDARY,
                severity=Severity.WARNING,
                evidence=_evidence(edge, adaptive=is_adaptive(case)),
                study=case.key,
                hyperparameter=h.name,
                side=side,
                suggestion=suggestion,
            )


def _evidence(edge: Edge, *, adaptive: bool) -> Evidence:
    probability, margin = finite(edge.numbers.probability), finite(edge.margin)
    enrichment = finite(edge.numbers.enrichment)
    low, high = _ends(edge.hyperparameter)
    end, far_end = (low, high) if edge.numbers.side == "low" else (high, low)
    if isinstance(edge.hyperparameter, Range):
        return BeyondRange(
            probability=probability,
            margin=margin,
            enrichment=enrichment,
            end=end,
            far_end=far_end,
            adaptive=adaptive,
        )
    return BeyondChoices(
        probability=probability, margin=margin, enrichment=enrichment, end=end, adaptive=adaptive
    )


def _ends(h: Hyperparameter) -> tuple[float, float]:
    """The smallest and the largest value, each in the type that the spec has."""
    if isinstance(h, Range):
        return h.low, h.high
    numbers = [choice for choice in h.choices if isinstance(choice, int | float)]
    return min(numbers), max(numbers)
