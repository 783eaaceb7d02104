"""What a coordinator works with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tuneplay.app.attempts.workshop import Workshop
from tuneplay.app.coordination.asking import Asker
from tuneplay.app.coordination.observer import Observer
from tuneplay.app.coordination.stop import StopRequests
from tuneplay.domain.round import Round
from tuneplay.launch.base import Launcher
from tuneplay.ledger.file import LedgerWriter
from tuneplay.ledger.history import History


@dataclass(frozen=True, slots=True)
class Parts:
    """What a session has opened, for those who work on the round.

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
