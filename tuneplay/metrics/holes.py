"""Giving back the middle of a file, while its writer goes on at its end."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
import sys

from tuneplay.system.files import create

#: From Linux' <linux/falloc.h>: the size stays, the blocks go.
_KEEP_SIZE = 0x01
_PUNCH_HOLE = 0x02

#: Holes begin and end at multiples of this; file systems free whole blocks only. In bytes.
_BLOCK = 65_536

#: How the line ends that stands for what was dropped.
_DROPPED = b" bytes dropped: max_log ...]\n"

#: `st_blocks` counts these, on every file system. In bytes.
_SECTOR = 512


class CannotPunchError(OSError):
    """This system or file system cannot give back the middle of a file."""


def punch(path: str, limit: int, passed: int | None) -> tuple[int, int] | None:
    """Where a hole has to be made, so that a file takes no more of the disk than a limit.

    A quarter of the limit stays at the begin and half of it at the end, so that there is no need
    of another hole until a quarter more was written.

    Args:
        path: The file.
        limit: What it may take of the disk, in bytes.
        passed: Bytes from the begin that may go; None for all.

    Returns:
        Begin and end of the hole, for `make_hole`; None when there is no need, or no room yet.
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
    begin = -(-(limit // 4) // _BLOCK) * _BLOCK
    end = last // _BLOCK * _BLOCK
    return (begin, end) if end > begin else None


def make_hole(path: str, begin: int, end: int) -> None:
    """Free a part of a file; it reads as zeros from now on.

    Raises:
        CannotPunchError: It cannot be done here.
    """
    if not sys.platform.startswith("linux"):
        raise CannotPunchError
    libc = ctypes.CDLL(None, use_errno=True)
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
        if libc.fallocate(fd, _KEEP_SIZE | _PUNCH_HOLE, begin, end - begin):
            number = ctypes.get_errno()
            raise CannotPunchError(number, os.strerror(number))
    except AttributeError:
        raise CannotPunchError from None
    finally:
        os.close(fd)


def cut(path: str, limit: int) -> None:
    """Write a file that nobody writes any more anew, without its middle.

    A quarter of the limit stays at the begin and half of it at the end, in whole lines where there
    are lines, and a line between them says how much is missing.

    Raises:
        OSError: There is no such file, or no space for what is kept.
    """
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode) or status.st_size <= limit:
        return
    beside = f"{path}.cut"
    with open(path, "rb") as file:
        head = file.read(limit // 4)
        head = head[: head.rfind(b"\n") + 1] or head
        begin = status.st_size - limit // 2
        file.seek(begin)
        begin += len(file.readline(limit // 4))
        file.seek(begin)
        dropped = begin - len(head)
        with create(beside) as new:
            said = f"[... {dropped:,}".encode() + _DROPPED
            new.write(head if head.endswith(b"\n") else head + b"\n")
            new.write(said)
            shutil.copyfileobj(file, new)
    os.replace(beside, path)


def was_cut(path: str) -> bool:
    """Whether a log has lost its middle to `cut`."""
    try:
        with open(path, "rb") as file:
            while line := file.readline(_BLOCK):  # in pieces: a log may be one endless line
                if line.startswith(b"[... ") and line.endswith(_DROPPED):
                    return True
    except OSError:
        return False
    return False
