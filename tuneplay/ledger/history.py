"""What the ledger says, taken together: the state of a round at its last line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tuneplay.domain.trial import Reruns, Trial, TrialId
from tuneplay.ledger.events import Event, Finished, Intent, Note, Opened, Rerun, Started


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """An attempt that has not ended, as far as the ledger knows.

    Attributes:
        intent: What was about to be submitted.
        handle: How to find it again; None when the coordinator ended before it noted that.
    """

    intent: Intent
    handle: Mapping[str, Any] | None = None


@dataclass(slots=True)
class History:
    """The state of a round, replayed from its events.

    Attributes:
        opened: The last `opened`; None in an empty ledger.
        finished: Ended trials.
        open: Attempts that have not ended.
        attempts: Number of the last attempt of each trial.
        losses: Attempts of each trial that were killed or vanished: they count as retries.
        configured: First intent of each trial: its seed and hyperparameters, for later attempts.
        reruns: Reruns that were asked for, in order.
    """

    opened: Opened | None = None
    finished: dict[TrialId, Trial] = field(default_factory=dict)
    open: dict[TrialId, OpenAttempt] = field(default_factory=dict)
    attempts: dict[TrialId, int] = field(default_factory=dict)
    losses: dict[TrialId, int] = field(default_factory=dict)
    configured: dict[TrialId, Intent] = field(default_factory=dict)
    reruns: list[Reruns] = field(default_factory=list)

    def apply(self, event: Event) -> None:
        """Take one more event into account."""
        if isinstance(event, Opened):
            self.opened = event
            if not self.finished and not self.open:
                # No trial counts yet, so even another plan may start.
                self.configured.clear()
        elif isinstance(event, Intent):
            self.open[event.trial] = OpenAttempt(event)
            self.attempts[event.trial] = event.attempt
            self.configured.setdefault(event.trial, event)
        elif isinstance(event, Started):
            if event.trial in self.open:
                self.open[event.trial] = OpenAttempt(self.open[event.trial].intent, event.handle)
        elif isinstance(event, Finished):
            self._apply_finished(event.trial)
        elif isinstance(event, Note):
            self._apply_note(event)
        elif isinstance(event, Rerun):
            self.reruns.append(event.reruns)

    def _apply_finished(self, trial: Trial) -> None:
        self.finished.setdefault(trial.id, trial)
        self.open.pop(trial.id, None)
        if trial.id not in self.configured:  # its intent was a damaged line that was set aside
            values = trial.hyperparameters
            self.configured[trial.id] = Intent(trial.id, trial.attempt, trial.seed, values)
            self.attempts[trial.id] = max(trial.attempt, self.attempts.get(trial.id, 0))

    def _apply_note(self, note: Note) -> None:
        self.open.pop(note.trial, None)
        if note.kind == "lost":
            self.losses[note.trial] = self.losses.get(note.trial, 0) + 1
        elif note.kind == "withdrawn":
            self.finished.pop(note.trial, None)


def replay(events: Iterable[Event]) -> History:
    """The state of a round after all its events."""
    history = History()
    for event in events:
        history.apply(event)
    return history
