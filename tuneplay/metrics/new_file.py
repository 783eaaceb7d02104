"""Creating a file that is certainly new: never an old one, and never through a link."""

from __future__ import annotations

import contextlib
import os
from typing import BinaryIO


def create_new_file(path: str) -> BinaryIO:
    """Open a new, empty file for writing; whatever has this name is removed first, links too.

    Raises:
        OSError: It cannot be created.
    """
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    return open(path, "xb")
