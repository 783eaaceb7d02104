"""Rules on the question that a round asks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tuneplay.design.advice import BrokenRule, Design, Level, Rule, about
from tuneplay.domain.meaning import Meaning
from tuneplay.domain.round import Round

_ROLES = "Identifying scientific, nuisance, and fixed hyperparameters"

LEARNING_RATE_COMPARED = Rule("learning-rate-compared", Level.WARNING, _ROLES)
OPTIMIZER_TUNED = Rule("optimizer-as-nuisance", Level.NOTE, _ROLES)
SEVERAL_SCIENTIFIC = Rule(
    "several-scientific", Level.WARNING, "Choosing the goal for the next round of experiments"
)
EMPTY_GOAL = Rule(
    "empty-goal", Level.WARNING, "Choosing the goal for the next round of experiments"
)
BEGIN_SIMPLE = Rule("begin-simple", Level.WARNING, "Choosing the initial configuration")

#: Extras of an optimizer. A simple start leaves them at their usual values ("Adam with fixed
#: epsilon, beta1, and beta2", "a constant learning rate before adding fancy decay schedules").
_EXTRAS = frozenset(
    {
        Meaning.BETA2,
        Meaning.EPSILON,
        Meaning.SCHEDULE,
        Meaning.WARMUP,
        Meaning.CLIPPING,
        Meaning.OPTIMIZER_DETAIL,
    }
)

#: Words that make no question by themselves.
_GENERIC = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "it",
        "is",
        "of",
        "for",
        "and",
        "vs",
        "versus",
        "my",
        "our",
        "round",
        "goal",
        "study",
        "question",
        "experiment",
        "test",
        "try",
        "tune",
        "tuning",
        "search",
        "compare",
        "comparison",
        "find",
        "improve",
        "better",
        "best",
        "good",
        "model",
        "network",
        "training",
        "hyperparameter",
        "hyperparameters",
        "parameter",
        "parameters",
        "optimize",
        "baseline",
        "run",
        "first",
        "new",
    ]
)

#: A first round with this many extras is not simple.
_SEVERAL_EXTRAS = 2


def compared(design: Design) -> Iterator[BrokenRule]:
    """A round compares one thing, and one that is worth comparing."""
    scientific = [use for use in design.uses if use.key == "scientific"]
    for use in scientific:
        if use.meaning is Meaning.LEARNING_RATE:
            yield about(
                use,
                LEARNING_RATE_COMPARED,
                "the best learning rate moves with every change of the pipeline, so a comparison of "
                "learning rates will soon be outdated",
                "make it nuisance",
            )
    names = list(dict.fromkeys(use.name for use in scientific))
    if len(names) > 1:
        total = len(design.round.studies) * design.round.trials
        yield BrokenRule(
            SEVERAL_SCIENTIFIC,
            f"{', '.join(names)} are compared at once: one baseline cannot separate their effects, "
            f"and the cost multiplies ({_product(design.round)}: {total:,} trainings)",
            "ask one question a round",
            "scientific",
        )
    for use in design.uses:
        if use.meaning is Meaning.OPTIMIZER and use.key == "nuisance":
            yield about(
                use,
                OPTIMIZER_TUNED,
                f"{use.name} is searched, but each optimizer needs ranges of its own",
                "make it scientific, with a learning rate for each, or fix it",
            )


def _product(round_: Round) -> str:
    sizes = [
        len({study.scientific[name] for study in round_.studies})
        for name in round_.studies[0].scientific
    ]
    product = f"{' x '.join(map(str, sizes))} = " if len(sizes) > 1 else ""
    studies = f"{product}{len(round_.studies)} stud{'y' if len(round_.studies) == 1 else 'ies'}"
    return f"{studies} of {round_.trials} trials"


def simplicity(design: Design) -> Iterator[BrokenRule]:
    """A first round is simple."""
    if design.round.parent is not None:
        return
    extras = [use for use in design.uses if use.key == "nuisance" and use.meaning in _EXTRAS]
    names = list(dict.fromkeys(use.name for use in extras))
    if len(names) >= _SEVERAL_EXTRAS:
        yield about(
            extras[0],
            BEGIN_SIMPLE,
            f"{', '.join(names)} are tuned in a first round, which spends trials on details before "
            "the basics are known",
            "fix them for now, or name the earlier round as `parent` if there was one",
        )


def _words(*texts: str) -> set[str]:
    return {word for text in texts for word in re.findall(r"[^\W\d_]+", text.casefold())}


def goal(design: Design) -> Iterator[BrokenRule]:
    """A goal is a question, not a name."""
    words = _words(design.round.goal)
    named = _words(design.round.name, *(u.name for u in design.uses if u.key == "scientific"))
    plural = {f"{word}s" for word in named}
    # Some languages write without spaces: one word may be a complete question.
    long = any(not word.isascii() for word in words)
    if not long and (len(words) < 2 or words <= named | plural | _GENERIC):
        yield BrokenRule(
            EMPTY_GOAL,
            f"the goal '{design.round.goal}' does not say what is compared",
            "ask one, as in: does adam reach a lower validation error than sgd?",
            "goal",
        )
