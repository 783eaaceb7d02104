"""Bytes of a ledger: all of them read, some of them set aside."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from tuneplay.errors import LedgerError
from tuneplay.system.files import write_new


def content(path: Path) -> bytes:
    """All bytes of a ledger.

    Raises:
        LedgerError: It cannot be read, or is not a file: reading a FIFO would wait for ever.
        FileNotFoundError: There is no ledger.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise LedgerError(
            f"{path}: cannot be read: {error.strerror}", "Fix the file permissions."
        ) from None
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise LedgerError(f"{path}: cannot be read: it is not a file", "Move it out of the way.")
    with open(fd, "rb") as file:
        return file.read()


def set_aside(data: bytes, name: Callable[[int], Path]) -> Path:
    """Write bytes to a new file and wait until the disk has them; no file is ever replaced.

    Args:
        data: The bytes.
        name: The path of the `number`-th such file.
    """
    number = 1
    while os.path.lexists(name(number)):
        number += 1
    write_new(name(number), data)
    return name(number)
