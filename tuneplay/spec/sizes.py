"""Sizes in a spec: `100MB`, `2GiB`."""

from __future__ import annotations

import re

from tuneplay.spec.fields import Field
from tuneplay.spec.nodes import ScalarNode

#: Bytes of each unit; case is ignored, for nobody means millibits.
_UNITS = {
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

#: A log that is cut to less than this says nothing any more. In bytes.
LEAST_LOG = 64_000


def read_max_log(field: Field | None) -> int | None:
    """The size that a log may have, in bytes; None for any."""
    node = field.node if field is not None else None
    if field is None or (isinstance(node, ScalarNode) and node.value is None):
        return None
    text = node.text if isinstance(node, ScalarNode) else ""
    match = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*([a-zA-Z]{0,3})", text)
    unit = _UNITS.get((match[2] or "b").casefold()) if match else None
    if match is None or unit is None:
        field.error(f"{field.shown()} is not a size", "as in 500kB, 100MB or 2GiB")
        return None
    size = int(float(match[1]) * unit)
    if size < LEAST_LOG:
        field.error(f"{field.shown()} is too small for a log", f"at least {LEAST_LOG // 1000}kB")
        return None
    return size
