"""One attempt: following it while it lives, and what is known of it when it has ended."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from tuneplay.domain.folder import AttemptFolder
from tuneplay.launch.base import was_emptied, was_terminated
from tuneplay.ledger.events import Intent
from tuneplay.metrics.collect import Collector

#: Bytes of a trial's output that are read in one go. One that floods its log is read in pieces,
#: between which the coordinator sees to the others: 1 ms at best, 40 ms if all are measurements.
STEP = 1 << 20

#: Why a trial that somebody else ended, and that left as if nothing was amiss, is no result.
TERMINATED = "killed by SIGTERM from outside"

#: What befell an attempt whose program emptied the folder that it was given.
EMPTIED = (
    "its folder was emptied while it trained, so that what it had printed is lost; a program may "
    "empty {checkpoint_dir}, but not {trial_dir}"
)

#: Characters of one remark on a trial's output, in the ledger.
MAX_REMARK = 300


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
        stopped: Empty, or why tuneplay ended it.
        kill_at: Monotonic time at which TERM becomes KILL; None before TERM.
        interrupted: Whether it was stopped on request, so that it will be begun anew.
        ended: Monotonic time of its end, as far as it was seen; None before.
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
    stopped: str = ""
    kill_at: float | None = None
    interrupted: bool = False
    ended: float | None = None
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
        """Read what was measured since, up to a bound; `collector.behind` tells of more."""
        if self.collector.read(most=STEP):
            self.news = time.monotonic()

    def read_to_end(self, most: int | None = STEP) -> bool:
        """Read what is left of an attempt that has ended, up to a bound; whether that was all."""
        self.collector.read(end=True, most=most)
        return not self.collector.behind

    def has_done_all(self, code: int | None, epochs: int) -> bool:
        """Whether it did all its epochs, which a program counts from 0 or from 1.

        Many programs answer TERM by saving and leaving with exit code 0: that alone is no ending.
        """
        last = self.collector.last_epoch
        if code != 0 or last is None:
            return False
        return last >= epochs or len(self.collector.curves().epochs) >= epochs

    def cut_short(self, code: int | None, epochs: int) -> bool:
        """Whether it was sent TERM from outside, and left with exit code 0 before its last epoch."""
        ours = self.stopped or self.interrupted or self.kill_at is not None
        return (
            code == 0
            and not ours
            and was_terminated(self.folder)
            and not self.has_done_all(code, epochs)
        )

    @property
    def seconds(self) -> float:
        """How long it has lived."""
        return (time.monotonic() if self.ended is None else self.ended) - self.began

    @property
    def happened(self) -> tuple[str, ...]:
        """What befell its files, in words; it has ended."""
        emptied = (EMPTIED,) if was_emptied(self.folder) else ()
        return (*emptied, *self.collector.happened)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was odd about its output: the first bad lines, and what befell its files."""
        said = (*self.happened, *self.collector.bad_lines[1])
        return tuple(line[:MAX_REMARK] for line in said)

    def mark_stopping(self) -> None:
        """Leave word in the folder that it is about to be ended, and why.

        A program may answer TERM with exit code 0: whoever reads the folder later, after a crash
        of this coordinator, must not take that for an ended training.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with contextlib.suppress(OSError):
            fd = os.open(self.folder.stopping, flags, 0o644)
            with open(fd, "w", encoding="utf-8") as file:
                file.write(self.stopped)

    def read_stopping(self) -> None:
        """Take over what an earlier coordinator left with `mark_stopping`."""
        with contextlib.suppress(OSError):
            self.stopped = Path(self.folder.stopping).read_text(encoding="utf-8")
            self.interrupted = not self.stopped
