"""Chances of what was counted."""

from __future__ import annotations

import math


def fisher_tail(hits: int, of: int, other_hits: int, other_of: int) -> float:
    """Fisher's exact one-sided p-value for two counts.

    Args:
        hits: Trials of the first group for which something holds.
        of: All trials of the first group.
        other_hits: The same of the second group.
        other_of: All trials of the second group.

    Returns:
        The chance of `hits` or more in the first group if it holds equally often in both, given
        for how many trials of both it holds together.
    """
    total = hits + other_hits
    least = max(hits, total - other_of)
    # Each number of ways follows from the one before: exact, and quick for thousands of trials.
    ways = math.comb(of, least) * math.comb(other_of, total - least)
    tail = ways
    for k in range(least, min(of, total)):
        ways = ways * (of - k) * (total - k) // ((k + 1) * (other_of - total + k + 1))
        tail += ways
    return tail / math.comb(of + other_of, total)
