"""`tuneplay run`: carry a round out, or go on with it."""

from __future__ import annotations

from tuneplay.app.attempts.intents import planned_intent
from tuneplay.app.attempts.workshop import Workshop
from tuneplay.app.coordination.carry_out import SessionResult, carry_out
from tuneplay.app.coordination.observer import Observer
from tuneplay.app.coordination.session import open_session
from tuneplay.app.coordination.tally import Tally
from tuneplay.app.opening.opening import Opening, planned_commands
from tuneplay.domain.round import Round
from tuneplay.launch.base import Launcher
from tuneplay.launch.local import LocalLauncher
from tuneplay.search.plan import turns


def run_round(
    opening: Opening, observer: Observer, launcher: Launcher | None = None
) -> SessionResult:
    """Carry a round out until its budget is met or it is stopped.

    Args:
        opening: The round.
        observer: Who shows it.
        launcher: How trials are started; on this machine by default.

    Raises:
        BusyError: Another coordinator is live.
        CannotStartError: The train command cannot start, or every trial fails.
        LedgerError: The ledger is damaged or cannot be written.
    """
    launcher = launcher or LocalLauncher()
    round_ = opening.spec.round
    if any(True for _ in planned_commands(opening)):
        workshop = Workshop(round_, opening.place.folder, opening.workdir)
        _check_commands(round_, workshop, launcher)
    with open_session(opening, observer, launcher) as session:
        tally = Tally(round_, session.history.finished.values())
        return carry_out(session, opening, list(turns(round_)), tally)


def _check_commands(round_: Round, workshop: Workshop, launcher: Launcher) -> None:
    """See whether the first command of each study can start, before anything is written."""
    for study in round_.studies:
        trial = next(trial for trial in turns(round_) if trial.study == study.key)
        intent = planned_intent(round_, trial)
        if intent is not None:
            launcher.check(workshop.order(intent))
