"""BrokenRule on a design: which rule, where, what is wrong, what would be right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tuneplay.domain.hyperparameter import Hyperparameter, Scalar
from tuneplay.domain.meaning import Meaning
from tuneplay.domain.round import Round


class Level(StrEnum):
    """How much it matters that a round breaks a rule.

    error: the answer would be empty or wrong, and the round does not start. warning: the answer is
    in danger. note: the answer has a limit that one should know.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of design.

    Attributes:
        name: Its name, by which a spec silences it.
        level: How much it matters.
        section: Section of the playbook that it comes from.
    """

    name: str
    level: Level
    section: str


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """One rule that a round breaks.

    Attributes:
        rule: The rule.
        wrong: What is wrong, and why it matters.
        right: What would be right.
        key: Top-level key of the spec that it is about: `nuisance`, `trials`, …
        name: Name of the hyperparameter that it is about; empty for none.
        study: Key of a study that has it, if it is conditional; None if all studies have it.
        level: Of this case, where it differs from the rule's.
    """

    rule: Rule
    wrong: str
    right: str
    key: str
    name: str = ""
    study: str | None = None
    level: Level | None = None

    @property
    def severity(self) -> Level:
        """How much this case matters."""
        return self.level or self.rule.level


@dataclass(frozen=True, slots=True)
class Use:
    """A hyperparameter in its role.

    Attributes:
        key: scientific, nuisance or fixed.
        name: Its name.
        meaning: What it is, as far as its name says.
        space: Where it is searched; None for scientific values and fixed ones.
        value: Its fixed value; None for others.
        study: Key of the first study that has it, where it is conditional; else None.
    """

    key: str
    name: str
    meaning: Meaning | None
    space: Hyperparameter | None = None
    value: Scalar = None
    study: str | None = None

    @property
    def searched(self) -> bool:
        """Whether it takes several values in the round."""
        return self.key != "fixed"


@dataclass(frozen=True, slots=True)
class Design:
    """A round, and each of its hyperparameters in its role, once, in the order of the spec."""

    round: Round
    uses: tuple[Use, ...]


def design_of(round_: Round) -> Design:
    """The design of a round."""
    found: dict[tuple[object, ...], Use] = {}
    for use in _all_uses(round_):
        # Two scientific values may have equal ranges. Each has a line of its own in the spec.
        place = id(use.space) if use.space is not None else (use.study, type(use.value), use.value)
        identity = (use.key, use.name, place)
        found.setdefault(identity, use)
    return Design(round_, tuple(found.values()))


#: Stands for a missing value: None would be a value, null.
_ABSENT = object()


def _all_uses(round_: Round) -> Iterator[Use]:
    first = dict(round_.studies[0].fixed)
    same = {
        name
        for name, value in first.items()
        if all(study.fixed.get(name, _ABSENT) == value for study in round_.studies)
    }
    for study in round_.studies:
        for name in study.scientific:
            yield Use("scientific", name, round_.meaning(name))
        for axis in study.axes:
            yield Use("scientific", axis.name, round_.meaning(axis.name), axis)
        for h in study.shared:
            yield Use("nuisance", h.name, round_.meaning(h.name), h)
        for h in study.conditional:
            yield Use("nuisance", h.name, round_.meaning(h.name), h, study=study.key)
        for name, value in study.fixed.items():
            study_key = None if name in same else study.key
            yield Use("fixed", name, round_.meaning(name), value=value, study=study_key)


def about(use: Use, rule: Rule, wrong: str, right: str, level: Level | None = None) -> BrokenRule:
    """BrokenRule about one hyperparameter."""
    return BrokenRule(rule, wrong, right, use.key, use.name, use.study, level)
