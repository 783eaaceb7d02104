"""The coordinator: starts trials, follows them, and writes down how they ended.

`intent` is in the ledger before an attempt is submitted, `started` after, `finished` once. It
sleeps until a trial ends, a signal comes, or it is time to draw.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from tuneplay.app.attempts.attempt import Attempt
from tuneplay.app.attempts.backlog import Backlog
from tuneplay.app.attempts.ending_files import read_ending, storage_full, unusable
from tuneplay.app.attempts.intents import next_intent
from tuneplay.app.attempts.oddities import oddities
from tuneplay.app.coordination.breaker import Breaker
from tuneplay.app.coordination.enforcer import Enforcer
from tuneplay.app.coordination.failures import log_remarks
from tuneplay.app.coordination.round_progress import progress_of, seconds_left
from tuneplay.app.coordination.session import Session
from tuneplay.app.coordination.slots import Slots
from tuneplay.app.coordination.stop import Stop
from tuneplay.app.coordination.tally import Tally
from tuneplay.app.coordination.time_budget import TimeBudget
from tuneplay.app.coordination.watch import Watch
from tuneplay.domain.progress import Progress
from tuneplay.domain.trial import Cause, State, Trial, TrialId
from tuneplay.errors import CannotStartError
from tuneplay.judge.ending import Decision, Ending, What, decide
from tuneplay.ledger.events import Event, Finished, Intent, Note, Started
from tuneplay.words.outcomes import STOPPED_ON_REQUEST, why_not_evidence

#: The time left is estimated from this many trials that ended last.
RECENT = 100


class Coordinator:
    """Runs the trials that a round still lacks."""

    def __init__(self, session: Session, pending: Sequence[TrialId], tally: Tally) -> None:
        self._session = session
        self._pending = deque(pending)
        self._running: dict[str, Attempt] = {}
        self._slots = Slots(session.shares, session.observer.remark)
        self._outbox: list[Event] = []
        self._durations: deque[float] = deque(maxlen=RECENT)
        self._taken_back: list[Attempt] = []
        self._backlog = Backlog()
        self._watch = Watch(session.round.resources, session.observer)
        self.tally = tally
        self._budget = TimeBudget(session.round, len(session.shares))
        self._enforcer = Enforcer(session.round.resources, session.launcher)
        ended = session.history.finished.values()
        self._durations.extend(trial.seconds for trial in ended if trial.seconds is not None)
        self.breaker = Breaker(session.round.objective.metric, ended)
        self.broken = False
        self.cannot_start: CannotStartError | None = None

    def adopt(self, attempt: Attempt) -> None:
        """Take over an attempt that lives."""
        attempt.share = self._slots.claim(attempt.share)
        self._running[attempt.key] = attempt
        self._taken_back.append(attempt)

    def expect(self, seconds: float | None) -> None:
        """How long a trial may take, as long as none has ended."""
        if seconds is not None and not self._durations:
            self._durations.append(seconds)

    def run(self) -> None:
        """Until nothing runs and nothing is left to start, or a signal ends it earlier."""
        for attempt in self._taken_back:
            attempt.news = time.monotonic()
            self._session.observer.started(
                attempt.intent.trial, attempt.intent.attempt, resumed=True
            )
        while True:
            self._start_pending()
            self._flush()
            waits = self._slots.unseen or (self._pending and self._slots.waiting)
            left = self._running or self._backlog or (self._going_on and waits)
            if not left or self._session.stop.level is Stop.LEAVE:
                self._slots.close()
                return
            self._session.launcher.wait(self._patience(), self._session.stop.wake)
            self._session.stop.drain_wake()
            for key, code in self._session.launcher.ended().items():
                self._flush()
                self._end(key, code)
            for attempt, code in self._backlog.read():
                self._flush()
                self._decide(attempt, code)
            self._watch.look(self._running.values(), self.progress)
            self._slots.look(self._running.values())
            self._enforcer.apply(self._running, self._session.stop.level, broken=self.broken)

    def progress(self) -> Progress:
        """How far the round has come."""
        slots = len(self._session.shares)
        return progress_of(
            self._session.round,
            self.tally,
            list(self._running.values()),
            seconds_left(self._durations, self._running.values(), len(self._pending), slots),
            slots,
            self._session.stop.level,
        )

    @property
    def _going_on(self) -> bool:
        """Whether trials are to be started."""
        return self._session.stop.level is Stop.NO and not self.broken and not self._budget.spent

    def _start_pending(self) -> None:
        """Fill the free slots; everything to be written goes to the ledger in one append."""
        batch: list[Intent] = []
        while self._going_on and self._slots and self._pending and self._in_time():
            intent = self._next_intent(self._pending.popleft())
            batch.append(replace(intent, gpus=self._slots.take()))
        self._flush(batch)
        for intent in batch:
            self._submit(intent)

    def _next_intent(self, trial: TrialId) -> Intent:
        history, workshop = self._session.history, self._session.workshop
        number = workshop.free_number(trial, history.attempts.get(trial, 0))
        return next_intent(self._session.round, trial, history, self._session.asker.ask, number)

    def _in_time(self) -> bool:
        """Whether the time budget has room for the next trial; says so once when it has not."""
        spent = self._budget.spent
        if self._budget.allows(self._pending[0], self._durations, len(self._running)):
            return True
        if not spent:
            self._session.observer.remark(self._budget.words)
        return False

    def _submit(self, intent: Intent) -> None:
        trial, number = intent.trial, intent.attempt
        order = self._session.workshop.order(intent)
        self._session.workshop.prepare(order, intent.hyperparameters)
        try:
            handle = self._session.launcher.submit(order)
        except CannotStartError as error:
            self.broken, self.cannot_start = True, error
            self._outbox.append(Note("interrupted", trial, number, error.message))
            return
        self._session.ledger.append([Started(trial, number, handle)], sync=False)
        attempt = Attempt(intent, order.folder, self._session.round.objective.metric, intent.gpus)
        self._running[attempt.key] = attempt
        self._session.observer.started(trial, number, resumed=False)

    def _flush(self, intents: Sequence[Intent] = ()) -> None:
        events = [*self._outbox, *intents]
        self._outbox.clear()
        if not events:
            return
        self._session.record(events)
        for event in events:
            if isinstance(event, Finished):
                self._announce(event.trial)
            elif isinstance(event, Note):
                self._watch.logs.end(self._session.workshop.folder_of(event.trial, event.attempt))

    def _announce(self, trial: Trial) -> None:
        """Say how a trial ended that is in the ledger now, and tidy its folder up."""
        workshop = self._session.workshop
        folder = workshop.folder_of(trial.id, trial.attempt)
        workshop.thin_out(trial)
        self._session.observer.ended(trial, self.progress)
        if trial.outcome.state is State.FAILED:
            for line in log_remarks(folder, workshop.secrets):
                self._session.observer.remark(line)
        self._watch.logs.end(folder)

    def _end(self, key: str, wrapper_code: int | None) -> None:
        attempt = self._running.pop(key)
        self._slots.give_back(attempt.share, attempt.folder)
        attempt.ended = time.monotonic()
        self._durations.append(attempt.seconds)
        self._backlog.add(attempt, wrapper_code)

    def _decide(self, attempt: Attempt, wrapper_code: int | None) -> None:
        """Decide on an attempt that ended while we watched, and that was read to its end.

        Raises:
            LedgerError: A disk is full: further trials would fare no better.
        """
        ending = read_ending(attempt, wrapper_code, self._session.round.epochs)
        decision = decide(ending, self._session.round)
        if decision.what in (What.NEVER_BEGAN, What.NOT_EVIDENCE):
            raise unusable(attempt.folder, decision)
        self.settle(attempt, ending, decision)
        if decision.what is What.LOST and decision.why is Cause.NO_SPACE:
            self._flush()
            raise storage_full(attempt.folder, "its log says that its disk is full")

    def settle(self, attempt: Attempt, ending: Ending, decision: Decision) -> None:
        """Record how an attempt ended: its trial has ended, or starts again."""
        trial, number = attempt.intent.trial, attempt.intent.attempt
        workshop, say = self._session.workshop, self._session.observer.remark
        for line in oddities(attempt.collector, ending):
            say(f"{trial}: {workshop.secrets.hide(line)}")
        if decision.what is What.STOPPED_ON_REQUEST:
            self._start_again(trial, Note("interrupted", trial, number, STOPPED_ON_REQUEST))
            return
        losses, retries = self._session.history.losses, self._session.round.resources.retries
        if decision.what is What.LOST and losses.get(trial, 0) < retries:
            why = why_not_evidence(decision, ending)
            self._start_again(trial, Note("lost", trial, number, why))
            say(f"{trial}: {why}; it gets another attempt")
            return
        result = workshop.result(attempt, ending, decision)
        self._outbox.append(Finished(result))
        self.tally.add(result)
        self._session.asker.tell(trial, result.outcome)
        self._watch_breaker(result, cannot_execute=ending.cannot_execute)

    def _start_again(self, trial: TrialId, note: Note) -> None:
        self._outbox.append(note)
        self._pending.appendleft(trial)

    def _watch_breaker(self, result: Trial, *, cannot_execute: bool) -> None:
        self.breaker.see(result)
        live = (*self._running.values(), *self._backlog)
        running = [(a.intent.trial, a.has_measured) for a in live]
        nothing_left = not running and not self._pending
        ended = sum(study.ended for study in self.tally.studies())
        all_failed = nothing_left and len(self.breaker.streak) == ended
        if self.breaker.is_open(running, cannot_execute=cannot_execute) or all_failed:
            self.broken = True

    def withdraw_failures(self) -> None:
        """Take back the trials that only showed the train command to be broken."""
        for failed in self.breaker.streak:
            self._outbox.append(Note("withdrawn", failed.id, failed.attempt, failed.outcome.reason))
            self.tally.withdraw(failed.id)
        self._flush()

    def _patience(self) -> float | None:
        """Seconds to sleep at most; None for as long as it takes."""
        if self._backlog:
            return 0.0
        running = self._running.values()
        known = [one.patience(running) for one in (self._watch, self._enforcer)]
        known.append(self._slots.patience())
        return min((s for s in known if s is not None), default=None)
