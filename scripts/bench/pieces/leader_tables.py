"""How right is the chance that the other study would lead on other points? Pairs of studies.

Two studies are trained at the same points of tuneplay's own sequence. There are many sequences: the
real share of them on which the other study leads is known. Each estimate knows one sequence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pieces.judging import said_of_leader
from pieces.known_rounds import known_round, known_study, known_trials
from pieces.landscapes import FloatArray, Rng, random_landscape
from pieces.recordings import grids
from pieces.tables import Table, mean
from tuneplay.search import halton

SIZES = (10, 20, 40, 100)
SEQUENCES = 300  # behind the real share
JUDGED = 8  # sequences from which an estimate is made
KEYS = ("x=a", "x=b")
STUDIES = tuple(known_study(0, key) for key in KEYS)
BINS = (0.0, 0.08, 0.12, 0.2, 0.3, 0.4, 0.6, 1.0)


@dataclass(frozen=True)
class Stated:
    """One estimate and its truth.

    Attributes:
        flip: The estimate.
        bootstrap: The estimate of the plain bootstrap of the best.
        real: Share of the other sequences on which the other study leads.
    """

    flip: float
    bootstrap: float
    real: float


def sequences(dims: int) -> FloatArray:
    """Points (sequences, trials, dims) of many of tuneplay's sequences."""
    return np.array(
        [[halton.point(k, dims, seed) for k in range(SIZES[-1])] for seed in range(SEQUENCES)]
    )


def synthetic_pairs(seed: int, count: int) -> Iterator[FloatArray]:
    """Values (2, sequences, trials) of two studies that share a landscape to some degree."""
    for dims in (1, 2, 3, 4):
        points = sequences(dims).reshape(-1, dims)
        rng = np.random.default_rng([seed, dims])
        for _ in range(count):
            shared, spread = random_landscape(rng, dims), rng.uniform(0.1, 1.0)
            both = np.stack([shared(points) + spread * _own(points, rng) for _ in KEYS])
            both += rng.uniform(0, 0.1) * rng.standard_normal(both.shape)
            both[1] += rng.normal(0, 0.3) * spread
            yield both.reshape(2, SEQUENCES, -1)


def _own(points: FloatArray, rng: Rng) -> FloatArray:
    """A landscape of spread 1 that only one study has."""
    heights = random_landscape(rng, points.shape[1])(points)
    return np.asarray((heights - heights.mean()) / max(float(heights.std()), 1e-9))


def grid_pairs(seed: int, count: int) -> Iterator[FloatArray]:
    """The same for two levels of one hyperparameter of a recorded grid; the others are tuned."""
    rng = np.random.default_rng([seed, 7])
    recorded = list(grids())
    points = sequences(max(len(levels) for _, levels, _ in recorded))
    for _, levels, values in recorded:
        for _ in range(count):
            dim = int(rng.integers(len(levels)))
            first, second = rng.choice(len(levels[dim]), 2, replace=False)
            rest = [len(level) for k, level in enumerate(levels) if k != dim]
            index = (points[:, :, : len(rest)] * np.array(rest)).astype(int)
            both = [np.take(values, level, axis=dim) for level in (first, second)]
            place = tuple(index[:, :, k] for k in range(len(rest)))
            seeds = rng.integers(values.shape[-1], size=(2, *index.shape[:2]))
            yield np.stack([one[(*place, s)] for one, s in zip(both, seeds, strict=True)])


def judged_pairs(pairs: Iterator[FloatArray]) -> list[Stated]:
    """Estimates from some sequences of each pair, at every size, and the truth."""
    return [one for both in pairs for trials in SIZES for one in _judge(both, trials)]


def _judge(both: FloatArray, trials: int) -> Iterator[Stated]:
    best = both[:, :, :trials].min(axis=2)
    second = np.where(best[0] == best[1], 0.5, best[1] < best[0])
    for sequence in range(JUDGED):
        values = both[:, sequence, :trials]
        no_points = np.empty((trials, 0))
        made = {k: known_trials(no_points, v, k) for k, v in zip(KEYS, values, strict=True)}
        found = said_of_leader(known_round(*STUDIES, trials=trials), made)
        if found is None or second[sequence] == 0.5:  # level: neither study is ahead
            continue
        leader, flip = found
        other = second if leader == KEYS[0] else 1 - second
        real = (float(other.sum()) - float(other[sequence])) / (SEQUENCES - 1)
        yield Stated(flip, bootstrap(values), real)


def bootstrap(values: FloatArray) -> float:
    """The exact share of plain bootstrap samples in which the other study leads."""
    top, n = values.min(axis=0), values.shape[1]
    order = np.argsort(top, kind="stable")
    ahead = values[1, order] < values[0, order]
    place = np.arange(n)
    first = (1 - place / n) ** n - (1 - (place + 1) / n) ** n
    return float(first @ (ahead != ahead[0]))


def calibration(stated: list[Stated]) -> Table:
    """Estimates in bins, next to the real share, for tuneplay and for the plain bootstrap."""
    table = [["estimate", "tuneplay: share of estimates", "real share", "bootstrap: share", "real"]]
    for low, high in pairwise(BINS):
        row = [f"{low:g} to {high:g}"]
        for estimates in ([one.flip for one in stated], [one.bootstrap for one in stated]):
            inside = [low <= e < high or e == high == 1 for e in estimates]
            real = [one.real for one, held in zip(stated, inside, strict=True) if held]
            row += [mean(inside), mean(real)]
        table.append(row)
    return table
