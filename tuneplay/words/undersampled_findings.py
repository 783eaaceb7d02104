"""What is said where trials are too few: for the ranges, or for the lead of a study."""

from __future__ import annotations

from tuneplay.judge.fairness.sampling import LeadByFewPoints
from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.space.too_few_trials import TooFewForEdges
from tuneplay.words.message import FindingWords, Message, no_words
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import count, percent

#: From one of these shares to the other it is said to be about half.
_HALF = (0.45, 0.55)

_ADAM, _SGD = "optimizer=adam", "optimizer=sgd"


def undersampled(finding: Finding, naming: Naming) -> Message:
    """What cannot be judged, or not surely, with so few trials."""
    match finding.evidence:
        case TooFewForEdges() as found:
            return _too_few(finding, found)
        case LeadByFewPoints() as found:
            return _led_by_few(found, naming)
    raise no_words(finding)


def _too_few(finding: Finding, found: TooFewForEdges) -> Message:
    ranges = "the range of the hyperparameter"
    if found.dimensions > 1:
        ranges = f"the ranges of {found.dimensions} hyperparameters"
    if not found.feasible:
        return Message(
            f"No trial is feasible, so nothing can be said about {ranges}.",
            "Find values that train before you run more trials.",
        )
    feasible = count(found.feasible, "feasible trial")
    trials = finding.suggestion["trials"]
    fix = f"Run {trials} trials"
    if trials != found.wanted:
        fix += f": about {found.wanted} of them should be feasible"
    are = "is" if found.feasible == 1 else "are"
    return Message(f"{feasible} {are} too few to judge {ranges}.", f"{fix}.")


def _led_by_few(facts: LeadByFewPoints, naming: Naming) -> Message:
    rival = "another study" if facts.rival is None else naming.study(facts.rival)
    half = _HALF[0] <= facts.flip_probability <= _HALF[1]
    often = "half the time" if half else f"{percent(facts.flip_probability)} of the time"
    return Message(
        f"With other random settings {rival} would lead about {often}.", "Run more trials."
    )


def _led(probability: float, rival: str | None, severity: Severity) -> Finding:
    return Finding(
        kind=Kind.UNDERSAMPLED,
        severity=severity,
        evidence=LeadByFewPoints(
            flip_probability=probability, points=16, leader=_ADAM, rival=rival
        ),
    )


UNDERSAMPLED = FindingWords(
    kind=Kind.UNDERSAMPLED,
    say=undersampled,
    means=(
        (
            "There are too few trials: to say whether the ranges of a study are large enough, or "
            "which study is ahead."
        ),
        "With other random settings another study might be ahead.",
    ),
    judged="Edges are judged from 5 trials for each hyperparameter on, if 3 of them are feasible; "
    "ten feasible ones are suggested. For the lead, the settings that all studies share "
    "are ranked by their best value. The study with the best setting is ahead. The next "
    "best settings show how often another study would be. There is a note from a "
    "probability of 15 % on, and a warning from 25 % on.",
    right="That trials are too few for the ranges is a count. On synthetic studies 87 % of the "
    "edges are found with 5 trials for each hyperparameter, and 96 % with 10. The probability that "
    "another study would lead is right up to 60 % on recorded grids. On synthetic pairs of studies "
    "that truly differ it is two or three times too high. Above 60 % it is too high on both.",
    do="Run more trials, or search fewer hyperparameters. How many trials are needed for a clear "
    "lead cannot be predicted: only 8 of 56 predictions on recorded grids held.",
    samples=(
        _led(0.51, _SGD, Severity.WARNING),
        _led(0.31, None, Severity.WARNING),
        _led(0.18, _SGD, Severity.NOTE),
        Finding(
            kind=Kind.UNDERSAMPLED,
            severity=Severity.NOTE,
            evidence=TooFewForEdges(feasible=6, dimensions=2, wanted=20),
            study="optimizer=adam",
            suggestion={"trials": 34},
        ),
        Finding(
            kind=Kind.UNDERSAMPLED,
            severity=Severity.NOTE,
            evidence=TooFewForEdges(feasible=0, dimensions=1, wanted=10),
            study="optimizer=adam",
        ),
    ),
)
