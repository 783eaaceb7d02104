"""Processes by their number."""

from __future__ import annotations

import os


def exists(pid: object) -> bool:
    """Whether there is a process with this number, whoever owns it.

    Args:
        pid: The number, as a file or a program gave it: anything else is not a process.
    """
    if not isinstance(pid, int) or pid <= 0:
        return False  # the system takes 0 and negative numbers for process groups
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
