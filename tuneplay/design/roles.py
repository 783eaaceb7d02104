"""Rules on which hyperparameter has which role."""

from __future__ import annotations

from collections.abc import Iterator

from tuneplay.design.advice import Advice, Design, Level, Rule, Use, about
from tuneplay.domain.hyperparameter import Hyperparameter, Range, is_number
from tuneplay.domain.meaning import (
    OPTIMIZER_MEANINGS,
    REGULARIZATION_MEANINGS,
    Meaning,
)

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
OPTIMIZER_FIXED = Rule("optimizer-fixed", Level.WARNING, _ROLES)
NO_NUISANCE = Rule("no-nuisance", Level.WARNING, _ROLES)
UNTUNED_VALUE = Rule("untuned-value", Level.WARNING, _ROLES)
REGULARIZATION_CHOICE = Rule("regularization-choice", Level.NOTE, _ROLES)


def never_searched(design: Design) -> Iterator[Advice]:
    """Budget, chance, and what ends a training early are no hyperparameters."""
    for use in design.uses:
        if use.meaning is Meaning.LENGTH and use.key == "fixed" and use.study is not None:
            yield about(
                use,
                TRAINING_LENGTH,
                "one scientific value trains longer than another, and nothing else can be told",
                "one length for all",
                Level.WARNING,
            )
        if use.meaning is Meaning.LENGTH and use.searched:
            yield about(
                use,
                TRAINING_LENGTH,
                "the length of training is never a hyperparameter",
                "set one `epochs: N` at the top of the spec, for all trials; the report says "
                "whether it was right",
            )
        if use.meaning is Meaning.SEED:
            yield from _seed(use)
        if use.meaning is Meaning.EARLY_STOPPING:
            yield about(
                use,
                EARLY_STOPPING,
                "the best epoch is selected afterwards, so nothing is gained by stopping early, and "
                "trials of unequal length are no evidence on the epoch budget",
                "train every trial for all epochs",
            )


def _seed(use: Use) -> Iterator[Advice]:
    if use.searched:
        yield about(
            use,
            SEED,
            "tuning a seed selects the luckiest training, not a better one",
            "pass {seed}; `tuneplay rerun` measures what seeds do",
        )
    else:
        yield about(
            use,
            SEED,
            "every trial and rerun would train with this one seed",
            "pass {seed} instead, so that reruns are new draws",
            Level.WARNING,
        )


def batch(design: Design) -> Iterator[Advice]:
    """The batch size governs speed; it is not tuned for the validation metric."""
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
                "the batch size differs between scientific values: it is compared with them",
                "one batch size for all",
            )
        if use.key == "nuisance":
            yield about(
                use,
                BATCH_SIZE_TUNED,
                "the batch size is not tuned for a validation metric: with all else tuned, any "
                "batch size reaches the same",
                "set it once under fixed, as large as is still faster",
            )
        if use.key == "scientific":
            yield about(
                use,
                BATCH_SIZE_COMPARED,
                "with equal epochs larger batches take fewer steps, so this only compares how far "
                "perfect scaling goes",
                "compare batch sizes by time to a goal, with the optimizer tuned anew for each",
            )


def fairness(design: Design) -> Iterator[Advice]:
    """Each scientific value is tuned, and tuned alike."""
    studies = design.round.studies
    if len(studies) < 2 and not studies[0].axes:
        if not studies[0].space:
            yield Advice(
                NO_NUISANCE,
                "nothing is searched, so all trials are one and the same training",
                "tune at least the learning rate",
                "nuisance",
            )
        return
    bare = [study.key for study in studies if not (study.shared or study.conditional)]
    if bare:
        who = "no study has" if len(bare) == len(studies) else f"{', '.join(bare)} has no"
        yield Advice(
            NO_NUISANCE,
            f"{who} nuisance hyperparameters: one configuration stands for a scientific value, and "
            "the comparison is unfair",
            "tune at least the learning rate for each value",
            "nuisance" if len(bare) == len(studies) else "scientific",
            study=None if len(bare) == len(studies) else bare[0],
        )
    rate = Meaning.LEARNING_RATE
    tuned = [s.key for s in studies if any(design.round.meaning(h.name) is rate for h in s.space)]
    missing = [s.key for s in studies if s.key not in tuned and s.key not in bare]
    if tuned and missing:
        yield Advice(
            UNTUNED_VALUE,
            f"the learning rate is tuned for {', '.join(tuned)} and not for {', '.join(missing)}",
            "tune it for each, in a range of its own",
            "scientific",
            study=missing[0],
        )
    yield from _fixed_optimizer(design)


def _fixed_optimizer(design: Design) -> Iterator[Advice]:
    """Fixed learning rates, and what else of the optimizers is fixed."""
    fixed = [
        use
        for use in design.uses
        if use.key == "fixed"
        and use.meaning in OPTIMIZER_MEANINGS
        and not _is_compared(design, use)
    ]
    rates = [use for use in fixed if use.meaning is Meaning.LEARNING_RATE]
    others = [use for use in fixed if use.meaning is not Meaning.LEARNING_RATE]
    for group, level in ((rates, None), (others, Level.NOTE)):
        if not group:
            continue
        names = ", ".join(dict.fromkeys(use.name for use in group))
        yield about(
            group[0],
            OPTIMIZER_FIXED,
            f"optimizer hyperparameters interact most with other changes: with {names} fixed the "
            "conclusion will hold for these values only",
            "make them nuisance, or accept the caveat",
            level,
        )


def _is_compared(design: Design, use: Use) -> bool:
    """Whether what is fixed under one scientific value is another or tuned under the next."""
    return use.study is not None and any(
        other.name == use.name and other is not use for other in design.uses
    )


def regularization(design: Design) -> Iterator[Advice]:
    """Whether to regularize at all is a choice of its own; its strength is nuisance."""
    for use in design.uses:
        if (
            use.key == "nuisance"
            and use.meaning in REGULARIZATION_MEANINGS
            and _always_on(use.space)
            and use.study is None
        ):
            yield about(
                use,
                REGULARIZATION_CHOICE,
                f"every value of {use.name} regularizes: whether to do so at all is not asked",
                "fine once that is settled; else make with and without scientific, and the strength "
                "nuisance under with",
            )


def _always_on(space: Hyperparameter | None) -> bool:
    """Whether every value of a strength regularizes: 0, None and words may mean without."""
    if space is None:
        return False
    if isinstance(space, Range):
        return space.low > 0
    return all(is_number(value) and float(value or 0) > 0 for value in space.choices)
