"""Why trials ended as they did, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tuneplay.domain.trial import Trial


def reason_of(trial: Trial) -> str:
    """The cause of a trial's end; its reason in words where no cause was recorded."""
    cause = getattr(trial.outcome, "cause", None)
    return trial.outcome.reason if cause is None else str(cause)


def reasons_of(trials: Iterable[Trial]) -> tuple[tuple[str, int], ...]:
    """Each reason with the number of its trials, the most frequent one first."""
    counts = Counter(reason_of(trial) for trial in trials)
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
