"""The words for every kind of finding, by kind."""

from __future__ import annotations

from tuneplay.judge.finding import Finding, Kind
from tuneplay.words import (
    curve_findings,
    edge_findings,
    effect_findings,
    epoch_findings,
    fairness_findings,
    infeasible_findings,
    output_findings,
    undersampled_findings,
)
from tuneplay.words.message import FindingWords, Message
from tuneplay.words.naming import Naming

#: The modules that say something about findings, in the order in which they are listed.
_MODULES = (
    edge_findings,
    infeasible_findings,
    undersampled_findings,
    epoch_findings,
    curve_findings,
    output_findings,
    fairness_findings,
    effect_findings,
)

#: What is said of each kind: every `FindingWords` of these modules.
FINDING_WORDS: dict[Kind, FindingWords] = {
    words.kind: words
    for module in _MODULES
    for words in vars(module).values()
    if isinstance(words, FindingWords)
}


def say(finding: Finding, naming: Naming) -> Message:
    """What is said of a finding, without its study and hyperparameter."""
    return FINDING_WORDS[finding.kind].say(finding, naming)


def subject_of(finding: Finding, naming: Naming) -> str:
    """The study and the hyperparameter that a finding concerns, where its sentences name neither.

    Empty where they do, where it concerns the round, and for the only study of a round.
    """
    if FINDING_WORDS[finding.kind].names_subject:
        return ""
    study = naming.study(finding.study) if finding.study and len(naming.labels) > 1 else ""
    # A joint study may have the name of its range.
    return ", ".join(dict.fromkeys(filter(None, (study, finding.hyperparameter))))
