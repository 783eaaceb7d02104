"""How did this attempt end? The one place that decides it, as two tables.

The first table says whether the attempt is evidence about its configuration at all. The second one
says what its trial is recorded as, if it is. In both, the first row that holds decides.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tuneplay.domain.curves import Curves
from tuneplay.domain.round import Round
from tuneplay.domain.trial import Cause, State
from tuneplay.judge.divergence import Divergence, divergence_of

#: Exit codes above this are, by the shell's convention, 128 + the signal that ended the program.
_SIGNAL_BASE = 128

#: Signals that come from outside of the program: another user, the out-of-memory killer, a shutdown.
_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

_SIGNALS = {int(number): number for number in signal.Signals}

#: What a shell answers for a program that is not executable or not there (POSIX, 2.8.2).
_CANNOT_EXECUTE = (126, 127)

#: What frameworks print when an accelerator's memory is exhausted (PyTorch, TensorFlow and JAX).
_OUT_OF_MEMORY = re.compile(
    r"(?:CUDA|HIP|MPS backend) out of memory|CUDA error: out of memory|OutOfMemoryError"
    r"|CUDA_ERROR_OUT_OF_MEMORY"
)

#: ... and what TensorFlow and JAX print for memory and for a full disk alike (gRPC's status 8).
_EXHAUSTED = re.compile(r"RESOURCE_EXHAUSTED|ResourceExhaustedError")

#: What the C library says of ENOSPC, EDQUOT and EFBIG, and what shells say of SIGXFSZ; programs
#: print it as it is.
_STORAGE_FULL = re.compile(
    r"No space left on device|Disk quota exceeded|File too large|File ?size limit exceeded"
)


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit that an attempt went over, so that tuneplay ended it.

    Attributes:
        cause: timeout or stalled.
        seconds: The time that it was given; for one that stalled, the time without a new epoch.
        epoch: The last epoch of one that stalled; None before the first.
    """

    cause: Cause
    seconds: float
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known of an attempt that has ended.

    Attributes:
        exit_file: The exit code that the wrapper wrote; None if it wrote none, or not all of it.
        exit_torn: Whether the wrapper could not complete its exit file.
        wrapper_code: The exit code of the wrapper itself; None when it is not known, for nobody
            was its parent or a signal ended it.
        curves: Everything that it measured.
        names: Every name that it reported.
        nulls: Epochs in which a metric was reported as null, by its name.
        last_epoch: The epoch that it reported last; None before the first.
        log_tail: The last lines of its standard error and of its output. They may be missing for
            a program that did all its epochs and left with exit code 0.
        limit: The limit for which tuneplay ended it; None when it did not.
        interrupted: Whether it was stopped on request.
        signalled: Whether this coordinator sent it TERM.
        terminated: Whether it was sent TERM, by whomever.
        began: Whether its folder holds what the wrapper writes first.
        submitted: Whether the ledger says that it was submitted.
        watched: Whether a coordinator lived when it ended.
        folder_gone: Whether its folder is gone.
        log_cut: Whether its log was shortened (`max_log`) and no metrics file holds what it said.
    """

    exit_file: int | None = None
    exit_torn: bool = False
    wrapper_code: int | None = None
    curves: Curves = field(default_factory=Curves)
    names: tuple[str, ...] = ()
    nulls: Mapping[str, Sequence[int]] = field(default_factory=dict)
    last_epoch: int | None = None
    log_tail: str = ""
    limit: Limit | None = None
    interrupted: bool = False
    signalled: bool = False
    terminated: bool = False
    began: bool = True
    submitted: bool = True
    watched: bool = True
    folder_gone: bool = False
    log_cut: bool = False

    @property
    def code(self) -> int | None:
        """The exit code; above 128 it may be 128 + a signal. None when it vanished without one."""
        return self.wrapper_code if self.exit_file is None else self.exit_file

    @property
    def cannot_execute(self) -> bool:
        """Whether the exit code says that the command cannot even be executed."""
        return self.code in _CANNOT_EXECUTE

    @property
    def emptied(self) -> bool:
        """Whether the program emptied its folder: the wrapper's last word stands alone in it."""
        return not self.began and self.exit_file is not None

    def did_all(self, epochs: int) -> bool:
        """Whether it did all its epochs, which a program counts from 0 or from 1, and ended well.

        Many programs answer TERM by saving and leaving with exit code 0: that alone is not an end.
        """
        if self.code != 0 or self.last_epoch is None:
            return False
        return self.last_epoch >= epochs or len(self.curves.epochs) >= epochs


class What(StrEnum):
    """What an ended attempt is.

    finished: evidence; its trial is recorded. stopped-on-request: it starts again, and that does
    not count as a retry. lost: it says nothing about its configuration, and may be tried again.
    never-began: the program was not started. not-evidence: what it wrote cannot be trusted.
    """

    FINISHED = "finished"
    STOPPED_ON_REQUEST = "stopped-on-request"
    LOST = "lost"
    NEVER_BEGAN = "never-began"
    NOT_EVIDENCE = "not-evidence"


@dataclass(frozen=True, slots=True)
class Decision:
    """How an attempt ended.

    Attributes:
        what: What it is.
        why: Why it is lost or not evidence; else None.
        state: What its trial is recorded as, when this attempt is its last one.
        cause: Why it is not feasible.
        divergence: Where it diverged; None when it did not.
        value: Best objective over the epochs; None without a finite one.
        best_epoch: Epoch of `value`, by retrospective checkpoint selection.
    """

    what: What
    why: Cause | None
    state: State
    cause: Cause | None = None
    divergence: Divergence | None = None
    value: float | None = None
    best_epoch: int | None = None


@dataclass(frozen=True, slots=True)
class _EndingInRound:
    """An ending in its round, and what both tables ask of it."""

    end: Ending
    round: Round
    best: tuple[int, float] | None
    did_all: bool
    divergence: Divergence | None

    @property
    def unwritten(self) -> bool:
        """Whether the wrapper ended by itself and could not write its exit file."""
        end = self.end
        by_itself = not end.signalled and (end.wrapper_code is not None or end.exit_torn)
        return by_itself and end.exit_file is None

    @property
    def never_began(self) -> bool:
        """Whether the program was not started.

        A wrapper that was killed while somebody watched may not have had the time to say so. A
        program may empty its folder: then the exit code says that it ran.
        """
        end = self.end
        ran = end.began or (end.submitted and end.exit_file is not None)
        return not ran and (self.unwritten or not end.watched)

    @property
    def declared(self) -> bool:
        """Whether the spec declares its exit code infeasible."""
        return self.end.code in self.round.infeasible.exit_codes

    @property
    def out_of_memory(self) -> bool:
        """Whether an accelerator's memory was exhausted, and not a disk; not if it got over it."""
        log = self.end.log_tail
        exhausted = _EXHAUSTED.search(log) and not _STORAGE_FULL.search(log)
        return self.end.code != 0 and bool(_OUT_OF_MEMORY.search(log) or exhausted)

    @property
    def killed_from_outside(self) -> bool:
        return signal_of(self.end.code) in _FROM_OUTSIDE

    @property
    def cut_short(self) -> bool:
        """Whether somebody else sent it TERM, and it left with exit code 0 before its last epoch."""
        end = self.end
        ours = end.limit is not None or end.interrupted or end.signalled
        return end.code == 0 and end.terminated and not ours and not self.did_all

    @property
    def storage_full(self) -> bool:
        """Whether it says, by its signal or in its logs, that a disk was full before it was done."""
        full = signal_of(self.end.code) == signal.SIGXFSZ or _STORAGE_FULL.search(self.end.log_tail)
        return bool(full) and not self.did_all

    @property
    def worse_than_limit(self) -> bool:
        limit = self.round.infeasible.worse_than
        if limit is None or self.best is None:
            return False
        return self.round.objective.direction.better(limit, self.best[1])


@dataclass(frozen=True, slots=True)
class _Evidence:
    """A row of the first table: what an attempt is, and why, if the condition holds."""

    what: What
    why: Cause | None
    when: Callable[[_EndingInRound], bool]


@dataclass(frozen=True, slots=True)
class _Recorded:
    """A row of the second table: what a trial is recorded as, if the condition holds."""

    state: State
    cause: Cause | None
    when: Callable[[_EndingInRound], bool]


#: Is it evidence about its configuration? One that diverged before it was killed is tried again as
#: well: it might have recovered, and what is recorded must not depend on when a machine went down.
EVIDENCE = (
    _Evidence(What.NOT_EVIDENCE, Cause.FOLDER_GONE, lambda c: c.unwritten and c.end.folder_gone),
    _Evidence(What.NOT_EVIDENCE, Cause.NO_SPACE, lambda c: c.end.exit_torn and not c.end.signalled),
    _Evidence(What.NEVER_BEGAN, None, lambda c: c.never_began),
    _Evidence(What.NOT_EVIDENCE, Cause.NO_SPACE, lambda c: c.unwritten),
    _Evidence(What.NOT_EVIDENCE, Cause.LOG_SHORTENED, lambda c: c.end.log_cut),
    _Evidence(What.STOPPED_ON_REQUEST, None, lambda c: c.end.interrupted and not c.did_all),
    _Evidence(What.FINISHED, None, lambda c: c.end.limit is not None or c.declared),
    _Evidence(What.FINISHED, None, lambda c: c.out_of_memory),
    _Evidence(What.LOST, Cause.VANISHED, lambda c: c.end.code is None),
    _Evidence(What.LOST, Cause.KILLED, lambda c: c.killed_from_outside),
    _Evidence(What.LOST, Cause.TERMINATED, lambda c: c.cut_short),
    _Evidence(What.LOST, Cause.NO_SPACE, lambda c: c.storage_full),
    _Evidence(What.FINISHED, None, lambda _: True),
)

#: What is its trial recorded as? A trial whose objective stopped being finite has diverged: a fact
#: about the configuration, whatever its exit code. A trial that crashed is not evidence about the
#: configuration, so it failed, even when it measured something before.
RECORDED = (
    _Recorded(State.INFEASIBLE, Cause.EXIT_CODE, lambda c: c.declared),
    _Recorded(State.INFEASIBLE, Cause.OUT_OF_MEMORY, lambda c: c.out_of_memory),
    _Recorded(State.INFEASIBLE, Cause.DIVERGED, lambda c: c.divergence is not None),
    _Recorded(State.FAILED, Cause.TIMEOUT, lambda c: _went_over(c, Cause.TIMEOUT)),
    _Recorded(State.FAILED, Cause.STALLED, lambda c: _went_over(c, Cause.STALLED)),
    _Recorded(State.FAILED, Cause.TERMINATED, lambda c: c.cut_short),
    _Recorded(State.FAILED, Cause.NO_SPACE, lambda c: c.end.code == 0 and c.storage_full),
    _Recorded(State.FAILED, Cause.VANISHED, lambda c: c.end.code is None),
    _Recorded(State.FAILED, Cause.KILLED, lambda c: signal_of(c.end.code) is not None),
    _Recorded(State.FAILED, Cause.EXIT_CODE, lambda c: c.end.code != 0),
    _Recorded(State.FAILED, Cause.NO_METRIC, lambda c: c.best is None),
    _Recorded(State.INFEASIBLE, Cause.WORSE_THAN_LIMIT, lambda c: c.worse_than_limit),
    _Recorded(State.FEASIBLE, None, lambda _: True),
)


def decide(ending: Ending, round_: Round) -> Decision:
    """How an attempt ended.

    Args:
        ending: What is known of it.
        round_: Its round: the objective, the epochs, and what the spec declares infeasible.

    Returns:
        The decision; `value` and `best_epoch` are set whenever a finite objective was seen.
    """
    objective, end = round_.objective, ending
    case = _EndingInRound(
        end,
        round_,
        end.curves.best(objective.metric, objective.direction),
        end.did_all(round_.epochs),
        divergence_of(end.curves, objective.metric, end.names, end.nulls, ended_well=end.code == 0),
    )
    evidence = next(row for row in EVIDENCE if row.when(case))
    recorded = next(row for row in RECORDED if row.when(case))
    epoch, value = case.best or (None, None)
    return Decision(
        evidence.what,
        evidence.why,
        recorded.state,
        recorded.cause,
        case.divergence,
        value,
        epoch,
    )


def _went_over(case: _EndingInRound, cause: Cause) -> bool:
    return case.end.limit is not None and case.end.limit.cause is cause


def signal_of(code: int | None) -> signal.Signals | None:
    """The signal behind an exit code, by the shell's convention; None when there is none."""
    if code is None or code <= _SIGNAL_BASE:
        return None
    return _SIGNALS.get(code - _SIGNAL_BASE)
