"""Keeping logs below `resources: {max_log}`: their middle is dropped, never their end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from tuneplay.app.attempts.attempt import Attempt
from tuneplay.domain.folder import AttemptFolder
from tuneplay.metrics.holes import CannotPunchError, cut, make_hole, punch

#: How often the logs of living trials are looked at, in seconds: a disk fills up in minutes.
LOOK_SECONDS = 1.0


class LogCap:
    """Holds standard output and error of each attempt below a limit.

    While an attempt lives, the middle of its logs is given back to the file system by a hole, which
    its writer does not notice. What was measured there is saved next to the log first. After its
    end the logs are written again, without the hole.
    """

    def __init__(self, limit: int | None, remark: Callable[[str], None]) -> None:
        """Start to look.

        Args:
            limit: Bytes that each log may have; None for any number.
            remark: Says something to the user.
        """
        self._limit = limit
        self._remark = remark
        self._next = 0.0
        self._punches = True

    @property
    def interval(self) -> float | None:
        """Seconds between two looks; None when there is no limit."""
        return None if self._limit is None else LOOK_SECONDS

    def look(self, attempts: Iterable[Attempt]) -> None:
        """Hold the logs of living attempts below the limit, if it is time to look."""
        now = time.monotonic()
        if self._limit is None or not self._punches or now < self._next:
            return
        self._next = now + LOOK_SECONDS
        try:
            for attempt in attempts:
                self._hold(attempt, self._limit)
        except CannotPunchError:
            self._punches = False
            self._remark("max_log: this file system cannot shorten a log that is being written; "
                         "logs are shortened when their trial has ended")  # fmt: skip
        except OSError:
            return  # no space for what has to be saved: nothing is dropped

    def end(self, folder: AttemptFolder) -> None:
        """Shorten the logs of an attempt whose end is in the ledger."""
        if self._limit is None:
            return
        for path in (folder.stdout, folder.stderr):
            try:
                cut(path, self._limit)
            except OSError:
                continue  # it is gone, or there is no space: the log stays as it is

    def _hold(self, attempt: Attempt, limit: int) -> None:
        folder, collector = attempt.folder, attempt.collector
        hole = punch(folder.stdout, limit, collector.passed)
        if hole is not None:
            collector.keep()
            make_hole(folder.stdout, *hole)
        hole = punch(folder.stderr, limit, None)
        if hole is not None:
            make_hole(folder.stderr, *hole)
