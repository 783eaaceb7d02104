"""Errors that a user can cause, and their exit codes.

Each of them is a `TuneplayError`. It says what is wrong and where, says what to do next, and has
the documented exit code. Anything else that is raised is a defect of tuneplay.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every tuneplay command (documented in docs/exit-codes.md)."""

    DONE = 0
    INTERNAL = 1
    USAGE = 2
    BUDGET_UNMET = 3
    FINDING = 4
    LEDGER = 5
    BUSY = 6
    CANNOT_START = 7
    HANGUP = 129
    INTERRUPTED = 130
    TERMINATED = 143


class TuneplayError(Exception):
    """An error that the user can fix.

    Attributes:
        message: What is wrong, and where.
        hint: What to do next; empty when the message says it already.
        exit_code: Exit code of the command that stops because of it.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(TuneplayError):
    """An argument of a command is wrong; nothing was started."""


class SpecError(TuneplayError):
    """The spec cannot be carried out; nothing was started. The message lists every problem."""


class SpecChangedError(TuneplayError):
    """The spec was edited after the round started, in a way that changes what is measured."""


class LedgerError(TuneplayError):
    """The ledger is damaged, or cannot be written (storage full, read-only)."""

    exit_code = ExitCode.LEDGER


class BusyError(TuneplayError):
    """Another coordinator is live on this round."""

    exit_code = ExitCode.BUSY


class CannotStartError(TuneplayError):
    """The train command or the launcher cannot start, or every trial fails."""

    exit_code = ExitCode.CANNOT_START
