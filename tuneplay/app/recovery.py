"""Going on where an earlier coordinator left off."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tuneplay.app.attempt import Attempt
from tuneplay.app.coordinator import Coordinator
from tuneplay.app.parts import Parts
from tuneplay.app.tally import Tally
from tuneplay.domain.trial import TrialId
from tuneplay.launch.base import exit_is_torn, has_begun, read_exit
from tuneplay.launch.clock import age_of, duration_of
from tuneplay.ledger.events import Event, Note, Started
from tuneplay.ledger.history import OpenAttempt


def recover(parts: Parts, wanted: Sequence[TrialId], tally: Tally) -> Coordinator:
    """A coordinator that has taken back every attempt that lives, and settled the others.

    An attempt that ended while nobody watched is read to its end. One that was announced but
    never began is claimed, so that it never will, and is begun anew.

    Args:
        parts: What the coordinator works with.
        wanted: The trials that are wanted, in the order in which they start.
        tally: What is counted.
    """
    living: list[Attempt] = []
    ended: list[Attempt] = []
    events: list[Event] = []
    for trial, known in list(parts.history.open.items()):
        number = known.intent.attempt
        attempt = _attempt(parts, known)
        handle = parts.launcher.find(attempt.key, attempt.folder, known.handle)
        if handle is not None:
            living.append(attempt)
            if known.handle is None:
                events.append(Started(trial, number, handle))
        elif exit_is_torn(attempt.folder):
            events.append(Note("interrupted", trial, number, "no space left for its exit code"))
        elif has_begun(attempt.folder):
            attempt.watched, attempt.lasted = False, duration_of(attempt.folder)
            ended.append(attempt)
        else:
            events.append(Note("interrupted", trial, number, "announced, but never begun"))
    if events:
        parts.ledger.append(events)
        for event in events:
            parts.history.apply(event)
    taken = {attempt.intent.trial for attempt in (*living, *ended)}
    pending = [t for t in wanted if t not in parts.history.finished and t not in taken]
    coordinator = Coordinator(parts, pending, tally)
    for attempt in living:
        coordinator.adopt(attempt)
    for attempt in ended:
        coordinator.settle(attempt, read_exit(attempt.folder))
    return coordinator


def _attempt(parts: Parts, known: OpenAttempt) -> Attempt:
    intent = known.intent
    folder = parts.workshop.folder_of(intent.trial, intent.attempt)
    metric = parts.round.objective.metric
    attempt = Attempt(intent, folder, metric, intent.gpus, began=time.monotonic() - age_of(folder))
    attempt.read_stopping()
    return attempt
