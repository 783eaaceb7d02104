"""Going on where an earlier coordinator stopped."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tuneplay.app.attempts.attempt import Attempt
from tuneplay.app.attempts.ending_files import read_ending
from tuneplay.app.coordination.coordinator import Coordinator
from tuneplay.app.coordination.session import Session
from tuneplay.app.coordination.tally import Tally
from tuneplay.domain.trial import TrialId
from tuneplay.judge.ending import Decision, Ending, What, decide
from tuneplay.launch.clock import age_of, duration_of
from tuneplay.ledger.events import Event, Note, Started
from tuneplay.ledger.history import OpenAttempt
from tuneplay.words.outcomes import why_not_evidence


def recover(session: Session, wanted: Sequence[TrialId], tally: Tally) -> Coordinator:
    """A coordinator that has taken back every attempt that lives, and settled the others.

    An attempt that ended while nobody watched is read to its end. One that was announced but
    never started is claimed, so it never will, and its trial starts again.

    Args:
        session: The session.
        wanted: The trials that are wanted, in the order in which they start.
        tally: What is counted.
    """
    living: list[Attempt] = []
    ended: list[tuple[Attempt, Ending, Decision]] = []
    events: list[Event] = []
    for trial, known in list(session.history.open.items()):
        number = known.intent.attempt
        attempt = _attempt(session, known)
        handle = session.launcher.find(attempt.key, attempt.folder, known.handle)
        if handle is not None:
            attempt.began = attempt.news = time.monotonic() - age_of(attempt.folder)
            living.append(attempt)
            if known.handle is None:
                events.append(Started(trial, number, handle))
            continue
        ending, decision = _decide(session, attempt)
        if decision.what in (What.NEVER_BEGAN, What.NOT_EVIDENCE):
            why = why_not_evidence(decision, ending)
            events.append(Note("interrupted", trial, number, why))
        else:
            ended.append((attempt, ending, decision))
    if events:
        session.record(events)
    taken = {attempt.intent.trial for attempt in (*living, *(one[0] for one in ended))}
    pending = [t for t in wanted if t not in session.history.finished and t not in taken]
    coordinator = Coordinator(session, pending, tally)
    for attempt in living:
        coordinator.adopt(attempt)
    for one in ended:
        coordinator.settle(*one)
    return coordinator


def _attempt(session: Session, known: OpenAttempt) -> Attempt:
    """An attempt of an earlier coordinator, whether it lives or not."""
    intent = known.intent
    folder = session.workshop.folder_of(intent.trial, intent.attempt)
    attempt = Attempt(intent, folder, session.round.objective.metric, intent.gpus)
    attempt.submitted = known.handle is not None
    attempt.read_stopping()
    return attempt


def _decide(session: Session, attempt: Attempt) -> tuple[Ending, Decision]:
    """How an attempt ended while nobody watched."""
    attempt.watched, attempt.lasted = False, duration_of(attempt.folder)
    attempt.ended = time.monotonic()
    attempt.read_to_end(None)
    ending = read_ending(attempt, None, session.round.epochs)
    return ending, decide(ending, session.round)
