"""What is said about findings of judge/fairness."""

from __future__ import annotations

from collections.abc import Sequence

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.judge.fairness.feasible_counts import FewerFeasible
from tuneplay.judge.fairness.fixed_values import FixedValues
from tuneplay.judge.fairness.one_sided import (
    AheadDespiteOverfitting,
    AheadDespiteRange,
    HeldBackByOverfitting,
    HeldBackByRange,
)
from tuneplay.judge.fairness.unequal_spaces import MoreHyperparameters, NarrowerRange, NothingTuned
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.words.message import FindingWords, Message, no_words
from tuneplay.words.naming import Naming, listed
from tuneplay.words.numbers import count, percent, setting


def unfair_comparison(finding: Finding, naming: Naming) -> Message:
    """Who was held back, or searched less densely, and what to do about it."""
    study, facts = naming.study(finding.study or ""), finding.evidence
    match facts:
        case FewerFeasible():
            return _fewer_feasible(study, facts, naming)
        case HeldBackByRange():
            return _held_back_by_range(study, facts)
        case AheadDespiteRange():
            return _ahead_despite_range(study, facts)
        case HeldBackByOverfitting():
            return Message(
                f"{study} was held back by overfitting in its best trial; "
                "it may be better than it looks.",
                f"Regularize {study} more before you trust a result against it.",
            )
        case AheadDespiteOverfitting():
            return Message(
                f"{study} is ahead although its best trial overfits.",
                "With more regularization its lead may be larger.",
            )
        case NothingTuned():
            return Message(
                f"Nothing is tuned for {study}: it was tried with one configuration.",
                "Tune at least its learning rate before you trust a result against it.",
            )
        case MoreHyperparameters():
            return _more_hyperparameters(study, facts, naming)
        case NarrowerRange():
            return _narrower_range(study, finding.hyperparameter or "", facts, naming)
    raise no_words(finding)


def _fewer_feasible(study: str, facts: FewerFeasible, naming: Naming) -> Message:
    rival = naming.study(facts.rival)
    number = f"Only {facts.feasible}" if facts.feasible else "None"
    are = "are" if facts.feasible > 1 else "is"
    return Message(
        f"{number} of {count(facts.ended, 'trial')} of {study} {are} feasible, against "
        f"{facts.others} of {facts.others_ended} of {rival}; {study} may be better than it looks.",
        f"Leave the infeasible values out of its ranges, or run more trials, before you trust a "
        f"result against {study}.",
    )


def _held_back_by_range(study: str, facts: HeldBackByRange) -> Message:
    ranges = "range" if len(facts.names) == 1 else "ranges"
    return Message(
        f"{study} was held back by its {ranges} of {listed(facts.names)}; "
        "it may be better than it looks.",
        f"Widen the {ranges} before you trust a result against {study}.",
    )


def _ahead_despite_range(study: str, facts: AheadDespiteRange) -> Message:
    one = len(facts.names) == 1
    return Message(
        f"{study} is ahead although its {'range' if one else 'ranges'} of {listed(facts.names)} "
        f"{'was' if one else 'were'} too narrow.",
        f"With {'a wider range' if one else 'wider ranges'} its lead may be larger.",
    )


def _more_hyperparameters(study: str, facts: MoreHyperparameters, naming: Naming) -> Message:
    tuned = count(facts.dimensions, "nuisance hyperparameter")
    are = "is" if facts.dimensions == 1 else "are"
    return Message(
        f"{tuned} {are} tuned for {study} and {facts.others} for {naming.study(facts.rival)}, with "
        f"the same number of trials. {study} is searched less densely.",
        f"If {study} is behind, run more trials.",
    )


def _narrower_range(study: str, name: str, facts: NarrowerRange, naming: Naming) -> Message:
    return Message(
        f"The range of {name} for {study} is {percent(facts.share)} as wide as that "
        f"for {naming.study(facts.rival)}.",
        "Make both equally wide on their scale, unless you know that less is enough.",
    )


def fixed_caveat(finding: Finding, _: Naming) -> Message:
    """What was fixed, and that the conclusion may not hold for other values."""
    facts = finding.evidence
    if not isinstance(facts, FixedValues):
        raise no_words(finding)
    first, *others = facts.fixed.items()
    fixed = [f"{first[0]} was fixed at {_values(first[1])}"]
    fixed += [f"{name} at {_values(values)}" for name, values in others]
    return Message(
        f"{listed(fixed)}. The conclusion may not hold for other values.",
        f"To find out, make {listed(list(facts.fixed))} nuisance.",
    )


def _values(values: Sequence[Scalar]) -> str:
    return listed(list(dict.fromkeys(setting(value) for value in values)), last="or")


_ADAM, _SGD = "optimizer=adam", "optimizer=sgd"


def _sample(evidence: Evidence, severity: Severity, hyperparameter: str | None = None) -> Finding:
    return Finding(
        kind=Kind.UNFAIR_COMPARISON,
        severity=severity,
        study=_ADAM,
        hyperparameter=hyperparameter,
        evidence=evidence,
    )


UNFAIR_COMPARISON = FindingWords(
    kind=Kind.UNFAIR_COMPARISON,
    names_subject=True,
    say=unfair_comparison,
    means=("A study had a worse chance than the others, so it may be better than it looks.",),
    judged="A study is named if clearly fewer of its trials are feasible than of the study that "
    "has most: at most two thirds as many, with a chance of at most 5 % in Fisher's exact "
    "test. It is named if it has a boundary warning, or if its best trial overfits, and "
    "not all studies do. It is named if nothing is tuned for it, if more hyperparameters "
    "are tuned for it with the same number of trials, or if one of its ranges is at most "
    "half as wide as another study's.",
    right="Fewer feasible trials were measured on 150 simulated pairs of studies. Where one rate "
    "is at most half of the other, 75 % are found at 10 trials, 93 % at 20 and 99 % at 40. Where "
    "both rates are equal, a study is named in 1 % to 3 % of the pairs. The other reasons follow "
    "from the spec or from other findings; how often they are right was not measured.",
    do="Remove what held the study back, and run the round again, before you trust a result "
    "against it. A study that is ahead anyway needs no change.",
    samples=(
        _sample(
            FewerFeasible(
                feasible=6, ended=20, others=18, others_ended=20, rival=_SGD, chance=0.0001
            ),
            Severity.WARNING,
        ),
        _sample(HeldBackByRange(names=("learning_rate",)), Severity.WARNING),
        _sample(HeldBackByRange(names=("beta1", "learning_rate")), Severity.WARNING),
        _sample(AheadDespiteRange(names=("learning_rate",)), Severity.NOTE),
        _sample(AheadDespiteRange(names=("beta1", "learning_rate")), Severity.NOTE),
        _sample(HeldBackByOverfitting(overfitting=1), Severity.WARNING),
        _sample(AheadDespiteOverfitting(overfitting=1), Severity.NOTE),
        _sample(NothingTuned(), Severity.WARNING),
        _sample(MoreHyperparameters(dimensions=3, others=2, rival=_SGD), Severity.NOTE),
        _sample(NarrowerRange(width=1.0, others=3.0, rival=_SGD), Severity.NOTE, "learning_rate"),
    ),
)


FIXED_CAVEAT = FindingWords(
    kind=Kind.FIXED_CAVEAT,
    names_subject=True,
    say=fixed_caveat,
    means=(
        "A hyperparameter of the optimizer was fixed.",
        (
            "The best value often changes with what is compared, so the conclusion may not hold "
            "for other values."
        ),
    ),
    judged="Every fixed hyperparameter of an optimizer is named, by its name or by `roles` in the "
    "spec: learning rate, momentum, beta1, beta2, epsilon and the like.",
    right="Always: it is a fact of the spec. How much a fixed value matters was not measured.",
    do="Accept the caveat, or make the hyperparameter nuisance in the next round.",
    samples=(
        Finding(
            kind=Kind.FIXED_CAVEAT,
            severity=Severity.NOTE,
            hyperparameter="momentum",
            evidence=FixedValues(fixed={"momentum": (0.9,)}),
        ),
        Finding(
            kind=Kind.FIXED_CAVEAT,
            severity=Severity.NOTE,
            evidence=FixedValues(fixed={"epsilon": (1e-8,), "momentum": (0.9, 0.99)}),
        ),
    ),
)
