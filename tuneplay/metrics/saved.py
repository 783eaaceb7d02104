"""What was measured in a part of a log that is about to be dropped, kept beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass

from tuneplay.system.files import create


@dataclass(frozen=True, slots=True)
class Kept:
    """What was read of standard output up to some place.

    Attributes:
        offset: Bytes that were read, whole lines.
        lines: Lines in them.
        last_epoch: The epoch reported last.
        rows: Metrics by epoch; None for what was reported as null.
        names: Every metric that was reported.
        bad: Lines that could not be used.
        described: The first few of them.
    """

    offset: int
    lines: int
    last_epoch: int | None
    rows: dict[int, dict[str, float | None]]
    names: list[str]
    bad: int
    described: list[str]


def save(path: str, kept: Kept) -> None:
    """Write it so that it is on the disk, whole, before anything is dropped.

    Raises:
        OSError: It cannot be written; then nothing may be dropped.
    """
    data = {name: getattr(kept, name) for name in Kept.__slots__}
    data["rows"] = [[epoch, row] for epoch, row in kept.rows.items()]
    beside = f"{path}.new"
    with create(beside) as file:
        file.write(json.dumps(data).encode())
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def load(path: str) -> Kept | None:
    """Read it; None if nothing was kept (or not by us)."""
    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        data["rows"] = dict(_rows(data["rows"]))
        return Kept(**data)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _rows(pairs: list[list[object]]) -> Iterator[tuple[int, dict[str, float | None]]]:
    for epoch, row in pairs:
        if not isinstance(epoch, int) or not isinstance(row, dict):
            raise TypeError("an epoch and its metrics")
        yield epoch, row
