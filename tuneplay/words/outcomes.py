"""Why an attempt ended as it did, in words: facts of `judge/ending.py` in, one phrase out."""

from __future__ import annotations

import signal

from tuneplay.domain.trial import Cause
from tuneplay.judge.ending import Decision, Ending, Limit, What, signal_of
from tuneplay.words.naming import listed

#: What is said of an attempt whose program emptied the folder that it was given.
EMPTIED = (
    "its folder was emptied while it trained, so what it had printed is lost; a program may "
    "empty {checkpoint_dir}, but not {trial_dir}"
)

#: What is recorded of an attempt that was stopped on request.
STOPPED_ON_REQUEST = "stopped on request"


def reason_of(
    decision: Decision, ending: Ending, metric: str, worse_than: float | None = None
) -> str:
    """Why a trial is not feasible; empty when it is.

    Args:
        decision: How it ended.
        ending: What is known of its end.
        metric: The objective.
        worse_than: The objective from which on a trial is infeasible; None for no such limit.
    """
    cause = decision.cause
    if cause is Cause.DIVERGED and decision.divergence is not None:
        found = decision.divergence
        how = "is null" if found.null else "is not finite"
        return f"diverged: {found.metric} {how} from epoch {found.epoch} on"
    if cause is Cause.WORSE_THAN_LIMIT:
        return f"best {metric} {decision.value:g} is worse than {worse_than:g}"
    if cause is Cause.NO_METRIC:
        return _nothing_seen(ending, metric)
    return "" if cause is None else _in_words(cause, ending)


def why_not_evidence(decision: Decision, ending: Ending) -> str:
    """Why an attempt says nothing about its configuration; empty when it does."""
    if decision.what is What.STOPPED_ON_REQUEST:
        return STOPPED_ON_REQUEST
    if decision.what is What.NEVER_BEGAN:
        return "announced, but never started"
    if decision.what is What.NOT_EVIDENCE and decision.why is Cause.NO_SPACE:
        return "no space left for its exit code"
    return "" if decision.why is None else _in_words(decision.why, ending)


def _in_words(cause: Cause, ending: Ending) -> str:
    """A cause that needs nothing but the ending."""
    if cause in (Cause.TIMEOUT, Cause.STALLED) and ending.limit is not None:
        return limit_in_words(ending.limit)
    if cause is Cause.EXIT_CODE:
        return f"exit code {ending.code}"  # also where the spec declares that of a signal
    if cause in (Cause.KILLED, Cause.VANISHED):
        return exit_in_words(ending.code)
    return {
        Cause.OUT_OF_MEMORY: "out of memory",
        Cause.TERMINATED: "killed by SIGTERM from outside",
        Cause.NO_SPACE: "no space left on a disk",
        Cause.FOLDER_GONE: "its folder is gone",
        Cause.LOG_SHORTENED: (
            "its line in the ledger was lost, and its log has been shortened since"
        ),
    }[cause]


def limit_in_words(limit: Limit) -> str:
    """`timeout after 60 s`, or `stalled after epoch 3: nothing new for 30 s`."""
    if limit.cause is Cause.TIMEOUT:
        return f"timeout after {limit.seconds:g} s"
    what = "before the first epoch" if limit.epoch is None else f"after epoch {limit.epoch}"
    return f"stalled {what}: nothing new for {limit.seconds:.0f} s"


def exit_in_words(code: int | None) -> str:
    """An exit code in words: `exit code 1`, or `killed by SIGKILL (possibly out of memory)`."""
    if code is None:
        return "vanished without an exit code (killed, or the machine stopped)"
    number = signal_of(code)
    if number is None:
        return f"exit code {code}"
    possibly = " (possibly out of memory)" if number is signal.SIGKILL else ""
    return f"killed by {number.name}{possibly}"


def _nothing_seen(ending: Ending, metric: str) -> str:
    others = [name for name in ending.names if name != metric]
    if others:
        return f"printed no {metric} that could be read, but {listed(others)}"
    return f"printed no {metric}, and no other metric that could be read"
