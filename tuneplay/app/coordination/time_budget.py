"""`budget: {hours: 12}`: a round that ends in time, with as many trials in every study."""

from __future__ import annotations

import time
from collections.abc import Collection

from tuneplay.domain.round import Round
from tuneplay.domain.trial import TrialId


class TimeBudget:
    """Says whether there is time to start a trial.

    Studies take turns. A turn starts only when all of it should end in time, judging by the longest
    of the trials that ended lately. A turn that has started is completed, so all studies have had
    the same number of trials when the time is over. Before anything has ended nothing is known, and
    the first turn starts.
    """

    def __init__(self, round_: Round, slots: int) -> None:
        """Start the clock.

        Args:
            round_: The round.
            slots: Trials at the same time.
        """
        seconds = round_.budget
        self._hours = None if seconds is None else seconds / 3600
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._waves = -(-len(round_.studies) // slots)
        self._turn: tuple[int, int] | None = None
        self.spent = False

    def allows(self, trial: TrialId, durations: Collection[float], running: int) -> bool:
        """Whether a trial may start now.

        Args:
            trial: The trial that is next.
            durations: Seconds of trials that ended lately.
            running: Trials that are under way.
        """
        if self._deadline is None or self.spent:
            return not self.spent
        turn = (trial.number, trial.rerun)
        if turn != self._turn:
            waves = self._waves + (1 if running else 0)
            needed = waves * max(durations, default=0.0)
            over = time.monotonic() >= self._deadline
            self.spent = over or time.monotonic() + needed > self._deadline
        self._turn = turn
        return not self.spent

    @property
    def words(self) -> str:
        """What is said when the time is over."""
        return f"no further trial fits into the budget of {self._hours:g} hours"
