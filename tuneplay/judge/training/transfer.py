"""What a round of short trainings can say about longer ones.

Playbook, "Deciding how long to train when training is compute-bound", Round 1: which
hyperparameters found in short trainings are expected to transfer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tuneplay.domain.meaning import OPTIMIZER_MEANINGS, REGULARIZATION_MEANINGS, Meaning
from tuneplay.domain.round import Round
from tuneplay.judge.case import RoundCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity

#: A round is short when its epochs are at most this share of the final ones. (The playbook gives
#: 10 % as an example, and warns of any gap; below twice the length little is known to move.)
SHORT_SHARE = 0.5


class Transfer(StrEnum):
    """How a conclusion is expected to hold for longer training.

    The playbook's levels "in order of decreasing probability of transferring", and one for names
    that the table of meanings does not know.
    """

    VERY_LIKELY = "very-likely"
    LIKELY = "likely"
    PERHAPS = "perhaps"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"


#: The optimizer and its hyperparameters, but for warmup and schedule, which have levels of their own;
#: regularization and augmentation; and the batch, which goes with both.
_PERHAPS = (
    OPTIMIZER_MEANINGS | REGULARIZATION_MEANINGS | {Meaning.OPTIMIZER, Meaning.BATCH_SIZE}
) - {Meaning.WARMUP, Meaning.SCHEDULE}

_LEVELS: Mapping[Transfer, frozenset[Meaning]] = {
    Transfer.VERY_LIKELY: frozenset({Meaning.WARMUP, Meaning.INITIALIZATION}),
    Transfer.LIKELY: frozenset({Meaning.ARCHITECTURE, Meaning.ACTIVATION, Meaning.NORMALIZATION}),
    Transfer.PERHAPS: _PERHAPS,
    Transfer.UNLIKELY: frozenset({Meaning.SCHEDULE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortRound(Evidence):
    """The round trained for much fewer epochs than the trainings that it prepares.

    Attributes:
        epochs: Epochs of this round.
        final_epochs: Epochs of the trainings that it prepares.
        transfer: How what was found is expected to hold for them, by hyperparameter: scientific,
            then nuisance ones, in the order of the spec.
    """

    epochs: int
    final_epochs: int
    transfer: Mapping[str, Transfer]


def is_short(case: RoundCase) -> bool:
    """Whether a round is short on purpose: it prepares trainings of at least twice its length."""
    final = case.final_epochs
    return final is not None and case.round.epochs <= SHORT_SHARE * final


def check(case: RoundCase) -> Iterable[Finding]:
    """Which conclusions of a short round are expected to hold for longer training.

    Args:
        case: The round.

    Yields:
        One note that sorts every hyperparameter that was compared or tuned; nothing for a round
        that is not short.
    """
    if case.final_epochs is None or not is_short(case):
        return
    round_ = case.round
    evidence = ShortRound(
        epochs=round_.epochs,
        final_epochs=case.final_epochs,
        transfer={name: _level(round_.meaning(name)) for name in _compared(round_)},
    )
    yield Finding(kind=Kind.EPOCH_BUDGET, severity=Severity.NOTE, evidence=evidence)


def _compared(round_: Round) -> list[str]:
    """Scientific, then nuisance hyperparameters, each once, in the order of the spec."""
    names: dict[str, None] = {}
    for study in round_.studies:
        names |= dict.fromkeys(study.scientific)
    for study in round_.studies:
        names |= dict.fromkeys(h.name for h in study.space)
    return list(names)


def _level(meaning: Meaning | None) -> Transfer:
    return next(
        (level for level, meanings in _LEVELS.items() if meaning in meanings), Transfer.UNKNOWN
    )
