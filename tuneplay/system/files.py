"""Files that are new, and on the disk when we say so."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import BinaryIO


def create_new_file(path: str) -> BinaryIO:
    """A new, empty file to write to; what stood there before, a link as well, is removed.

    Raises:
        OSError: It cannot be created.
    """
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    return open(path, "xb")


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, and wait until the disk has it.

    Raises:
        OSError: It exists, or it cannot be written.
    """
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
