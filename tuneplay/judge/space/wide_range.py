"""Could a range be narrower? Then the same trials would search the good part more densely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tuneplay.domain.hyperparameter import Range
from tuneplay.judge.case import StudyCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.space import boundary, instability
from tuneplay.judge.space.edges.narrowing import NarrowEvidence, NarrowVerdict, judge_narrow
from tuneplay.judge.space.ordered_space import ordered_space
from tuneplay.judge.suggestions.new_ranges import beyond, ends


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallGoodPart(Evidence):
    """All good values fill a small part of a range.

    Attributes:
        width: Share of the range that they fill.
        gain: How much better it is there than in the rest, in standard deviations of the
            objective's scale.
    """

    width: float
    gain: float


def check(case: StudyCase) -> Iterator[Finding]:
    """Ranges whose good values fill a small part of them, with a narrower range.

    A hyperparameter with a finding at one of its edges is left out.
    """
    space = case.once(ordered_space)
    if space is None:
        return
    at_edges = {f.hyperparameter for f in (*boundary.check(case), *instability.check(case))}
    shapes = judge_narrow(space.units, space.values, names=space.names, fit=space.fit)
    for h, shape in zip(space.dims, shapes, strict=True):
        narrow = shape.verdict is NarrowVerdict.NARROW
        if narrow and isinstance(h, Range) and h.name not in at_edges:
            yield from _finding(case, h, shape)


def _finding(case: StudyCase, h: Range, shape: NarrowEvidence) -> Iterator[Finding]:
    low = max(h.low, beyond(h, shape.low)) if shape.low > 0 else h.low
    high = min(h.high, beyond(h, shape.high)) if shape.high < 1 else h.high
    if low < high and (low, high) != (h.low, h.high):
        yield Finding(
            kind=Kind.WIDE_RANGE,
            severity=Severity.NOTE,
            evidence=SmallGoodPart(width=shape.high - shape.low, gain=shape.gain),
            study=case.key,
            hyperparameter=h.name,
            suggestion=ends(h, low, high),
        )
