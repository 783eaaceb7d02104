"""Following a file that a trial writes: each complete line once, in bounded memory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

#: A longer line is not a measurement; it is skipped and never held in memory.
MAX_LINE = 1_000_000

#: Bytes read at a time.
_CHUNK = 262_144

#: The last bytes that were read; comparing them shows whether the file still has the same text.
_KNOWN = 64

_KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFDIR: "a folder",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class Follower:
    """Reads a growing file from where it left off.

    A last line without a newline waits for its rest. A file that was truncated or replaced is read
    again from the start: it has become shorter, or the text just before the reading position has
    changed. Anything but a regular file is left alone.

    Attributes:
        number: Number of the last line that was yielded, from 1.
        offset: Bytes of the file that have been read.
        behind: Whether the last call left something unread because of its limit.
        restarts: How often the file was read again from the start.
        trouble: Why the file cannot be read, in words; empty when it can, or is not there.
    """

    def __init__(self, path: str | Path, needle: bytes = b"") -> None:
        """Start to follow.

        Args:
            path: The file; it need not be there yet.
            needle: Lines without these bytes are counted but need not be yielded. Where a program
                floods its log, skipping them is about ten times as fast.
        """
        self._path = path
        self._needle = needle
        self._rest = b""
        self._known = b""
        self._skipping = False
        self._end: int | None = None
        self.offset = 0
        self.number = 0
        self.behind = False
        self.restarts = 0
        self.trouble = ""

    def lines(self, *, end: bool = False, most: int | None = None) -> Iterator[bytes]:
        """Complete lines since the last call.

        Args:
            end: Whether the writer is gone; then a last line without a newline is complete.
                Nothing that is written after the first such call is read.
            most: Bytes to read at most, roughly; None for all of them. The next call reads on.
        """
        self.behind = False
        fd = self._open()
        if fd is not None:
            try:
                if end and self._end is None:
                    self._end = os.fstat(fd).st_size
                yield from self._read(fd, end=end, most=most)
            except OSError as error:
                self.trouble = error.strerror or type(error).__name__
            finally:
                os.close(fd)
        if end and self._rest and not self.behind:
            rest, self._rest = self._rest, b""
            self.number += 1
            yield _seen(rest)

    def resume(self, offset: int, number: int) -> None:
        """Continue after a part that another reader has read.

        Args:
            offset: Bytes to skip; they end with a newline.
            number: Lines in them.
        """
        self.offset, self.number = offset, number

    @property
    def read_lines(self) -> int:
        """Bytes up to the end of the last complete line."""
        return self.offset - len(self._rest)

    def _open(self) -> int | None:
        """The file for reading, if it is one.

        Its type is checked before it is opened, because opening a FIFO would let its writer start.
        """
        self.trouble = ""
        try:
            mode = os.stat(self._path).st_mode
            if stat.S_ISREG(mode):
                return os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except OSError as error:
            self.trouble = error.strerror or type(error).__name__
            return None
        self.trouble = f"it is {_KINDS.get(stat.S_IFMT(mode), 'a special file')}, not a file"
        return None

    def _read(self, fd: int, *, end: bool, most: int | None) -> Iterator[bytes]:
        # Checked even where nothing seems to be left to read: a file that is rewritten for each
        # epoch, with only the latest epoch in it, often keeps its size.
        if os.pread(fd, len(self._known), self.offset - len(self._known)) != self._known:
            self._restart()
        taken = 0
        while not (end and self._end is not None and self.offset >= self._end):
            if most is not None and taken >= most:
                self.behind = True
                return
            chunk = os.pread(fd, _CHUNK + len(self._known), self.offset - len(self._known))
            if not chunk.startswith(self._known):
                self._restart()
                continue
            full = len(chunk) == _CHUNK + len(self._known)
            chunk, self._known = chunk[len(self._known) :], chunk[-_KNOWN:]
            if not chunk:
                return
            self.offset += len(chunk)
            taken += len(chunk)
            yield from self._split(chunk)
            if not full and not end:
                return

    def _restart(self) -> None:
        self.offset, self.number, self._known = 0, 0, b""
        self._rest, self._skipping = b"", False
        self.restarts += 1

    def _split(self, chunk: bytes) -> Iterator[bytes]:
        if self._skipping:
            ends = [at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0]
            if not ends:
                return
            self._skipping = False
            if chunk[min(ends)] == ord("\n"):
                self.number += 1
                yield b""  # the endless line counts, to keep the numbers of the lines after it
            chunk = chunk[min(ends) + 1 :]
        data = self._rest + chunk
        if self._needle and self._needle not in data:
            self.number += chunk.count(b"\n")
            self._rest = data[data.rfind(b"\n") + 1 :]
        else:
            lines = data.split(b"\n")
            self._rest = lines.pop()
            for line in lines:
                self.number += 1
                yield _seen(line)
        if len(self._rest) > MAX_LINE:
            # A progress bar redraws its line: what it drew before is no longer seen.
            self._rest = _drawn_last(self._rest)
            if len(self._rest) > MAX_LINE:
                self._rest, self._skipping = b"", True


def _drawn_last(line: bytes) -> bytes:
    return line[line.rstrip(b"\r").rfind(b"\r") + 1 :]


def _seen(line: bytes) -> bytes:
    """The visible part of a line: a progress bar redraws it, and the last version counts."""
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
