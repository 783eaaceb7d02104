"""Stopping on request: Ctrl-C once, twice, three times, and the other signals."""

from __future__ import annotations

import os
import signal
from enum import IntEnum
from types import FrameType
from typing import Any, Self

from tuneplay.errors import ExitCode


class Stop(IntEnum):
    """How far stopping has been asked for."""

    NO = 0
    DRAIN = 1
    TERMINATE = 2
    KILL = 3
    LEAVE = 4


_EXIT_CODES = {
    signal.SIGINT: ExitCode.INTERRUPTED,
    signal.SIGTERM: ExitCode.TERMINATED,
    signal.SIGHUP: ExitCode.HANGUP,
}


class StopRequests:
    """Turns signals into a level, and wakes whoever waits on `wake`.

    The first SIGINT lets running trials finish, the second ends them, the third kills them.
    SIGTERM ends them at once. SIGHUP (the terminal is gone) leaves them running, for they do not
    need us. A signal that was ignored when we started stays ignored: SIGHUP under nohup, SIGINT in
    the background of a script, where Ctrl-C is meant for the script.
    """

    def __init__(self) -> None:
        self.level = Stop.NO
        self.exit_code = ExitCode.DONE
        self._reader, self._writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._before: dict[int, Any] = {}

    @property
    def wake(self) -> int:
        """File descriptor that becomes readable on a signal."""
        return self._reader

    def __enter__(self) -> Self:
        """Start to listen."""
        for number in _EXIT_CODES:
            before = signal.getsignal(number)
            if before != signal.SIG_IGN:
                self._before[number] = before
                signal.signal(number, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        """Restore the signals as they were."""
        for number, before in self._before.items():
            signal.signal(number, before)
        os.close(self._reader)
        os.close(self._writer)

    def drain_wake(self) -> None:
        """Forget the wake-ups so far."""
        try:
            while os.read(self._reader, 64):
                continue
        except BlockingIOError:
            return

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self.level = Stop.LEAVE
        elif number == signal.SIGTERM:
            self.level = max(self.level, Stop.TERMINATE)
        elif self.level < Stop.KILL:
            self.level = Stop(self.level + 1)
        self.exit_code = _EXIT_CODES[signal.Signals(number)]
        try:
            os.write(self._writer, b"!")
        except BlockingIOError:
            return  # the pipe is full of wake-ups already
