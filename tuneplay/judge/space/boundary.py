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

#: From this probability on it is clear that better values are beyond an end; below it, probable.
CLEAR = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class BeyondEnd(Evidence):
    """The optimum is probably at or beyond an end of what was searched.

    Attributes:
        probability: That it is, and is better there than in the middle by a relevant amount.
        margin: Distance of the best trial to this end, as a share of what was searched.
        enrichment: Share of the best quarter of the trials in the outer quarter of what was
            searched, over the same share of all trials.
        end: The end.
    """

    probability: float | None
    margin: float | None
    enrichment: float | None
    end: float

    @property
    def clear(self) -> bool:
        """Whether it is more than probable."""
        return self.probability is not None and self.probability >= CLEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class BeyondRange(BeyondEnd):
    """The optimum is probably at or beyond an end of a range.

    Attributes:
        far_end: The other end of the range.
    """

    far_end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BeyondCrowdedRange(BeyondRange):
    """The same where the sampler crowds its trials: the probability had to be higher."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeyondChoices(BeyondEnd):
    """The optimum is probably at or beyond the smallest or largest number of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeyondCrowdedChoices(BeyondChoices):
    """The same where the sampler crowds its trials: the probability had to be higher."""


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
                evidence=_evidence(edge, crowded=is_adaptive(case)),
                study=case.key,
                hyperparameter=h.name,
                side=side,
                suggestion=suggestion,
            )


def _evidence(edge: Edge, *, crowded: bool) -> BeyondEnd:
    low, high = _ends(edge.hyperparameter)
    end, far_end = (low, high) if edge.numbers.side == "low" else (high, low)
    numbers = {
        "probability": finite(edge.numbers.probability),
        "margin": finite(edge.margin),
        "enrichment": finite(edge.numbers.enrichment),
    }
    if isinstance(edge.hyperparameter, Range):
        of_range = BeyondCrowdedRange if crowded else BeyondRange
        return of_range(**numbers, end=end, far_end=far_end)
    of_choices = BeyondCrowdedChoices if crowded else BeyondChoices
    return of_choices(**numbers, end=end)


def _ends(h: Hyperparameter) -> tuple[float, float]:
    """The smallest and the largest value, each in the type that the spec has."""
    if isinstance(h, Range):
        return h.low, h.high
    numbers = [choice for choice in h.choices if isinstance(choice, int | float)]
    return min(numbers), max(numbers)
