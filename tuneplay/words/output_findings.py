"""What is said about trials that learned nothing, and about output that could not be used."""

from __future__ import annotations

from tuneplay.judge.finding import Finding, Kind
from tuneplay.judge.training.chance import NotBeyondChance
from tuneplay.judge.training.unusable_output import UnreadableFiles, UnusableLines
from tuneplay.words.message import FindingWords, Message, no_words
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import count, in_step
from tuneplay.words.sample_findings import note, warning


def say_output(finding: Finding, _naming: Naming) -> Message:
    """What is said about output that could not be used."""
    match finding.evidence:
        case UnusableLines(trials=trials, lines=lines, first=first, remark=remark):
            where = f"the output of {count(trials, 'trial')}"
            what = f"{count(lines, 'line')} in {where} could not be used."
            example = f"In {first}: {remark}." if remark else f"See {first}."
        case UnreadableFiles(trials=trials, first=first, remark=remark):
            what = f"Measurements of {count(trials, 'trial')} may be missing."
            example = f"In {first}: {remark}."
        case _:
            raise no_words(finding)
    return Message(f"{what} {example}", "Check what the program prints.")


def say_chance(finding: Finding, naming: Naming) -> Message:
    """What is said about trials that learned nothing."""
    match finding.evidence:
        case NotBeyondChance(chance=chance, best=best, least_gain=least, trials=trials):
            guess, found = in_step([chance, best], least)
            compared = "anything" if finding.study is None else "this study"
            return Message(
                f"The best {naming.metric} of {count(trials, 'trial')} is {found}. "
                f"That is not clearly better than guessing ({guess}).",
                f"Do not compare {compared} yet. Check the data, the labels and the loss, then try "
                "other learning rates.",
            )
    raise no_words(finding)


UNUSABLE_OUTPUT = FindingWords(
    kind=Kind.UNUSABLE_OUTPUT,
    say=say_output,
    means=(
        (
            "Lines that looked like measurements could not be used, or files were emptied or could "
            "not be read."
        ),
    ),
    judged="Lines that could not be used are counted, and files that could not be read are noted.",
    right="It is a count, and not an estimate. Whether anything is missing in a result was not "
    "measured.",
    do="Look at the first line that is named, and change what the program prints. A bare `nan` in "
    "a line of JSON is the usual reason.",
    samples=(
        note(
            Kind.UNUSABLE_OUTPUT,
            UnusableLines(
                trials=2,
                lines=7,
                first="optimizer=adam/0003",
                remark="stdout.log:12: epoch -1 is negative",
            ),
        ),
        note(
            Kind.UNUSABLE_OUTPUT,
            UnreadableFiles(trials=1, first="optimizer=adam/0003", remark="stdout.log was emptied"),
        ),
    ),
)

CHANCE = FindingWords(
    kind=Kind.CHANCE,
    say=say_chance,
    means=(
        "No trial is clearly better than guessing.",
        "Trainings that learned nothing cannot be compared.",
    ),
    judged="The best value must be better than `chance` in the spec's `objective`, by more than "
    "the luck of the best of all epochs and trials (from the late noise of the curves), "
    "and by 0.5 % of the size of `chance`. Under five epochs the noise is not known: then "
    "only the 0.5 % count.",
    right="On synthetic studies of 10 to 40 trials and 5 to 100 epochs (errors and losses, with "
    "white noise or a slow wander), 96 to 100 % of those that learned nothing get the "
    "warning. None of 4,057 studies that learned by more than ten standard deviations of "
    "the noise got it. Of those that learned less, 36 to 49 % got it. With fewer than five "
    "epochs the noise is not known, and about a third of the studies that learned nothing "
    "are found. Recorded curves were not measured.",
    do="Check the data, the labels and the loss, then try other learning rates. Correct `chance` "
    "if guessing gives another value.",
    samples=(
        warning(
            Kind.CHANCE,
            NotBeyondChance(chance=0.9, best=0.8936, least_gain=0.018, trials=40),
        ),
        warning(
            Kind.CHANCE,
            NotBeyondChance(chance=0.9, best=0.8936, least_gain=0.018, trials=20),
            study="optimizer=adam",
        ),
    ),
)
