"""Why trials ended as they did, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tuneplay.domain.trial import Cause, Trial

#: Causes, each with its number of trials, the most frequent one first. A text stands where an
#: earlier version recorded a reason in words from which no cause follows.
Reasons = tuple[tuple[Cause | str, int], ...]


def reasons_of(trials: Iterable[Trial]) -> Reasons:
    """Each reason with the number of its trials, the most frequent one first."""
    counts = Counter(trial.outcome.cause or trial.outcome.reason for trial in trials)
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
