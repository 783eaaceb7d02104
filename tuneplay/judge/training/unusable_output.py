"""What was odd about the output of the trials: a result may lack what could not be read."""

from __future__ import annotations

from collections.abc import Iterable

from tuneplay.domain.trial import Trial
from tuneplay.judge.finding import Finding, Kind, Severity


def output_findings(trials: Iterable[Trial]) -> list[Finding]:
    """One note on all lines and files that could not be used; none where all was well.

    Args:
        trials: Ended trials, reruns among them.
    """
    odd = [trial for trial in trials if trial.bad_lines or trial.remarks]
    if not odd:
        return []
    lines = sum(trial.bad_lines for trial in odd)
    first = odd[0]
    what = (
        f"{lines} {'line' if lines == 1 else 'lines'} could not be used"
        if lines
        else ("metrics may be missing")
    )
    where = f"{len(odd)} {'trial' if len(odd) == 1 else 'trials'}"
    said = f"; first {first.id}: {first.remarks[0]}" if first.remarks else ""
    return [
        Finding(
            Kind.UNUSABLE_OUTPUT,
            Severity.NOTE,
            f"{what} in the output of {where}{said}.",
            evidence={"trials": len(odd), "lines": lines},
        )
    ]
