"""Counting trials as they end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

from tuneplay.domain.progress import StudyProgress
from tuneplay.domain.round import Round
from tuneplay.domain.trial import State, Trial, TrialId


class Tally:
    """Ended trials, counted by study: those of the search, or a set of reruns."""

    def __init__(
        self,
        round_: Round,
        trials: Iterable[Trial] = (),
        reruns: Collection[TrialId] | None = None,
    ) -> None:
        """Start to count.

        Args:
            round_: The round.
            trials: The trials that have ended so far.
            reruns: The reruns to count; None for the trials of the search.
        """
        self._direction = round_.objective.direction
        self._reruns = reruns
        planned = Counter(trial.study for trial in reruns) if reruns is not None else None
        self._studies = {
            study.key: StudyProgress(
                study.key, round_.trials if planned is None else planned[study.key]
            )
            for study in round_.studies
            if planned is None or planned[study.key]
        }
        for trial in trials:
            self.add(trial)

    def add(self, trial: Trial) -> None:
        """Count one more trial, unless it is of the other kind."""
        if trial.id.rerun if self._reruns is None else trial.id not in self._reruns:
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
        now = self._studies.get(trial.study)
        if now is not None:
            self._studies[trial.study] = replace(now, failed=now.failed - 1)

    def studies(self, running: Iterable[TrialId] = ()) -> tuple[StudyProgress, ...]:
        """Progress of each study, in the order of the spec."""
        live = Counter(trial.study for trial in running)
        return tuple(
            replace(s, running=live[s.key]) if s.key in live else s for s in self._studies.values()
        )
