"""Unequal numbers of feasible trials in two studies: how often they are found, and invented."""

from __future__ import annotations

import numpy as np

from pieces.judging import said_unequal
from pieces.known_rounds import known_round, known_study, known_trials
from pieces.landscapes import Rng
from pieces.tables import Table, mean

SIZES = (10, 20, 40, 100)


def unequal_table(seed: int, count: int) -> Table:
    """Found where one study's rate is at most half the other's, false where the rates are equal."""
    table = [
        ["trials", "tuneplay: found", "tuneplay: false", "two thirds as many: found", "and false"]
    ]
    for trials in SIZES:
        rng = np.random.default_rng([seed, trials, 9])
        row = [str(trials)]
        said = {(rule, unequal): list[bool]() for rule in (0, 1) for unequal in (True, False)}
        for _ in range(count):
            for unequal in (True, False):
                rate = rng.uniform(0.7, 1.0) if unequal else rng.uniform(0.3, 1.0)
                rates = (rate, rate * rng.uniform(0.2, 0.5) if unequal else rate)
                counts, named = _two(rates, trials, rng)
                said[0, unequal].append(named)
                said[1, unequal].append(min(counts) <= 2 / 3 * max(counts))
        for rule in (0, 1):
            row += [mean(said[rule, True]), mean(said[rule, False])]
        table.append(row)
    return table


def _two(rates: tuple[float, float], trials: int, rng: Rng) -> tuple[list[int], bool]:
    studies = [known_study(2, key) for key in ("x=a", "x=b")]
    made = {}
    for study, rate in zip(studies, rates, strict=True):
        values = np.where(rng.random(trials) < rate, rng.random(trials), np.nan)
        made[study.key] = known_trials(rng.random((trials, 2)), values, study.key)
    named = said_unequal(known_round(*studies, trials=trials), made)
    return [sum(t.feasible for t in ts) for ts in made.values()], named
