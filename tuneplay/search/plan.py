"""The plan of a round: known before anything starts.

It depends only on the spec and its seed, not on the number of slots or the order in which trials
finish. Raising `trials` only appends.
"""

from __future__ import annotations

from collections.abc import Iterator

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.round import Phase, Round, Study
from tuneplay.domain.trial import TrialId
from tuneplay.search import halton

#: Exploitation starts with this many planned points in each study: the Bayesian sampler needs
#: something to learn from (n_startup_trials of Optuna's TPE, 10 by default since its first
#: version).
STARTUP_TRIALS = 10

#: Seeds of reruns start this far above the round's seed. They never repeat a seed of the search:
#: a rerun must be a new sample.
RERUN_SEED_OFFSET = 10_000_000


def turns(round_: Round) -> Iterator[TrialId]:
    """The trials of the search in the order in which they start.

    Studies take turns: at any moment all of them have had the same number of trials.
    """
    for number in range(round_.trials):
        for study in round_.studies:
            yield TrialId(study.key, number)


def turns_from_the_end(round_: Round) -> Iterator[TrialId]:
    """The same trials in reverse order."""
    for number in reversed(range(round_.trials)):
        for study in reversed(round_.studies):
            yield TrialId(study.key, number)


def planned_units(round_: Round, study: Study, number: int) -> tuple[float, ...] | None:
    """Unit coordinates of a trial, where the plan determines them.

    Trial i of every study gets point i of one sequence. The shared hyperparameters come first and
    have the same coordinates in every study; conditional ones follow. So studies are compared on
    paired points.

    Args:
        round_: The round.
        study: One of its studies.
        number: The trial's number, from 0.

    Returns:
        One coordinate for each hyperparameter of `study.space`; None where the sampler has to be
        asked (exploitation, beyond the startup trials).
    """
    if round_.phase is Phase.EXPLOITATION and number >= STARTUP_TRIALS:
        return None
    return halton.point(number, len(study.space), round_.seed)


def values_at(study: Study, units: tuple[float, ...]) -> dict[str, Scalar]:
    """Nuisance values of a study at a point of the unit cube."""
    return {h.name: h.at(unit) for h, unit in zip(study.space, units, strict=True)}


def hyperparameters(study: Study, sampled: dict[str, Scalar]) -> dict[str, Scalar]:
    """Every hyperparameter of a trial: scientific, then nuisance, then fixed."""
    return {**study.scientific, **sampled, **study.fixed}


def seed_of(round_: Round, trial: TrialId) -> int:
    """The seed that a trial trains with.

    Trial i trains with the same seed in every study. A rerun's seed depends on its number alone,
    which pairs reruns across studies as well.
    """
    if trial.rerun:
        return round_.seed + RERUN_SEED_OFFSET + trial.rerun
    return round_.seed + trial.number
