"""Parsing the lines of a ledger, quickly when there are many."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

#: Bytes from which orjson is worth its import (some 10 ms): it parses four times as fast.
LARGE = 2_000_000

#: Whole numbers that may not fit into 64 bits, which orjson would silently turn into floats.
_LONG_INTEGER = re.compile(rb"[0-9]{19}")


def parser_for(size: int) -> Callable[[bytes], Any]:
    """The function that parses a line of a ledger of this many bytes.

    Both ways give the same values; `ValueError` or `RecursionError` for what is not JSON.
    """
    return _parse_quickly if size >= LARGE else json.loads


def _parse_quickly(line: bytes) -> Any:
    import orjson

    curves = line.rfind(b'"curves"')
    if _LONG_INTEGER.search(line, 0, curves if curves >= 0 else len(line)):
        return json.loads(line)
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        # Lone surrogates are JSON to the standard library, which wrote the line.
        return json.loads(line)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Without garbage collection: a ledger holds much, and nothing of it is garbage.

    Afterwards what was read is left out of all later collections.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


#: Types of a measurement in a column.
_MEASURED = {float, int, type(None)}


def check_measured(best: object, epochs: list[Any], curves: Mapping[str, list[Any]]) -> None:
    """See whether what a line of the ledger calls epochs and measurements are such.

    Raises:
        TypeError: They are not: the line is damaged.
    """
    if not set(map(type, epochs)) <= {int} or not isinstance(best, int | None):
        raise TypeError("epochs are whole numbers")
    if not all(set(map(type, column)) <= _MEASURED for column in curves.values()):
        raise TypeError("measurements are numbers")
