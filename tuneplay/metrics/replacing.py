"""Writing a file beside another, to take its place: new, and never through a link."""

from __future__ import annotations

import contextlib
import os
from typing import BinaryIO


def create(path: str) -> BinaryIO:
    """A new, empty file to write to; what stood there before, a link as well, is removed.

    Raises:
        OSError: It cannot be created.
    """
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    return open(path, "xb")
