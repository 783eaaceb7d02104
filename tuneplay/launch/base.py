"""The interface that all launchers share, and what they have in common."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tuneplay.domain.folder import AttemptFolder

#: How a launcher finds an attempt again: a JSON object that the ledger keeps.
Handle = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """An attempt to submit.

    Attributes:
        key: Our key of the attempt, unique in the round.
        argv: The command.
        inherited: The environment that every trial inherits.
        added: What this attempt gets on top of it.
        workdir: Folder in which it runs.
        folder: The attempt's folder; it exists.
        config: Path and text of the filled copy of `config_template`; None without one.
    """

    key: str
    argv: Sequence[str]
    inherited: Mapping[str, str]
    added: Mapping[str, str]
    workdir: Path
    folder: AttemptFolder
    config: tuple[str, str] | None = None

    @property
    def env(self) -> dict[str, str]:
        """The whole environment."""
        return {**self.inherited, **self.added}


class Launcher(Protocol):
    """Starts attempts and says when they have ended. One coordinator has one launcher."""

    def check(self, order: Order) -> None:
        """See whether the command can start at all, before anything is written.

        Raises:
            CannotStartError: It cannot; the message says why.
        """

    def submit(self, order: Order) -> Handle:
        """Start an attempt.

        Raises:
            CannotStartError: It could not be started.
        """

    def find(self, key: str, folder: AttemptFolder, handle: Handle | None) -> Handle | None:
        """Look for an attempt that an earlier coordinator submitted, and watch it if it lives.

        Args:
            key: Our key of the attempt.
            folder: Its folder.
            handle: Its handle, where the ledger has one.

        Returns:
            Its handle if it lives. None if it has ended or never began; then it never will: an
            attempt that was about to begin finds that it no longer may.
        """

    def ended(self) -> Mapping[str, int | None]:
        """Watched attempts that have ended since the last call, every process of them.

        Returns:
            Exit code by key, for an attempt whose wrapper could not write it; None where the
            launcher does not know it. The attempt's `exit` file is the truth where it is there.
        """

    def cancel(self, key: str, *, kill: bool) -> None:
        """Ask an attempt to end (TERM to the whole process group), or end it (KILL)."""

    def end_leftovers(self, trials: Path) -> None:
        """End what the attempts below a folder left behind; none of them lives any more."""

    def wait(self, seconds: float | None, wake: int) -> None:
        """Sleep until an attempt may have ended.

        Args:
            seconds: At most this long; None for as long as it takes.
            wake: A file descriptor that ends the sleep as well when it becomes readable.
        """


def read_exit(folder: AttemptFolder) -> int | None:
    """The exit code that the wrapper wrote; None if it wrote none, or not all of it."""
    text = _read(folder.exit)
    return int(text) if text.endswith(b"\n") and text.strip().isdigit() else None


def exit_is_torn(folder: AttemptFolder) -> bool:
    """Whether the wrapper began to write `exit` and could not end it: the storage was full."""
    return os.path.exists(folder.exit) and not _read(folder.exit).endswith(b"\n")


def was_terminated(folder: AttemptFolder) -> bool:
    """Whether TERM was sent to the attempt, by whomever; the wrapper left word of it."""
    return os.path.exists(folder.terminated)


def has_begun(folder: AttemptFolder) -> bool:
    """Whether the wrapper ever began the attempt, rather than finding it claimed."""
    return _read(folder.started)[:1].isdigit()


def was_emptied(folder: AttemptFolder) -> bool:
    """Whether the program emptied its folder, or made it anew: the wrapper's last word stands alone."""
    return not has_begun(folder) and read_exit(folder) is not None


def _read(path: str) -> bytes:
    """A small file; empty if it cannot be read."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except OSError:
        return b""
