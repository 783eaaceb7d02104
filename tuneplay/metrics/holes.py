"""Freeing the middle of a file while its writer keeps writing at the end."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
import sys

from tuneplay.system.files import create_new_file

#: From Linux' <linux/falloc.h>: the size stays, the blocks go.
_KEEP_SIZE = 0x01
_PUNCH_HOLE = 0x02

#: Holes start and end at multiples of this; file systems free only entire blocks. In bytes.
_BLOCK = 65_536

#: End of the line that replaces what was dropped.
_DROPPED = b" bytes dropped: max_log ...]\n"

#: The unit of `st_blocks` on every file system. In bytes.
_SECTOR = 512


class CannotPunchError(OSError):
    """This system or file system cannot free the middle of a file."""


def punch(path: str, limit: int, passed: int | None) -> tuple[int, int] | None:
    """Where a hole is needed to keep a file within a limit on the disk.

    A quarter of the limit stays at the start and half of it at the end. The next hole is needed
    only when another quarter was written.

    Args:
        path: The file.
        limit: What it may occupy on the disk, in bytes.
        passed: Bytes from the start that may be dropped; None for all.

    Returns:
        Start and end of the hole, for `make_hole`; None when no hole is needed or possible yet.
    """
    try:
        status = os.lstat(path)  # the file behind a link is not ours to empty
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_blocks * _SECTOR <= limit:
        return None
    last = status.st_size - limit // 2
    if passed is not None:
        last = min(last, passed - _BLOCK)
    start = -(-(limit // 4) // _BLOCK) * _BLOCK
    end = last // _BLOCK * _BLOCK
    return (start, end) if end > start else None


def make_hole(path: str, start: int, end: int) -> None:
    """Free a section of a file; from now on it reads as zeros.

    Raises:
        CannotPunchError: It cannot be done here.
    """
    if not sys.platform.startswith("linux"):
        raise CannotPunchError
    libc = ctypes.CDLL(None, use_errno=True)
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
        if libc.fallocate(fd, _KEEP_SIZE | _PUNCH_HOLE, start, end - start):
            number = ctypes.get_errno()
            raise CannotPunchError(number, os.strerror(number))
    except AttributeError:
        raise CannotPunchError from None
    finally:
        os.close(fd)


def cut(path: str, limit: int) -> None:
    """Rewrite a file without its middle, once nobody writes to it any more.

    A quarter of the limit stays at the start and half of it at the end, in complete lines where
    there are lines. A line between them says how much is missing.

    Raises:
        OSError: The file does not exist, or there is no space for the rest.
    """
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode) or status.st_size <= limit:
        return
    replacement = f"{path}.cut"
    with open(path, "rb") as file:
        head = file.read(limit // 4)
        head = head[: head.rfind(b"\n") + 1] or head
        start = status.st_size - limit // 2
        file.seek(start)
        start += len(file.readline(limit // 4))
        file.seek(start)
        dropped = start - len(head)
        with create_new_file(replacement) as new:
            new.write(head if head.endswith(b"\n") else head + b"\n")
            new.write(f"[... {dropped:,}".encode() + _DROPPED)
            shutil.copyfileobj(file, new)
    os.replace(replacement, path)


def was_cut(path: str) -> bool:
    """Whether a log has lost its middle to `cut`."""
    try:
        with open(path, "rb") as file:
            while line := file.readline(_BLOCK):  # in pieces, because a log may be one endless line
                if line.startswith(b"[... ") and line.endswith(_DROPPED):
                    return True
    except OSError:
        return False
    return False
