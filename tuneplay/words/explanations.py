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
    def means(self) -> str:
        """What it means."""
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
class Explanation:
    """What one name means.

    Attributes:
        name: The kind of a finding, a verdict, or the name of a rule of design.
        about: `finding`, `verdict` or `rule`.
        means: What it means.
        more: The rest by its key in the JSON, each with its headline and text.
    """

    name: str
    about: str
    means: str
    more: Mapping[str, tuple[str, str]]


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
        "judged": ("How it is judged", words.judged),
        "right": ("How often it is right", words.right),
        "do": ("What to do", words.do),
    }
    return Explanation(name, about, words.means, more)


def _of_rule(rule: Rule) -> Explanation:
    more = {
        "level": ("Level", level_of(rule)),
        "section": ("Section of the playbook", rule.section),
        "silence": ("To silence it, write in the spec", silence_of(rule)),
    }
    return Explanation(rule.name, "rule", RULE_MEANS[rule.name], more)
