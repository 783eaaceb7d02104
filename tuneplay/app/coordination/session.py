"""A session: the time in which one process coordinates a round."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tuneplay.app.attempts.workshop import Workshop
from tuneplay.app.coordination.asking import Asker
from tuneplay.app.coordination.coordinator import Coordinator
from tuneplay.app.coordination.failures import by_hand, log_end
from tuneplay.app.coordination.observer import Observer
from tuneplay.app.coordination.parts import Parts
from tuneplay.app.coordination.recovery import recover
from tuneplay.app.coordination.stop import Stop, StopRequests
from tuneplay.app.coordination.tally import Tally
from tuneplay.app.opening.earlier_rounds import expected_seconds
from tuneplay.app.opening.locate import shown
from tuneplay.app.opening.opening import Opening
from tuneplay.app.opening.provenance import git_state, machine, versions
from tuneplay.app.opening.redaction import unset
from tuneplay.domain.folder import RoundFolder
from tuneplay.domain.progress import Progress
from tuneplay.domain.trial import TrialId
from tuneplay.errors import BusyError, CannotStartError, ExitCode, LedgerError, UsageError
from tuneplay.launch.base import Launcher
from tuneplay.launch.gpus import gpu_shares
from tuneplay.ledger.events import Intent, Opened
from tuneplay.ledger.file import LedgerWriter, read
from tuneplay.ledger.history import History, replay
from tuneplay.ledger.lock import CoordinatorLock


@dataclass(frozen=True, slots=True)
class SessionResult:
    """How a session ended.

    Attributes:
        exit_code: The command's exit code.
        progress: How far the round has come.
        folder: The round's folder, as a person would type it.
        started: Whether there was anything to do.
    """

    exit_code: ExitCode
    progress: Progress
    folder: str
    started: bool


@contextlib.contextmanager
def session(opening: Opening, observer: Observer, launcher: Launcher) -> Iterator[Parts]:
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
            yield Parts(round_, history, launcher, ledger, workshop, asker, observer, stop, shares)


def coordinate(
    parts: Parts, opening: Opening, wanted: Sequence[TrialId], tally: Tally
) -> SessionResult:
    """Carry out the trials that are wanted and have not ended.

    Args:
        parts: What the session works with.
        opening: The round.
        wanted: The trials, in the order in which they start.
        tally: Counts them.

    Raises:
        CannotStartError: The train command cannot start, or every trial fails.
        LedgerError: The ledger cannot be written.
    """
    coordinator = recover(parts, wanted, tally)
    if parts.round.parent is not None:
        coordinator.expect(expected_seconds(parts.round))
    observer, folder = parts.observer, shown(opening.place.folder.root)
    before = coordinator.progress()
    anything = before.ended < before.planned or bool(before.running)
    if anything:
        observer.opened(before, str(opening.workdir))
        if opening.workdir != Path.cwd():
            observer.remark(f"trials run in {opening.workdir}")
    try:
        # Also with nothing to start: what ended while nobody watched is written down.
        coordinator.run()
    finally:
        if anything:
            observer.close()
    progress = coordinator.progress()
    if not progress.running:
        parts.launcher.end_leftovers(opening.place.folder.trials)
    if coordinator.broken:
        if coordinator.cannot_start is not None:
            raise coordinator.cannot_start
        coordinator.withdraw_failures()
        raise _broken_command(coordinator, parts)
    return SessionResult(_exit_code(progress, parts.stop), progress, folder, started=anything)


def _exit_code(progress: Progress, stop: StopRequests) -> ExitCode:
    """Failed trials leave the budget unmet: they are no evidence, and a report has to do without."""
    complete = progress.ended == progress.planned
    if stop.level is not Stop.NO and not complete:
        return stop.exit_code
    failed = any(study.failed for study in progress.studies)
    return ExitCode.DONE if complete and not failed else ExitCode.BUDGET_UNMET


def _broken_command(coordinator: Coordinator, parts: Parts) -> CannotStartError:
    """Says what every failed trial has in common, and how to see it by hand."""
    failed = coordinator.breaker.streak[-1]
    folder = parts.workshop.folder_of(failed.id, failed.attempt)
    earlier = parts.history.configured[failed.id]
    intent = Intent(failed.id, failed.attempt, earlier.seed, earlier.hyperparameters)
    order = parts.workshop.order(intent)
    count = len(coordinator.breaker.streak)
    what = "The first trial" if count == 1 else f"{count} trials in a row"
    secrets = parts.workshop.secrets
    return CannotStartError(
        f"the train command is broken. {what} failed before measuring anything: "
        f"{secrets.hide(failed.outcome.reason)}.{log_end(folder, secrets)}",
        f"{by_hand(order, secrets)}\n"
        f"Logs: {shown(Path(folder.root))}\n"
        "None of them counts; after mending it, the same command goes on.",
    )


def _make_folder(folder: RoundFolder) -> None:
    try:
        folder.trials.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(
            f"{folder.root}: cannot be written: {error.strerror}",
            "Choose a place that can be written, or mend the rights; nothing was started.",
        ) from None
    for path in (folder.trials, *folder.trials.iterdir()):
        if path.is_symlink() and not path.resolve().is_relative_to(folder.root):
            raise UsageError(
                f"{path} is a link that leads out of the round's folder",
                "Nothing is written or deleted through it. To keep a round on another disk, link "
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
