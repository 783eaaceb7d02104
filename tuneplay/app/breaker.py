"""The circuit breaker: a broken train command must not use up a round's budget."""

from __future__ import annotations

from collections.abc import Collection

from tuneplay.domain.trial import State, Trial, TrialId

#: So many trials in a row that failed without a single measurement open the breaker. One may be
#: bad luck and two a bad configuration.
FAILURES_IN_A_ROW = 3

#: What a shell answers for a program that is not executable or not there (POSIX, 2.8.2).
_CANNOT_EXECUTE = (126, 127)


class Breaker:
    """Counts trials that failed before they measured anything."""

    def __init__(self) -> None:
        self._streak: dict[TrialId, Trial] = {}

    def see(self, trial: Trial) -> None:
        """Take an ended trial into account."""
        measured = bool(trial.curves.epochs)
        if trial.outcome.state is State.FAILED and not measured:
            self._streak[trial.id] = trial
        else:
            self._streak.clear()

    def is_open(self, exit_code: int | None, running: Collection[tuple[TrialId, bool]]) -> bool:
        """Whether the round should stop.

        Args:
            exit_code: Exit code of the trial that ended last.
            running: The trials that run, and whether each has measured anything.

        Returns:
            True when the command could not even be executed, or after `FAILURES_IN_A_ROW`. One
            broken scientific value is not a broken command: a study that has not failed and is
            running keeps the breaker closed, and so does any trial that measures.
        """
        enough = 1 if exit_code in _CANNOT_EXECUTE else FAILURES_IN_A_ROW
        failed = {trial.study for trial in self._streak}
        hope = any(measured or trial.study not in failed for trial, measured in running)
        return len(self._streak) >= enough and not hope

    @property
    def streak(self) -> list[Trial]:
        """The trials that failed in a row, first one first."""
        return list(self._streak.values())
