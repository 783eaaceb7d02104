"""Telling processes apart for ever: pid, start time and boot id."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from tuneplay.domain.folder import AttemptFolder
from tuneplay.errors import LedgerError
from tuneplay.launch.base import Handle
from tuneplay.system.pids import exists

_PROC = Path("/proc")

#: How long a `started` file may stay half written: the wrapper writes it in one go.
_STARTED_SECONDS = 1.0


def boot_id() -> str:
    """The id of this boot of the machine; `-` where the system has none."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "-"


def start_time(pid: int) -> int | None:
    """Start of a process in clock ticks since boot; None if it is gone (or not to be known)."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            return _start_of(file.read())
    except OSError:
        return None


def _start_of(stat: bytes) -> int | None:
    """Field 22 of /proc/PID/stat; the second one, the name, may hold spaces and brackets."""
    fields = stat[stat.rfind(b")") + 2 :].split()
    return int(fields[19]) if len(fields) > 19 else None


def handle_of(pid: int, boot: str) -> Handle:
    """The handle of a process that was just started."""
    return {"pid": pid, "start": start_time(pid), "boot": boot}


def is_alive(handle: Handle, boot: str) -> bool:
    """Whether the very process of a handle lives; a stranger with its pid does not count."""
    if handle["boot"] != boot:
        return False
    if handle["start"] is None:
        return exists(handle["pid"])
    return start_time(handle["pid"]) == handle["start"] and not _is_zombie(handle["pid"])


def read_started(folder: AttemptFolder) -> Handle | None:
    """The handle that the wrapper left in the attempt's folder; None if there is none."""
    deadline = time.monotonic() + _STARTED_SECONDS
    while True:
        try:
            text = Path(folder.started).read_text()
        except OSError:
            return None
        if text.endswith("\n") or time.monotonic() > deadline:
            break
        time.sleep(0.01)
    pid, _, rest = text.partition(" ")
    boot, _, stat = rest.partition(" ")
    if not pid.isdigit():
        return None
    return {"pid": int(pid), "start": _start_of(stat.encode()), "boot": boot}


def claim(folder: AttemptFolder) -> bool:
    """Take an attempt that has not begun, so that it never will; False if it has begun."""
    try:
        fd = os.open(folder.started, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return False
    except FileNotFoundError:
        return True
    except OSError as error:
        raise _unwritable(folder, error) from None
    try:
        os.write(fd, b"claimed\n")
    except OSError as error:
        raise _unwritable(folder, error) from None
    finally:
        os.close(fd)
    return True


def _unwritable(folder: AttemptFolder, error: OSError) -> LedgerError:
    return LedgerError(
        f"{folder.root}: cannot be written: {error.strerror}",
        "Free space or fix the file permissions, then the same command goes on.",
    )


def signal_group(group: int, number: int) -> bool:
    """Signal a process group; False if nobody is left in it."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def group_lives(group: int) -> bool:
    """Whether anybody, zombies left out, is in a process group."""
    if not signal_group(group, 0):
        return False
    if not _PROC.is_dir():
        return True
    return any(_group_of(pid) == group for pid in _pids())


def end_family(folder: AttemptFolder) -> None:
    """KILL every process of an attempt, by its environment marker or where its output goes."""
    _end_marked(os.fsencode(folder.root) + b"\0")


def end_families(trials: Path) -> None:
    """KILL every process of any attempt below a folder; see `end_family`."""
    _end_marked(os.fsencode(trials) + b"/")


def _end_marked(start: bytes) -> None:
    """KILL every process whose `TUNEPLAY_TRIAL_DIR`, or whose output's folder, starts so."""
    marker = b"\0TUNEPLAY_TRIAL_DIR=" + start
    output = start.rstrip(b"\0/") + b"/"
    for pid in _pids():
        try:
            with open(f"/proc/{pid}/environ", "rb", buffering=0) as file:
                environ = b"\0" + file.read() + b"\0"
            ours = marker in environ or _writes_below(pid, output)
            if ours and pid != os.getpid():
                os.kill(pid, signal.SIGKILL)
        except OSError:
            continue


def _writes_below(pid: int, folder: bytes) -> bool:
    """Whether a process's standard output or error is a log in an attempt's folder.

    Programs may clear their environment (`env -i`, sudo), and with it the marker.
    """
    for stream in (b"1", b"2"):
        with contextlib.suppress(OSError):
            path = os.readlink(b"/proc/%d/fd/%s" % (pid, stream))
            if path.startswith(folder) and os.path.basename(path) in (b"stdout.log", b"stderr.log"):
                return True
    return False


def _pids() -> list[int]:
    try:
        return [int(entry) for entry in os.listdir(_PROC) if entry.isdigit()]
    except OSError:
        return []


def _group_of(pid: int) -> int | None:
    """Process group of a living process; None for a zombie or one that is gone."""
    try:
        stat = (_PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    fields = stat[stat.rfind(b")") + 2 :].split()
    return None if fields[0] in (b"Z", b"X") else int(fields[2])


def _is_zombie(pid: int) -> bool:
    return _group_of(pid) is None
