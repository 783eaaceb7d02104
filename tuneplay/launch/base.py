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
        """The complete environment."""
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
            attempt that was about to start finds that it no longer may.
        """

    def ended(self) -> Mapping[str, int | None]:
        """Watched attempts that have ended since the last call, every process of them.

        Returns:
            Exit code by key, for an attempt whose wrapper could not write it; None where the
            launcher does not know it. The attempt's `exit` file is the truth where it is there.
        """

    def cancel(self, key: str, *, kill: bool) -> None:
        """Ask an attempt to end (TERM to the entire process group), or end it (KILL)."""

    def end_leftovers(self, trials: Path) -> None:
        """End what the attempts below a folder left behind; none of them lives any more."""

    def wait(self, seconds: float | None, wake: int) -> None:
        """Sleep until an attempt may have ended.

        Args:
            seconds: At most this long; None for as long as it takes.
            wake: A file descriptor that ends the sleep as well when it becomes readable.
        """


@dataclass(frozen=True, slots=True)
class Traces:
    """What the wrapper left in an attempt's folder.

    Attributes:
        exit_code: The exit code that it wrote; None if it wrote none, or not all of it.
        exit_torn: Whether it started to write `exit` and could not complete it: the storage was
            full.
        began: Whether it ever began the attempt, rather than finding it claimed.
        terminated: Whether TERM was sent to the attempt, by whomever.
    """

    exit_code: int | None
    exit_torn: bool
    began: bool
    terminated: bool


def read_traces(folder: AttemptFolder) -> Traces:
    """What the wrapper left, each file read once."""
    text = _read(folder.exit)
    complete = text is not None and text.endswith(b"\n")
    return Traces(
        int(text) if text is not None and complete and text.strip().isdigit() else None,
        text is not None and not complete,
        has_begun(folder),
        os.path.exists(folder.terminated),
    )


def has_begun(folder: AttemptFolder) -> bool:
    """Whether the wrapper ever began an attempt, rather than finding it claimed."""
    return (_read(folder.started) or b"")[:1].isdigit()


def _read(path: str) -> bytes | None:
    """A small file; empty if it cannot be read, None if it is not there."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return b""
