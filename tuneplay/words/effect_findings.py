"""What is said about the effects of hyperparameters: none, or one that depends on another."""

from __future__ import annotations

import math

from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.space.interaction import Interaction
from tuneplay.judge.space.no_effect import NoEffect
from tuneplay.words.message import FindingWords, Message, no_words
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import in_full, percent


def _no_effect(finding: Finding, _: Naming) -> Message:
    if not isinstance(finding.evidence, NoEffect):
        raise no_words(finding)
    upper = math.ceil(100 * finding.evidence.upper) / 100  # Rounded down it would not be a bound.
    return Message(
        f"Tuning it changed nothing: it explains at most {percent(upper)} of the"
        " variation, interactions included.",
        f"Fix it at {in_full(finding.suggestion['fixed'])} in the next round.",
    )


def _interaction(finding: Finding, _: Naming) -> Message:
    found = finding.evidence
    if not isinstance(found, Interaction):
        raise no_words(finding)
    return Message(
        f"The best value of {found.first} depends on {found.second}.",
        "Tune both in the next round. Do not fix one of them alone.",
    )


NO_EFFECT = FindingWords(
    kind=Kind.NO_EFFECT,
    say=_no_effect,
    means=("Tuning a hyperparameter changed nothing, so the next round need not tune it.",),
    judged=(
        "A model of the study gives the share of the variation that the hyperparameter explains,"
        " with all its interactions. The upper 95 % bound of that share must be at most 5 %. This"
        " needs 20 trials for each hyperparameter."
    ),
    right=(
        "On synthetic studies, 43 % of the hyperparameters without effect are named with 20"
        " trials for each hyperparameter, 72 % with 40, and none that matters. On recorded grids"
        " (HPOLib, HPOBench) at most 3 % of those that matter are named. A hyperparameter that is"
        " not named may have no effect either."
    ),
    do="Fix it at the suggested value, and spend the trials on the other hyperparameters.",
    samples=(
        Finding(
            kind=Kind.NO_EFFECT,
            severity=Severity.NOTE,
            evidence=NoEffect(share=0.004, upper=0.031),
            study="optimizer=adam",
            hyperparameter="momentum",
            suggestion={"fixed": 0.9},
        ),
    ),
)

INTERACTION = FindingWords(
    kind=Kind.INTERACTION,
    say=_interaction,
    means=("The best value of one hyperparameter moves with the value of another.",),
    judged=(
        "A model of the study gives the share of the variation that the two explain only"
        " together. Its lower 99 % bound must be at least 2 %, on every scale of the metric. This"
        " needs 20 trials for each hyperparameter."
    ),
    right=(
        "In simulated studies of two and four hyperparameters, with 20 trials for each, such pairs"
        " are found in 75 % to 83 % of the cases; a pair is named in 0 % to 5 % of the studies that"
        " have none."
    ),
    do="Tune both in the next round. Do not fix one of them alone.",
    samples=(
        Finding(
            kind=Kind.INTERACTION,
            severity=Severity.NOTE,
            evidence=Interaction(first="learning_rate", second="weight_decay", share=0.41),
            study="optimizer=adam",
        ),
    ),
)
