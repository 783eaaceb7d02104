"""How one ended attempt is judged: feasible, infeasible or failed, and why."""

from __future__ import annotations

import math
import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tuneplay.domain.curves import Curves
from tuneplay.domain.round import Objective, Round
from tuneplay.domain.trial import Outcome, State
from tuneplay.judge.measures.metric_names import training_loss

#: Exit codes above this are, by the shell's convention, 128 + the signal that ended the program.
_SIGNAL_BASE = 128

#: Signals that come from outside of the program: another user, the out-of-memory killer, a shutdown.
_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

#: What frameworks print when an accelerator's memory is exhausted (PyTorch, TensorFlow and JAX).
_OUT_OF_MEMORY = re.compile(
    r"(?:CUDA|HIP|MPS backend) out of memory|CUDA error: out of memory|OutOfMemoryError"
    r"|CUDA_ERROR_OUT_OF_MEMORY"
)

#: ... and what TensorFlow and JAX print for memory and for a full disk alike (gRPC's status 8).
_EXHAUSTED = re.compile(r"RESOURCE_EXHAUSTED|ResourceExhaustedError")

#: The reason of a trial that ran out of an accelerator's memory.
OUT_OF_MEMORY = "out of memory"

#: What the C library says of ENOSPC, EDQUOT and EFBIG, and what shells say of SIGXFSZ; programs print
#: it as it is.
_STORAGE_FULL = re.compile(
    r"No space left on device|Disk quota exceeded|File too large|File ?size limit exceeded"
)

#: A training that ends well has to report its loss as null so many times at its end to be lost.
LEAST_LOST = 2

#: The losses whose divergence is the training's; an auxiliary term may be NaN by design.
_MAIN_LOSS = re.compile(r"(?:(?:train|training|val|valid|validation|eval|total)[_/.\- ]?)?loss")


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known of an attempt that has ended.

    Attributes:
        exit_code: The program's exit code; above 128 it is 128 + a signal, as a shell says it.
            None when it vanished without one (killed with its wrapper, or the machine stopped).
        curves: Everything that it measured.
        names: Every name that it reported, for the message when the objective is missing.
        log_tail: The last lines of its standard error and of its output.
        stopped: Empty, or why it was ended: by tuneplay itself (such as a timeout), or by somebody
            else, where its exit code does not tell.
        nulls: Epochs in which a metric was reported as null, by its name.
    """

    exit_code: int | None
    curves: Curves
    names: tuple[str, ...] = ()
    log_tail: str = ""
    stopped: str = ""
    nulls: Mapping[str, Sequence[int]] = field(default_factory=dict)


def judge(ending: Ending, round_: Round) -> Outcome:
    """The outcome of an ended attempt.

    A trial whose objective, or whose whole last measurement, stopped being finite has diverged:
    a fact about the configuration, so infeasible, whatever its exit code. A trial that crashed
    is no evidence about the configuration, so failed, even when it measured something before.

    Args:
        ending: What is known of the attempt.
        round_: Its round, for the objective and what the spec declares infeasible.

    Returns:
        The outcome; `value` and `best_epoch` are set whenever a finite objective was seen.
    """
    objective = round_.objective
    best = ending.curves.best(objective.metric, objective.direction)
    state, reason = _state(ending, round_, best)
    return Outcome(state, reason, best[1] if best else None, best[0] if best else None)


def _state(ending: Ending, round_: Round, best: tuple[int, float] | None) -> tuple[State, str]:
    code, objective = ending.exit_code, round_.objective
    if code is not None and code in round_.infeasible.exit_codes:
        return State.INFEASIBLE, f"exit code {code}"
    if code != 0 and _ran_out_of_memory(ending.log_tail):
        return State.INFEASIBLE, OUT_OF_MEMORY
    diverged = _diverged_at(ending.curves, objective) or _lost_at(ending)
    if diverged is not None:
        return State.INFEASIBLE, f"diverged: {diverged}"
    if ending.stopped:
        return State.FAILED, ending.stopped
    if code != 0:
        return State.FAILED, describe_exit(code)
    if best is None:
        return State.FAILED, _nothing_seen(ending, objective)
    limit = round_.infeasible.worse_than
    if limit is not None and objective.direction.better(limit, best[1]):
        return State.INFEASIBLE, f"best {objective.metric} {best[1]:g} is worse than {limit:g}"
    return State.FEASIBLE, ""


def _ran_out_of_memory(log: str) -> bool:
    """Whether an accelerator's memory was exhausted, and not a disk."""
    if _OUT_OF_MEMORY.search(log):
        return True
    return bool(_EXHAUSTED.search(log)) and not _STORAGE_FULL.search(log)


def _diverged_at(curves: Curves, objective: Objective) -> str | None:
    """What stopped being finite for good, in words; None when all was well.

    Beside the objective the training and validation loss are looked at, for a validation error
    can stay finite (at chance level) when the weights have long been NaN.
    """
    for name, column in curves.metrics.items():
        if name == objective.metric or _MAIN_LOSS.fullmatch(name.casefold()):
            begin = _gone_from(curves, column)
            if begin is not None:
                return f"{name} is not finite from epoch {begin} on"
    return None


def _lost_at(ending: Ending) -> str | None:
    """Where the training loss became null for good, in words; None when it did not.

    JSON has no NaN, and many programs write null instead. Others write null for what they did not
    measure; a training loss is measured wherever something was trained, so that its null says
    more. Where the program itself reports no error, it has to have been finite before and to stay
    null, for one last line often sums a training up.
    """
    name = training_loss(ending.names)
    blank = frozenset(ending.nulls.get(name, ())) if name is not None else frozenset()
    if name is None or not blank:
        return None
    curves = ending.curves
    known = curves.column(name) or [None] * len(curves.epochs)
    column = [math.nan if e in blank else v for e, v in zip(curves.epochs, known, strict=True)]
    begin = _gone_from(curves, column)
    if begin is None:
        return None
    seen = any(value is not None and math.isfinite(value) for value in column)
    lines = sum(epoch >= begin for epoch in blank)
    sure = ending.exit_code != 0 or (seen and lines >= LEAST_LOST)
    return f"{name} is null from epoch {begin} on" if sure else None


def _gone_from(curves: Curves, column: Sequence[float | None]) -> int | None:
    """Epoch from which on a metric was never finite again; None when it is fine.

    Only the end counts: a trial that recovered is usable, and that epoch is merely never its
    best. An end that is no longer than an earlier gap is how a metric looks that is measured
    every few epochs only.
    """
    reported = [(e, v) for e, v in zip(curves.epochs, column, strict=True) if v is not None]
    longest = gap = 0
    begin: int | None = None
    for epoch, value in reported:
        if math.isfinite(value):
            longest, gap, begin = max(longest, gap), 0, None
        else:
            gap, begin = gap + 1, epoch if begin is None else begin
    seen = any(math.isfinite(value) for _, value in reported)
    return begin if gap > longest or not seen else None


def _nothing_seen(ending: Ending, objective: Objective) -> str:
    others = [name for name in ending.names if name != objective.metric]
    saw = f"saw: {', '.join(others)}" if others else "saw no metrics at all"
    return f"no {objective.metric} seen; {saw}"


def describe_exit(code: int | None) -> str:
    """An exit code in words: `exit code 1`, or `killed by SIGKILL (possibly out of memory)`."""
    if code is None:
        return "vanished without an exit code (killed, or the machine stopped)"
    number = signal_of(code)
    if number is None:
        return f"exit code {code}"
    name = signal.Signals(number).name
    return f"killed by {name}" + (" (possibly out of memory)" if name == "SIGKILL" else "")


def ended_from_outside(code: int | None) -> bool:
    """Whether an exit says nothing about the configuration: killed or vanished, so try again."""
    return code is None or signal_of(code) in _FROM_OUTSIDE


def says_storage_is_full(code: int | None, *logs: str) -> bool:
    """Whether a program that failed says, by its signal or in its logs, that a disk was full."""
    return signal_of(code) == signal.SIGXFSZ or any(map(_STORAGE_FULL.search, logs))


def signal_of(code: int | None) -> int | None:
    """The signal behind an exit code, by the shell's convention; None when there is none."""
    if code is None or code <= _SIGNAL_BASE:
        return None
    number = code - _SIGNAL_BASE
    return number if number in set(signal.Signals) else None
