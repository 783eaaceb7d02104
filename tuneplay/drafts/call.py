"""Calling a training script for its help, and never to train.

The only module of this package that starts anything.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from tuneplay.errors import CannotStartError, UsageError

#: Importing a deep learning framework from a cold disk takes this long at worst.
SILENT_SECONDS = 30.0

#: A help text is printed at once: a program that goes on for longer after its first line does
#: something else.
TALKING_SECONDS = 5.0

#: No help text is longer.
MAX_BYTES = 2_000_000

#: Wide enough that no description is wrapped: argparse, click and rich ask for COLUMNS.
_WIDE = {"COLUMNS": "400", "TERMINAL_WIDTH": "400", "NO_COLOR": "1", "TERM": "dumb"}


@dataclass(frozen=True, slots=True)
class Output:
    """What a script printed.

    Attributes:
        text: Standard output, or standard error where that is empty.
        exit_code: Its exit code.
        last_words: The last line of standard error.
    """

    text: str
    exit_code: int
    last_words: str


def call(
    words: Sequence[str], silent: float = SILENT_SECONDS, talking: float = TALKING_SECONDS
) -> Output:
    """Run a command to its end and return what it printed.

    Args:
        words: The command, with its request for help.
        silent: Seconds after which a command that prints nothing is ended.
        talking: Seconds after its first output at which a command is ended.

    Raises:
        CannotStartError: There is no such program.
        UsageError: It did not end by itself: it does not know `--help`, or trains instead.
    """
    with tempfile.TemporaryFile() as errors:
        process = _start(words, errors)
        try:
            output = _read(process, silent, talking)
        finally:
            _end(process)
        errors.seek(0)
        said = errors.read(MAX_BYTES).decode("utf-8", "replace")
    if output is None:
        raise UsageError(
            f"`{' '.join(words)}` did not end by itself and was stopped: it probably "
            "does not know --help, and started to train",
            "Leave out --from and edit the draft, or let the script read its options with argparse, click or typer.",
        )
    lines = [line for line in said.splitlines() if line.strip()]
    return Output(
        output if output.strip() else said, process.returncode, lines[-1] if lines else ""
    )


def _start(words: Sequence[str], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the command: without input, in a session of its own."""
    try:
        return subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
            env={**os.environ, **_WIDE, "PYTHONUNBUFFERED": "1"}, start_new_session=True,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotStartError(
            f"`{' '.join(words)}` cannot be started: {reason}",
            "Give the command as you would type it, without cd, && or variables in front.",
        ) from None


def _read(process: subprocess.Popen[bytes], silent: float, talking: float) -> str | None:
    """All of standard output; None if it does not end in time."""
    stream = process.stdout
    if stream is None:
        raise AssertionError("a process without the pipe that was asked for")
    deadline = time.monotonic() + silent
    data = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while len(data) <= MAX_BYTES:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                return None
            chunk = os.read(stream.fileno(), 65_536)
            if not chunk:
                break
            if not data:
                deadline = min(deadline, time.monotonic() + talking)
            data += chunk
        else:
            return None
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None
    return data.decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a command that has not ended, and everything that it started."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
