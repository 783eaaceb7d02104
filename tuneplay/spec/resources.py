"""Reading `resources` and `budget`: slots, GPUs, durations and sizes."""

from __future__ import annotations

import re
from enum import StrEnum

from tuneplay.domain.round import Resources
from tuneplay.spec.fields import Field
from tuneplay.spec.nodes import ListNode, ScalarNode

#: More slots than this are a typing error.
MAX_SLOTS = 10_000

#: So are durations beyond a hundred years. In seconds.
MAX_SECONDS = 100 * 366 * 86_400

#: Bytes of each unit; case is ignored, for nobody means millibits.
_BYTES = {
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}

#: A log that is cut to less than this is of no use. In bytes.
LEAST_LOG = 64_000


def read_resources(field: Field | None) -> Resources:
    """What the spec says of slots, GPUs and time."""
    known = ("slots", "gpus", "gpus_per_trial", "trials_per_gpu", "timeout", "stall_timeout")
    fields = field.fields((*known, "retries", "max_log")) if field else {}

    def whole(key: str, default: int, least: int, most: int) -> int:
        return fields[key].whole(least, most) if key in fields else default

    slots = fields.get("slots")
    resources = Resources(
        slots=_read_slots(slots),
        gpus=_read_gpus(fields.get("gpus")),
        gpus_per_trial=whole("gpus_per_trial", 1, 1, MAX_SLOTS),
        trials_per_gpu=whole("trials_per_gpu", 1, 1, MAX_SLOTS),
        timeout=_read_seconds(fields.get("timeout")),
        stall_timeout=_read_seconds(fields.get("stall_timeout")),
        retries=whole("retries", 1, 0, MAX_SLOTS),
        max_log=_read_max_log(fields.get("max_log")),
    )
    if field is not None:
        _check_gpus(field, resources)
    return resources


def read_budget(field: Field | None) -> float | None:
    """`{hours: 12}` in seconds; None for no limit."""
    hours = field.fields(("hours",)).get("hours") if field else None
    if field is None or hours is None:
        if field is not None and not field.is_null and field.is_mapping:
            field.error("'hours' is missing", "write {hours: 12}")
        return None
    value = hours.number()
    if value <= 0 or value * 3_600 > MAX_SECONDS:
        hours.error(f"{hours.shown()} hours is not a possible budget", "write a number above 0")
    return value * 3_600


def _read_slots(field: Field | None) -> int | None:
    """Trials at the same time; None for auto."""
    if field is None or field.is_word("auto"):
        return None
    value = field.node.value if isinstance(field.node, ScalarNode) else None
    if isinstance(value, bool) or not isinstance(value, int):
        field.error(
            f"{field.shown()} is not a number of slots", "write auto, or a whole number, 1 or more"
        )
        return None
    return field.whole(1, MAX_SLOTS)


def _check_gpus(field: Field, resources: Resources) -> None:
    if resources.gpus is not None and len(resources.gpus) < resources.gpus_per_trial:
        field.error(
            f"each trial needs {resources.gpus_per_trial} GPUs, and gpus lists {len(resources.gpus)}",
            "lower gpus_per_trial, or list more gpus",
        )


def _read_gpus(field: Field | None) -> tuple[int, ...] | None:
    if field is None or field.is_word("auto"):
        return None
    if isinstance(field.node, ListNode):
        return tuple(item.whole(0) for item in field.items())
    field.error(f"{field.shown()} is not a list of GPUs", "write auto, or indices as in [0, 1]")
    return None


class _Unit(StrEnum):
    SECONDS = "s"
    MINUTES = "m"
    HOURS = "h"
    DAYS = "d"


_SECONDS = {_Unit.SECONDS: 1, _Unit.MINUTES: 60, _Unit.HOURS: 3_600, _Unit.DAYS: 86_400}


def _read_seconds(field: Field | None) -> float | None:
    """A duration: a number of seconds, or a number with s, m, h or d; None for null."""
    if field is None or field.is_null:
        return None
    text = field.node.text if isinstance(field.node, ScalarNode) else ""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]*)?)\s*([smhd]?)", text)
    seconds = float(match[1]) * _SECONDS[_Unit(match[2] or "s")] if match else 0.0
    if not 0 < seconds <= MAX_SECONDS:
        field.error(f"{field.shown()} is not a duration", "write it as in 90s, 30m or 2h")
        return None
    return seconds


def _read_max_log(field: Field | None) -> int | None:
    """The largest size of a log, in bytes; None for no limit."""
    node = field.node if field is not None else None
    if field is None or (isinstance(node, ScalarNode) and node.value is None):
        return None
    text = node.text if isinstance(node, ScalarNode) else ""
    match = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*([a-zA-Z]{0,3})", text)
    unit = _BYTES.get((match[2] or "b").casefold()) if match else None
    if match is None or unit is None:
        field.error(f"{field.shown()} is not a size", "write it as in 500kB, 100MB or 2GiB")
        return None
    size = int(float(match[1]) * unit)
    if size < LEAST_LOG:
        field.error(
            f"{field.shown()} is too small for a log", f"write at least {LEAST_LOG // 1000}kB"
        )
        return None
    return size
