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
from tuneplay.app.attempts.backlog import Backlog, oddities
from tuneplay.app.attempts.ending import NO_SPACE, broken_from_outside, check_written, storage_full
from tuneplay.app.attempts.intents import next_intent
from tuneplay.app.coordination.breaker import Breaker
from tuneplay.app.coordination.deadline import TimeBudget
from tuneplay.app.coordination.enforcer import Enforcer
from tuneplay.app.coordination.failures import log_remarks
from tuneplay.app.coordination.parts import Parts
from tuneplay.app.coordination.slots import Slots
from tuneplay.app.coordination.snapshot import picture, seconds_left
from tuneplay.app.coordination.stop import Stop
from tuneplay.app.coordination.tally import Tally
from tuneplay.app.coordination.watch import Lookout
from tuneplay.domain.progress import Progress
from tuneplay.domain.trial import State, Trial, TrialId
from tuneplay.errors import CannotStartError
from tuneplay.launch.base import read_exit
from tuneplay.ledger.events import Event, Finished, Intent, Note, Started

#: The time left is estimated from so many trials that ended last.
RECENT = 100


class Coordinator:
    """Runs the trials that a round still lacks."""

    def __init__(self, parts: Parts, pending: Sequence[TrialId], tally: Tally) -> None:
        self._p = parts
        self._pending = deque(pending)
        self._running: dict[str, Attempt] = {}
        self._slots = Slots(parts.shares, parts.observer.remark)
        self._outbox: list[Event] = []
        self._durations: deque[float] = deque(maxlen=RECENT)
        self._taken_back: list[Attempt] = []
        self._backlog = Backlog()
        self._lookout = Lookout(parts.round.resources, parts.observer)
        self.tally = tally
        self._budget = TimeBudget(parts.round, len(parts.shares))
        self._enforcer = Enforcer(parts.round.resources, parts.launcher)
        ended = parts.history.finished.values()
        self._durations.extend(trial.seconds for trial in ended if trial.seconds is not None)
        self.breaker = Breaker(parts.round.objective.metric, ended)
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

    def settle(self, attempt: Attempt, exit_code: int | None) -> None:
        """Decide on an attempt that ended while no coordinator lived."""
        attempt.ended = time.monotonic()
        attempt.read_to_end(None)
        self._decide(attempt, exit_code)

    def run(self) -> None:
        """Until nothing runs and nothing is left to start, or a signal ends it earlier."""
        for attempt in self._taken_back:
            attempt.news = time.monotonic()
            self._p.observer.started(attempt.intent.trial, attempt.intent.attempt, resumed=True)
        while True:
            self._start_pending()
            self._flush()
            waits = self._slots.unseen or (self._pending and self._slots.waiting)
            left = self._running or self._backlog or (self._going_on and waits)
            if not left or self._p.stop.level is Stop.LEAVE:
                self._slots.close()
                return
            self._p.launcher.wait(self._patience(), self._p.stop.wake)
            self._p.stop.drain_wake()
            for key, code in self._p.launcher.ended().items():
                self._flush()
                self._end(key, code)
            for attempt, code in self._backlog.read():
                self._flush()
                if self._decide(attempt, code) == NO_SPACE:
                    self._flush()
                    raise storage_full(attempt.folder, "its log says that its disk is full")
            self._lookout.look(self._running.values(), self.progress)
            self._slots.look(self._running.values())
            self._enforcer.apply(self._running, self._p.stop.level, broken=self.broken)

    def progress(self) -> Progress:
        """How far the round has come."""
        slots = len(self._p.shares)
        return picture(
            self._p.round,
            self.tally,
            list(self._running.values()),
            seconds_left(self._durations, self._running.values(), len(self._pending), slots),
            slots,
            self._p.stop.level,
        )

    @property
    def _going_on(self) -> bool:
        """Whether trials are to be started."""
        return self._p.stop.level is Stop.NO and not self.broken and not self._budget.spent

    def _start_pending(self) -> None:
        """Fill the free slots; everything to be written goes to the ledger in one append."""
        batch: list[Intent] = []
        while self._going_on and self._slots and self._pending and self._in_time():
            intent = next_intent(self._p, self._pending.popleft())
            batch.append(replace(intent, gpus=self._slots.take()))
        self._flush(batch)
        for intent in batch:
            self._submit(intent)

    def _in_time(self) -> bool:
        """Whether the time budget has room for the next trial; says so once when it has not."""
        spent = self._budget.spent
        if self._budget.allows(self._pending[0], self._durations, len(self._running)):
            return True
        if not spent:
            self._p.observer.remark(self._budget.words)
        return False

    def _submit(self, intent: Intent) -> None:
        trial, number = intent.trial, intent.attempt
        order = self._p.workshop.order(intent)
        self._p.workshop.prepare(order, intent.hyperparameters)
        try:
            handle = self._p.launcher.submit(order)
        except CannotStartError as error:
            self.broken, self.cannot_start = True, error
            self._outbox.append(Note("interrupted", trial, number, error.message))
            return
        self._p.ledger.append([Started(trial, number, handle)], sync=False)
        attempt = Attempt(intent, order.folder, self._p.round.objective.metric, intent.gpus)
        self._running[attempt.key] = attempt
        self._p.observer.started(trial, number, resumed=False)

    def _flush(self, intents: Sequence[Intent] = ()) -> None:
        events = [*self._outbox, *intents]
        self._outbox.clear()
        if not events:
            return
        self._p.ledger.append(events)
        for event in events:
            self._p.history.apply(event)
            if isinstance(event, Finished):
                self._announce(event.trial)
            elif isinstance(event, Note):
                self._lookout.logs.end(self._p.workshop.folder_of(event.trial, event.attempt))

    def _announce(self, trial: Trial) -> None:
        """Say how a trial ended that is in the ledger now, and tidy its folder up."""
        workshop = self._p.workshop
        folder = workshop.folder_of(trial.id, trial.attempt)
        workshop.thin_out(trial)
        self._p.observer.ended(trial, self.progress)
        if trial.outcome.state is State.FAILED:
            for line in log_remarks(folder, workshop.secrets):
                self._p.observer.remark(line)
        self._lookout.logs.end(folder)

    def _end(self, key: str, fallback_code: int | None) -> None:
        attempt = self._running.pop(key)
        self._slots.give_back(attempt.share, attempt.folder)
        code = read_exit(attempt.folder)
        if attempt.kill_at is None:
            check_written(attempt.folder, code, fallback_code)
        attempt.ended = time.monotonic()
        self._durations.append(attempt.seconds)
        self._backlog.add(attempt, fallback_code if code is None else code)

    def _decide(self, attempt: Attempt, code: int | None) -> str:
        """Finished, to be begun anew, or stopped on request; why from outside, if it was that."""
        trial, number = attempt.intent.trial, attempt.intent.attempt
        result = self._p.workshop.result(attempt, code)
        for line in oddities(attempt):
            self._p.observer.remark(f"{trial}: {self._p.workshop.secrets.hide(line)}")
        if attempt.interrupted and not attempt.has_done_all(code, self._p.round.epochs):
            self._outbox.append(Note("interrupted", trial, number, "stopped on request"))
            self._pending.appendleft(trial)
            return ""
        why = broken_from_outside(attempt, result.outcome, code, self._p.round)
        if why and self._p.history.losses.get(trial, 0) < self._p.round.resources.retries:
            self._outbox.append(Note("lost", trial, number, why))
            self._pending.appendleft(trial)
            self._p.observer.remark(f"{trial}: {why}; it gets another attempt")
            return why
        if why and code == 0:
            attempt.stopped = why
            result = self._p.workshop.result(attempt, code)
        self._outbox.append(Finished(result))
        self.tally.add(result)
        self._p.asker.tell(trial, result.outcome)
        self._watch_breaker(result, code)
        return why

    def _watch_breaker(self, result: Trial, code: int | None) -> None:
        self.breaker.see(result)
        live = (*self._running.values(), *self._backlog)
        running = [(a.intent.trial, a.has_measured) for a in live]
        nothing_left = not running and not self._pending
        ended = sum(study.ended for study in self.tally.studies())
        all_failed = nothing_left and len(self.breaker.streak) == ended
        if self.breaker.is_open(code, running) or all_failed:
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
        known = [part.patience(running) for part in (self._lookout, self._enforcer)]
        known.append(self._slots.patience())
        return min((s for s in known if s is not None), default=None)
