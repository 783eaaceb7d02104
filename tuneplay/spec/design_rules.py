"""Applying the rules of design to a spec: finding the place of each advice, silencing some."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tuneplay.design.advice import BrokenRule, Level
from tuneplay.design.rules import RULES, advise
from tuneplay.domain.command import text_of, variable_of
from tuneplay.domain.meaning import Meaning
from tuneplay.domain.round import Round, Study
from tuneplay.spec.fields import Field
from tuneplay.spec.nodes import find_key
from tuneplay.spec.problems import Mark, Problem, Problems, closest

#: The round of an argument such as `rounds/01-optimizer`; None when there is none.
Earlier = Callable[[str], Round | None]

#: The meaning of a name that stands for none of the known things.
OTHER = "other"


def read_meanings(field: Field | None, names: frozenset[str]) -> dict[str, Meaning | None]:
    """`roles: {lrate: learning_rate}`: what a hyperparameter is, where its name misleads."""
    found: dict[str, Meaning | None] = {}
    known = [meaning.value for meaning in Meaning]
    for key, value in field.entries() if field else []:
        if key.text not in names:
            value.problems.error(
                key.mark,
                value.path,
                f"'{key.text}' is not a hyperparameter of this spec",
                closest(key.text, names),
            )
            continue
        if variable_of(key.text) in (variable_of("epochs"), variable_of("seed")):
            value.error(f"'{key.text}' is set by tuneplay", "rename the hyperparameter")
            continue
        word = value.text("write what it is, as in learning_rate")
        if word and word not in known and word != OTHER:
            value.error(f"'{word}' is not known", closest(word, [*known, OTHER]))
        elif word:
            found[key.text] = None if word == OTHER else Meaning(word)
    return found


def read_silenced(field: Field | None) -> frozenset[str]:
    """`silence: {rule: reason}`: names of the rules that this spec breaks on purpose."""
    names = set()
    for key, value in field.entries() if field else []:
        if key.text not in RULES:
            value.problems.error(
                key.mark, value.path, f"there is no rule '{key.text}'", closest(key.text, RULES)
            )
        elif value.text("write the reason, in a few words"):
            names.add(key.text)
    return frozenset(names)


def _can_silence(advice: BrokenRule) -> bool:
    """Whether a spec may silence this advice: not where tuneplay sets the value itself."""
    return variable_of(advice.name) not in (variable_of("epochs"), variable_of("seed"))


def check_design(
    round_: Round,
    root: Field,
    fields: Mapping[str, Field],
    silenced: frozenset[str],
    earlier: Earlier | None,
) -> None:
    """Note every rule that the round breaks, each at its place in the spec.

    Args:
        round_: The round as it was read.
        root: The spec.
        fields: Its top-level keys.
        silenced: Names of the rules that are not applied.
        earlier: Reads the round that `parent` names; None where earlier rounds are not read.
    """
    parent = None
    if round_.parent is not None and earlier is not None:
        parent = earlier(round_.parent)
        if parent is None:
            wrong = f"there is no round {round_.parent}, so changes since then cannot be checked"
            right = "name the folder of an earlier round, or leave it out"
            root.problems.warning(fields["parent"].mark, "parent", wrong, right)
    for advice in advise(round_, parent):
        if advice.rule.name not in silenced or not _can_silence(advice):
            mark, path = _place(advice, round_, root, fields)
            _note(root.problems, advice, mark, path)


def _note(problems: Problems, advice: BrokenRule, mark: Mark, path: str) -> None:
    source = f'[{advice.rule.name}; playbook, "{advice.rule.section}"]'
    problem = Problem(mark, path, advice.wrong, f"{advice.right} {source}")
    if advice.severity is Level.ERROR:
        problems.error(mark, path, problem.wrong, problem.right)
    elif advice.severity is Level.WARNING:
        problems.warnings.append(problem)
    else:
        problems.notes.append(problem)


def _place(
    advice: BrokenRule, round_: Round, root: Field, fields: Mapping[str, Field]
) -> tuple[Mark, str]:
    """Position and key path of what an advice is about; the nearest existing key."""
    if advice.name:
        paths = _paths(advice, round_)
    else:
        paths = iter([*_arm_paths(advice, round_, ()), (advice.key,)])
    for path in paths:
        found = find_key(root.node, path)
        if found is not None:
            return found, ".".join(path)
    if advice.key in fields:
        return fields[advice.key].mark, advice.key
    return root.mark, advice.key


def _paths(advice: BrokenRule, round_: Round) -> Iterator[tuple[str, ...]]:
    below = (advice.key, advice.name)
    yield from _arm_paths(advice, round_, below)
    yield below
    # A hyperparameter with the same value under each scientific value is written below each.
    for study in round_.studies if advice.study is None else ():
        yield from _study_paths(study, below)


def _arm_paths(
    advice: BrokenRule, round_: Round, below: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    """Possible places of a conditional hyperparameter: below each scientific value of its study."""
    if advice.study is not None:
        yield from _study_paths(round_.study(advice.study), below)


def _study_paths(study: Study, below: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, value in study.scientific.items():
        for spelled in dict.fromkeys((text_of(value), str(value), str(value).lower())):
            yield ("scientific", name, spelled, *below)
