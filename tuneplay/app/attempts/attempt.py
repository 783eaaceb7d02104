"""One attempt: following it while it lives, and why it was ended."""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tuneplay.domain.folder import AttemptFolder
from tuneplay.domain.trial import Cause
from tuneplay.judge.ending import Limit
from tuneplay.ledger.earlier_format import limit_in
from tuneplay.ledger.events import Intent
from tuneplay.metrics.collect import Collector

#: Bytes of a trial's output that are read in one go. One that floods its log is read in pieces,
#: between which the coordinator sees to the others: 1 ms at best, 40 ms if all are measurements.
STEP = 1 << 20


@dataclass(slots=True)
class Attempt:
    """A living attempt.

    Attributes:
        intent: What it trains.
        folder: Where it writes.
        metric: The objective, which it measures.
        share: The GPUs of the slot that it holds; None when it holds none, because there are
            fewer slots than when it was started.
        collector: What it has measured so far.
        began: Monotonic time of its start.
        news: Monotonic time of its last measurement that was seen; before the first, of its start,
            or of being taken back.
        limit: The limit for which tuneplay ended it; None when it did not.
        kill_at: Monotonic time at which TERM becomes KILL; None before TERM.
        interrupted: Whether it was stopped on request; then it starts again later.
        ended: Monotonic time of its end, as far as it was seen; None before.
        submitted: Whether the ledger says that it was submitted.
        watched: Whether a coordinator lived when it ended.
        lasted: Seconds that an attempt which nobody watched took; None when that is not known.
    """

    intent: Intent
    folder: AttemptFolder
    metric: str
    share: tuple[str, ...] | None
    collector: Collector = field(init=False)
    began: float = field(default_factory=time.monotonic)
    news: float = field(init=False)
    limit: Limit | None = None
    kill_at: float | None = None
    interrupted: bool = False
    ended: float | None = None
    submitted: bool = True
    watched: bool = True
    lasted: float | None = None

    def __post_init__(self) -> None:
        self.collector = Collector(self.folder, self.metric)
        self.news = self.began

    @property
    def has_measured(self) -> bool:
        """Whether it has reported the objective."""
        return self.metric in self.collector.names

    @property
    def key(self) -> str:
        """Our key of the attempt."""
        return f"{self.intent.trial}.{self.intent.attempt}"

    def follow(self) -> None:
        """Read what was measured since, up to a bound; `collector.behind` says whether there is more."""
        if self.collector.read(most=STEP):
            self.news = time.monotonic()

    def read_to_end(self, most: int | None = STEP) -> bool:
        """Read what is left of an attempt that has ended, up to a bound; whether that was all."""
        self.collector.read(end=True, most=most)
        return not self.collector.behind

    @property
    def seconds(self) -> float:
        """How long it has lived."""
        return (time.monotonic() if self.ended is None else self.ended) - self.began

    def mark_stopping(self) -> None:
        """Write into the folder that it is about to be ended, and why; nothing for on request.

        A program may answer TERM with exit code 0: whoever reads the folder later, after a crash
        of this coordinator, must not take that for an ended training.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with contextlib.suppress(OSError):
            fd = os.open(self.folder.stopping, flags, 0o644)
            with open(fd, "w", encoding="utf-8") as file:
                file.write("" if self.limit is None else json.dumps(asdict(self.limit)))

    def read_stopping(self) -> None:
        """Take over what an earlier coordinator left with `mark_stopping`."""
        with contextlib.suppress(OSError):
            text = Path(self.folder.stopping).read_text(encoding="utf-8", errors="replace")
            self.limit = _limit_in(text)
            self.interrupted = self.limit is None


def _limit_in(text: str) -> Limit | None:
    """The limit in a `stopping` file; None for on request, or for what was torn."""
    try:
        data = json.loads(text)
        return Limit(Cause(data["cause"]), float(data["seconds"]), data["epoch"])
    except (ValueError, KeyError, TypeError):
        return limit_in(text)
