"""What became of an attempt that ended: whether it is evidence at all."""

from __future__ import annotations

import os

from tuneplay.app.attempts.attempt import TERMINATED, Attempt
from tuneplay.domain.folder import AttemptFolder
from tuneplay.domain.round import Round
from tuneplay.domain.trial import Outcome
from tuneplay.errors import LedgerError
from tuneplay.judge.outcome import (
    OUT_OF_MEMORY,
    describe_exit,
    ended_from_outside,
    says_storage_is_full,
)
from tuneplay.launch.base import exit_is_torn, has_begun
from tuneplay.metrics.follow import tail

#: Why a trial that a full disk broke gets another attempt.
NO_SPACE = "no space left on a disk"


def broken_from_outside(attempt: Attempt, outcome: Outcome, code: int | None, round_: Round) -> str:
    """Why an ended attempt says nothing about its configuration, in words; empty when it does.

    It was killed, it vanished, or it had no room to write to; and it had not run out of an
    accelerator's memory before. One that had diverged so far is tried again as well: it might have
    recovered, and what is recorded must not depend on when a machine went down.
    """
    if attempt.stopped or code in round_.infeasible.exit_codes:
        return ""
    if outcome.reason == OUT_OF_MEMORY:
        return ""
    if ended_from_outside(code):
        return describe_exit(code)
    if attempt.cut_short(code, round_.epochs):
        return TERMINATED
    if attempt.has_done_all(code, round_.epochs):
        return ""
    logs = (tail(attempt.folder.stderr), tail(attempt.folder.stdout))
    return NO_SPACE if says_storage_is_full(code, *logs) else ""


def check_written(folder: AttemptFolder, code: int | None, wrapper_code: int | None) -> None:
    """See whether the wrapper of an attempt that ended by itself could write its files.

    Args:
        folder: The attempt's folder.
        code: The exit code in its `exit` file; None if there is none.
        wrapper_code: The exit code of the wrapper itself; None when it is not known.

    Raises:
        LedgerError: It could not: what the trial itself wrote is then no evidence either. One that
            was killed, before or after its begin, is another matter.
    """
    if code is not None or (wrapper_code is None and not exit_is_torn(folder)):
        return
    if not os.path.isdir(folder.root):
        raise LedgerError(
            f"{folder.root}: the trial's folder is gone: its program, or somebody, deleted it",
            "What it measured is gone as well. Let the program empty no folder but "
            "{checkpoint_dir}; the same command then goes on where it was.",
        )
    if not has_begun(folder):
        raise storage_full(folder, "the trial could not begin: its folder cannot be written")
    raise storage_full(folder, "no space left for the trial's exit code")


def storage_full(folder: AttemptFolder, what: str) -> LedgerError:
    """The error for an attempt that a full disk broke."""
    return LedgerError(
        f"{folder.root}: {what}",
        "Nothing recorded is lost and running trials go on. Free space or mend the rights, then "
        "the same command goes on where it was.",
    )
