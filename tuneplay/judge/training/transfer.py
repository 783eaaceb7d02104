"""What a round of short trainings tells about longer ones.

Playbook, "Deciding how long to train when training is compute-bound", Round 1: which
hyperparameters found in short trainings are expected to transfer.
"""

from __future__ import annotations

from tuneplay.domain.meaning import OPTIMIZER_MEANINGS, REGULARIZATION_MEANINGS, Meaning
from tuneplay.domain.round import Round
from tuneplay.judge.finding import Finding, Kind, Severity

#: A round is short when its epochs are at most this share of the final ones. (The playbook gives
#: 10 % as an example, and warns of any gap; below twice the length little is known to move.)
SHORT_SHARE = 0.5

#: The optimizer and its hyperparameters, but for warmup and schedule, which have levels of their own;
#: regularization and augmentation; and the batch, which goes with both.
_MAY_HOLD = (
    OPTIMIZER_MEANINGS | REGULARIZATION_MEANINGS | {Meaning.OPTIMIZER, Meaning.BATCH_SIZE}
) - {Meaning.WARMUP, Meaning.SCHEDULE}

#: The playbook's suspicions "in order of decreasing probability of transferring".
_LEVELS: tuple[tuple[str, frozenset[Meaning]], ...] = (
    ("very likely to hold", frozenset({Meaning.WARMUP, Meaning.INITIALIZATION})),
    (
        "likely to hold",
        frozenset({Meaning.ARCHITECTURE, Meaning.ACTIVATION, Meaning.NORMALIZATION}),
    ),
    ("may hold", _MAY_HOLD),
    ("unlikely to hold, so tune it again", frozenset({Meaning.SCHEDULE})),
)

#: For names that the table of meanings does not know.
_UNKNOWN = "not known to hold"


def transfer_findings(round_: Round, final_epochs: int | None) -> list[Finding]:
    """Which conclusions of a short round are expected to hold for longer training.

    Args:
        round_: The round.
        final_epochs: Epochs of the trainings that it prepares: stated, or those of the round it
            comes from; None when neither is known.

    Returns:
        One note that sorts every hyperparameter that was compared or tuned; nothing for a round
        that is not short.
    """
    if final_epochs is None or round_.epochs > SHORT_SHARE * final_epochs:
        return []
    groups: dict[str, list[str]] = {words: [] for words in (*dict(_LEVELS), _UNKNOWN)}
    for name in _compared(round_):
        groups[_level(round_.meaning(name))].append(name)
    parts = [f"{', '.join(names)}: {words}" for words, names in groups.items() if names]
    message = (
        f"It trained {round_.epochs} epochs, and {final_epochs} are the aim. For longer training "
        f"its conclusions are, by experience: {'; '.join(parts)}."
    )
    evidence = {"epochs": float(round_.epochs), "final_epochs": float(final_epochs)}
    return [Finding(Kind.EPOCH_BUDGET, Severity.NOTE, message, evidence=evidence)]


def _compared(round_: Round) -> list[str]:
    """Scientific, then nuisance hyperparameters, each once, in the order of the spec."""
    names: dict[str, None] = {}
    for study in round_.studies:
        names |= dict.fromkeys(study.scientific)
    for study in round_.studies:
        names |= dict.fromkeys(h.name for h in study.space)
    return list(names)


def _level(meaning: Meaning | None) -> str:
    return next((words for words, meanings in _LEVELS if meaning in meanings), _UNKNOWN)
