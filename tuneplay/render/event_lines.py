"""A running round as plain lines, one for each event: for logs, pipes and CI."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from tuneplay.domain.progress import Progress
from tuneplay.domain.trial import Trial, TrialId
from tuneplay.words.numbers import count, number
from tuneplay.words.text import duration, one_line


class LineView:
    """Prints one line for each event, without buffering."""

    interval: float | None = None

    def __init__(self, out: TextIO) -> None:
        self._out: TextIO | None = out

    def opened(self, progress: Progress, workdir: str) -> None:
        """Say what starts or continues."""
        verb = "continues" if progress.ended or progress.running else "starts"
        slots = count(progress.slots, "slot")
        self._print(f"{progress.name} {verb}: {progress.goal}")
        left = f", about {duration(progress.seconds_left)} left" if progress.seconds_left else ""
        done = f"{progress.ended} of {count(progress.planned, 'trial')} done"
        self._print(f"{done}, {slots}{left}, in {workdir}")

    def started(self, trial: TrialId, attempt: int, *, resumed: bool) -> None:
        """Say that an attempt was started, or found running."""
        again = f" (attempt {attempt})" if attempt > 1 else ""
        self._print(f"{'found' if resumed else 'started'} {trial}{again}")

    def ended(self, trial: Trial, progress: Callable[[], Progress]) -> None:
        """Say how a trial ended, and how far the round is."""
        now = progress()
        left = f", {duration(now.seconds_left)} left" if now.seconds_left else ""
        self._print(
            f"[{now.ended}/{now.planned}] {trial.id} {describe(trial, now.objective.metric)}"
            f" ({duration(trial.seconds)}{left})"
        )

    def remark(self, text: str) -> None:
        """Print a line."""
        self._print(text)

    def tick(self, progress: Callable[[], Progress]) -> None:
        """Nothing to draw."""

    def close(self) -> None:
        """Nothing to restore."""

    def _print(self, text: str) -> None:
        if self._out is None:
            return
        try:
            print(one_line(text), file=self._out, flush=True)
        except OSError:
            self._out = None  # the reader has left; the training continues


def describe(trial: Trial, metric: str) -> str:
    """How a trial ended: `feasible: val_error 0.0312 at epoch 18`."""
    outcome = trial.outcome
    if trial.feasible:
        return f"{outcome.state}: {metric} {number(outcome.value)} at epoch {outcome.best_epoch}"
    return f"{outcome.state}: {outcome.reason}"
