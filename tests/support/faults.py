"""Runs `tuneplay` and kills it at a chosen point: before or in the middle of its N-th write.

usage: python faults.py N before|half ARGUMENT...

A point is everything that others can see: opening a file to write, writing, syncing, truncating,
renaming, deleting, making a folder, starting a process, signalling a group. `half` writes half of
the bytes first. The process kills itself with SIGKILL, as the system would. Without a kill it
prints `points: N` on standard error at the end.
"""

import builtins
import itertools
import os
import signal
import subprocess
import sys

LAST = int(sys.argv[1])
HALF = sys.argv[2] == "half"
counter = itertools.count(1)


def point(half=None):
    """One more point; the chosen one ends this process."""
    if next(counter) == LAST:
        if HALF and half is not None:
            half()
        os.kill(os.getpid(), signal.SIGKILL)


def shim(name, *, writes=False):
    real = getattr(os, name)

    def wrapped(*args, **more):
        if writes:
            fd, data, *rest = args
            point(lambda: real(fd, bytes(data)[: len(data) // 2], *rest))
        else:
            point()
        return real(*args, **more)

    setattr(os, name, wrapped)


for each in ("fsync", "fdatasync", "ftruncate", "replace", "rename", "unlink", "mkdir", "killpg"):
    shim(each)
shim("write", writes=True)
shim("pwrite", writes=True)
real_os_open, real_open, real_popen = os.open, builtins.open, subprocess.Popen.__init__


def os_open(path, flags, *args, **more):
    if flags & (os.O_CREAT | os.O_TRUNC):
        point()
    return real_os_open(path, flags, *args, **more)


class Writing:
    """A file that is being written; each write is a point."""

    def __init__(self, file):
        self._file = file

    def write(self, data):
        point(lambda: (self._file.write(data[: len(data) // 2]), self._file.flush()))
        return self._file.write(data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def __getattr__(self, name):
        return getattr(self._file, name)


def file_open(file, mode="r", *args, **more):
    if not set(mode) & set("wxa"):
        return real_open(file, mode, *args, **more)
    point()
    return Writing(real_open(file, mode, *args, **more))


def popen(self, *args, **more):
    point()
    real_popen(self, *args, **more)


if __name__ == "__main__":
    import io

    from tuneplay.cli.main import main

    os.open, builtins.open, io.open, subprocess.Popen.__init__ = (
        os_open, file_open, file_open, popen,
    )  # fmt: skip
    sys.argv[1:] = sys.argv[3:]
    try:
        main()
    finally:
        print(f"points: {next(counter) - 1}", file=sys.stderr)
