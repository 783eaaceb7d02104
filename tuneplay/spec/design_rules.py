"""The rules of design on a spec: where each advice belongs, what is overruled, what is silenced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tuneplay.design.advice import Advice, Level
from tuneplay.design.rules import RULES, advise
from tuneplay.domain.command import text_of, variable_of
from tuneplay.domain.meaning import Meaning
from tuneplay.domain.round import Round, Study
from tuneplay.spec.fields import Field
from tuneplay.spec.nodes import find_key
from tuneplay.spec.problems import Mark, Problem, Problems, closest

#: The round of an argument such as `rounds/01-optimizer`; None when there is none.
Earlier = Callable[[str], Round | None]

#: What a name means that is none of the known things.
OTHER = "other"


def read_meanings(field: Field | None, names: frozenset[str]) -> dict[str, Meaning | None]:
    """`roles: {lrate: learning_rate}`: what hyperparameters are, where their names mislead."""
    found: dict[str, Meaning | None] = {}
    known = [meaning.value for meaning in Meaning]
    for key, value in field.entries() if field else []:
        if key.text not in names:
            value.problems.error(
                key.mark, value.path, f"no hyperparameter '{key.text}'", closest(key.text, names)
            )
            continue
        if variable_of(key.text) in (variable_of("epochs"), variable_of("seed")):
            value.error(f"'{key.text}' is set by tuneplay", "rename the hyperparameter")
            continue
        word = value.text("what it is, as in learning_rate")
        if word and word not in known and word != OTHER:
            value.error(f"'{word}' is not known", closest(word, [*known, OTHER]))
        elif word:
            found[key.text] = None if word == OTHER else Meaning(word)
    return found


def read_silenced(field: Field | None) -> frozenset[str]:
    """`silence: {rule: reason}`: names of the rules that this spec goes against knowingly."""
    names = set()
    for key, value in field.entries() if field else []:
        if key.text not in RULES:
            value.problems.error(
                key.mark, value.path, f"no rule '{key.text}'", closest(key.text, RULES)
            )
        elif value.text("the reason, in a few words"):
            names.add(key.text)
    return frozenset(names)


def _can_silence(advice: Advice) -> bool:
    """Whether a spec may go against a rule: not where tuneplay sets the value itself."""
    return variable_of(advice.name) not in (variable_of("epochs"), variable_of("seed"))


def check_design(
    round_: Round,
    root: Field,
    fields: Mapping[str, Field],
    silenced: frozenset[str],
    earlier: Earlier | None,
) -> None:
    """Note every rule that the round goes against, at the place in the spec that it is about.

    Args:
        round_: The round as it was read.
        root: The spec.
        fields: Its top-level keys.
        silenced: Names of rules that say nothing.
        earlier: How the round that `parent` names is read; None for not at all.
    """
    parent = None
    if round_.parent is not None and earlier is not None:
        parent = earlier(round_.parent)
        if parent is None:
            wrong = f"there is no round {round_.parent}"
            right = "without it nothing can be said of what was changed"
            root.problems.warning(fields["parent"].mark, "parent", wrong, right)
    for advice in advise(round_, parent):
        if advice.rule.name not in silenced or not _can_silence(advice):
            mark, path = _place(advice, round_, root, fields)
            _note(root.problems, advice, mark, path)


def _note(problems: Problems, advice: Advice, mark: Mark, path: str) -> None:
    source = f'[{advice.rule.name}; playbook, "{advice.rule.section}"]'
    problem = Problem(mark, path, advice.wrong, f"{advice.right} {source}")
    if advice.severity is Level.ERROR:
        problems.error(mark, path, problem.wrong, problem.right)
    elif advice.severity is Level.WARNING:
        problems.warnings.append(problem)
    else:
        problems.notes.append(problem)


def _place(
    advice: Advice, round_: Round, root: Field, fields: Mapping[str, Field]
) -> tuple[Mark, str]:
    """Position and key path of what an advice is about; the nearest key that there is."""
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


def _paths(advice: Advice, round_: Round) -> Iterator[tuple[str, ...]]:
    below = (advice.key, advice.name)
    yield from _arm_paths(advice, round_, below)
    yield below
    # What has the same value under each scientific value stands below each of them.
    for study in round_.studies if advice.study is None else ():
        yield from _study_paths(study, below)


def _arm_paths(advice: Advice, round_: Round, below: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Where a conditional hyperparameter may stand: below each scientific value of its study."""
    if advice.study is not None:
        yield from _study_paths(round_.study(advice.study), below)


def _study_paths(study: Study, below: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, value in study.scientific.items():
        for spelled in dict.fromkeys((text_of(value), str(value), str(value).lower())):
            yield ("scientific", name, spelled, *below)
