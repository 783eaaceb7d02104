"""Why trials ended as they did, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tuneplay.domain.trial import Cause, Trial

#: Causes, each with its number of trials, the most frequent one first. None is a cause that is not
#: known: an earlier version recorded only words from which none follows, or a later one has added it.
Reasons = tuple[tuple[Cause | None, int], ...]


def reasons_of(trials: Iterable[Trial]) -> Reasons:
    """Each cause with the number of its trials, the most frequent one first."""
    counts = Counter(trial.outcome.cause for trial in trials)
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] or "")))
