"""One coordinator a round: a lock that a dead process cannot hold."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import socket
import time
from typing import Any

from tuneplay.domain.folder import RoundFolder
from tuneplay.errors import BusyError, LedgerError
from tuneplay.system.pids import exists

#: A look at the lock takes microseconds; this long it is waited for, in this many tries.
LOOK_SECONDS = 0.2
LOOK_TRIES = 10

#: Signing comes right after locking; a machine under heavy load may take this long in between.
SIGN_SECONDS = 1.0
SIGN_TRIES = 50


#: A link that somebody else made is not followed: nothing is written elsewhere.
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class CoordinatorLock:
    """Holds the round for one process, until it is closed or the process ends.

    The kernel drops the lock with the process, so it is never stale; trials do not inherit it.
    """

    def __init__(self, folder: RoundFolder) -> None:
        """Take the lock.

        Raises:
            BusyError: Another coordinator holds it.
            LedgerError: The file cannot be written.
        """
        try:
            self._fd = os.open(folder.lock, _FLAGS, 0o644)
        except OSError as error:
            link = error.errno == errno.ELOOP
            why = "it is a link; link the round's folder instead" if link else error.strerror
            raise LedgerError(
                f"{folder.lock}: cannot be written: {why}",
                "Nothing was started. Free space or fix the file permissions, and try again.",
            ) from None
        if not _try_lock(self._fd):
            holder = _read_holder(self._fd)
            os.close(self._fd)
            raise BusyError(
                f"another coordinator is live on {folder.root}: {_words(holder)}",
                "Look with `tuneplay status`, or stop that one with Ctrl-C.",
            ) from None
        self._sign()

    def _sign(self) -> None:
        since = time.strftime("%Y-%m-%d %H:%M:%S")
        holder = {"host": socket.gethostname(), "pid": os.getpid(), "since": since}
        # Where the storage is full the round is locked all the same, by nobody in particular.
        with contextlib.suppress(OSError):
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, json.dumps(holder).encode() + b"\n", 0)

    def close(self) -> None:
        """Give the round back."""
        os.close(self._fd)


def _try_lock(fd: int) -> bool:
    """Lock exclusively; a reader that is just looking (`holder_of`) is waited for."""
    for _ in range(LOOK_TRIES):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOOK_SECONDS / LOOK_TRIES)
        except OSError as error:
            raise LedgerError(
                f"the round cannot be locked: {error.strerror}",
                "Keep rounds on a file system that knows locks.",
            ) from None
        else:
            return True
    return False


def holder_of(folder: RoundFolder) -> str | None:
    """Who coordinates this round now, in words; None when nobody does."""
    try:
        fd = os.open(folder.lock, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _words(_read_holder(fd))
    except OSError:
        return None
    else:
        return None
    finally:
        os.close(fd)


def _read_holder(fd: int) -> dict[str, Any]:
    """Who holds a lock; waits a moment for one that has taken it and not signed it yet.

    Until then the file is empty, or names an earlier holder that was killed.
    """
    holder: dict[str, Any] = {}
    for _ in range(SIGN_TRIES):
        holder = _parse(os.pread(fd, 4096, 0))
        if holder and (holder.get("host") != socket.gethostname() or exists(holder.get("pid"))):
            return holder
        time.sleep(SIGN_SECONDS / SIGN_TRIES)
    return holder


def _parse(data: bytes) -> dict[str, Any]:
    try:
        holder = json.loads(data)
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _words(holder: dict[str, Any]) -> str:
    if not holder:
        return "a process that has just begun"
    return f"process {holder.get('pid')} on {holder.get('host')}, since {holder.get('since')}"
