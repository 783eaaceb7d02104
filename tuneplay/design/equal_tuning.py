"""Rules on a fair comparison: every scientific value is tuned equally well."""

from __future__ import annotations

from collections.abc import Iterator

from tuneplay.design.advice import BrokenRule, Design, Level, Rule, Use, about
from tuneplay.domain.meaning import OPTIMIZER_MEANINGS, Meaning

_ROLES = "Identifying scientific, nuisance, and fixed hyperparameters"

OPTIMIZER_FIXED = Rule("optimizer-fixed", Level.WARNING, _ROLES)
NO_NUISANCE = Rule("no-nuisance", Level.WARNING, _ROLES)
UNTUNED_VALUE = Rule("untuned-value", Level.WARNING, _ROLES)

#: Any optimizer could use these. Tuned with only one, they give it an advantage.
_OF_ANY_OPTIMIZER = frozenset(
    {
        Meaning.WEIGHT_DECAY,
        Meaning.SCHEDULE,
        Meaning.WARMUP,
        Meaning.CLIPPING,
        Meaning.DROPOUT,
        Meaning.LABEL_SMOOTHING,
    }
)


def fairness(design: Design) -> Iterator[BrokenRule]:
    """Every scientific value is tuned, and equally well."""
    studies = design.round.studies
    if len(studies) < 2 and not studies[0].axes:
        if not studies[0].space:
            yield BrokenRule(
                NO_NUISANCE,
                "nothing is searched, so all trials are the same training",
                "tune at least the learning rate",
                "nuisance",
            )
        return
    bare = [study.key for study in studies if not (study.shared or study.conditional)]
    if bare:
        who = "any scientific value" if len(bare) == len(studies) else ", ".join(bare)
        yield BrokenRule(
            NO_NUISANCE,
            f"nothing is tuned for {who}, so a single configuration decides, and the comparison is "
            "unfair",
            "tune at least the learning rate for each value",
            "nuisance" if len(bare) == len(studies) else "scientific",
            study=None if len(bare) == len(studies) else bare[0],
        )
    rate = Meaning.LEARNING_RATE
    tuned = [s.key for s in studies if any(design.round.meaning(h.name) is rate for h in s.space)]
    missing = [s.key for s in studies if s.key not in tuned and s.key not in bare]
    if tuned and missing:
        yield BrokenRule(
            UNTUNED_VALUE,
            f"the learning rate is tuned for {', '.join(tuned)} but not for {', '.join(missing)}, so "
            "the comparison is unfair",
            "tune it for each, in a range of its own",
            "scientific",
            study=missing[0],
        )
    yield from _unequal(design)
    yield from _fixed_optimizer(design)


def _unequal(design: Design) -> Iterator[BrokenRule]:
    """What any optimizer could use, and is tuned for some of them only."""
    compared = {use.name for use in design.uses if use.key == "scientific"}
    if all(design.round.meaning(name) is not Meaning.OPTIMIZER for name in compared):
        return
    for use in design.uses:
        if use.key != "nuisance" or use.study is None or use.meaning not in _OF_ANY_OPTIMIZER:
            continue
        missing = [
            study.key
            for study in design.round.studies
            if all(design.round.meaning(h.name) is not use.meaning for h in study.space)
        ]
        if missing:
            yield about(
                use,
                UNTUNED_VALUE,
                f"{use.name} is tuned here but not for {', '.join(missing)}, which could use it, too",
                "tune it for each, or for none",
                Level.NOTE,
            )


def _fixed_optimizer(design: Design) -> Iterator[BrokenRule]:
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
        names = list(dict.fromkeys(use.name for use in group))
        are, them = ("is", "it") if len(names) == 1 else ("are", "them")
        yield about(
            group[0],
            OPTIMIZER_FIXED,
            f"{', '.join(names)} {are} fixed, so the conclusion may not hold for other values",
            f"make {them} nuisance, or accept this limit",
            level,
        )


def _is_compared(design: Design, use: Use) -> bool:
    """Whether what is fixed under one scientific value differs, or is tuned, under another."""
    return use.study is not None and any(
        other.name == use.name and other is not use for other in design.uses
    )
