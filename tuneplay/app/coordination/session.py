"""A session: the time in which one process coordinates a round, and what it works with."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tuneplay.app.attempts.workshop import Workshop
from tuneplay.app.coordination.asking import Asker
from tuneplay.app.coordination.observer import Observer
from tuneplay.app.coordination.stop import StopRequests
from tuneplay.app.opening.opening import Opening
from tuneplay.app.opening.provenance import git_state, machine, versions
from tuneplay.app.opening.redaction import unset
from tuneplay.domain.folder import RoundFolder
from tuneplay.domain.round import Round
from tuneplay.errors import BusyError, LedgerError, UsageError
from tuneplay.launch.base import Launcher
from tuneplay.launch.gpus import gpu_shares
from tuneplay.ledger.events import Event, Opened
from tuneplay.ledger.file import LedgerWriter, read
from tuneplay.ledger.history import History, replay
from tuneplay.ledger.lock import CoordinatorLock


@dataclass(frozen=True, slots=True)
class Session:
    """What one process has opened to work on a round.

    Attributes:
        round: The round.
        history: What its ledger says; it follows what is appended.
        launcher: Starts attempts.
        ledger: Where events go.
        workshop: Prepares attempts and reads their results.
        asker: Says at which point a trial trains.
        observer: Who shows the round.
        stop: What signals have asked for.
        shares: The GPUs of each slot.
    """

    round: Round
    history: History
    launcher: Launcher
    ledger: LedgerWriter
    workshop: Workshop
    asker: Asker
    observer: Observer
    stop: StopRequests
    shares: Sequence[tuple[str, ...]]

    def record(self, events: Sequence[Event]) -> None:
        """Append events to the ledger, wait until the disk has them, and take them into account."""
        self.ledger.append(events)
        for event in events:
            self.history.apply(event)


@contextlib.contextmanager
def open_session(opening: Opening, observer: Observer, launcher: Launcher) -> Iterator[Session]:
    """Take a round's lock, repair and open its ledger, and listen to signals.

    Raises:
        BusyError: Another coordinator is live.
        LedgerError: The ledger is damaged or cannot be written.
        UsageError: A link leads out of the round's folder.
    """
    round_, folder = opening.spec.round, opening.place.folder
    workshop = Workshop(round_, folder, opening.workdir, opening.secrets)
    _make_folder(folder)
    with StopRequests() as stop, contextlib.closing(CoordinatorLock(folder)):
        with contextlib.closing(LedgerWriter(folder, opening.secrets)) as ledger:
            history = replay(read(folder))
            if history.opened != opening.history.opened:
                raise BusyError(
                    f"{folder.root}: another coordinator opened this round a moment ago",
                    "The same command goes on from there.",
                )
            shares = gpu_shares(round_.resources, os.environ)
            _write_opened(opening, history, ledger, with_gpus=any(shares))
            asker = Asker(round_, history)
            for name in unset(round_, os.environ):
                observer.remark(f"redact: {name} is not in the environment, so nothing is hidden")
            yield Session(
                round_, history, launcher, ledger, workshop, asker, observer, stop, shares
            )


def _make_folder(folder: RoundFolder) -> None:
    try:
        folder.trials.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(
            f"{folder.root}: cannot be written: {error.strerror}",
            "Choose a place that can be written, or fix the file permissions; nothing was started.",
        ) from None
    for path in (folder.trials, *folder.trials.iterdir()):
        if path.is_symlink() and not path.resolve().is_relative_to(folder.root):
            raise UsageError(
                f"{path} is a link that leads out of the round's folder",
                "Nothing is written or deleted through it. To have a round on another disk, link "
                f"the round's folder itself: {folder.root}",
            )


def _write_opened(
    opening: Opening, history: History, ledger: LedgerWriter, *, with_gpus: bool
) -> None:
    """Record the spec: when the round begins, and when it was amended."""
    before = history.opened
    template = opening.recorded.round.command.template
    text = template.text if template else None
    now = (opening.recorded.text, str(opening.workdir), text)
    if before is not None and (before.spec, before.workdir, before.template) == now:
        return
    source = opening.place.spec_file or (before and before.source) or ""
    opened = Opened(
        opening.recorded.text,
        str(source),
        str(opening.workdir),
        versions(),
        git_state(opening.workdir, opening.place.folder, opening.secrets),
        machine(with_gpus=with_gpus),
        text,
    )
    ledger.append([opened])
    history.apply(opened)
