"""Reruns that are one training twice: different seeds with the same curves.

A seed may not reach the program at all, or only a part of it may (`seed % 5`). Counting one training
several times makes the noise look smaller than it is, and a difference surer than it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from tuneplay.domain.trial import Trial
from tuneplay.judge.measures.metric_names import direction_of
from tuneplay.judge.verdict.seeds.scatter import resolution

LEVELS = 10
"""Two trainings do not go through this many different values alike by chance, even on a coarse metric:
if each step up or down were the toss of a coin, they would once in 2 ** 9 times."""

Column = tuple[float | None, ...]


def columns_of(trial: Trial, metric: str) -> dict[str, Column]:
    """What a training measured: the objective, and all that is a loss, error or score by its name.

    Times, throughputs and the like differ between two equal trainings, and tell nothing here.
    """
    names = [n for n in trial.curves.metrics if n == metric or direction_of(n) is not None]
    return {
        name: tuple(_finite(value) for value in trial.curves.column(name)) for name in sorted(names)
    }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def repeated(reruns: Sequence[Trial], metric: str) -> list[bool]:
    """Whether each rerun is the very training of an earlier one.

    On a coarse metric (errors out of 360 examples) short curves may be the same by chance. They
    are taken for one training only where a column is not coarse, or goes through `LEVELS` values.

    Args:
        reruns: Reruns of one configuration, in the order of their seeds.
        metric: The objective.
    """
    measured = [columns_of(trial, metric) for trial in reruns]
    pools: dict[str, set[float]] = {}
    for columns in measured:
        for name, column in columns.items():
            pools.setdefault(name, set()).update(value for value in column if value is not None)
    fine = {name for name, pool in pools.items() if _is_fine(pool)}
    earlier: list[Mapping[str, Column]] = []
    found = []
    for columns in measured:
        found.append(columns in earlier and _tells(columns, fine))
        earlier.append(columns)
    return found


def _is_fine(pool: set[float]) -> bool:
    """Whether a metric has enough possible values for two seeds not to share one by chance."""
    return len(pool) >= 3 and resolution(np.array(sorted(pool))) is None


def _tells(columns: Mapping[str, Column], fine: set[str]) -> bool:
    levels = {name: {v for v in column if v is not None} for name, column in columns.items()}
    return any(found and (name in fine or len(found) >= LEVELS) for name, found in levels.items())
