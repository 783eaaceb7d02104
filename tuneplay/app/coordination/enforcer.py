"""Ending attempts: those over their time, and all of them when that was asked for."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from tuneplay.app.attempts.attempt import Attempt
from tuneplay.app.coordination.stop import Stop
from tuneplay.domain.round import Resources
from tuneplay.domain.trial import Cause
from tuneplay.judge.ending import Limit
from tuneplay.launch.base import Launcher

#: Seconds from TERM to KILL: time to write a checkpoint. Slurm's KillWait is 30 by default, but
#: here somebody waits at the keyboard.
GRACE_SECONDS = 10.0

#: Seconds between two KILLs, for a process that the kernel cannot end yet.
_AGAIN_SECONDS = 1.0


class Enforcer:
    """Sends TERM, and KILL after a time of grace, always to the entire process group."""

    def __init__(self, resources: Resources, launcher: Launcher) -> None:
        self._limits = resources
        self._launcher = launcher

    def apply(self, running: Mapping[str, Attempt], level: Stop, *, broken: bool) -> None:
        """End what must end.

        Args:
            running: The living attempts by key.
            level: How far stopping was asked for.
            broken: Whether the train command proved broken.
        """
        now = time.monotonic()
        everything = broken or level in (Stop.TERMINATE, Stop.KILL)
        for key, attempt in running.items():
            if everything:
                attempt.interrupted = attempt.interrupted or attempt.limit is None
            else:
                attempt.limit = attempt.limit or self._overdue(attempt, now)
            ends = everything or attempt.limit is not None or attempt.interrupted
            if ends and attempt.kill_at is None:
                attempt.kill_at = now + GRACE_SECONDS
                attempt.mark_stopping()
                self._launcher.cancel(key, kill=False)
            if attempt.kill_at is not None and (level is Stop.KILL or now >= attempt.kill_at):
                attempt.kill_at = now + _AGAIN_SECONDS
                self._launcher.cancel(key, kill=True)

    def patience(self, running: Iterable[Attempt]) -> float | None:
        """Seconds until something may have to be ended; None for never."""
        now = time.monotonic()
        until: list[float] = []
        for attempt in running:
            if attempt.kill_at is not None:
                until.append(attempt.kill_at - now)
            elif self._limits.timeout is not None:
                until.append(attempt.began + self._limits.timeout - now)
        if self._limits.stall_timeout is not None:
            until.append(min(1.0, self._limits.stall_timeout / 4))
        return max(0.0, min(until)) if until else None

    def _overdue(self, attempt: Attempt, now: float) -> Limit | None:
        limits = self._limits
        if limits.timeout is not None and now - attempt.began >= limits.timeout:
            return Limit(Cause.TIMEOUT, limits.timeout)
        # What is not read yet may be the very measurement that is missed.
        stalled = limits.stall_timeout is not None and now - attempt.news >= limits.stall_timeout
        if stalled and not attempt.collector.behind:
            return Limit(Cause.STALLED, now - attempt.news, attempt.collector.last_epoch)
        return None
