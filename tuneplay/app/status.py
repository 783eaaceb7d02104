"""`tuneplay status`: how far a round has come, from its ledger alone."""

from __future__ import annotations

from dataclasses import dataclass

from tuneplay.app.attempts.attempt import Attempt
from tuneplay.app.attempts.workshop import Workshop
from tuneplay.app.coordination.tally import Tally
from tuneplay.app.opening.locate import locate, shown
from tuneplay.domain.progress import Progress, RunningTrial
from tuneplay.launch.clock import age_of
from tuneplay.ledger.history import History
from tuneplay.ledger.lock import holder_of


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a round.

    Attributes:
        progress: How far it has come. `running` holds every attempt that has not ended as far as
            the ledger knows.
        coordinator: Who coordinates it now, in words; None when nobody does.
        folder: The round's folder, as a person would type it.
        reruns: How many of the reruns that were asked for last have ended, and how many they are;
            None while none were asked for.
    """

    progress: Progress
    coordinator: str | None
    folder: str
    reruns: tuple[int, int] | None = None


def read_status(argument: str) -> Status:
    """The state of a round. Reads only; any number may read while a coordinator writes.

    Raises:
        TuneplayError: There is no such round, or its ledger is damaged.
    """
    place = locate(argument)
    history = place.history()
    spec = place.spec(history) if history.opened is None else place.recorded(history)
    round_ = spec.round
    running: list[RunningTrial] = []
    workshop = Workshop(round_, place.folder, place.folder.root)
    metric = round_.objective.metric
    for trial, known in history.open.items():
        folder = workshop.folder_of(trial, known.intent.attempt)
        attempt = Attempt(known.intent, folder, metric, None)
        attempt.collector.read()
        collector = attempt.collector
        running.append(
            RunningTrial(
                trial,
                known.intent.attempt,
                collector.last_epoch,
                collector.value(metric),
                age_of(attempt.folder),
            )
        )
    progress = Progress(
        round_.name,
        round_.goal,
        round_.objective,
        round_.epochs,
        Tally(round_, history.finished.values()).studies(r.id for r in running),
        tuple(running),
    )
    return Status(progress, holder_of(place.folder), shown(place.folder.root), _reruns(history))


def _reruns(history: History) -> tuple[int, int] | None:
    if not history.reruns:
        return None
    asked = list(history.reruns[-1].trials())
    return sum(trial in history.finished for trial in asked), len(asked)
