"""Measurements from a section of a log that is about to be dropped, saved in a file of their own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass

from tuneplay.system.files import create_new_file


@dataclass(frozen=True, slots=True)
class Saved:
    """What was read of standard output so far.

    Attributes:
        offset: Bytes that were read, in complete lines.
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


def save(path: str, saved: Saved) -> None:
    """Write it, complete and synced, before anything is dropped.

    Raises:
        OSError: It cannot be written; then nothing may be dropped.
    """
    data = {name: getattr(saved, name) for name in Saved.__slots__}
    data["rows"] = [[epoch, row] for epoch, row in saved.rows.items()]
    unfinished = f"{path}.new"
    with create_new_file(unfinished) as file:
        file.write(json.dumps(data).encode())
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def load(path: str) -> Saved | None:
    """Read it; None if nothing was saved, or not by tuneplay."""
    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        data["rows"] = dict(_rows(data["rows"]))
        return Saved(**data)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _rows(pairs: list[list[object]]) -> Iterator[tuple[int, dict[str, float | None]]]:
    for epoch, row in pairs:
        if not isinstance(epoch, int) or not isinstance(row, dict):
            raise TypeError("an epoch and its metrics")
        yield epoch, row
