"""How a running round is shown: the interface that the terminal's views implement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tuneplay.domain.progress import Progress
from tuneplay.domain.trial import Trial, TrialId


class Observer(Protocol):
    """Sees a round while it runs. Every call comes from the coordinator's thread."""

    #: Seconds between two calls of `tick`; None for a view that shows events alone.
    interval: float | None

    def opened(self, progress: Progress, workdir: str) -> None:
        """The round is about to run, or to go on."""

    def started(self, trial: TrialId, attempt: int, *, resumed: bool) -> None:
        """An attempt was started, or found alive."""

    def ended(self, trial: Trial, progress: Callable[[], Progress]) -> None:
        """A trial has ended and is in the ledger."""

    def remark(self, text: str) -> None:
        """Something worth a line."""

    def tick(self, progress: Callable[[], Progress]) -> None:
        """Time to draw."""

    def close(self) -> None:
        """The round is no longer running; leave the terminal as it was found."""
