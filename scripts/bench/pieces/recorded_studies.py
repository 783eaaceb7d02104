"""Recorded trainings as studies whose truth is known.

A part of a recorded search space is a search space of its own. The truth is known where the full
record shows the optimum clearly inside the part, or clearly beyond one of its edges. The other
hyperparameters of the study count as unclear.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from pieces.known_rounds import quasi_random
from pieces.known_studies import KnownStudy
from pieces.landscapes import FloatArray, Rng, Truth, place_of
from pieces.recordings import deepobs_error, floats, grids, rows

SIDES: tuple[Truth, ...] = ("inside", "low", "high")
TOLERANCE = 0.02  # of the way from the best to the median: as good as the best
EFFECT = 0.05  # of the same way: a dimension that changes less within a part has no edge
CORRELATION = 0.3  # the least between learning rate and objective where an edge can be seen
TASKSET_LOG_RATES = (-8.0, 1.0)
TASKSET_SCALES = {
    "learning_rate": np.log10,
    "beta1": lambda x: np.log10(max(1 - x, 1e-12)),
    "beta2": lambda x: np.log10(max(1 - x, 1e-12)),
    "epsilon": np.log10,
    "l1": np.log10,
    "l2": np.log10,
    "linear_decay": np.log10,
    "exponential_decay": np.log10,
}


# DeepOBS: learning rates from 1e-5 to 1e2, one dimension.


def deepobs_curves() -> dict[str, tuple[FloatArray, list[FloatArray]]]:
    """By problem and optimizer: log10 of the learning rates, and the best values of each."""
    query = "select workload, arm, hp, n, status, blob from run order by id"
    found: dict[str, dict[float, list[float]]] = {}
    for problem, optimizer, hp, n, status, blob in rows("deepobs/runs.sqlite", query):
        series = floats(blob, 4, n)[:, 1:]
        error = deepobs_error(series)
        usable = status == "ok" and np.isfinite(error[-1])
        rate = round(float(np.log10(json.loads(hp)["lr"])), 4)
        values = found.setdefault(f"{problem}/{optimizer}", {}).setdefault(rate, [])
        values.append(float(np.nanmin(error)) if usable else np.nan)
    return {
        key: (np.array(sorted(rates)), [np.array(rates[rate]) for rate in sorted(rates)])
        for key, rates in found.items()
    }


def deepobs_studies(seed: int, trials: int, per_place: int) -> Iterator[KnownStudy]:
    """Studies of the learning rate in ranges of 1 to 5 decades."""
    rng = np.random.default_rng([seed, trials])
    for rates, values in deepobs_curves().values():
        for truth, low, width, optimum in _deepobs_cuts(rates, values, per_place, rng):
            units = quasi_random(1, trials, rng)
            nearest = np.abs(rates - (low + width * units)).argmin(axis=1)
            measured = np.array([rng.choice(values[index]) for index in nearest])
            at = np.array([(optimum - low) / width])
            yield KnownStudy(units, measured, (truth,), np.ones(1), at)


def _deepobs_cuts(
    rates: FloatArray, values: list[FloatArray], per_place: int, rng: Rng
) -> list[tuple[Truth, float, float, float]]:
    """Parts whose truth is clear: the truth, the low edge, the width and the optimum (log10)."""
    first = np.array([seeds[0] for seeds in values])
    noise = max((float(np.nanstd(seeds)) for seeds in values if len(seeds) > 2), default=0.0)
    slack = max(2 * noise, TOLERANCE * (np.nanmedian(first) - np.nanmin(first)))
    optima = rates[first <= np.nanmin(first) + slack]
    found: dict[Truth, list[tuple[Truth, float, float, float]]] = {side: [] for side in SIDES}
    for _ in range(4000):
        width = rng.uniform(1, 5)
        low = rng.uniform(-5, 2 - width)
        inside = first[(rates >= low - 1e-9) & (rates <= low + width + 1e-9)]
        truth = place_of(*((optima[[0, -1]] - low) / width))
        if truth == "unclear" or len(found[truth]) >= per_place or np.isfinite(inside).sum() < 3:
            continue
        if truth == "inside" or _improves(inside if truth == "high" else inside[::-1], noise):
            found[truth].append((truth, low, width, float(np.median(optima))))
    return [part for side in SIDES for part in found[side]]


def _improves(values: FloatArray, noise: float) -> bool:
    """Whether the last values are the best by more than the noise."""
    usable = values[np.isfinite(values)]
    third = max(len(usable) // 3, 1)
    gain = np.mean(usable[:-third]) - np.mean(usable[-third:])
    last_is_best = np.isfinite(values[-1]) and usable[-1] <= usable.min() + noise
    return bool(last_is_best and gain > 3 * max(noise, 1e-12))


# TaskSet: 1000 random configurations of eight hyperparameters, with a very wide learning rate.


def taskset_tables() -> dict[str, tuple[FloatArray, FloatArray]]:
    """By task: configurations (n, 8) on log10 scales, and best values, NaN where diverged."""
    query = "select workload, hp, n, blob from run order by id"
    found: dict[str, tuple[list[list[float]], list[float]]] = {}
    for task, hp, n, blob in rows("taskset/runs.sqlite", query):
        given, valid = json.loads(hp), floats(blob, -1, n)[1, 1:]
        points, values = found.setdefault(task, ([], []))
        points.append([float(scale(given[name])) for name, scale in TASKSET_SCALES.items()])
        values.append(float(valid.min()) if np.isfinite(valid).all() else np.nan)
    return {task: (np.array(points), np.array(values)) for task, (points, values) in found.items()}


def taskset_studies(seed: int, trials: int, per_place: int) -> Iterator[KnownStudy]:
    """Studies of all eight hyperparameters in sub-ranges of the learning rate's range."""
    rng = np.random.default_rng([seed, trials])
    for points, values in taskset_tables().values():
        ranked = np.argsort(np.where(np.isfinite(values), values, np.inf))
        best = points[ranked[:20], 0]
        for truth, low, width, members in _taskset_cuts(points, values, best, rng, per_place):
            if len(members) < trials:
                continue
            chosen = rng.choice(members, trials, replace=False)
            units = (points[chosen] - points.min(axis=0)) / np.ptp(points, axis=0)
            units[:, 0] = (points[chosen, 0] - low) / width
            optimum = np.append((np.median(best) - low) / width, np.full(7, np.nan))
            truths: tuple[Truth, ...] = (truth, *("unclear",) * 7)
            yield KnownStudy(units, values[chosen], truths, np.ones(8), optimum)


def _taskset_cuts(
    points: FloatArray, values: FloatArray, best: FloatArray, rng: Rng, per_place: int
) -> Iterator[tuple[Truth, float, float, np.ndarray]]:
    """Parts of the learning rate's range whose truth is clear, and their configurations."""
    edges, left = np.quantile(best, [0.1, 0.9]), dict.fromkeys(SIDES, per_place)
    for _ in range(20 * per_place):
        width = rng.uniform(2, 6)
        low = rng.uniform(TASKSET_LOG_RATES[0], TASKSET_LOG_RATES[1] - width)
        truth = place_of(*((edges - low) / width))
        members = np.flatnonzero((points[:, 0] >= low) & (points[:, 0] <= low + width))
        usable = members[np.isfinite(values[members])]
        if truth == "unclear" or not left[truth] or len(usable) < 3:
            continue
        ranks = [np.argsort(np.argsort(column[usable])) for column in (points[:, 0], values)]
        correlation = np.corrcoef(*ranks)[0, 1] * {"inside": 0, "low": 1, "high": -1}[truth]
        if truth == "inside" or correlation >= CORRELATION:
            left[truth] -= 1
            yield truth, low, width, members


# Grids: each configuration was trained, and the optimum of each part is known.


def grid_studies(seed: int, per_dim: int, per_place: int) -> Iterator[KnownStudy]:
    """Studies of complete grids, with one ordered hyperparameter cut to a part of its levels."""
    rng = np.random.default_rng([seed, per_dim])
    for _, levels, values in grids():
        cuts = [cut for dim in range(len(levels)) for cut in _grid_cuts(levels, values, dim)]
        for side in SIDES:
            pool = [cut for cut in cuts if cut[0] == side]
            for _ in range(per_place if pool else 0):
                yield _grid_study(levels, values, pool[int(rng.integers(len(pool)))], per_dim, rng)


def _grid_cuts(
    levels: list[list[Any]], values: FloatArray, dim: int
) -> Iterator[tuple[Truth, int, int, int, int]]:
    """Parts of one dimension whose truth is clear: truth, dimension, first, end, best level."""
    count = len(levels[dim])
    if isinstance(levels[dim][0], str) or count < 6:
        return
    mean = values.mean(axis=-1)
    rest = np.moveaxis(mean, dim, 0).reshape(count, -1)
    profile = np.quantile(rest, 0.02, axis=1)  # what is reached with the others well tuned
    near = np.flatnonzero(profile <= profile.min() + 0.1 * (np.median(profile) - profile.min()))
    for first in range(count):
        for end in range(first + 3, count + 1):
            middle = (near[[0, -1]] + 0.5 - first) / (end - first)
            truth, part = place_of(*middle), profile[first:end]
            outermost = part[-1] if truth == "high" else part[0]
            effect = np.ptp(part) >= EFFECT * (np.median(mean) - mean.min())
            if truth == "inside" or (truth != "unclear" and effect and outermost == part.min()):
                yield truth, dim, first, end, int(np.argmin(profile))


def _grid_study(
    levels: list[list[Any]],
    values: FloatArray,
    part: tuple[Truth, int, int, int, int],
    per_dim: int,
    rng: Rng,
) -> KnownStudy:
    """A study with `per_dim` trials for each dimension; each trial has one of the recorded seeds."""
    truth, dim, first, end, best = part
    counts = np.array([len(level) for level in levels])
    counts[dim] = end - first
    index = (quasi_random(len(counts), per_dim * len(counts), rng) * counts).astype(int)
    units = (index + 0.5) / counts
    index[:, dim] += first
    seeds = rng.integers(values.shape[-1], size=len(index))
    truths: list[Truth] = ["unclear"] * len(counts)
    truths[dim] = truth
    optimum = np.full(len(counts), np.nan)
    optimum[dim] = (best + 0.5 - first) / (end - first)
    measured = values[(*index.T, seeds)]
    return KnownStudy(units, measured, tuple(truths), np.ones(len(counts)), optimum)
