"""Rules on what changed since the round that this one follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tuneplay.design.advice import BrokenRule, Level, Rule
from tuneplay.domain.command import variable_of
from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.meaning import OPTIMIZER_MEANINGS, REGULARIZATION_MEANINGS, Meaning
from tuneplay.domain.round import Round

RETUNE = Rule(
    "retune-after-change",
    Level.WARNING,
    "Changing the batch size requires re-tuning most hyperparameters",
)

#: A change of one of these asks for a new search.
_CHANGES = frozenset(
    {Meaning.BATCH_SIZE, Meaning.ARCHITECTURE, Meaning.NORMALIZATION, Meaning.ACTIVATION}
)

_RETUNED = OPTIMIZER_MEANINGS | REGULARIZATION_MEANINGS


def since(parent: Round, round_: Round) -> Iterator[BrokenRule]:
    """Hyperparameters that stay fixed although something changed that they depend on."""
    earlier = {**_baseline(parent), **_fixed(parent)}
    before = {_identity(name, parent): value for name, value in earlier.items()}
    changed = [
        name
        for name, value in _fixed(round_).items()
        if round_.meaning(name) in _CHANGES and before.get(_identity(name, round_), value) != value
    ]
    if not changed:
        return
    for study in round_.studies:
        for name in study.fixed:
            if round_.meaning(name) in _RETUNED:
                yield BrokenRule(
                    RETUNE,
                    f"{name} is fixed although {', '.join(changed)} changed since {parent.name}: its best "
                    "value has probably moved",
                    "tune it again",
                    "fixed",
                    name,
                    study.key,
                )
        return


def _identity(name: str, round_: Round) -> str:
    """Identifies a hyperparameter in both rounds: `bs` may be called `batch-size` now."""
    return "the batch" if round_.meaning(name) is Meaning.BATCH_SIZE else variable_of(name)


def _baseline(round_: Round) -> Mapping[str, Scalar]:
    """The scientific values of a round's baseline."""
    return round_.study(round_.baseline).scientific if round_.baseline else {}


def _fixed(round_: Round) -> Mapping[str, Scalar]:
    """Values that are the same in all studies of a round."""
    first = round_.studies[0].fixed
    return {
        name: value
        for name, value in first.items()
        if all(study.fixed.get(name) == value for study in round_.studies)
    }
