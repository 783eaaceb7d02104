"""Rules on the number of trials."""

from __future__ import annotations

from collections.abc import Iterator

from tuneplay.design.advice import BrokenRule, Design, Level, Rule
from tuneplay.domain.meaning import ADAM_TRIALS
from tuneplay.domain.round import Round, Study

TOO_FEW_FOR_ADAM = Rule("adam-trials", Level.WARNING, "How should Adam's hyperparameters be tuned?")
FEW_TRIALS = Rule(
    "few-trials",
    Level.WARNING,
    "Striking a balance between informative and affordable experiments",
)

#: With fewer trials for each hyperparameter, the report cannot judge a search space.
TRIALS_PER_DIMENSION = 5


def trials(design: Design) -> Iterator[BrokenRule]:
    """Enough trials for what is searched."""
    adam: dict[str, BrokenRule] = {}
    few: dict[int, BrokenRule] = {}
    for study in design.round.studies:
        for advice in _adam(design.round, study):
            adam.setdefault(advice.name, advice)
        dims = len(study.space)
        if dims and design.round.trials < TRIALS_PER_DIMENSION * dims:
            needed = TRIALS_PER_DIMENSION * dims
            few.setdefault(
                dims,
                BrokenRule(
                    FEW_TRIALS,
                    f"only {_counted(design.round.trials, 'trial')} for "
                    f"{_counted(dims, 'hyperparameter')} of {study.key}: the report cannot judge "
                    "the ranges, and the luckier study may look better",
                    f"use {needed} trials or more (better {2 * needed}), or search less",
                    "trials",
                ),
            )
    yield from adam.values()
    if few:
        yield few[max(few)]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _adam(round_: Round, study: Study) -> Iterator[BrokenRule]:
    for h in study.space:
        meaning = round_.meaning(h.name)
        least = ADAM_TRIALS.get(meaning, 0) if meaning else 0
        if round_.trials < least:
            conditional = all(h is not other for other in study.shared)
            yield BrokenRule(
                TOO_FEW_FOR_ADAM,
                f"with fewer than {least} trials, tuning {h.name} costs more than it gains",
                "fix it at its default, or use more trials",
                "nuisance",
                h.name,
                study.key if conditional else None,
            )
