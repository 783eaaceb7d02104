"""From one line of a program's output to one measurement."""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tuneplay.domain.curves import MAX_METRIC_NAME

#: No training has more epochs (or steps counted as epochs).
MAX_EPOCH = 10**12

#: A bad value is shown up to this many characters.
MAX_SHOWN = 60

#: A float has at most 309 digits: an integer of this many is read as an infinite float.
LONGEST_INTEGER = 400


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one line measured.

    Attributes:
        epoch: Epoch number.
        values: Metrics by name; NaN where the program reported NaN, None where it reported null.
        fields: Everything but the epoch, numbers or not.
        text: Whether the entire line was UTF-8.
    """

    epoch: int
    values: Mapping[str, float | None]
    fields: Mapping[str, object] = field(default_factory=dict)
    text: bool = True


class BadLineError(ValueError):
    """A line that looks like a measurement but cannot be used; the text says why."""


def parse_json_line(line: bytes) -> Measurement | None:
    """Read a JSON object with an `epoch` key.

    Args:
        line: One line, without its newline.

    Returns:
        The measurement; None for a line that is not meant as one: not a JSON object, or an object
        without an epoch.

    Raises:
        BadLineError: The line is an object with an epoch, or a piece of one, and cannot be used.
    """
    stripped = line.strip().removeprefix(codecs.BOM_UTF8)
    if not stripped.startswith(b"{"):
        return None
    # Numbers are ASCII: a name in another encoding does not make them wrong.
    text = stripped.decode("utf-8", "replace")
    try:
        data = _loads(text)
    except (ValueError, RecursionError):
        if '"epoch"' in text:
            raise BadLineError("not valid JSON") from None
        return None
    if "epoch" not in data:
        return None
    epoch = data.pop("epoch")
    is_utf8 = "\ufffd" not in text or text.encode() == stripped
    return Measurement(_epoch(epoch), dict(_values(data)), data, is_utf8)


def _loads(text: str) -> Any:
    """`json.loads`, also for integers of any length.

    Python refuses to convert integers of several thousand digits, which exceed any float.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return json.loads(text, parse_int=_whole)


def _whole(digits: str) -> float:
    return int(digits) if len(digits) < LONGEST_INTEGER else float(digits)


def kind_of(value: object) -> str:
    """What kind of value this is, without quoting it."""
    kinds = {str: "a string", bool: "true or false", list: "a list", dict: "an object"}
    return kinds.get(type(value), "something else")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)[: MAX_SHOWN + 1]
    shown = repr(text) if isinstance(value, str) else text
    return shown if len(shown) <= MAX_SHOWN else shown[: MAX_SHOWN - 1] + "…"


def _epoch(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadLineError(f"epoch {_short(value)} is not a number")
    if isinstance(value, float) and (not math.isfinite(value) or value != int(value)):
        raise BadLineError(f"epoch {_short(value)} is not a whole number")
    if value < 0:
        raise BadLineError(f"epoch {_short(value)} is negative")
    if value > MAX_EPOCH:
        raise BadLineError(f"epoch {_short(value)} is too large for an epoch")
    return int(value)


def _values(data: Mapping[str, object]) -> list[tuple[str, float | None]]:
    """The metrics among an object's values: numbers, null, and the usual words for NaN and infinity."""
    found: list[tuple[str, float | None]] = []
    for name, value in data.items():
        if isinstance(value, bool) or len(name) > MAX_METRIC_NAME:
            continue
        if isinstance(value, int | float):
            found.append((name, _float(value)))
        elif value is None:
            found.append((name, None))
        elif _is_nan_word(value):
            found.append((name, math.nan))
    return found


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _is_nan_word(value: object) -> bool:
    """Whether a string is what some programs print for NaN or infinity."""
    return isinstance(value, str) and value.strip().lstrip("+-").casefold() in (
        "nan",
        "inf",
        "infinity",
    )
