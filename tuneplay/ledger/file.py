"""The ledger's file: appending so that nothing is lost, reading whatever a crash left.

Every append is one write of whole lines and one fsync. A crash can therefore leave nothing worse
than a torn tail: it is set aside before the next write, and never read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tuneplay.domain.folder import RoundFolder
from tuneplay.errors import LedgerError
from tuneplay.ledger.events import LEDGER_VERSION, Event, decode, encode
from tuneplay.ledger.parse import collector_at_rest, parser_for

_ENCODER = json.JSONEncoder(allow_nan=False, ensure_ascii=True, separators=(",", ":"))


def read(folder: RoundFolder) -> list[Event]:
    """All events of a round's ledger; a torn tail is left out.

    Raises:
        LedgerError: A line is damaged, or the ledger is of a newer version.
        FileNotFoundError: There is no ledger.
    """
    with collector_at_rest():
        return list(_events(folder.ledger, folder.ledger.read_bytes()))


def _events(path: Path, data: bytes) -> Iterator[Event]:
    lines = data[: _whole(data)].split(b"\n")
    parse = parser_for(len(data))
    for number, line in enumerate(lines[:-1], start=1):
        try:
            fields = parse(line)
            if fields["event"] == "opened":
                _check_version(path, fields["ledger_version"])
            event = decode(fields)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise LedgerError(
                f"{path}:{number}: damaged line",
                "Restore the file from a copy; nothing was changed.",
            ) from None
        if event is not None:
            yield event


def _check_version(path: Path, version: int) -> None:
    if version > LEDGER_VERSION:
        raise LedgerError(
            f"{path}: written by a newer tuneplay (ledger version {version})",
            f"This one reads up to version {LEDGER_VERSION}: upgrade tuneplay.",
        )


def _whole(data: bytes) -> int:
    """Length of the part that was written whole.

    That is everything up to the last newline; a last line that is no JSON object is torn as well
    (a file system may extend a file before its content reaches the disk).
    """
    end = data.rfind(b"\n") + 1
    last = data[data.rfind(b"\n", 0, max(end - 1, 0)) + 1 : end]
    try:
        whole = isinstance(json.loads(last), dict) if last else True
    except (ValueError, RecursionError):
        whole = False
    return end if whole else end - len(last)


class LedgerWriter:
    """Appends events to a ledger. Only the live coordinator may have one."""

    def __init__(self, folder: RoundFolder) -> None:
        """Open the ledger for appending, creating it if need be; set a torn tail aside.

        Raises:
            LedgerError: The file cannot be opened or repaired.
        """
        self._path = folder.ledger
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            self._fd = os.open(self._path, flags, 0o644)
            self._repair(folder)
            _sync_folder(folder.root)
        except OSError as error:
            raise self._unwritable(error) from None

    def append(self, events: Sequence[Event], *, sync: bool = True) -> None:
        """Append events in one write.

        Args:
            events: The events, in order.
            sync: Whether to wait until the disk has them. Only an event that the trial folders
                hold as well (`started`) may go without.

        Raises:
            LedgerError: The storage is full or gone. What was written of the line is cut off
                again, so that the ledger stays whole.
        """
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        data = b"".join(_line(encode(event, at)) for event in events)
        end = os.fstat(self._fd).st_size
        try:
            self._write(data)
            if sync:
                os.fdatasync(self._fd) if hasattr(os, "fdatasync") else os.fsync(self._fd)
        except OSError as error:
            self._cut(end)
            raise self._unwritable(error) from None

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._fd, data) :]

    def _cut(self, end: int) -> None:
        try:
            os.ftruncate(self._fd, end)
        except OSError:
            return  # the torn tail is set aside when the ledger is next opened

    def _repair(self, folder: RoundFolder) -> None:
        size = os.fstat(self._fd).st_size
        data = os.pread(self._fd, size, 0)
        end = _whole(data)
        if end == size:
            return
        number = 1
        while (aside := folder.torn(number)).exists():
            number += 1
        with aside.open("wb") as file:
            file.write(data[end:])
            file.flush()
            os.fsync(file.fileno())
        os.ftruncate(self._fd, end)
        os.fsync(self._fd)

    def _unwritable(self, error: OSError) -> LedgerError:
        return LedgerError(
            f"{self._path}: cannot be written: {error.strerror}",
            "Nothing recorded is lost. Free space or mend the rights, then the same command "
            "goes on where it was.",
        )


def _line(fields: dict[str, Any]) -> bytes:
    return _ENCODER.encode(fields).encode() + b"\n"


def _sync_folder(path: Path) -> None:
    """Make a new file's name durable, where the platform can."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
