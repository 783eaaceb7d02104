"""Reading the roles: scientific, nuisance and fixed hyperparameters, and so the studies."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from tuneplay.domain.command import text_of, variable_of
from tuneplay.domain.hyperparameter import Hyperparameter, Range, Scalar
from tuneplay.domain.round import Phase, Study
from tuneplay.spec.fields import Field
from tuneplay.spec.hyperparameters import (
    RANGE_KEYS,
    check_name,
    read_fixed,
    read_range,
    read_space,
    read_value,
)
from tuneplay.spec.nodes import ListNode, MapNode, ScalarNode, find_key

#: More studies than this are a mistake in the product of scientific values.
MAX_STUDIES = 1_000

#: So are more hyperparameters than this in one study.
MAX_SEARCHED = 100

#: Key of the only study of a round without scientific hyperparameters.
TUNING_KEY = "all"


@dataclass(frozen=True, slots=True)
class _Arm:
    """One value of a scientific hyperparameter, with what exists only under it."""

    name: str
    value: Scalar
    nuisance: tuple[Hyperparameter, ...] = ()
    fixed: Mapping[str, Scalar] = field(default_factory=dict)


def read_studies(fields: Mapping[str, Field], root: Field) -> tuple[Study, ...]:
    """The studies of a spec: one for each combination of scientific values.

    A scientific range multiplies nothing: each of the studies samples it (a joint study).
    """
    shared = tuple(read_space(fields["nuisance"])) if "nuisance" in fields else ()
    fixed = read_fixed(fields["fixed"]) if "fixed" in fields else {}
    arms, axes = _read_scientific(fields["scientific"]) if "scientific" in fields else ([], ())
    count = math.prod(len(values) for values in arms)
    if count > MAX_STUDIES:
        wrong = f"{count:,} combinations make too many studies"
        fields["scientific"].error(wrong, f"compare at most {MAX_STUDIES:,}")
        return ()
    studies = [_study(combination, axes, shared, fixed) for combination in itertools.product(*arms)]
    _check_names(arms, axes, shared, fixed, root)
    most = max(studies, key=lambda study: len(study.space), default=None)
    if most is not None and len(most.space) > MAX_SEARCHED:
        wrong = f"{len(most.space)} hyperparameters are searched in {most.key}"
        root.error(wrong, f"search at most {MAX_SEARCHED}; no number of trials covers more")
        return ()
    distinct = all(len({text_of(arm.value) for arm in values}) == len(values) for values in arms)
    if distinct and len({study.key for study in studies}) < len(studies):
        fields["scientific"].error("two studies have the same name", "use simpler names or values")
    return tuple(studies)


def read_baseline(
    fields: Mapping[str, Field], root: Field, studies: tuple[Study, ...]
) -> str | None:
    """Key of the study that `baseline` names; None in a round that only tunes."""
    if len(studies) < 2 and "baseline" not in fields:
        return None
    if not studies:
        return None
    example = ", ".join(f"{n}: {text_of(v)}" for n, v in studies[0].scientific.items())
    if "baseline" not in fields:
        root.error(
            "'baseline' is missing",
            f"name the value that you have now, as in baseline: {{{example}}}",
        )
        return None
    wanted = _read_wanted(fields["baseline"], studies[0], example)
    if wanted is None:
        return None
    matching = [s for s in studies if all(_same(s.scientific[n], v) for n, v in wanted.items())]
    if len(matching) == 1:
        return matching[0].key
    keys = ", ".join(study.key for study in studies)
    if not matching:
        fields["baseline"].error("no study has these values", f"the studies are {keys}")
    else:
        fields["baseline"].error(
            f"{len(matching)} studies have these values",
            f"name a value of each scientific hyperparameter, as in {{{example}}}",
        )
    return None


def _read_wanted(field: Field, study: Study, example: str) -> dict[str, Scalar] | None:
    """The scientific values that `baseline` names; None after an error."""
    right = f"write {{{example}}}" if example else "leave it out"
    if isinstance(field.node, ScalarNode) and not field.is_null:
        field.error(f"{field.shown()} is not a mapping", right)
        return None
    wanted: dict[str, Scalar] = {}
    axes = {axis.name for axis in study.axes}
    before = len(field.problems.errors)
    for name, value in field.fields((*study.scientific, *axes)).items():
        if name in axes:
            value.error(f"{name} is a range, so no study has a single value of it", "leave it out")
        wanted[name] = value.scalar()
    if len(field.problems.errors) > before:
        return None
    if not wanted:
        right = (
            f"name the value that you have now, as in {{{example}}}" if example else "leave it out"
        )
        field.error("no scientific value is named", right)
        return None
    return wanted


def check_axes(fields: Mapping[str, Field], studies: tuple[Study, ...], phase: Phase) -> None:
    """Refuse a scientific range in exploitation: only exploration spreads its points evenly."""
    if phase is Phase.EXPLOITATION and studies and studies[0].axes:
        name = studies[0].axes[0].name
        fields["scientific"].error(
            f"exploitation gathers its trials at good values, so it shows little of the range of {name}",
            f"write phase: exploration, or move {name} to nuisance",
        )


def _same(first: Scalar, second: Scalar) -> bool:
    return type(first) is type(second) and first == second


def _read_scientific(scientific: Field) -> tuple[list[list[_Arm]], tuple[Range, ...]]:
    """The values of each scientific hyperparameter that has a list of them, and the ranges."""
    arms: list[list[_Arm]] = []
    axes: list[Range] = []
    for key, value in scientific.entries():
        if not check_name(key, value, searched=True):
            continue
        if isinstance(value.node, MapNode) and _is_range(value.node):
            axis = read_range(key.text, value)
            axes += [axis] if axis else []
        else:
            arms.append(_read_arms(key.text, value))
    return arms, tuple(axes)


def _read_arms(name: str, value: Field) -> list[_Arm]:
    """The values of one scientific hyperparameter; empty after an error."""
    if isinstance(value.node, ScalarNode):
        value.error(f"{value.shown()} is one value", "list what to compare, or move it to fixed")
        return []
    if isinstance(value.node, ListNode) and any(isinstance(i, MapNode) for i in value.node.items):
        value.error(
            "a list holds single values only",
            "write a value with hyperparameters of its own as a key below "
            f"{name}, as in adam: {{nuisance: {{…}}}}",
        )
        return []
    if isinstance(value.node, ListNode):
        arms = [_Arm(name, read_value(item)) for item in value.items()]
    else:
        arms = [_read_conditional(name, key, below) for key, below in value.entries()]
    if len({(type(arm.value), arm.value) for arm in arms}) < len(arms):
        value.error("a value is listed twice", "write each value once")
    if len({text_of(arm.value) for arm in arms}) < len({(type(a.value), a.value) for a in arms}):
        value.error("two values are the same text to the program", "keep one of them")
    if not arms:
        value.error("there are no values to compare", "list them, as in [relu, tanh]")
    return arms


def _is_range(node: MapNode) -> bool:
    """Whether a mapping is meant as {low, high}, and not as values with their own hyperparameters."""
    return any(
        key.text in RANGE_KEYS and not isinstance(below, MapNode) for key, below in node.entries
    )


def _read_conditional(name: str, key: ScalarNode, below: Field) -> _Arm:
    right = "write what is searched below `nuisance:`, and a single value below `fixed:`"
    fields = below.fields(("nuisance", "fixed"), other=right)
    nuisance = tuple(read_space(fields["nuisance"])) if "nuisance" in fields else ()
    fixed = read_fixed(fields["fixed"]) if "fixed" in fields else {}
    return _Arm(name, key.value, nuisance, fixed)


def _study(
    arms: tuple[_Arm, ...],
    axes: tuple[Range, ...],
    shared: tuple[Hyperparameter, ...],
    fixed: Mapping[str, Scalar],
) -> Study:
    names = [f"{arm.name}={text_of(arm.value)}" for arm in arms] + [axis.name for axis in axes]
    key = ",".join(names) or TUNING_KEY
    conditional = tuple(h for arm in arms for h in arm.nuisance)
    merged = {**fixed, **{n: v for arm in arms for n, v in arm.fixed.items()}}
    return Study(key, {arm.name: arm.value for arm in arms}, shared, conditional, merged, axes)


def _check_names(
    arms: list[list[_Arm]],
    axes: tuple[Range, ...],
    shared: tuple[Hyperparameter, ...],
    fixed: Mapping[str, Scalar],
    root: Field,
) -> None:
    """Check that a hyperparameter has one role in a study, and its own environment variable."""
    everywhere = [("scientific", axis.name) for axis in axes]
    everywhere += [("nuisance", h.name) for h in shared] + [("fixed", name) for name in fixed]
    for combination in itertools.product(*arms):
        paths: list[tuple[str, ...]] = [("scientific", arm.name) for arm in combination]
        paths += everywhere
        for arm in combination:
            value = ("scientific", arm.name, text_of(arm.value))
            paths += [(*value, "nuisance", h.name) for h in arm.nuisance]
            paths += [(*value, "fixed", name) for name in arm.fixed]
        seen: dict[str, tuple[str, ...]] = {}
        for path in paths:
            earlier = seen.setdefault(variable_of(path[-1]), path)
            if earlier is not path:
                _clash(earlier, path, root)


def _clash(first: tuple[str, ...], second: tuple[str, ...], root: Field) -> None:
    """Note two roles of one name, at whichever comes later in the file."""
    places = {path: find_key(root.node, path) or root.mark for path in (first, second)}
    path = max(places, key=lambda one: places[one])
    name, other = first[-1], second[-1]
    wrong, right = f"'{name}' is both {_role(first)} and {_role(second)}", "keep one of them"
    if name != other:
        variable = variable_of(name)
        wrong = f"'{name}' and '{other}' share the environment variable {variable}"
        right = "rename one of them"
    root.problems.error(
        places[path],
        ".".join(path),
        wrong,
        right,
    )


def _role(path: tuple[str, ...]) -> str:
    return path[0] if len(path) == 2 else f"{path[3]} under {path[1]}={path[2]}"
