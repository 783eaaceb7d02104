"""What is said about one thing: what is so, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tuneplay.judge.finding import Finding, Kind
from tuneplay.words.naming import Naming


def joined(*sentences: str) -> str:
    """Sentences in one paragraph, without the empty ones. No name in them loses a blank."""
    return " ".join(text for text in sentences if text)


@dataclass(frozen=True, slots=True)
class Message:
    """What is said about one thing.

    Attributes:
        what: What is so, in full sentences.
        fix: What to do, in full sentences; empty where there is nothing to do.
    """

    what: str
    fix: str = ""

    @property
    def text(self) -> str:
        """Both, in one paragraph."""
        return joined(self.what, self.fix)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingWords:
    """Everything that is said about one kind of finding.

    Attributes:
        kind: The kind.
        say: The sentences about one finding.
        names_subject: Whether they name its study and hyperparameter. Otherwise a report does, in
            front of them.
        means: What such a finding means, for `tuneplay explain`, by sentences; the first one
            stands in the list.
        judged: How it is judged.
        right: How often it is right, with the family that was measured; where it was not
            measured, that is said.
        do: What to do about it.
        samples: Findings with sample numbers, at least one for each class of evidence:
            docs/messages.md shows what is said of them.
    """

    kind: Kind
    say: Callable[[Finding, Naming], Message]
    means: tuple[str, ...]
    judged: str
    right: str
    do: str
    samples: tuple[Finding, ...]
    names_subject: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is said about one kind of fact that is neither a finding nor a verdict.

    Attributes:
        title: What docs/messages.md calls it.
        say: The sentences about one fact.
        samples: Facts with sample numbers, for docs/messages.md.
        phrase: Whether it is a part of a line and not a sentence.
    """

    title: str
    say: Callable[[Any, Naming], Message]
    samples: tuple[Any, ...]
    phrase: bool = False


def no_words(finding: Finding) -> AssertionError:
    """The error where a finding has evidence that its words do not know."""
    return AssertionError(f"no words for {type(finding.evidence).__name__} of {finding.kind}")
