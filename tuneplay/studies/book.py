"""The Optuna studies of a round, rebuilt from its trials."""

from __future__ import annotations

from collections.abc import Mapping

import optuna
from optuna.trial import FrozenTrial, TrialState, create_trial

from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.round import Round, Study
from tuneplay.domain.trial import Outcome, State, TrialId
from tuneplay.studies.sampler import PlanSampler
from tuneplay.studies.space import distributions, from_optuna, to_optuna

_STATES = {
    State.FEASIBLE: TrialState.COMPLETE,
    # To TPE a pruned trial without a value is worse than every complete one, as an infeasible
    # configuration is. A failed trial is ignored: it is not evidence.
    State.INFEASIBLE: TrialState.PRUNED,
    State.FAILED: TrialState.FAIL,
}

#: Trials that were started: their hyperparameters, and how they ended (None while they run).
Started = Mapping[TrialId, tuple[Mapping[str, Scalar], Outcome | None]]


class StudyBook:
    """One `optuna.Study` for each scientific configuration.

    Trial numbers are those of the plan. Only a repaired ledger may have lost trials: then the trials
    after a lost one have moved up, and its replacement comes last.
    """

    def __init__(self, round_: Round, started: Started) -> None:
        """Open the studies.

        Args:
            round_: The round.
            started: Every trial of the search that was started so far; reruns are left out.
        """
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._round = round_
        self._samplers = {study.key: PlanSampler(round_, study) for study in round_.studies}
        self._numbers: dict[TrialId, int] = {}
        self._studies = {study.key: self._open(study, started) for study in round_.studies}

    def study(self, key: str) -> optuna.Study:
        """The Optuna study with this key."""
        return self._studies[key]

    def ask(self, trial: TrialId) -> dict[str, Scalar]:
        """Nuisance values of a new trial; trials of a study are asked for in the plan's order."""
        if trial in self._numbers:
            raise AssertionError(f"{trial} was asked for twice")
        study = self._round.study(trial.study)
        self._samplers[trial.study].planned = trial.number
        asked = self._studies[trial.study].ask(distributions(study))
        self._numbers[trial] = asked.number
        return from_optuna(study, asked.params)

    def tell(self, trial: TrialId, outcome: Outcome) -> None:
        """Record how a trial ended. A second call changes nothing."""
        self._studies[trial.study].tell(
            self._numbers[trial],
            outcome.value if outcome.state is State.FEASIBLE else None,
            state=_STATES[outcome.state],
            skip_if_finished=True,
        )

    def _open(self, study: Study, started: Started) -> optuna.Study:
        direction = self._round.objective.direction
        opened = optuna.create_study(
            direction="minimize" if direction is Direction.MINIMIZE else "maximize",
            sampler=self._samplers[study.key],
            study_name=f"{self._round.name}/{study.key}",
        )
        mine = sorted(id_ for id_ in started if id_.study == study.key and not id_.rerun)
        self._numbers |= {id_: number for number, id_ in enumerate(mine)}
        opened.add_trials(_frozen(study, *started[id_]) for id_ in mine)
        return opened


def _frozen(study: Study, values: Mapping[str, Scalar], outcome: Outcome | None) -> FrozenTrial:
    feasible = outcome is not None and outcome.state is State.FEASIBLE
    return create_trial(
        state=TrialState.RUNNING if outcome is None else _STATES[outcome.state],
        value=outcome.value if outcome is not None and feasible else None,
        params=to_optuna(study, values),
        distributions=distributions(study),
    )
