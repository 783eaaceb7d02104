"""Which processes hold which GPUs: asking nvidia-smi without waiting for it."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO

#: nvidia-smi answers in 0.05 to 1 s; a driver that hangs may never answer. In seconds.
PATIENCE_SECONDS = 20.0

_GPUS = ("--query-gpu=index,uuid", "--format=csv,noheader")
_HOLDERS = ("--query-compute-apps=pid,gpu_uuid", "--format=csv,noheader")

#: `0, GPU-8932f937-d72c-4106-c12f-20bd9faed9f6`, and the same with a pid.
_LINE = re.compile(r"\s*(\d+)\s*,\s*((?:GPU|MIG)-\S+)\s*")


@dataclass(frozen=True, slots=True)
class GpuHolders:
    """What nvidia-smi said.

    Attributes:
        gpus: UUID of each GPU by its index.
        holders: Processes by the UUID of the GPU on which they compute.
    """

    gpus: Mapping[str, str] = field(default_factory=dict)
    holders: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def of(self, gpu: str) -> frozenset[int]:
        """Processes on a GPU.

        Args:
            gpu: As `CUDA_VISIBLE_DEVICES` names it: an index, or the start of a UUID.
        """
        if gpu in self.gpus:
            return self.holders.get(self.gpus[gpu], frozenset())
        if not gpu.startswith("GPU-"):
            return frozenset()
        found = (pids for uuid, pids in self.holders.items() if uuid.startswith(gpu))
        return next(found, frozenset())


class HolderQuery:
    """Asks nvidia-smi, one question at a time. Nothing here ever waits.

    Attributes:
        asked_at: Monotonic time of the last question.
    """

    def __init__(self) -> None:
        self._program = shutil.which("nvidia-smi")
        self._child: subprocess.Popen[bytes] | None = None
        self._out: IO[bytes] | None = None
        self.asked_at = 0.0
        self._gpus: dict[str, str] = {}

    @property
    def able(self) -> bool:
        """Whether there is an nvidia-smi, and it has not failed."""
        return self._program is not None

    @property
    def asking(self) -> bool:
        """Whether an answer is on its way."""
        return self._child is not None

    def ask(self) -> None:
        """Start to ask, unless an answer is on its way."""
        if self._child is None and self._program is not None:
            self._start(_HOLDERS if self._gpus else _GPUS)

    def answer(self) -> GpuHolders | None:
        """The answer to the last question; None while there is none (any more).

        A failure, or no answer for `PATIENCE_SECONDS`, ends all asking: see `able`.
        """
        if self._child is None or self._out is None:
            return None
        code = self._child.poll()
        if code is None and time.monotonic() - self.asked_at < PATIENCE_SECONDS:
            return None
        if code is None:
            self._child.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(0.1)  # not for ever: a driver that hangs may hold it
        self._out.seek(0)
        lines = map(_LINE.fullmatch, self._out.read().decode("utf-8", "replace").splitlines())
        pairs = [(match[1], match[2]) for match in lines if match]
        self._out.close()
        self._child = None
        if code != 0 or not (pairs or self._gpus):
            self._program = None
            return None
        if not self._gpus:
            self._gpus = dict(pairs)
            self._start(_HOLDERS)
            return None
        holders: dict[str, set[int]] = {}
        for pid, uuid in pairs:
            holders.setdefault(uuid, set()).add(int(pid))
        return GpuHolders(self._gpus, {uuid: frozenset(pids) for uuid, pids in holders.items()})

    def close(self) -> None:
        """Ask no more."""
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(0.1)
        if self._out is not None:
            self._out.close()
        self._child = None

    def _start(self, question: tuple[str, ...]) -> None:
        if self._program is None:
            return
        self._out = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the answer was read
        self.asked_at = time.monotonic()
        try:
            self._child = subprocess.Popen(
                [self._program, *question],
                stdin=subprocess.DEVNULL,
                stdout=self._out,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            self._program = None


def trial_of(pid: int) -> str | None:
    """The folder of the attempt that a process descends from; None for none, or not to be seen."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            environ = file.read().split(b"\0")
    except OSError:
        return None
    marker = b"TUNEPLAY_TRIAL_DIR="
    return next((os.fsdecode(e[len(marker) :]) for e in environ if e.startswith(marker)), None)


def describe_process(pid: int) -> str:
    """`process 4242 (python) of anna`; it says so where not even the kernel can end it."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            text = file.read().decode("utf-8", "replace")
        owner = os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return f"process {pid}"
    name = text[text.find("(") + 1 : text.rfind(")")]
    try:
        user = pwd.getpwuid(owner).pw_name
    except KeyError:
        user = f"user {owner}"
    stuck = ", which hangs in the kernel," if text[text.rfind(")") + 2 :].startswith("D") else ""
    return f"process {pid} ({name}) of {user}{stuck}"
