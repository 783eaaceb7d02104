"""Reading the roles: scientific, nuisance and fixed hyperparameters, and so the studies."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from tuneplay.domain.command import text_of, variable_of
from tuneplay.domain.hyperparameter import Hyperparameter, Scalar
from tuneplay.domain.round import Study
from tuneplay.spec.fields import Field
from tuneplay.spec.hyperparameters import (
    RANGE_KEYS,
    check_name,
    read_fixed,
    read_space,
    read_value,
)
from tuneplay.spec.nodes import ListNode, MapNode, ScalarNode

#: More studies than this are a mistake in the product of scientific values.
MAX_STUDIES = 1_000

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
    """The studies of a spec: one for each combination of scientific values."""
    shared = tuple(read_space(fields["nuisance"])) if "nuisance" in fields else ()
    fixed = read_fixed(fields["fixed"]) if "fixed" in fields else {}
    arms = _read_scientific(fields["scientific"]) if "scientific" in fields else []
    count = math.prod(len(values) for values in arms)
    if count > MAX_STUDIES:
        fields["scientific"].error(f"{count:,} combinations", f"at most {MAX_STUDIES} studies")
        return ()
    studies = [_study(combination, shared, fixed) for combination in itertools.product(*arms)]
    _check_names(arms, shared, fixed, fields.get("scientific", root))
    distinct = all(len({text_of(arm.value) for arm in values}) == len(values) for values in arms)
    if distinct and len({study.key for study in studies}) < len(studies):
        fields["scientific"].error("two studies have the same key", "simpler values, or names")
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
            "'baseline' is missing", f"say which value you have now, as in baseline: {{{example}}}"
        )
        return None
    wanted: dict[str, Scalar] = {}
    known = studies[0].scientific
    before = len(root.problems.errors)
    for name, value in fields["baseline"].fields(known).items():
        wanted[name] = value.scalar()
    if len(root.problems.errors) > before:
        return None
    matching = [s for s in studies if all(_same(s.scientific[n], v) for n, v in wanted.items())]
    if len(matching) == 1 and wanted:
        return matching[0].key
    keys = ", ".join(study.key for study in studies)
    if not matching:
        fields["baseline"].error("no study has these values", f"the studies are {keys}")
    else:
        fields["baseline"].error(
            f"{len(matching)} studies have these values",
            f"name one value each, as in {{{example}}}",
        )
    return None


def _same(first: Scalar, second: Scalar) -> bool:
    return type(first) is type(second) and first == second


def _read_scientific(scientific: Field) -> list[list[_Arm]]:
    return [
        _read_arms(key.text, value)
        for key, value in scientific.entries()
        if check_name(key, value, searched=True)
    ]


def _read_arms(name: str, value: Field) -> list[_Arm]:
    """The values of one scientific hyperparameter; empty after an error."""
    if isinstance(value.node, ScalarNode):
        value.error(f"{value.shown()} is one value", "list what to compare, or move it to fixed")
        return []
    if isinstance(value.node, ListNode):
        arms = [_Arm(name, read_value(item)) for item in value.items()]
    elif isinstance(value.node, MapNode) and _is_range(value.node):
        value.error(
            "a range of scientific values is not supported yet",
            "list the values to compare, as in [1e-4, 1e-3, 1e-2]",
        )
        return []
    else:
        arms = [_read_conditional(name, key, below) for key, below in value.entries()]
    if len({(type(arm.value), arm.value) for arm in arms}) < len(arms):
        value.error("a value is listed twice", "each value once")
    if len({text_of(arm.value) for arm in arms}) < len({(type(a.value), a.value) for a in arms}):
        value.error("two values read the same", "a program could not tell them apart")
    if not arms:
        value.error("no values to compare", "list them, as in [relu, tanh]")
    return arms


def _is_range(node: MapNode) -> bool:
    return {key.text for key, _ in node.entries} & {"low", "high"} != set() and all(
        key.text in RANGE_KEYS for key, _ in node.entries
    )


def _read_conditional(name: str, key: ScalarNode, below: Field) -> _Arm:
    parts = below.fields(("nuisance", "fixed"))
    nuisance = tuple(read_space(parts["nuisance"])) if "nuisance" in parts else ()
    fixed = read_fixed(parts["fixed"]) if "fixed" in parts else {}
    return _Arm(name, key.value, nuisance, fixed)


def _study(
    arms: tuple[_Arm, ...], shared: tuple[Hyperparameter, ...], fixed: Mapping[str, Scalar]
) -> Study:
    key = ",".join(f"{arm.name}={text_of(arm.value)}" for arm in arms) or TUNING_KEY
    conditional = tuple(h for arm in arms for h in arm.nuisance)
    merged = {**fixed, **{n: v for arm in arms for n, v in arm.fixed.items()}}
    return Study(key, {arm.name: arm.value for arm in arms}, shared, conditional, merged)


def _check_names(
    arms: list[list[_Arm]],
    shared: tuple[Hyperparameter, ...],
    fixed: Mapping[str, Scalar],
    where: Field,
) -> None:
    """A hyperparameter has one role in a study, and its own environment variable."""
    for combination in itertools.product(*arms):
        roles = [(arm.name, "scientific") for arm in combination]
        roles += [(h.name, "nuisance") for h in shared] + [(name, "fixed") for name in fixed]
        for arm in combination:
            under = f"under {arm.name}={text_of(arm.value)}"
            roles += [(h.name, f"nuisance {under}") for h in arm.nuisance]
            roles += [(name, f"fixed {under}") for name in arm.fixed]
        seen: dict[str, tuple[str, str]] = {}
        for name, role in roles:
            variable = variable_of(name)
            if variable in seen:
                other, earlier = seen[variable]
                what = f"'{name}'" if name == other else f"'{other}' and '{name}'"
                where.error(
                    f"{what}: {earlier} and {role} at once", "one role and one name in each study"
                )
            seen.setdefault(variable, (name, role))
