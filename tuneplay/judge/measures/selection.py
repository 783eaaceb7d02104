"""Selecting trials: the best of a study, and the better part of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from tuneplay.domain.curves import Direction
from tuneplay.domain.trial import Trial

#: The trials that matter for advice: the better quarter of a study.
BETTER_SHARE = 0.25

#: ... but never fewer than this, where there are as many, and never more than that: a hundred curves
#: tell whatever a thousand do.
BETTER_LEAST = 3
BETTER_MOST = 100


def ranked(trials: Iterable[Trial], direction: Direction) -> list[Trial]:
    """The feasible trials, best first; the lower trial number wins a tie.

    Reruns are left out: they are a configuration trained again, not part of the search.
    """
    feasible = [t for t in trials if t.feasible and t.outcome.value is not None and not t.id.rerun]
    return sorted(feasible, key=lambda t: (direction.sign * (t.outcome.value or 0.0), t.id.number))


def better_part(best_first: Sequence[Trial]) -> Sequence[Trial]:
    """The better quarter of ranked trials, from `BETTER_LEAST` to `BETTER_MOST` of them."""
    quarter = math.ceil(BETTER_SHARE * len(best_first))
    return best_first[: min(BETTER_MOST, max(BETTER_LEAST, quarter))]
