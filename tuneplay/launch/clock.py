"""How long attempts have lived, by clocks that nobody sets.

The wall clock may jump while a trial trains (NTP after a suspend, a person, a time zone set wrong).
A process's start is known in ticks since boot, which it does not touch. Only the duration of an
attempt that ended while nobody watched has to be taken from its files' times, and those only where
they agree with the ticks.
"""

from __future__ import annotations

import os
import time

from tuneplay.domain.folder import AttemptFolder
from tuneplay.launch.processes import boot_id, read_started

#: How far the times of files may be off, in seconds and as a share: a busy machine writes them
#: late, and NTP slews clocks by up to 0.05 %.
_SLACK_SECONDS = 5.0
_SLACK_SHARE = 0.001


def age_of(folder: AttemptFolder) -> float:
    """Seconds since a living attempt began; by its files' times where the system has no ticks."""
    known = _by_ticks(folder)
    if known is not None:
        return known
    begun = _modified(folder.started)
    return 0.0 if begun is None else max(0.0, time.time() - begun)


def duration_of(folder: AttemptFolder) -> float | None:
    """Seconds from the start to the end of an attempt that ended while nobody watched.

    Returns:
        None when they are not to be known: it left no end, or the clock was set meanwhile.
    """
    begun, ended = _modified(folder.started), _modified(folder.exit)
    if begun is None or ended is None or ended < begun:
        return None
    known = _by_ticks(folder)
    slack = _SLACK_SECONDS if known is None else max(_SLACK_SECONDS, known * _SLACK_SHARE)
    if known is not None and abs(time.time() - begun - known) > slack:
        return None
    return ended - begun


def _by_ticks(folder: AttemptFolder) -> float | None:
    """Seconds since an attempt of this boot began; None where the system cannot tell."""
    handle = read_started(folder)
    if handle is None or handle["start"] is None or handle["boot"] != boot_id():
        return None
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return None
    begun = handle["start"] / os.sysconf("SC_CLK_TCK")
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - float(begun))


def _modified(path: str) -> float | None:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return None
