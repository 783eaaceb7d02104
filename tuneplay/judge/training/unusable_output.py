"""Output of the trials that could not be used: their results may lack what was in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tuneplay.domain.trial import Trial
from tuneplay.judge.case import RoundCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusableLines(Evidence):
    """Lines that looked like measurements could not be used.

    Attributes:
        trials: How many trials printed them.
        lines: How many lines.
        first: The first of these trials.
        remark: What was noted of its output first; None where nothing was.
    """

    trials: int
    lines: int
    first: str
    remark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableFiles(Evidence):
    """Files of trials were emptied, or could not be read, and no line was unusable.

    Attributes:
        trials: How many trials have such files.
        first: The first of these trials.
        remark: What happened to the first of its files.
    """

    trials: int
    first: str
    remark: str

    def known(self) -> dict[str, Any]:
        """The facts by name, with the number of lines that could not be used: none."""
        return {"lines": 0, **Evidence.known(self)}


def check(case: RoundCase) -> Iterable[Finding]:
    """A note on the lines that could not be used, and one on the files.

    Args:
        case: The round; its reruns count as well.
    """
    ended = [trial for trials in case.trials.values() for trial in trials]
    if with_lines := [trial for trial in ended if trial.bad_lines]:
        yield _note(_lines(with_lines))
    # Without an unusable line, what was noted is about a file.
    if on_files := [trial for trial in ended if trial.remarks and not trial.bad_lines]:
        first, *_ = on_files
        yield _note(
            UnreadableFiles(trials=len(on_files), first=str(first.id), remark=first.remarks[0])
        )


def _lines(trials: list[Trial]) -> UnusableLines:
    first = trials[0]
    return UnusableLines(
        trials=len(trials),
        lines=sum(trial.bad_lines for trial in trials),
        first=str(first.id),
        remark=next(iter(first.remarks), None),
    )


def _note(evidence: Evidence) -> Finding:
    return Finding(kind=Kind.UNUSABLE_OUTPUT, severity=Severity.NOTE, evidence=evidence)
