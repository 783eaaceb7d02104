"""Scientific ranges in the terminal: the best over nuisance values, slice by slice."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from tuneplay.judge.fairness.isolation import RangeIsolation
from tuneplay.words.numbers import number
from tuneplay.words.range_answer import slice_of
from tuneplay.words.text import safe


def range_table(along: RangeIsolation) -> Table:
    """One line a slice: its ends, its feasible trials, its best value and the spread of that."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column(Text(safe(along.hyperparameter)))
    for head in ("feasible", "infeasible", "best", "spread"):
        table.add_column(head, justify="right")
    table.add_column("")
    for place, bucket in enumerate(along.buckets):
        alike = along.best is not None and along.best[0] <= place <= along.best[1]
        mark = (
            "best, or as good" if alike and not along.undivided and bucket.value is not None else ""
        )
        table.add_row(
            slice_of(bucket),
            str(bucket.feasible),
            str(bucket.infeasible),
            number(bucket.value),
            number(bucket.spread, 2),
            Text(mark, style="green"),
        )
    return table
