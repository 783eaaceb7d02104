"""Intents: what the next attempt of a trial trains. They are made here and nowhere else.

The ledger has hyperparameters without secrets; whoever makes an intent adds them again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from tuneplay.domain.folder import AttemptFolder
from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.round import Round
from tuneplay.domain.secrets import REDACTED
from tuneplay.domain.trial import TrialId
from tuneplay.ledger.events import Intent
from tuneplay.ledger.history import History
from tuneplay.search.plan import hyperparameters, planned_units, seed_of, values_at


def next_intent(
    round_: Round,
    trial: TrialId,
    history: History,
    ask: Callable[[TrialId], Mapping[str, Scalar]],
    attempt: int,
) -> Intent:
    """What an attempt of a trial trains, without its GPUs.

    Args:
        round_: The round.
        trial: The trial.
        history: What its ledger says.
        ask: Says at which point a trial trains that was never begun.
        attempt: Number of the attempt.
    """
    intent = _intent(round_, trial, history, ask, attempt)
    if intent is None:
        raise AssertionError(f"{trial} was asked for and got no values")
    return intent


def planned_intent(
    round_: Round, trial: TrialId, history: History | None = None, attempt: int | None = None
) -> Intent | None:
    """What an attempt of a trial trains, where the plan and the ledger determine it; else None.

    Args:
        round_: The round.
        trial: The trial.
        history: What its ledger says; None for a ledger that is empty.
        attempt: Number of the attempt; None for the one after the last that the ledger knows.
    """
    known = history or History()

    def planned(trial: TrialId) -> Mapping[str, Scalar] | None:
        return planned_values(round_, trial)

    return _intent(round_, trial, known, planned, attempt or known.attempts.get(trial, 0) + 1)


def _intent(
    round_: Round,
    trial: TrialId,
    history: History,
    sample: Callable[[TrialId], Mapping[str, Scalar] | None],
    attempt: int,
) -> Intent | None:
    """A configuration stays what it was in the first attempt; a rerun has that of its trial."""
    earlier = history.configured.get(trial)
    first = earlier or (history.configured.get(replace(trial, rerun=0)) if trial.rerun else None)
    seed = earlier.seed if earlier else seed_of(round_, trial)
    if first is not None:
        return Intent(trial, attempt, seed, _with_secrets(round_, trial, first.hyperparameters))
    sampled = sample(trial)
    if sampled is None:
        return None
    values = hyperparameters(round_.study(trial.study), dict(sampled))
    return Intent(trial, attempt, seed, values)


def planned_values(round_: Round, trial: TrialId) -> dict[str, Scalar] | None:
    """Nuisance values of a trial, where the plan alone determines them; else None."""
    study = round_.study(trial.study)
    units = planned_units(round_, study, trial.number)
    return None if units is None else values_at(study, units)


def fits_plan(
    round_: Round,
    trial: TrialId,
    recorded: Mapping[str, Scalar],
    history: History | None = None,
) -> bool:
    """Whether hyperparameters are those that a round plans for a trial, as far as that is known.

    Args:
        round_: The round.
        trial: The trial, or a rerun of it.
        recorded: The hyperparameters, as they were written down.
        history: What the ledger says; None where it may not be believed.
    """
    planned = planned_intent(round_, replace(trial, rerun=0), history)
    return planned is None or planned.hyperparameters == _with_secrets(round_, trial, recorded)


def intent_in(folder: AttemptFolder, trial: TrialId, attempt: int) -> Intent | None:
    """What an attempt was to train, by its folder; None if that cannot be read."""
    try:
        with open(folder.params, encoding="utf-8") as file:
            values = json.load(file)
        with open(folder.command, encoding="utf-8") as file:
            env = json.load(file)["env"]
        gpus = tuple(filter(None, env.get("CUDA_VISIBLE_DEVICES", "").split(",")))
        return Intent(trial, attempt, int(env["TUNEPLAY_SEED"]), dict(values), gpus)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _with_secrets(
    round_: Round, trial: TrialId, recorded: Mapping[str, Scalar]
) -> Mapping[str, Scalar]:
    """The hyperparameters of a trial as its program needs them."""
    if not round_.redact:
        return recorded
    fixed = round_.study(trial.study).fixed
    # A secret of the environment may stand in a hyperparameter that is not listed itself.
    hidden = [n for n in fixed if n in round_.redact or REDACTED in str(recorded.get(n, ""))]
    return {**recorded, **{name: fixed[name] for name in hidden}}
