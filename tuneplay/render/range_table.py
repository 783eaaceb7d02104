"""Scientific ranges in the terminal: the best over nuisance values, slice by slice."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from tuneplay.domain.round import Round
from tuneplay.judge.fairness.isolation import Bucket, RangeIsolation
from tuneplay.judge.finding import Finding, Kind
from tuneplay.words.text import number, safe


def range_answer(round_: Round, along: RangeIsolation, findings: Sequence[Finding] = ()) -> str:
    """Where in a scientific range the best values lie, in a few sentences.

    Args:
        round_: The round.
        along: The range.
        findings: What else is known; an edge of this range comes first.
    """
    for finding in findings:
        mine = (finding.study, finding.hyperparameter) == (along.study, along.hyperparameter)
        if mine and finding.kind is Kind.BOUNDARY and finding.side is not None:
            return (
                f"The best {along.hyperparameter} lies at or beyond the {finding.side} edge of its "
                f"range, which has to be widened first. {_within(round_, along)}"
            )
    return _within(round_, along)


def _within(round_: Round, along: RangeIsolation) -> str:
    name, metric = along.hyperparameter, round_.objective.metric
    best, slices = along.leader, along.buckets
    if along.best is None or best is None:
        return f"No trial along {name} was feasible."
    found = f"the best {metric} is {number(best.value)}"
    if along.whole:
        at = best.trial.hyperparameters[name] if best.trial else None
        place = number(at, 3) if isinstance(at, int | float) else _slice(best)
        return (
            f"No part of the range of {name} can be told from another by these trials; {found}, "
            f"at {place}."
        )
    first, last = along.best
    text = f"With {name} {_at(best)} {found}"
    if first == last:
        return f"{text}; every other part of the range is worse."
    low, high = number(slices[first].low, 3), number(slices[last].high, 3)
    # Beyond an end of the range nothing was tried, so that nothing can be said of it.
    if first == 0:
        return f"{text}; up to {high} it cannot be told from that, and above it is worse."
    if last == len(slices) - 1:
        return f"{text}; from {low} on it cannot be told from that, and below it is worse."
    return f"{text}; from {low} to {high} it cannot be told from that, and beyond it is worse."


def range_table(along: RangeIsolation) -> Table:
    """One line a slice: its ends, its feasible trials, its best value and the spread of that."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column(Text(safe(along.hyperparameter)))
    for head in ("feasible", "infeasible", "best", "spread"):
        table.add_column(head, justify="right")
    table.add_column("")
    for place, bucket in enumerate(along.buckets):
        alike = along.best is not None and along.best[0] <= place <= along.best[1]
        mark = "best, or like it" if alike and not along.whole and bucket.value is not None else ""
        table.add_row(
            _slice(bucket),
            str(bucket.feasible),
            str(bucket.infeasible),
            number(bucket.value),
            number(bucket.spread, 2),
            Text(mark, style="green"),
        )
    return table


def _at(bucket: Bucket) -> str:
    """`at 3`, or `from 0.001 to 0.01`."""
    return f"at {_slice(bucket)}" if bucket.low == bucket.high else f"from {_slice(bucket)}"


def _slice(bucket: Bucket) -> str:
    if bucket.low == bucket.high:
        return number(bucket.low, 6)
    return f"{number(bucket.low, 3)} to {number(bucket.high, 3)}"
