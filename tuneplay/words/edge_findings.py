"""What is said about the edges of a search space: too narrow, unstable, too wide, too few trials."""

from __future__ import annotations

from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.space.boundary import (
    BeyondChoices,
    BeyondCrowdedChoices,
    BeyondCrowdedRange,
    BeyondEnd,
    BeyondRange,
)
from tuneplay.judge.space.instability import LearningRateNextToInfeasible, NextToInfeasible
from tuneplay.judge.space.wide_range import SmallGoodPart
from tuneplay.words.message import FindingWords, Message, no_words
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import as_typed, exact, in_full


def _boundary(finding: Finding, _: Naming) -> Message:
    match finding.evidence:
        case BeyondRange() as found:
            return _beyond_range(finding, found, high=finding.side == "high")
        case BeyondChoices() as found:
            return _beyond_choices(finding, found, high=finding.side == "high")
    raise no_words(finding)


def _beyond_range(finding: Finding, found: BeyondRange, *, high: bool) -> Message:
    end = f"the range ({exact(found.end)} is its {'upper' if high else 'lower'} end)"
    what = _better_values(found, end, high=high)
    near, far = ("high", "low") if high else ("low", "high")
    fix = f"Extend it to {as_typed(finding.suggestion[near])}"
    other = finding.suggestion[far]
    if other == found.far_end:
        return Message(what, f"{fix}.")
    start, smaller = ("start", "smaller") if high else ("end", "larger")
    return Message(
        what, f"{fix}, and {start} it at {as_typed(other)}: {smaller} values are infeasible."
    )


def _beyond_choices(finding: Finding, found: BeyondChoices, *, high: bool) -> Message:
    largest, larger = ("largest", "larger") if high else ("smallest", "smaller")
    end = f"the list ({in_full(found.end)} is its {largest} number)"
    what = _better_values(found, end, high=high)
    return Message(what, f"Add a {larger} number: {finding.suggestion['choices']}.")


def _better_values(found: BeyondEnd, end: str, *, high: bool) -> str:
    lie = "lie" if found.clear else "probably lie"
    what = f"Better values {lie} {'above' if high else 'below'} {end}."
    if not isinstance(found, BeyondCrowdedRange | BeyondCrowdedChoices):
        return what
    return (
        f"{what} More evidence was needed for this than in exploration, because the sampler crowds"
        " its trials where they were good."
    )


def _instability(finding: Finding, _: Naming) -> Message:
    found, high = finding.evidence, finding.side == "high"
    if not isinstance(found, NextToInfeasible):
        raise no_words(finding)
    where = f"with {'larger' if high else 'smaller'} values"
    if found.threshold is not None:
        where = f"{'above' if high else 'below'} {exact(found.threshold)}"
    fix = "Find out what makes training diverge there"
    if isinstance(found, LearningRateNextToInfeasible):
        fix = "Try warmup or gradient clipping"
    return Message(
        f"The best trials are next to the infeasible part: {where} most trials are infeasible.",
        f"{fix}. A wider range would not help.",
    )


def _wide_range(finding: Finding, _: Naming) -> Message:
    if not isinstance(finding.evidence, SmallGoodPart):
        raise no_words(finding)
    low, high = (in_full(finding.suggestion[end]) for end in ("low", "high"))
    return Message(
        f"Good values are {low} to {high}.", "A narrower range would use the trials better."
    )


BOUNDARY = FindingWords(
    kind=Kind.BOUNDARY,
    say=_boundary,
    means=(
        "The best value of a hyperparameter is probably at the end of its range or beyond it.",
        "The study may be better than it looks.",
    ),
    judged=(
        "A smooth model of all trials of the study gives the probability that the optimum is there"
        " and clearly better than the middle of the range. Where trials are few, a higher"
        " probability is needed. The hyperparameter must also matter (a Bayes factor above 7)."
    ),
    right=(
        "On synthetic studies with known optima, 87 % of such edges are found with 5 trials for"
        " each hyperparameter and 96 % with 10, with a false alarm in 3 % and 5 % of the studies."
        " On recorded learning rates (DeepOBS), 77 % are found with 5 trials and 95 % with 10,"
        " with no false alarm. On recorded grids (HPOLib, HPOBench) a third is found."
    ),
    do="Extend the range as suggested and run the round again before you trust a comparison.",
    samples=(
        Finding(
            kind=Kind.BOUNDARY,
            severity=Severity.WARNING,
            evidence=BeyondRange(
                probability=0.97,
                margin=0.03,
                enrichment=2.7,
                end=0.001,
                far_end=1e-05,
            ),
            study="optimizer=adam",
            hyperparameter="learning_rate",
            side="high",
            suggestion={"low": 1e-05, "high": 0.1},
        ),
        Finding(
            kind=Kind.BOUNDARY,
            severity=Severity.WARNING,
            evidence=BeyondCrowdedRange(
                probability=0.82,
                margin=0.06,
                enrichment=1.9,
                end=0.0001,
                far_end=1.0,
            ),
            study="optimizer=adam",
            hyperparameter="learning_rate",
            side="low",
            suggestion={"low": 1e-06, "high": 0.3},
        ),
        Finding(
            kind=Kind.BOUNDARY,
            severity=Severity.WARNING,
            evidence=BeyondChoices(probability=0.93, margin=0.0, enrichment=2.0, end=512),
            study="optimizer=adam",
            hyperparameter="batch_size",
            side="high",
            suggestion={"choices": "[64, 128, 256, 512, 1024]"},
        ),
        Finding(
            kind=Kind.BOUNDARY,
            severity=Severity.WARNING,
            evidence=BeyondCrowdedChoices(probability=0.95, margin=0.0, enrichment=2.1, end=64),
            study="optimizer=adam",
            hyperparameter="batch_size",
            side="low",
            suggestion={"choices": "[32, 64, 128, 256, 512]"},
        ),
    ),
)

INSTABILITY_EDGE = FindingWords(
    kind=Kind.INSTABILITY_EDGE,
    say=_instability,
    means=(
        "The best trials are right before a part of the range in which most trials are infeasible.",
        "A more stable training may allow better values.",
    ),
    judged=(
        "Judged like a boundary, at the last value that trains. The infeasible part starts where at"
        " least 70 % of the trials beyond are infeasible, much more than elsewhere."
    ),
    right=(
        "On synthetic studies, 71 % of such edges are recognised; 12 % get the advice to widen the"
        " range. Where the best trials were elsewhere (247 edges), none was named."
    ),
    do=(
        "For a learning rate, try warmup or gradient clipping. Otherwise find out what makes"
        " training diverge there. Do not widen the range."
    ),
    samples=(
        Finding(
            kind=Kind.INSTABILITY_EDGE,
            severity=Severity.WARNING,
            evidence=LearningRateNextToInfeasible(
                probability=0.91, margin=0.02, enrichment=2.2, threshold=0.1
            ),
            study="optimizer=sgd",
            hyperparameter="learning_rate",
            side="high",
        ),
        Finding(
            kind=Kind.INSTABILITY_EDGE,
            severity=Severity.WARNING,
            evidence=NextToInfeasible(probability=0.84, margin=0.0, enrichment=1.6, threshold=None),
            study="optimizer=sgd",
            hyperparameter="depth",
            side="high",
        ),
    ),
)

WIDE_RANGE = FindingWords(
    kind=Kind.WIDE_RANGE,
    say=_wide_range,
    means=(
        "All good values fill a small part of a range.",
        "The other trials taught little.",
    ),
    judged=(
        "The model of the study gives the part of the range that is best or nearly as good. It"
        " must be at most half of the range and clearly better than the rest, and no edge may have"
        " a finding."
    ),
    right=(
        "On synthetic studies, 57 % of the ranges with the optimum inside get a narrower one. It"
        " holds the optimum in 99.8 % of them. Of the ranges whose optimum is beyond an edge, 3 %"
        " get a narrower one as well, which is wrong."
    ),
    do="Take the narrower range in the next round.",
    samples=(
        Finding(
            kind=Kind.WIDE_RANGE,
            severity=Severity.NOTE,
            evidence=SmallGoodPart(width=0.34, gain=1.1),
            study="optimizer=adam",
            hyperparameter="learning_rate",
            suggestion={"low": 0.0013, "high": 0.03},
        ),
    ),
)
