"""What the next attempt of a trial trains."""

from __future__ import annotations

import os
from dataclasses import replace

from tuneplay.app.coordination.parts import Parts
from tuneplay.app.opening.redaction import with_secrets
from tuneplay.domain.trial import TrialId
from tuneplay.ledger.events import Intent
from tuneplay.search.plan import hyperparameters, seed_of


def next_intent(parts: Parts, trial: TrialId) -> Intent:
    """The intent of a trial's next attempt, without its GPUs.

    A configuration stays what it was in the first attempt; a rerun has that of the search's trial.
    """
    round_, history = parts.round, parts.history
    number = history.attempts.get(trial, 0) + 1
    # A folder may be left from a crash that took the end of the ledger with it.
    while os.path.lexists(parts.workshop.folder_of(trial, number).root):
        number += 1
    earlier = history.configured.get(trial)
    if earlier is not None:
        values = with_secrets(earlier.hyperparameters, round_, trial.study)
        return Intent(trial, number, earlier.seed, values)
    if trial.rerun:
        first = history.configured[replace(trial, rerun=0)]
        values = with_secrets(first.hyperparameters, round_, trial.study)
    else:
        values = hyperparameters(round_.study(trial.study), parts.asker.ask(trial))
    return Intent(trial, number, seed_of(round_, trial), values)
