"""The local launcher: one process group for each attempt, on this machine."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tuneplay.domain.folder import AttemptFolder
from tuneplay.errors import CannotStartError
from tuneplay.launch.base import Handle, Order
from tuneplay.launch.length import check_length
from tuneplay.launch.processes import (
    boot_id,
    claim,
    end_families,
    end_family,
    group_lives,
    handle_of,
    is_alive,
    read_started,
    signal_group,
)

_WRAPPER = Path(__file__).with_name("wrapper.sh")

#: How long processes that outlive their trial may take to end after TERM, in seconds.
STRAGGLER_SECONDS = 5.0

#: After an attempt of this many seconds its children are looked for everywhere (some 5 ms on a busy
#: machine); those of shorter ones when the round ends.
FAMILY_SECONDS = 1.0

#: Exit codes above this mean a signal.
SIGNALLED = 128

#: Sleeping is harmless but poll's milliseconds are an int: wake up once an hour, in seconds.
LONGEST_SLEEP = 3_600.0

#: What may pass by itself: no process or no memory to be had just now; waits between tries, in seconds.
_PASSING = (errno.EAGAIN, errno.ENOMEM)
PAUSES = (0.1, 0.3, 1.0, 3.0)

#: How often to look where the system cannot wake us: at stragglers, and without pidfd.
LOOK_SECONDS = 0.05


class _Child(subprocess.Popen[bytes]):
    """A child that may outlive this process: that is intended, and needs no warning."""

    def __del__(self) -> None:
        """Leave it running."""


@dataclass(slots=True)
class _Watched:
    """A living attempt: its leader is the wrapper, which leads the process group as well."""

    pid: int
    handle: Handle
    folder: AttemptFolder
    child: _Child | None
    pidfd: int | None
    straggling_since: float | None = None
    cancelled: bool = False
    since: float = field(default_factory=time.monotonic)


class LocalLauncher:
    """Starts attempts as children, each the leader of its own session and process group."""

    def __init__(self) -> None:
        self._boot = boot_id()
        self._watched: dict[str, _Watched] = {}
        self._wrapper = str(_WRAPPER)

    def check(self, order: Order) -> None:
        """See whether the program exists and may be run; see `Launcher`."""
        check_length(order)
        program = order.argv[0]
        if not order.workdir.is_dir():
            raise CannotStartError(
                f"the trials' working folder {order.workdir} is gone",
                "Restore it, or start a new round.",
            )
        if "/" in program:
            path = order.workdir / program
            if not path.exists():
                problem = "there is no such file"
            elif not path.is_file() or not os.access(path, os.X_OK):
                problem = "it is not an executable file"
            else:
                return
        elif shutil.which(program, path=order.env.get("PATH")) is None:
            problem = "no such program on the PATH"
            if "=" in program:
                problem += "; environment variables go under `env:` in the spec"
        else:
            return
        raise CannotStartError(
            f"the train command cannot start: {program}: {problem}",
            f"Fix `command` in the spec. It runs in {order.workdir}.",
        )

    def submit(self, order: Order) -> Handle:
        """Start an attempt; see `Launcher`."""
        try:
            child = self._start(order)
        except (OSError, ValueError) as error:
            passing = isinstance(error, OSError) and error.errno in _PASSING
            raise CannotStartError(
                f"{order.key}: the train command cannot start: {error}",
                "Free memory or processes, then the same command goes on."
                if passing
                else "Fix `command` in the spec.",
            ) from None
        handle = handle_of(child.pid, self._boot)
        self._watch(order.key, handle, order.folder, child)
        return handle

    def _start(self, order: Order) -> _Child:
        """Start the wrapper; a lack of processes or memory may pass, and is waited for a little."""
        for pause in (*PAUSES, None):
            try:
                return _Child(
                    ["/bin/sh", self._wrapper, order.folder.root, *order.argv],
                    cwd=order.workdir,
                    env=order.env,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            except OSError as error:
                if pause is None or error.errno not in _PASSING:
                    raise
                time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def find(self, key: str, folder: AttemptFolder, handle: Handle | None) -> Handle | None:
        """Look for an earlier coordinator's attempt; see `Launcher`."""
        if handle is None and not claim(folder):
            handle = read_started(folder)
        if handle is not None and is_alive(handle, self._boot):
            self._watch(key, handle, folder, None)
            return handle
        end_family(folder)
        return None

    def ended(self) -> Mapping[str, int | None]:
        """Attempts that have ended, with every process of their group; see `Launcher`."""
        done = [key for key, watched in self._watched.items() if self._has_ended(watched)]
        codes: dict[str, int | None] = {}
        for key in done:
            watched = self._watched.pop(key)
            if watched.pidfd is not None:
                os.close(watched.pidfd)
            code = watched.child.returncode if watched.child else None
            orderly = code is not None and 0 <= code <= SIGNALLED
            long = time.monotonic() - watched.since >= FAMILY_SECONDS
            if watched.cancelled or long or not orderly:
                # Children in a session of their own outlive their group.
                end_family(watched.folder)
            codes[key] = code if code is not None and code >= 0 else None
        return codes

    def cancel(self, key: str, *, kill: bool) -> None:
        """Signal an attempt's process group; see `Launcher`."""
        watched = self._watched.get(key)
        if watched is not None:
            watched.cancelled = True
            signal_group(watched.pid, signal.SIGKILL if kill else signal.SIGTERM)

    def end_leftovers(self, trials: Path) -> None:
        """End what attempts left behind; see `Launcher`."""
        end_families(trials)

    def wait(self, seconds: float | None, wake: int) -> None:
        """Sleep until a leader ends; see `Launcher`."""
        fds = [watched.pidfd for watched in self._watched.values() if watched.pidfd is not None]
        looking = any(
            watched.pidfd is None or watched.straggling_since is not None
            for watched in self._watched.values()
        )
        if looking:
            seconds = LOOK_SECONDS if seconds is None else min(seconds, LOOK_SECONDS)
            fds = [w.pidfd for w in self._watched.values() if w.pidfd and not w.straggling_since]
        poller = select.poll()
        for fd in (wake, *fds):
            poller.register(fd, select.POLLIN)
        with contextlib.suppress(InterruptedError):
            poller.poll(
                min(LONGEST_SLEEP, max(0.0, LONGEST_SLEEP if seconds is None else seconds)) * 1000
            )

    def _watch(
        self,
        key: str,
        handle: Handle,
        folder: AttemptFolder,
        child: _Child | None,
    ) -> None:
        try:
            pidfd = os.pidfd_open(handle["pid"])
        except (OSError, AttributeError):
            pidfd = None
        self._watched[key] = _Watched(handle["pid"], handle, folder, child, pidfd)

    def _has_ended(self, watched: _Watched) -> bool:
        """Whether the leader and its entire group are gone; stragglers are sent TERM, then KILL.

        The group's id cannot be anybody else's while a member lives, so that no stranger is ever
        signalled.
        """
        if watched.straggling_since is None:
            if self._leader_lives(watched):
                return False
            if not signal_group(watched.pid, 0):
                return True
            watched.straggling_since = time.monotonic()
            signal_group(watched.pid, signal.SIGTERM)
        if time.monotonic() - watched.straggling_since > STRAGGLER_SECONDS:
            signal_group(watched.pid, signal.SIGKILL)
        return not group_lives(watched.pid)

    def _leader_lives(self, watched: _Watched) -> bool:
        if watched.child is not None:
            return watched.child.poll() is None
        return is_alive(watched.handle, self._boot)
