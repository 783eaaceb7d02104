"""The plan as an Optuna sampler, and the Bayesian sampler of exploitation."""

from __future__ import annotations

import hashlib
from typing import Any

from optuna import Study as OptunaStudy
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, TPESampler
from optuna.trial import FrozenTrial

from tuneplay.domain.round import Round, Study
from tuneplay.search.halton import point
from tuneplay.search.plan import planned_units, values_at
from tuneplay.studies.space import distributions, to_optuna

#: TPE's candidates for each suggestion: Optuna's own value since its first version.
_EI_CANDIDATES = 24


class PlanSampler(BaseSampler):
    """Hands out the plan's points; beyond the plan it asks TPE.

    TPE models all hyperparameters jointly. As long as no trial of the study was usable it has
    nothing to learn from, and the search continues along the plan's sequence.

    Attributes:
        planned: The plan's number for the next trial; None to use its number in the study.
    """

    def __init__(self, round_: Round, study: Study) -> None:
        self._round = round_
        self._study = study
        self.planned: int | None = None

    def infer_relative_search_space(
        self, study: OptunaStudy, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """The entire space: the spec states it, so it is never guessed from earlier trials."""
        return distributions(self._study)

    def sample_relative(
        self, study: OptunaStudy, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """The point of this trial."""
        number = trial.number if self.planned is None else self.planned
        units = planned_units(self._round, self._study, number)
        if units is None:
            tpe = _tpe(self._round, self._study, number)
            sampled = tpe.sample_relative(study, trial, search_space)
            if sampled:
                return sampled
            units = point(number, len(self._study.space), self._round.seed)
        return to_optuna(self._study, values_at(self._study, units))

    def sample_independent(
        self,
        study: OptunaStudy,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """Never called: every hyperparameter of a study is in its space."""
        raise AssertionError(f"{param_name} is not in the search space")


def _tpe(round_: Round, study: Study, number: int) -> TPESampler:
    """TPE with its own seed for each trial, so that a resumed round gets the same values."""
    label = f"tuneplay tpe {round_.seed} {study.key} {number}".encode()
    seed = int.from_bytes(hashlib.blake2b(label, digest_size=4).digest(), "big")
    return TPESampler(
        n_startup_trials=1,
        n_ei_candidates=_EI_CANDIDATES,
        seed=seed,
        multivariate=True,
        group=False,
        constant_liar=True,
        constraints_func=None,
    )
