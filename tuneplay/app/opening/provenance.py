"""Where results come from: versions, the machine, and the state of the code.

Nothing here may hold up a round: what does not answer in time is recorded as not known.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import socket
import subprocess
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

from tuneplay.domain.folder import RoundFolder
from tuneplay.domain.secrets import Secrets

#: For all questions to git together. A huge repository on a cold disk takes longer; then a part of
#: the answer is missing, and that is recorded. In seconds.
GIT_SECONDS = 4.0

#: nvidia-smi takes up to a second; a driver that hangs does not answer at all. In seconds.
_SMI_SECONDS = 3.0

#: A larger diff is cut here. In bytes.
MAX_DIFF = 1_000_000


def versions() -> dict[str, str]:
    """Versions of tuneplay, Python and Optuna."""
    found = {"python": platform.python_version()}
    for package in ("tuneplay", "optuna"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def machine(*, with_gpus: bool) -> dict[str, Any]:
    """The host's name, its platform, and the names of its GPUs.

    Args:
        with_gpus: Whether trials use GPUs; otherwise nobody is asked for their names.
    """
    found: dict[str, Any] = {"host": socket.gethostname(), "platform": platform.platform()}
    listed = _output(["nvidia-smi", "-L"], _SMI_SECONDS) if with_gpus else None
    if listed:
        text = listed.decode("utf-8", "replace")
        found["gpus"] = [line.strip() for line in text.splitlines() if line.strip()]
    return found


def git_state(
    folder: Path, round_folder: RoundFolder, secrets: Secrets | None = None
) -> dict[str, Any]:
    """Commit of a working folder, and whether tracked files differ from it.

    Where they differ, the diff is written to a file next to the ledger, at most `MAX_DIFF` bytes.

    Args:
        folder: The working folder.
        round_folder: Where the diff goes.
        secrets: What is hidden in it.

    Returns:
        `commit`, `dirty` (None when git did not answer in time), and for a dirty folder `diff` with
        the file's name, the SHA-256 of what is in it, its bytes, and whether that is not all of
        it; empty outside of git.
    """
    deadline = time.monotonic() + GIT_SECONDS
    commit = _git(folder, deadline, "rev-parse", "HEAD")
    if commit is None:
        return {}
    state: dict[str, Any] = {"commit": commit.decode("ascii", "replace").strip(), "dirty": None}
    # `--no-optional-locks`: a look must not get in the way of a git that the user runs.
    status = _git(folder, deadline, "status", "--porcelain", "--untracked-files=no")
    if status is None:
        return state
    state["dirty"] = bool(status.strip())
    if state["dirty"]:
        diff = _git(
            folder, deadline, "diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv"
        )
        if diff is not None:
            text = diff.decode("utf-8", "surrogateescape")
            hidden = (secrets or Secrets()).hide(text).encode("utf-8", "surrogateescape")
            state["diff"] = _record(hidden, round_folder)
    return state


def _record(diff: bytes, folder: RoundFolder) -> dict[str, Any] | None:
    """Write a diff, at most `MAX_DIFF` bytes; None when it cannot be written."""
    content = diff[:MAX_DIFF]
    number = 1
    try:
        while os.path.lexists(file := folder.diff(number)) and not _holds(file, content):
            number += 1  # an earlier `opened` of this round names that one
        if not os.path.lexists(file):
            with file.open("xb") as new:
                new.write(content)
    except OSError:
        return None
    digest = hashlib.sha256(content).hexdigest()
    return {"file": file.name, "sha256": digest, "bytes": len(content), "cut": len(diff) > MAX_DIFF}


def _holds(file: Path, content: bytes) -> bool:
    """Whether a file of ours, and no link, has this content."""
    return not file.is_symlink() and file.read_bytes() == content


def _git(folder: Path, deadline: float, *arguments: str) -> bytes | None:
    left = deadline - time.monotonic()
    if left <= 0:
        return None
    return _output(["git", "--no-optional-locks", "-C", str(folder), *arguments], left)


def _output(command: list[str], seconds: float) -> bytes | None:
    """What a program prints, at most a little more than `MAX_DIFF`; None if it fails or hangs."""
    try:
        with tempfile.TemporaryFile() as out:
            return _printed(command, seconds, out)
    except OSError:
        return None  # no such program, or no room for what it prints


def _printed(command: list[str], seconds: float, out: IO[bytes]) -> bytes | None:
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
    )
    try:
        code = child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(0.2)  # not for ever: a file system that hangs may hold it
        return None
    if code != 0:
        return None
    out.seek(0)
    return out.read(MAX_DIFF + 1)
