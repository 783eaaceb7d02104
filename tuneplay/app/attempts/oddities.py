"""What was odd about the output of an attempt that has ended."""

from __future__ import annotations

from collections.abc import Iterator

from tuneplay.judge.ending import Ending
from tuneplay.metrics.collect import Collector
from tuneplay.words.outcomes import EMPTIED

#: Characters of one remark on a trial's output, in the ledger.
MAX_REMARK = 300


def remarks_of(collector: Collector, ending: Ending) -> tuple[str, ...]:
    """For the ledger: what happened to the files, and the first bad lines."""
    lines = (*_happened(collector, ending), *collector.bad_lines[1])
    return tuple(line[:MAX_REMARK] for line in lines)


def oddities(collector: Collector, ending: Ending) -> Iterator[str]:
    """For people: what happened to the files, a line each; bad lines are counted in one."""
    yield from _happened(collector, ending)
    bad, described = collector.bad_lines
    if bad:
        more = f" (and {bad - 1} more)" if bad > 1 else ""
        yield f"{next(iter(described))}{more}"


def _happened(collector: Collector, ending: Ending) -> tuple[str, ...]:
    emptied = (EMPTIED,) if ending.emptied else ()
    return (*emptied, *collector.happened)
