"""Was every study searched equally densely, by its number of hyperparameters and its ranges?

Playbook, "Identifying scientific, nuisance, and fixed hyperparameters": each scientific value must
be tuned equally well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tuneplay.domain.hyperparameter import Range, Scale
from tuneplay.domain.round import Study
from tuneplay.judge.case import RoundCase
from tuneplay.judge.fairness.leader import is_compared
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity

#: A range is narrower when its width on the scale is at most this share of another study's.
NARROWER = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingTuned(Evidence):
    """One configuration stands for a scientific value.

    Attributes:
        dimensions: Nuisance hyperparameters of the study: none.
    """

    dimensions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreHyperparameters(Evidence):
    """A study tunes more hyperparameters than another, with as many trials.

    Attributes:
        dimensions: Nuisance hyperparameters of the study.
        others: Those of the study that tunes fewest, but at least one.
        rival: Key of that study.
    """

    dimensions: int
    others: int
    rival: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrowerRange(Evidence):
    """A study searches a much narrower range of a hyperparameter than another.

    Attributes:
        width: Width of its range on the scale: decades, or the plain difference.
        others: Width of the widest range of the same name and scale.
        rival: Key of the study that has it.
    """

    width: float
    others: float
    rival: str

    @property
    def share(self) -> float:
        """Width of its range, as a share of the widest."""
        return self.width / self.others


def check(case: RoundCase) -> Iterator[Finding]:
    """Studies that were searched less densely than others, by their spaces."""
    yield from _more_hyperparameters(case)
    yield from _narrower_ranges(case)
    yield from _nothing_tuned(case)


def _nothing_tuned(case: RoundCase) -> Iterator[Finding]:
    """Studies without nuisance hyperparameters."""
    for study in case.round.studies if is_compared(case) else ():
        if not study.space:
            yield Finding(
                kind=Kind.UNFAIR_COMPARISON,
                severity=Severity.WARNING,
                study=study.key,
                evidence=NothingTuned(),
            )


def _more_hyperparameters(case: RoundCase) -> Iterator[Finding]:
    """Studies that tune more hyperparameters than another one with equally many trials."""
    tuned = [study for study in case.round.studies if study.space]
    if not tuned or not is_compared(case):
        return
    least = min(tuned, key=lambda study: len(study.space))
    for study in tuned:
        if len(study.space) > len(least.space):
            yield Finding(
                kind=Kind.UNFAIR_COMPARISON,
                severity=Severity.NOTE,
                study=study.key,
                evidence=MoreHyperparameters(
                    dimensions=len(study.space), others=len(least.space), rival=least.key
                ),
            )


def _narrower_ranges(case: RoundCase) -> Iterator[Finding]:
    """Conditional hyperparameters with a much narrower range than under another value."""
    for study in case.round.studies if is_compared(case) else ():
        for h in study.conditional:
            if not isinstance(h, Range):
                continue
            widest, rival = _widest(h, case.round.studies)
            if _width(h) <= NARROWER * widest:
                yield Finding(
                    kind=Kind.UNFAIR_COMPARISON,
                    severity=Severity.NOTE,
                    study=study.key,
                    hyperparameter=h.name,
                    evidence=NarrowerRange(width=_width(h), others=widest, rival=rival),
                )


def _widest(h: Range, studies: Sequence[Study]) -> tuple[float, str]:
    """Width of the widest conditional range of one name and scale, and the study that has it."""
    return max(
        (_width(other), study.key)
        for study in studies
        for other in study.conditional
        if isinstance(other, Range) and other.name == h.name and other.scale is h.scale
    )


def _width(h: Range) -> float:
    """Width of a range on its scale: decades, or the plain difference."""
    if h.scale is Scale.LOG:
        return math.log10(h.high / h.low)
    if h.scale is Scale.REVERSE_LOG:
        return math.log10((1 - h.low) / (1 - h.high))
    return h.high - h.low
