"""Output of the trials that could not be used: their results may lack what was in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tuneplay.judge.case import RoundCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusableOutput(Evidence):
    """Lines that looked like measurements and could not be used, or files that could not be read.

    Attributes:
        trials: How many trials have such output.
        lines: How many lines; 0 where only files could not be read.
        first: The first of these trials.
        remark: What was noted of it first; None where nothing was.
    """

    trials: int
    lines: int
    first: str
    remark: str | None = None


def check(case: RoundCase) -> Iterable[Finding]:
    """One note on all output that could not be used; none where all was well.

    Args:
        case: The round; its reruns count as well.
    """
    ended = (trial for trials in case.trials.values() for trial in trials)
    odd = [trial for trial in ended if trial.bad_lines or trial.remarks]
    if not odd:
        return
    evidence = UnusableOutput(
        trials=len(odd),
        lines=sum(trial.bad_lines for trial in odd),
        first=str(odd[0].id),
        remark=next(iter(odd[0].remarks), None),
    )
    yield Finding(kind=Kind.UNUSABLE_OUTPUT, severity=Severity.NOTE, evidence=evidence)
