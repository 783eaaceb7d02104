"""The circuit breaker: a broken train command must not use up a round's budget."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tuneplay.domain.trial import State, Trial, TrialId

#: This many trials in a row that failed without measuring the objective open the breaker. One may be
#: bad luck and two a bad configuration.
FAILURES_IN_A_ROW = 3

#: ... and this many when some trial of the round has measured the objective: then the command is not
#: broken, but the machine may be by now.
FAILURES_AFTER_SUCCESS = 10


class Breaker:
    """Counts trials that failed without measuring the objective."""

    def __init__(self, metric: str, ended: Iterable[Trial]) -> None:
        """Start to count.

        Args:
            metric: The objective.
            ended: Trials that ended before.
        """
        self._metric = metric
        self._streak: dict[TrialId, Trial] = {}
        self._has_worked = any(metric in trial.curves.metrics for trial in ended)

    def see(self, trial: Trial) -> None:
        """Take an ended trial into account."""
        measured = self._metric in trial.curves.metrics
        if trial.outcome.state is State.FAILED and not measured:
            self._streak[trial.id] = trial
        else:
            self._streak.clear()
            self._has_worked = self._has_worked or measured

    def is_open(self, running: Collection[tuple[TrialId, bool]], *, cannot_execute: bool) -> bool:
        """Whether the round should stop.

        Args:
            running: The trials that run, and whether each has measured the objective.
            cannot_execute: Whether the command of the trial that ended last could not even be
                executed.

        Returns:
            True after one such trial, or after `FAILURES_IN_A_ROW` (after `FAILURES_AFTER_SUCCESS`
            in a round that has worked). One broken scientific value is not a broken command: a
            study that has not failed and is running keeps the breaker closed, and so does any
            trial that measures.
        """
        enough = 1 if cannot_execute else FAILURES_IN_A_ROW
        if self._has_worked:
            enough = FAILURES_AFTER_SUCCESS
        failed = {trial.study for trial in self._streak}
        hope = any(measured or trial.study not in failed for trial, measured in running)
        return len(self._streak) >= enough and not hope

    @property
    def streak(self) -> list[Trial]:
        """The trials that failed in a row, first one first."""
        return list(self._streak.values())
