"""Rules on which hyperparameter has which role."""

from __future__ import annotations

from collections.abc import Iterator

from tuneplay.design.advice import BrokenRule, Design, Level, Rule, Use, about
from tuneplay.domain.hyperparameter import Hyperparameter, Range, is_number
from tuneplay.domain.meaning import REGULARIZATION_MEANINGS, Meaning

_ROLES = "Identifying scientific, nuisance, and fixed hyperparameters"

TRAINING_LENGTH = Rule(
    "training-length", Level.ERROR, "Determining the number of steps for each training run"
)
BATCH_SIZE_TUNED = Rule("batch-size-tuned", Level.ERROR, "Choosing the batch size")
BATCH_SIZE_COMPARED = Rule(
    "batch-size-compared", Level.WARNING, "Choosing the batch size to minimize training time"
)
ACCUMULATION = Rule(
    "gradient-accumulation",
    Level.WARNING,
    "Determining the feasible batch sizes and estimating training throughput",
)
SEED = Rule(
    "seed-as-hyperparameter",
    Level.ERROR,
    "Determining whether to adopt a training pipeline change or hyperparameter configuration",
)
EARLY_STOPPING = Rule(
    "early-stopping",
    Level.WARNING,
    "Saving checkpoints and retrospectively selecting the best checkpoint",
)
REGULARIZATION_CHOICE = Rule("regularization-choice", Level.NOTE, _ROLES)


def never_searched(design: Design) -> Iterator[BrokenRule]:
    """The budget, the seed and early stopping are not hyperparameters."""
    for use in design.uses:
        if use.meaning is Meaning.LENGTH and use.key == "fixed" and use.study is not None:
            yield about(
                use,
                TRAINING_LENGTH,
                "one scientific value trains longer than another, so the comparison shows little else",
                "use one length for all",
                Level.WARNING,
            )
        if use.meaning is Meaning.LENGTH and use.searched:
            yield about(
                use,
                TRAINING_LENGTH,
                "the length of training is a budget, never a hyperparameter",
                "set `epochs: N` once, for all trials; the report says whether it was long enough",
            )
        elif use.searched and design.round.may_be_length(use.name):
            yield about(
                use,
                TRAINING_LENGTH,
                f"{use.name} looks like the length of training, which is never a hyperparameter",
                "set `epochs: N` once, for all trials; if it is something else, write "
                f"roles: {{{use.name}: other}}",
                Level.WARNING,
            )
        if use.meaning is Meaning.SEED:
            yield from _seed(use)
        if use.meaning is Meaning.EARLY_STOPPING:
            yield about(
                use,
                EARLY_STOPPING,
                "stopping early gains nothing, because the best epoch is selected afterwards, and "
                "trials of unequal length cannot show whether training was long enough",
                "train every trial for all epochs",
            )


def _seed(use: Use) -> Iterator[BrokenRule]:
    if use.searched:
        yield about(
            use,
            SEED,
            "tuning a seed selects the luckiest training, not a better one",
            "pass {seed} instead; `tuneplay rerun` measures the effect of seeds",
        )
    else:
        yield about(
            use,
            SEED,
            "every trial and every rerun would use this one seed, so reruns would show no spread",
            "pass {seed} instead",
            Level.WARNING,
        )


def batch(design: Design) -> Iterator[BrokenRule]:
    """The batch size sets the speed of training. It is not tuned for the validation metric."""
    for use in design.uses:
        if use.meaning is Meaning.ACCUMULATION and use.searched:
            yield about(
                use,
                ACCUMULATION,
                "gradient accumulation simulates a larger batch and makes nothing faster",
                "leave it out",
            )
        if use.meaning is not Meaning.BATCH_SIZE:
            continue
        if use.key == "fixed" and use.study is not None:
            yield about(
                use,
                BATCH_SIZE_COMPARED,
                "the batch size differs between the scientific values, so its effect mixes with theirs",
                "use one batch size for all",
            )
        if use.key == "nuisance":
            yield about(
                use,
                BATCH_SIZE_TUNED,
                "the batch size cannot improve a validation metric: with all else tuned, any batch "
                "size reaches the same",
                "set it once under fixed, to the largest that still speeds up training",
            )
        if use.key == "scientific":
            yield about(
                use,
                BATCH_SIZE_COMPARED,
                "with equal epochs a larger batch takes fewer steps, so this comparison only shows "
                "how far perfect scaling goes",
                "compare the time to reach a target, and tune the optimizer again for each size",
            )


def regularization(design: Design) -> Iterator[BrokenRule]:
    """Whether to regularize at all is a question of its own. Only the strength is nuisance."""
    asked: set[str] = set()
    for use in design.uses:
        if (
            use.key == "nuisance"
            and use.meaning in REGULARIZATION_MEANINGS
            and use.name not in asked
            and _in_all_studies(design, use.name)
        ):
            asked.add(use.name)
            yield about(
                use,
                REGULARIZATION_CHOICE,
                f"{use.name} is always on here, so this round cannot say whether it helps",
                "to find out, compare with and without it",
            )


def _in_all_studies(design: Design, name: str) -> bool:
    """Whether every trial of every study regularizes in this way."""
    spaces = [{h.name: h for h in study.space}.get(name) for study in design.round.studies]
    return all(_always_on(space) for space in spaces)


def _always_on(space: Hyperparameter | None) -> bool:
    """Whether every value of a strength regularizes. 0, None and words may turn it off."""
    if space is None:
        return False
    if isinstance(space, Range):
        return space.low > 0
    return all(is_number(value) and float(value or 0) > 0 for value in space.choices)
