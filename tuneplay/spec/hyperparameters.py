"""Reading hyperparameters: ranges, choices, fixed values, and their names."""

from __future__ import annotations

import math
import re
from enum import StrEnum

from tuneplay.domain.command import BUILTIN_PLACEHOLDERS, NAME, variable_of
from tuneplay.domain.hyperparameter import Choice, Hyperparameter, Range, Scalar, Scale
from tuneplay.spec.fields import Field
from tuneplay.spec.nodes import ListNode, MapNode, ScalarNode

RANGE_KEYS = ("low", "high", "scale", "type", "step", "limits")

#: What other programs call the ends of a range (W&B, Ray Tune, Keras Tuner, Nevergrad).
_FOREIGN = {
    **dict.fromkeys(("min", "min_value", "minimum", "lower"), "low"),
    **dict.fromkeys(("max", "max_value", "maximum", "upper"), "high"),
}

#: What they call a list of choices.
_CHOICE_KEYS = {"values", "choices", "categories", "options"}

#: The longest argument that Linux hands to a program (MAX_ARG_STRLEN, 32 pages of 4 KiB), with
#: room for `--name=`.
MAX_VALUE_BYTES = 131_072 - 1_024

#: Environment variables that tuneplay sets, and how the same reaches the command.
_TAKEN = {variable_of(name): f"{{{name}}}" for name in (*BUILTIN_PLACEHOLDERS, "args")} | {
    "TUNEPLAY_METRICS": "$TUNEPLAY_METRICS"
}

#: The rules of design say why these are never searched.
_JUDGED = {variable_of("epochs"), variable_of("seed")}

#: A range with more steps than this needs no step.
MAX_GRID = 1_000_000_000

_NAME = re.compile(NAME)


class _Type(StrEnum):
    FLOAT = "float"
    INT = "int"


def read_space(field: Field) -> list[Hyperparameter]:
    """The hyperparameters of a `nuisance` mapping, in the order of the spec."""
    space: list[Hyperparameter] = []
    for key, value in field.entries():
        if check_name(key, value, searched=True):
            hyperparameter = read_hyperparameter(key.text, value)
            if hyperparameter is not None:
                space.append(hyperparameter)
    return space


def read_fixed(field: Field) -> dict[str, Scalar]:
    """The values of a `fixed` mapping."""
    values: dict[str, Scalar] = {}
    for key, value in field.entries():
        if check_name(key, value, searched=False):
            if isinstance(value.node, ListNode | MapNode):
                value.error(
                    f"{value.shown()} is not one value",
                    "write one value, or move it to nuisance to search it",
                )
                continue
            values[key.text] = read_value(value)
    return values


def read_value(field: Field) -> Scalar:
    """A value that can reach the program as one argument."""
    value = field.scalar()
    if isinstance(value, str) and len(value.encode("utf-8", "replace")) > MAX_VALUE_BYTES:
        field.error(
            "the value is longer than a program can receive",
            "write it to a file, and pass its path",
        )
    return value


def read_hyperparameter(name: str, field: Field) -> Hyperparameter | None:
    """A range or a choice; None after an error."""
    if isinstance(field.node, ListNode):
        return _read_choice(name, field)
    if isinstance(field.node, ScalarNode):
        empty = not field.node.text.strip()
        wrong = "the search space is empty" if empty else f"{field.shown()} is one value"
        right = "" if empty else ", or move it to fixed"
        field.error(wrong, f"write {{low: …, high: …, scale: …}} or a list{right}")
        return None
    return read_range(name, field)


def check_name(key: ScalarNode, field: Field, *, searched: bool) -> bool:
    """Whether a name can be a hyperparameter's; notes an error when it cannot."""
    name = key.text
    problems, mark, path = field.problems, key.mark, field.path
    if searched and variable_of(name) in _JUDGED:
        return True
    if variable_of(name) in _TAKEN:
        ours = _TAKEN[variable_of(name)]
        right = f"leave it out: the program gets it as {ours}"
        problems.error(mark, path, f"'{name}' is set by tuneplay", right)
        return False
    if not _NAME.fullmatch(name):
        right = "use letters, digits, `_`, `-`, `.` and `/`, and begin with a letter"
        if _NAME.fullmatch(name.lstrip("-")):
            right = "leave out the dashes"
        problems.error(mark, path, f"'{name}' cannot be a name", right)
        return False
    return True


def _read_choice(name: str, field: Field) -> Choice | None:
    values = [read_value(item) for item in field.items()]
    identities = {(type(value), value) for value in values}
    words = {value for value in values if isinstance(value, str)} & {scale.value for scale in Scale}
    if words and any(isinstance(value, int | float) for value in values):
        field.error(
            "a list means a choice of these values, not a range",
            f"for a range write {{low: …, high: …, scale: {min(words)}}}",
        )
        return None
    if len(identities) < len(values):
        field.error("a value is listed twice", "write each value once")
    if len(values) < 2:
        field.error("a list to search needs two values or more", "move a single value to fixed")
        return None
    return Choice(name, tuple(values))


def read_range(name: str, field: Field) -> Range | None:
    """A range {low, high, scale, type, step, limits}; None after an error."""
    before = len(field.problems.errors)
    keys = {k.text for k, _ in field.node.entries} if isinstance(field.node, MapNode) else set()
    if keys and keys <= _CHOICE_KEYS:
        field.error("a choice is written as a list", "write [a, b, c]")
        return None
    fields = field.fields(RANGE_KEYS, _FOREIGN)
    for key in ("low", "high"):
        if key not in fields:
            field.error(f"'{key}' is missing", "a range needs low and high")
    if "low" not in fields or "high" not in fields:
        return None
    low, high = fields["low"].number(), fields["high"].number()
    scale = fields["scale"].one_of(Scale) if "scale" in fields else Scale.LINEAR
    kind = _read_type(field, fields, low, high)
    _check_ends(fields, low, high)
    if scale is Scale.LOG and low <= 0:
        fields["low"].error(f"a log scale cannot start at {low:g}", "write a low end above 0")
    if scale is Scale.REVERSE_LOG and high >= 1:
        fields["high"].error(
            f"a reverse_log scale cannot end at {high:g}", "write a high end below 1, as in 0.999"
        )
    if not math.isfinite(high - low) and math.isfinite(low) and math.isfinite(high):
        field.error("the range is too wide to compute with", "narrow it")
    if scale is Scale.REVERSE_LOG and kind is _Type.INT:
        field.error("reverse_log is for fractions below 1", "write type: float, or another scale")
    step = _read_step(fields, kind, scale, high - low)
    limits = _read_limits(fields, low, high)
    if len(field.problems.errors) > before or scale is None:
        return None
    return Range(name, float(low), float(high), scale, kind.value, step, limits)


def _check_ends(fields: dict[str, Field], low: float, high: float) -> None:
    if low == high:
        fields["high"].error(
            f"low and high are both {low:g}", "widen the range, or move the value to fixed"
        )
    elif low > high:
        fields["low"].error(f"low {low:g} is above high {high:g}", "swap them")


def _read_type(field: Field, fields: dict[str, Field], low: float, high: float) -> _Type:
    """The stated type, or int where both ends are written as whole numbers."""
    if "type" in fields:
        kind = fields["type"].one_of(_Type) or _Type.FLOAT
    elif isinstance(low, int) and isinstance(high, int):
        kind = _Type.INT
        if high - low == 1 and "step" not in fields:
            # {low: 0, high: 1} as int would silently train only the two ends.
            wrong = f"{low:g} to {high:g} may mean whole numbers or fractions"
            field.error(wrong, "add type: int or type: float")
    else:
        kind = _Type.FLOAT
    if kind is _Type.INT:
        for key, value in (("low", low), ("high", high)):
            if math.isfinite(value) and value != int(value):
                fields[key].error(
                    f"{value:g} is not a whole number", "write type: float, or round it"
                )
    return kind


def _read_step(
    fields: dict[str, Field], kind: _Type, scale: Scale | None, width: float
) -> float | None:
    if "step" not in fields:
        return None
    field, step = fields["step"], fields["step"].number()
    if step <= 0:
        field.error(f"the step {step:g} is not above 0", "write a larger one")
    elif step > width:
        field.error(f"a step of {step:g} is wider than the range", "write a smaller one")
    elif width / step > MAX_GRID:
        wrong = f"a step of {step:g} makes more than {MAX_GRID:,} values"
        field.error(wrong, "leave out the step")
    if kind is _Type.INT and math.isfinite(step) and step != int(step):
        field.error(f"{step:g} is not a whole number", "write a whole step, or type: float")
    if scale is not Scale.LINEAR:
        field.error("a step works on the linear scale only", "leave out step or scale")
    return float(step)


def _read_limits(
    fields: dict[str, Field], low: float, high: float
) -> tuple[float | None, float | None]:
    if "limits" not in fields:
        return (None, None)
    field = fields["limits"]
    items = field.items() if isinstance(field.node, ListNode) else []
    if len(items) != 2:
        field.error("limits are a list of two numbers", "write [low, high], with null for no limit")
        return (None, None)
    ends = [
        None if isinstance(i.node, ScalarNode) and i.node.value is None else i.number()
        for i in items
    ]
    if ends[0] is not None and ends[1] is not None and ends[0] >= ends[1]:
        field.error(
            f"the limits {ends[0]:g} and {ends[1]:g} leave no room", "write the smaller one first"
        )
        return (None, None)
    if ends[0] is not None and low < ends[0]:
        field.error(f"low {low:g} is below the limit {ends[0]:g}", "raise low, or lower the limit")
    if ends[1] is not None and high > ends[1]:
        field.error(
            f"high {high:g} is above the limit {ends[1]:g}", "lower high, or raise the limit"
        )
    return (ends[0], ends[1])
