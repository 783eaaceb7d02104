"""Looking at living attempts: what they measured, how large their logs are, and drawing them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from tuneplay.app.attempts.attempt import Attempt
from tuneplay.app.attempts.log_cap import LogCap
from tuneplay.app.coordination.observer import Observer
from tuneplay.domain.progress import Progress
from tuneplay.domain.round import Resources


class Watch:
    """Looks at the living attempts as often as somebody needs it, and no more."""

    def __init__(self, resources: Resources, observer: Observer) -> None:
        self._observer = observer
        self.logs = LogCap(resources.max_log, observer.remark)
        self._intervals = [s for s in (observer.interval, self.logs.interval) if s is not None]
        # Where nobody looks at living trials they are read when they have ended.
        self._follows = bool(self._intervals) or resources.stall_timeout is not None
        self._drawn = 0.0

    def look(self, running: Collection[Attempt], progress: Callable[[], Progress]) -> None:
        """Read what is new, shorten logs, and draw if it is time for that."""
        if self._follows:
            for attempt in running:
                attempt.follow()
        self.logs.look(running)
        interval = self._observer.interval
        if interval is not None and time.monotonic() - self._drawn >= interval:
            self._drawn = time.monotonic()
            self._observer.tick(progress)

    def patience(self, running: Collection[Attempt]) -> float | None:
        """Seconds until the next look; None when nobody looks."""
        if any(attempt.collector.behind for attempt in running):
            return 0.0
        return min(self._intervals, default=None)
