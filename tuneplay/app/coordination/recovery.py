"""Going on where an earlier coordinator left off."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from tuneplay.app.attempts.attempt import Attempt
from tuneplay.app.coordination.coordinator import Coordinator
from tuneplay.app.coordination.parts import Parts
from tuneplay.app.coordination.tally import Tally
from tuneplay.domain.folder import AttemptFolder
from tuneplay.domain.trial import TrialId
from tuneplay.launch.base import exit_is_torn, has_begun, read_exit
from tuneplay.launch.clock import age_of, duration_of
from tuneplay.ledger.events import Event, Note, Started
from tuneplay.ledger.history import OpenAttempt
from tuneplay.metrics.holes import was_cut


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
        elif why := _no_evidence(attempt.folder, submitted=known.handle is not None):
            events.append(Note("interrupted", trial, number, why))
        else:
            attempt.watched, attempt.lasted = False, duration_of(attempt.folder)
            ended.append(attempt)
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


def _no_evidence(folder: AttemptFolder, *, submitted: bool) -> str:
    """Why the folder of an attempt that does not live says nothing, in words; empty when it does."""
    if exit_is_torn(folder):
        return "no space left for its exit code"
    # The program itself may have emptied the folder: then the exit code tells that it ran.
    if not has_begun(folder) and not (submitted and read_exit(folder) is not None):
        return "announced, but never begun"
    # Logs are cut (`max_log`) when the ledger has what they said: it takes a damaged one as well.
    if was_cut(folder.stdout) and not _has_metrics_file(folder):
        return "its line in the ledger was lost, and its log has been shortened since"
    return ""


def _has_metrics_file(folder: AttemptFolder) -> bool:
    try:
        return os.path.getsize(folder.metrics) > 0
    except OSError:
        return False


def _attempt(parts: Parts, known: OpenAttempt) -> Attempt:
    intent = known.intent
    folder = parts.workshop.folder_of(intent.trial, intent.attempt)
    metric = parts.round.objective.metric
    attempt = Attempt(intent, folder, metric, intent.gpus, began=time.monotonic() - age_of(folder))
    attempt.read_stopping()
    return attempt
