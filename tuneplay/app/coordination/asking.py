"""Asking for the nuisance values of the next trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuneplay.app.attempts.intents import planned_values
from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.round import Phase, Round
from tuneplay.domain.trial import Outcome, TrialId
from tuneplay.ledger.history import History

if TYPE_CHECKING:
    from tuneplay.studies.book import StudyBook


class Asker:
    """Hands out nuisance values, and learns how trials ended.

    Both phases ask and tell in the same way. Exploration is planned in advance, and its Optuna
    studies would repeat the plan point by point (`studies.sampler.PlanSampler` does just that),
    so they are opened only when something needs more than the plan: importing Optuna costs more
    than a hundred trials' worth of coordination (docs/decisions.md).
    """

    def __init__(self, round_: Round, history: History) -> None:
        self._round = round_
        self._book = _open_book(round_, history) if round_.phase is Phase.EXPLOITATION else None

    def ask(self, trial: TrialId) -> dict[str, Scalar]:
        """Nuisance values of a trial that has never started."""
        if self._book is not None:
            return self._book.ask(trial)
        values = planned_values(self._round, trial)
        if values is None:
            raise AssertionError(f"{trial} is not planned, and there is no study to ask")
        return values

    def tell(self, trial: TrialId, outcome: Outcome) -> None:
        """How a trial ended."""
        if self._book is not None and not trial.rerun:
            self._book.tell(trial, outcome)


def _open_book(round_: Round, history: History) -> StudyBook:
    from tuneplay.studies.book import StudyBook

    begun = {
        id_: (
            intent.hyperparameters,
            history.finished[id_].outcome if id_ in history.finished else None,
        )
        for id_, intent in history.configured.items()
    }
    return StudyBook(round_, begun)
