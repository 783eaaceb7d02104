"""Reading what earlier versions wrote: they recorded reasons in words alone, and no causes.

Nothing else looks at the text of a reason, or at the text in a `stopping` file.
"""

from __future__ import annotations

import re

from tuneplay.domain.trial import Cause
from tuneplay.judge.ending import Limit

#: How the reasons of each cause read, up to this version.
_REASONS = (
    (Cause.DIVERGED, r"diverged: .*"),
    (Cause.OUT_OF_MEMORY, r"out of memory"),
    (Cause.WORSE_THAN_LIMIT, r"best .* is worse than .*"),
    (Cause.EXIT_CODE, r"exit code \d+"),
    (Cause.TERMINATED, r"killed by SIGTERM from outside"),
    (Cause.KILLED, r"killed by SIG.*"),
    (Cause.VANISHED, r"vanished without an exit code.*"),
    (Cause.TIMEOUT, r"timeout after .* s"),
    (Cause.STALLED, r"stalled .*"),
    (Cause.NO_METRIC, r"no .* seen; saw.*"),
    (Cause.NO_SPACE, r"no space left on a disk"),
)

_PATTERNS = tuple((cause, re.compile(text, re.DOTALL)) for cause, text in _REASONS)


def cause_in(reason: str) -> Cause | None:
    """The cause that a recorded reason names; None for none, or for one that nobody knows."""
    return next((cause for cause, known in _PATTERNS if known.fullmatch(reason)), None)


#: What `stopping`, in an attempt's folder, said of a limit.
_TIMEOUT = re.compile(r"timeout after ([0-9.e+]+) s")
_STALLED = re.compile(
    r"stalled (?:before the first epoch|after epoch ([0-9]+)): nothing new for ([0-9]+) s"
)


def limit_in(text: str) -> Limit | None:
    """The limit that an attempt went over, by what an earlier coordinator left in its folder."""
    if match := _TIMEOUT.fullmatch(text):
        return Limit(Cause.TIMEOUT, float(match[1]))
    if match := _STALLED.fullmatch(text):
        return Limit(Cause.STALLED, float(match[2]), int(match[1]) if match[1] else None)
    return None
