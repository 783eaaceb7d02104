"""The best value that a number of trials would be expected to find, and how far it varies."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tuneplay.domain.round import Objective
from tuneplay.domain.trial import Trial
from tuneplay.judge.measures.selection import ranked


@dataclass(frozen=True, slots=True)
class ExpectedBest:
    """The best value that other nuisance points might have given, with the same number of trials.

    Attributes:
        mean: Expected best value.
        sd: Its standard deviation: the study variance.
    """

    mean: float
    sd: float


def best_of(values: Sequence[float], count: int) -> ExpectedBest:
    """The best of `count` values that are sampled from these with replacement, exactly.

    The playbook's figure 3 ("How many trials are needed") by bootstrap, in closed form: the best
    of `count` samples with replacement from n sorted values is the k-th with probability
    ((n - k + 1) / n)^count - ((n - k) / n)^count.

    Args:
        values: Values of the feasible trials, best first; at least one.
        count: Trials of the imagined study.
    """
    n = len(values)
    beyond = [((n - k) / n) ** count for k in range(n + 1)]
    chances = [beyond[k] - beyond[k + 1] for k in range(n)]
    mean = math.fsum(chance * value for chance, value in zip(chances, values, strict=True))
    # In units of the largest deviation: squares of large values have no float.
    largest = max(abs(v - mean) for v in values)
    if largest == 0 or not math.isfinite(largest):
        return ExpectedBest(mean, 0.0)
    pairs = zip(chances, values, strict=True)
    variance = math.fsum(c * ((v - mean) / largest) ** 2 for c, v in pairs)
    return ExpectedBest(mean, largest * math.sqrt(max(0.0, variance)))


def expected_best(trials: Sequence[Trial], objective: Objective) -> Mapping[int, ExpectedBest]:
    """The expected best of 1, 2, 5, 10, 20 … trials, up to the number that were feasible."""
    values = [t.outcome.value or 0.0 for t in ranked(trials, objective.direction)]
    counts = [c for e in range(5) for c in (10**e, 2 * 10**e, 5 * 10**e) if c < len(values)]
    return {count: best_of(values, count) for count in [*counts, len(values)] if values}
