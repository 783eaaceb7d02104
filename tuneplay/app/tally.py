"""Counting trials as they end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tuneplay.domain.progress import StudyProgress
from tuneplay.domain.round import Round
from tuneplay.domain.trial import State, Trial, TrialId


class Tally:
    """The ended trials of the search, counted by study."""

    def __init__(self, round_: Round, trials: Iterable[Trial] = ()) -> None:
        self._direction = round_.objective.direction
        self._studies = {s.key: StudyProgress(s.key, round_.trials) for s in round_.studies}
        for trial in trials:
            self.add(trial)

    def add(self, trial: Trial) -> None:
        """Count one more trial; reruns do not count."""
        if trial.id.rerun:
            return
        now = self._studies[trial.id.study]
        if trial.outcome.state is State.INFEASIBLE:
            now = replace(now, infeasible=now.infeasible + 1)
        elif trial.outcome.state is State.FAILED:
            now = replace(now, failed=now.failed + 1)
        else:
            now = replace(now, feasible=now.feasible + 1)
            value = trial.outcome.value
            if value is not None and (now.best is None or self._direction.better(value, now.best)):
                now = replace(now, best=value, best_trial=trial.id)
        self._studies[trial.id.study] = now

    def withdraw(self, trial: TrialId) -> None:
        """Take back a failed trial."""
        now = self._studies[trial.study]
        self._studies[trial.study] = replace(now, failed=now.failed - 1)

    def studies(self, running: Iterable[TrialId] = ()) -> tuple[StudyProgress, ...]:
        """Progress of each study, in the order of the spec."""
        live = [trial.study for trial in running]
        return tuple(replace(s, running=live.count(s.key)) for s in self._studies.values())
