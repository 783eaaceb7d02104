"""Bytes from the disk and onto it, so that it has them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from tuneplay.errors import LedgerError


def content(path: Path) -> bytes:
    """All bytes of a ledger.

    Raises:
        LedgerError: It cannot be read, or is no file: for a FIFO one would wait for ever.
        FileNotFoundError: There is no ledger.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise LedgerError(f"{path}: cannot be read: {error.strerror}", "Mend the rights.") from None
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise LedgerError(f"{path}: cannot be read: it is no file", "Move it out of the way.")
    with open(fd, "rb") as file:
        return file.read()


def set_aside(data: bytes, name: Callable[[int], Path]) -> Path:
    """Keep bytes in a new file and wait until the disk has them; no file is ever replaced.

    Args:
        data: What is kept.
        name: The path of the `number`-th such file.
    """
    number = 1
    while os.path.lexists(name(number)):
        number += 1
    write_new(name(number), data)
    return name(number)


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, and wait until the disk has it."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Make a new file's name durable, where the platform can."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
