"""What is known of an attempt that has ended, for `judge/ending.py` to decide on."""

from __future__ import annotations

import os
from dataclasses import replace

from tuneplay.app.attempts.attempt import Attempt
from tuneplay.domain.folder import AttemptFolder
from tuneplay.domain.trial import Cause
from tuneplay.errors import LedgerError
from tuneplay.judge.ending import Decision, Ending, What
from tuneplay.launch.base import read_traces
from tuneplay.metrics.follow import tail
from tuneplay.metrics.holes import was_cut


def read_ending(attempt: Attempt, wrapper_code: int | None, epochs: int) -> Ending:
    """What is known of an attempt that has ended; each file of its folder is read once.

    Args:
        attempt: The attempt; its measurements were read to the end.
        wrapper_code: The exit code of its wrapper; None when it is not known.
        epochs: Epochs that it was to train.
    """
    folder, seen = attempt.folder, attempt.collector
    traces = read_traces(folder)
    ending = Ending(
        exit_file=traces.exit_code,
        exit_torn=traces.exit_torn,
        wrapper_code=wrapper_code,
        curves=seen.curves(),
        names=seen.names,
        nulls=seen.nulls,
        last_epoch=seen.last_epoch,
        limit=attempt.limit,
        interrupted=attempt.interrupted,
        signalled=attempt.kill_at is not None,
        terminated=traces.terminated,
        began=traces.began,
        submitted=attempt.submitted,
        watched=attempt.watched,
        folder_gone=traces.exit_code is None and not os.path.isdir(folder.root),
        log_cut=not attempt.watched and _is_log_cut(folder),
    )
    if ending.did_all(epochs):
        return ending  # whatever its logs say, it got over it
    return replace(ending, log_tail=f"{tail(folder.stderr)}\n{tail(folder.stdout)}")


def _is_log_cut(folder: AttemptFolder) -> bool:
    """Whether a log was shortened and no metrics file holds what it said.

    Logs are shortened (`max_log`) once the ledger has what they said. A ledger that was damaged
    may have lost it since.
    """
    return was_cut(folder.stdout) and not _has_metrics_file(folder)


def _has_metrics_file(folder: AttemptFolder) -> bool:
    try:
        return os.path.getsize(folder.metrics) > 0
    except OSError:
        return False


def unusable(folder: AttemptFolder, decision: Decision) -> LedgerError:
    """The error for an attempt that is not evidence though a coordinator saw it end.

    Its wrapper could not write its files, so what the trial itself wrote is not evidence either.
    """
    if decision.why is Cause.FOLDER_GONE:
        return LedgerError(
            f"{folder.root}: the trial's folder is gone: its program, or somebody, deleted it",
            "What it measured is gone as well. A program may empty {checkpoint_dir}, and no other "
            "folder; fix that, then the same command goes on.",
        )
    if decision.what is What.NEVER_BEGAN:
        return storage_full(folder, "the trial could not begin: its folder cannot be written")
    return storage_full(folder, "no space left for the trial's exit code")


def storage_full(folder: AttemptFolder, what: str) -> LedgerError:
    """The error for an attempt that a full disk broke."""
    return LedgerError(
        f"{folder.root}: {what}",
        "Nothing recorded is lost, and running trials go on. Free space or fix the file "
        "permissions, then the same command goes on.",
    )
