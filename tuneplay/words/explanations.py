"""What findings, verdicts and rules of design mean: the text of `tuneplay explain`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tuneplay.design.advice import Rule
from tuneplay.design.rules import RULES
from tuneplay.words.findings import FINDING_WORDS
from tuneplay.words.rule_explanations import RULE_MEANS, level_of, silence_of
from tuneplay.words.verdict_words import VERDICT_WORDS


class Explained(Protocol):
    """What can be explained: `FindingWords`, and whatever has the same fields."""

    @property
    def means(self) -> tuple[str, ...]:
        """What it means, by sentences."""
        ...

    @property
    def judged(self) -> str:
        """How it is judged."""
        ...

    @property
    def right(self) -> str:
        """How often it is right."""
        ...

    @property
    def do(self) -> str:
        """What to do about it."""
        ...


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of an explanation below a headline.

    Attributes:
        headline: What it is about.
        text: What is said.
        verbatim: Whether it is to be pasted, and must not be wrapped.
    """

    headline: str
    text: str
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one name means.

    Attributes:
        name: The kind of a finding, a verdict, or the name of a rule of design.
        about: `finding`, `verdict` or `rule`.
        means: What it means, by sentences; the first one stands in the list.
        more: The rest by its key in the JSON.
    """

    name: str
    about: str
    means: tuple[str, ...]
    more: Mapping[str, Passage]


#: Words that explain themselves, by what they are about.
_EXPLAINED: Mapping[str, Mapping[str, Explained]] = {
    "finding": {kind.value: words for kind, words in FINDING_WORDS.items()},
    "verdict": {verdict.value: words for verdict, words in VERDICT_WORDS.items()},
}


def explanations() -> dict[str, Explanation]:
    """Every explanation by its name: findings, verdicts, then rules of design."""
    found = {
        name: _of_words(name, about, words)
        for about, by_name in _EXPLAINED.items()
        for name, words in by_name.items()
    }
    return found | {name: _of_rule(rule) for name, rule in RULES.items()}


def _of_words(name: str, about: str, words: Explained) -> Explanation:
    more = {
        "judged": Passage("How it is judged", words.judged),
        "right": Passage("How often it is right", words.right),
        "do": Passage("What to do", words.do),
    }
    return Explanation(name, about, words.means, more)


def _of_rule(rule: Rule) -> Explanation:
    more = {
        "level": Passage("Level", level_of(rule)),
        "section": Passage("Section of the playbook", rule.section),
        "silence": Passage("To silence it, write in the spec", silence_of(rule), verbatim=True),
    }
    return Explanation(rule.name, "rule", RULE_MEANS[rule.name], more)
