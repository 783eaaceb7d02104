"""What things are called in sentences: as the reader calls them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.round import Round

#: A scientific value that can stand for its study in a sentence: a word of three letters or more.
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_+.\-]{2,39}")

#: Words that would be taken for a part of the sentence.
_ORDINARY = frozenset(
    [
        "all",
        "and",
        "any",
        "are",
        "but",
        "each",
        "else",
        "even",
        "few",
        "first",
        "for",
        "from",
        "high",
        "last",
        "less",
        "low",
        "more",
        "most",
        "none",
        "not",
        "null",
        "off",
        "one",
        "other",
        "same",
        "some",
        "than",
        "that",
        "the",
        "then",
        "this",
        "true",
        "false",
        "was",
        "with",
        "yes",
    ]
)


@dataclass(frozen=True, slots=True)
class Naming:
    """Names for the sentences about one round.

    Attributes:
        metric: The objective.
        baseline: Key of the baseline's study; None in a round that only tunes.
        labels: What each study is called, by its key.
        epochs: Epochs of every trial.
        maximize: Whether a higher objective is better.
        test_metric: A metric that is shown for the final choice; None for none.
    """

    metric: str
    baseline: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    epochs: int = 1
    maximize: bool = False
    test_metric: str | None = None

    def study(self, key: str) -> str:
        """What a study is called: its scientific value where that is a word, else its key."""
        return self.labels.get(key, key)

    def studies(self, keys: Sequence[str]) -> str:
        """Several studies in a sentence: `adam, sgd and lion`."""
        return listed([self.study(key) for key in keys])


def naming_of(round_: Round) -> Naming:
    """The names for a round.

    A study is called by its only scientific value (`adam`), if the value of every study is a word
    that reads as a name. Otherwise all studies are called by their keys (`num_layers=2`).
    """
    values = [tuple(study.scientific.values()) for study in round_.studies]
    keys = [study.key for study in round_.studies]
    axes = any(study.axes for study in round_.studies)
    plain = all(len(one) == 1 and _is_name(one[0]) for one in values) and not axes
    labels = [str(one[0]) for one in values] if plain else keys
    objective = round_.objective
    return Naming(
        objective.metric,
        round_.baseline,
        dict(zip(keys, labels, strict=True)),
        round_.epochs,
        objective.direction is Direction.MAXIMIZE,
        objective.test_metric,
    )


def _is_name(value: Scalar) -> bool:
    if not isinstance(value, str):
        return False
    return _WORD.fullmatch(value) is not None and value.casefold() not in _ORDINARY


def listed(names: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return (
        f" {last} ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)
    )
