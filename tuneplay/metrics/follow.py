"""Following a file that a trial writes: each complete line once, in bounded memory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

#: A longer line is no measurement; it is passed over without being kept.
MAX_LINE = 1_000_000

#: Bytes read at a time.
_CHUNK = 262_144


class Follower:
    """Reads a growing file from where it left off.

    A last line without a newline waits for its rest. A file that became shorter is read anew
    from its begin. Anything but a regular file is left alone.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = path
        self._offset = 0
        self._rest = b""
        self._skipping = False

    def lines(self, *, end: bool = False) -> Iterator[bytes]:
        """Complete lines since the last call.

        Args:
            end: Whether the writer is gone, so that a last line without a newline is complete.
        """
        try:
            fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            return
        try:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode):
                return
            if status.st_size < self._offset:
                self._offset, self._rest, self._skipping = 0, b"", False
            while chunk := os.pread(fd, _CHUNK, self._offset):
                self._offset += len(chunk)
                yield from self._split(chunk)
                if not end and len(chunk) < _CHUNK:
                    break
        finally:
            os.close(fd)
        if end and self._rest:
            rest, self._rest = self._rest, b""
            yield _seen(rest)

    def _split(self, chunk: bytes) -> Iterator[bytes]:
        if self._skipping:
            _, newline, chunk = chunk.partition(b"\n")
            if not newline:
                return
            self._skipping = False
            yield b""  # the endless line counts, so that those after it keep their numbers
        lines = (self._rest + chunk).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > MAX_LINE:
            self._rest, self._skipping = b"", True
        for line in lines:
            yield _seen(line)


def _seen(line: bytes) -> bytes:
    """What of a line is seen: a progress bar redraws it, and what stands last counts."""
    return line.rstrip(b"\r").rpartition(b"\r")[2]


def tail(path: str | Path, lines: int = 20, limit: int = 16_384) -> str:
    """The last lines of a text file; empty if it cannot be read."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            return ""
        data = os.pread(fd, limit, max(0, status.st_size - limit))
    finally:
        os.close(fd)
    text = data.decode("utf-8", "replace").rstrip("\n")
    return "\n".join(text.split("\n")[-lines:])
