"""Output of the trials that could not be used: their results may lack what was in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tuneplay.domain.trial import Trial
from tuneplay.judge.case import RoundCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity

#: A remark on a line, `file:line: why`; others say what happened to a file.
_ON_A_LINE = re.compile(r"[^:]+:\d+: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusableLines(Evidence):
    """Lines that looked like measurements could not be used.

    Attributes:
        trials: How many trials printed them.
        lines: How many lines.
        first: The first of these trials.
        remark: What was noted of the first of its lines; None where nothing was.
    """

    trials: int
    lines: int
    first: str
    remark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableFiles(Evidence):
    """Files of trials were emptied, or could not be read.

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
    on_files = [(trial.id, text) for trial in ended if (text := _remark(trial, on_a_line=False))]
    if on_files:
        first, remark = on_files[0]
        yield _note(UnreadableFiles(trials=len(on_files), first=str(first), remark=remark))


def _lines(trials: list[Trial]) -> UnusableLines:
    first = trials[0]
    return UnusableLines(
        trials=len(trials),
        lines=sum(trial.bad_lines for trial in trials),
        first=str(first.id),
        remark=_remark(first, on_a_line=True),
    )


def _remark(trial: Trial, *, on_a_line: bool) -> str | None:
    """The first remark on a line, or on a file."""
    of_these = (text for text in trial.remarks if bool(_ON_A_LINE.match(text)) is on_a_line)
    return next(of_these, None)


def _note(evidence: Evidence) -> Finding:
    return Finding(kind=Kind.UNUSABLE_OUTPUT, severity=Severity.NOTE, evidence=evidence)
