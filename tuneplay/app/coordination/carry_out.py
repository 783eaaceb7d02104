"""Carrying out the trials that are wanted, and how that ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tuneplay.app.attempts.intents import planned_intent
from tuneplay.app.coordination.coordinator import Coordinator
from tuneplay.app.coordination.failures import log_end, shell_line
from tuneplay.app.coordination.recovery import recover
from tuneplay.app.coordination.session import Session
from tuneplay.app.coordination.stop import Stop, StopRequests
from tuneplay.app.coordination.tally import Tally
from tuneplay.app.opening.earlier_rounds import expected_seconds
from tuneplay.app.opening.locate import shown
from tuneplay.app.opening.opening import Opening
from tuneplay.domain.progress import Progress
from tuneplay.domain.trial import TrialId
from tuneplay.errors import CannotStartError, ExitCode


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


def carry_out(
    session: Session, opening: Opening, wanted: Sequence[TrialId], tally: Tally
) -> SessionResult:
    """Carry out the trials that are wanted and have not ended.

    Args:
        session: The session.
        opening: The round.
        wanted: The trials, in the order in which they start.
        tally: Counts them.

    Raises:
        CannotStartError: The train command cannot start, or every trial fails.
        LedgerError: The ledger cannot be written.
    """
    coordinator = recover(session, wanted, tally)
    if session.round.parent is not None:
        coordinator.expect(expected_seconds(session.round))
    observer, folder = session.observer, shown(opening.place.folder.root)
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
        session.launcher.end_leftovers(opening.place.folder.trials)
    if coordinator.broken:
        if coordinator.cannot_start is not None:
            raise coordinator.cannot_start
        coordinator.withdraw_failures()
        raise _broken_command(coordinator, session)
    return SessionResult(_exit_code(progress, session.stop), progress, folder, started=anything)


def _exit_code(progress: Progress, stop: StopRequests) -> ExitCode:
    """Failed trials leave the budget unmet: they are not evidence, and a report has to do without."""
    complete = progress.ended == progress.planned
    if stop.level is not Stop.NO and not complete:
        return stop.exit_code
    failed = any(study.failed for study in progress.studies)
    return ExitCode.DONE if complete and not failed else ExitCode.BUDGET_UNMET


def _broken_command(coordinator: Coordinator, session: Session) -> CannotStartError:
    """The error of a broken command: the end of a log, and how to see it by hand."""
    failed = coordinator.breaker.streak[-1]
    folder = session.workshop.folder_of(failed.id, failed.attempt)
    intent = planned_intent(session.round, failed.id, session.history, failed.attempt)
    if intent is None:
        raise AssertionError("a trial that has ended had an intent")
    order = session.workshop.order(intent)
    count = len(coordinator.breaker.streak)
    what = "The first trial" if count == 1 else f"{count} trials in a row"
    secrets = session.workshop.secrets
    return CannotStartError(
        f"the train command is broken. {what} failed before measuring anything: "
        f"{secrets.hide(failed.outcome.reason)}.{log_end(folder, secrets)}",
        f"{shell_line(order, secrets)}\n"
        f"Logs: {shown(Path(folder.root))}\n"
        "These trials do not count. Fix the command and run this again.",
    )
