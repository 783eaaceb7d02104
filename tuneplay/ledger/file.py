"""The ledger's file: appending so that nothing is lost, reading whatever a crash left.

Every append is one write of complete lines and one fsync. A crash can therefore leave nothing worse
than a torn tail: it is set aside before the next write, and never read.
"""

from __future__ import annotations

import errno
import json
import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tuneplay.domain.folder import RoundFolder
from tuneplay.domain.secrets import Secrets
from tuneplay.errors import LedgerError
from tuneplay.ledger.codec import LEDGER_VERSION, decode, digest_of, encode
from tuneplay.ledger.disk import content, set_aside
from tuneplay.ledger.events import Event
from tuneplay.ledger.parse import collector_at_rest, parser_for
from tuneplay.system.files import sync_folder

#: Fields of events whose values are texts from outside: secrets are hidden in them. The others, and
#: all names of fields, are needed as they are.
_FREE = frozenset(
    ("spec", "template", "reason", "text", "hyperparameters", "git", "machine", "versions")
)

_ENCODER = json.JSONEncoder(allow_nan=False, ensure_ascii=True, separators=(",", ":"))


def read(folder: RoundFolder) -> list[Event]:
    """All events of a round's ledger; a torn tail is left out.

    Raises:
        LedgerError: A line is damaged, or the ledger is of a newer version.
        FileNotFoundError: There is no ledger.
    """
    with collector_at_rest():
        return list(_events(folder.ledger, content(folder.ledger)))


def _events(path: Path, data: bytes) -> Iterator[Event]:
    lines = data[: complete_length(data)].split(b"\n")
    parse = parser_for(len(data))
    for number, line in enumerate(lines[:-1], start=1):
        try:
            event = event_in(path, line, parse)
        except ValueError:
            raise LedgerError(
                f"{path}:{number}: damaged line",
                "Nothing was changed. Restore the file from a copy, or set the damaged lines aside "
                f"and go on: tuneplay run {shlex.quote(str(path.parent))} --repair",
            ) from None
        if event is not None:
            yield event


def event_in(path: Path, line: bytes, parse: Callable[[bytes], Any] = json.loads) -> Event | None:
    """The event in a line of the ledger; None for a kind that a later version has added.

    Args:
        path: The ledger, for messages.
        line: The line, without its newline.
        parse: Reads JSON.

    Raises:
        ValueError: The line is damaged.
        LedgerError: The ledger is of a newer version.
    """
    try:
        fields = parse(line)
        if fields["event"] == "opened":
            _check_version(path, fields["ledger_version"])
        return decode(fields)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("damaged line") from error


def _check_version(path: Path, version: int) -> None:
    if version > LEDGER_VERSION:
        raise LedgerError(
            f"{path}: written by a newer tuneplay (ledger version {version})",
            f"This one reads up to version {LEDGER_VERSION}: upgrade tuneplay.",
        )


def complete_length(data: bytes) -> int:
    """Length of the part that was written completely.

    That is everything up to the last newline; a last line that is not a JSON object is torn as well
    (a file system may extend a file before its content reaches the disk).
    """
    end = data.rfind(b"\n") + 1
    last = data[data.rfind(b"\n", 0, max(end - 1, 0)) + 1 : end]
    try:
        complete = isinstance(json.loads(last), dict) if last else True
    except (ValueError, RecursionError):
        complete = False
    return end if complete else end - len(last)


class LedgerWriter:
    """Appends events to a ledger. Only the live coordinator may have one."""

    def __init__(self, folder: RoundFolder, secrets: Secrets | None = None) -> None:
        """Open the ledger for appending, creating it if need be; set a torn tail aside.

        Args:
            folder: The round's folder.
            secrets: What is hidden in the texts that are written.

        Raises:
            LedgerError: The file cannot be opened or repaired.
        """
        self._path = folder.ledger
        self._secrets = secrets or Secrets()
        try:
            # A link that somebody else made is not followed: nothing is written elsewhere.
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
            self._fd = os.open(self._path, flags, 0o644)
            self._repair(folder)
            sync_folder(folder.root)
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
                again, so the ledger stays intact.
        """
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        data = b"".join(_line(_hidden(encode(event, at), self._secrets)) for event in events)
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
        end = complete_length(data)
        if end == size:
            return
        set_aside(data[end:], folder.torn)
        os.ftruncate(self._fd, end)
        os.fsync(self._fd)

    def _unwritable(self, error: OSError) -> LedgerError:
        link = error.errno == errno.ELOOP
        why = "it is a link; link the round's folder instead" if link else error.strerror
        return LedgerError(
            f"{self._path}: cannot be written: {why}",
            "Nothing recorded is lost. Free space or fix the file permissions, then the "
            "same command goes on.",
        )


def _hidden(fields: dict[str, Any], secrets: Secrets) -> dict[str, Any]:
    """An event without secrets in what others wrote; the ledger's own words stay."""
    if not secrets.texts:
        return fields
    hidden = {k: secrets.hide_in(v) if k in _FREE else v for k, v in fields.items()}
    if "spec_sha256" in fields:
        hidden["spec_sha256"] = digest_of(hidden["spec"])
    if "remarks" in fields:
        hidden["remarks"] = [secrets.hide_cut(line) for line in fields["remarks"]]
    if "curves" in fields:
        hidden["curves"] = {secrets.hide(name): v for name, v in fields["curves"].items()}
        hidden["curves"]["epoch"] = fields["curves"]["epoch"]
    return hidden


def _line(fields: dict[str, Any]) -> bytes:
    return _ENCODER.encode(fields).encode() + b"\n"
