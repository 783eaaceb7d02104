"""Is the chance that another draw puts another study ahead right? Pairs of studies, all known.

Two studies are trained at the same points of tuneplay's own sequence. Many sequences are drawn, so
that the share of draws that put another study ahead is known, and every estimate is made from one
of them alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import advice_recorded
import numpy as np
from advice_landscape import FloatArray, Rng, draw_landscape
from advice_score import Table, mean
from advice_spaces import a_round

from tuneplay.domain.round import Study
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge.fairness.sampling import resample
from tuneplay.search import halton

SIZES = (10, 20, 40, 100)
DRAWS = 300  # sequences behind the real share of draws with another study ahead
JUDGED = 8  # of them, each judged by itself
KEYS = ("x=a", "x=b")
STUDIES = tuple(Study(key, {"x": key[-1]}) for key in KEYS)
BINS = (0.0, 0.08, 0.12, 0.2, 0.3, 0.4, 0.6, 1.0)


@dataclass(frozen=True)
class Stated:
    """One estimate and its truth.

    Attributes:
        trials: Trials of each study.
        flip: The estimate.
        bootstrap: That of the plain bootstrap of the best.
        real: Share of draws of the same size that put another study ahead.
    """

    trials: int
    flip: float
    bootstrap: float
    real: float


def sequences(dims: int) -> FloatArray:
    """Points (draws, trials, dims) of many of tuneplay's sequences."""
    return np.array(
        [[halton.point(k, dims, seed) for k in range(SIZES[-1])] for seed in range(DRAWS)]
    )


def synthetic_pairs(seed: int, count: int) -> Iterator[FloatArray]:
    """Values (2, draws, trials) of two studies that share a landscape to some degree."""
    for dims in (1, 2, 3, 4):
        points = sequences(dims).reshape(-1, dims)
        rng = np.random.default_rng([seed, dims])
        for _ in range(count):
            shared, spread = draw_landscape(rng, dims), rng.uniform(0.1, 1.0)
            both = np.stack([shared(points) + spread * _own(points, rng) for _ in KEYS])
            both += rng.uniform(0, 0.1) * rng.standard_normal(both.shape)
            both[1] += rng.normal(0, 0.3) * spread
            yield both.reshape(2, DRAWS, -1)


def _own(points: FloatArray, rng: Rng) -> FloatArray:
    """What only one study has: a landscape of spread 1."""
    heights = draw_landscape(rng, points.shape[1])(points)
    return np.asarray((heights - heights.mean()) / max(float(heights.std()), 1e-9))


def grid_pairs(seed: int, count: int) -> Iterator[FloatArray]:
    """The same of two levels of one hyperparameter of a recorded grid, tuned over the others."""
    rng = np.random.default_rng([seed, 7])
    grids = list(advice_recorded.grids())
    points = sequences(max(len(levels) for levels, _ in grids))
    for levels, values in grids:
        for _ in range(count):
            dim = int(rng.integers(len(levels)))
            first, second = rng.choice(len(levels[dim]), 2, replace=False)
            rest = [len(level) for k, level in enumerate(levels) if k != dim]
            index = (points[:, :, : len(rest)] * np.array(rest)).astype(int)
            both = [np.take(values, level, axis=dim) for level in (first, second)]
            place = tuple(index[:, :, k] for k in range(len(rest)))
            seeds = rng.integers(values.shape[-1], size=(2, *index.shape[:2]))
            yield np.stack([one[(*place, s)] for one, s in zip(both, seeds, strict=True)])


def judged(pairs: Iterator[FloatArray]) -> list[Stated]:
    """What is stated of some draws of each pair, at every size, and what is true."""
    return [one for both in pairs for trials in SIZES for one in _judge(both, trials)]


def _judge(both: FloatArray, trials: int) -> Iterator[Stated]:
    best = both[:, :, :trials].min(axis=2)
    second = np.where(best[0] == best[1], 0.5, best[1] < best[0])
    for draw in range(JUDGED):
        values = both[:, draw, :trials]
        found = resample(a_round(trials, *STUDIES), as_trials(values))
        if found is None or second[draw] == 0.5:  # level: there is no best study
            continue
        other = second if found.leader == KEYS[0] else 1 - second
        real = (float(other.sum()) - float(other[draw])) / (DRAWS - 1)
        yield Stated(trials, found.flip_probability, bootstrap(values), real)


def bootstrap(values: FloatArray) -> float:
    """Share of plain bootstrap draws that put another study ahead, exactly."""
    top, n = values.min(axis=0), values.shape[1]
    order = np.argsort(top, kind="stable")
    ahead = values[1, order] < values[0, order]
    place = np.arange(n)
    first = (1 - place / n) ** n - (1 - (place + 1) / n) ** n
    return float(first @ (ahead != ahead[0]))


def as_trials(values: FloatArray) -> dict[str, list[Trial]]:
    """Trials of the studies, by key."""
    return {
        key: [
            Trial(TrialId(key, k), k, {}, Outcome(State.FEASIBLE, "", float(value), 1))
            for k, value in enumerate(column)
        ]
        for key, column in zip(KEYS, values, strict=True)
    }


def calibration(stated: list[Stated]) -> Table:
    """Estimates in bins beside the real share, for tuneplay and for the plain bootstrap."""
    table = [["estimate", "tuneplay: share of estimates", "real share", "bootstrap: share", "real"]]
    for low, high in pairwise(BINS):
        row = [f"{low:g} to {high:g}"]
        for estimates in ([one.flip for one in stated], [one.bootstrap for one in stated]):
            inside = [low <= e < high or e == high == 1 for e in estimates]
            real = [one.real for one, held in zip(stated, inside, strict=True) if held]
            row += [mean(inside), mean(real)]
        table.append(row)
    return table
