"""Draws for bench_verdicts.py: synthetic ones, and recorded reruns where they are at hand."""

from __future__ import annotations

import itertools
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rng = np.random.Generator
Draw = Callable[[Rng, int], tuple[Array, Array]]

#: Recorded trainings published by others; not part of the project.
DATA = Path(__file__).resolve().parents[2] / "shared/eval/data"


def _normal(rng: Rng, n: int) -> Array:
    return rng.standard_normal(n)


def _lognormal(sigma: float) -> Callable[[Rng, int], Array]:
    mean, sd = np.exp(sigma**2 / 2), np.sqrt((np.exp(sigma**2) - 1) * np.exp(sigma**2))
    return lambda rng, n: (np.exp(sigma * rng.standard_normal(n)) - mean) / sd


def _t3(rng: Rng, n: int) -> Array:
    return rng.standard_t(3, n) / np.sqrt(3)


def _failing(share: float, gap: float) -> Callable[[Rng, int], Array]:
    """A share of the seeds fails to train and stays finite, `gap` standard deviations worse."""
    return lambda rng, n: rng.standard_normal(n) + gap * ((rng.random(n) < share) - share)


def _two(base: Callable[[Rng, int], Array], ratio: float = 1.0, flat: float = 1.0) -> Draw:
    return lambda rng, n: (flat * base(rng, n), ratio * base(rng, n))


def _grid(step: float) -> Draw:
    """Values rounded to a grid, as accuracy on few examples is; sd 1."""
    return lambda rng, n: (
        step * np.round(rng.standard_normal(n) / step),
        step * np.round(rng.standard_normal(n) / step),
    )


def _spoil(value: float, side: int, count: int = 1) -> Draw:
    """One seed of one side diverges: NaN or a value far on the bad side (minimize)."""

    def draw(rng: Rng, n: int) -> tuple[Array, Array]:
        pair = (rng.standard_normal(n), rng.standard_normal(n))
        pair[side][rng.choice(n, count, replace=False)] = value
        return pair

    return draw


SYNTHETIC: dict[str, Draw] = {
    "normal": _two(_normal),
    "normal, candidate sd x3": _two(_normal, 3.0),
    "normal, candidate sd x10": _two(_normal, 10.0),
    "normal, baseline sd x10": _two(_normal, 1.0, 10.0),
    "lognormal 0.5": _two(_lognormal(0.5)),
    "lognormal 0.5, candidate sd x10": _two(_lognormal(0.5), 10.0),
    "candidate: one seed in five fails": lambda rng, n: (
        _normal(rng, n),
        _failing(0.2, 20)(rng, n),
    ),
    "both: one seed in five fails": _two(_failing(0.2, 20)),
    "lognormal 1": _two(_lognormal(1.0)),
    "t3": _two(_t3),
    "t3, candidate sd x10": _two(_t3, 10.0),
    "grid of 1 sd": _grid(1.0),
    "grid of 2 sd": _grid(2.0),
    "candidate: one NaN": _spoil(np.nan, 1),
    "baseline: one NaN": _spoil(np.nan, 0),
    "candidate: one far off": _spoil(50.0, 1),
    "baseline: one far off": _spoil(50.0, 0),
}


def deepobs() -> dict[str, dict[str, Array]]:
    """Ten reruns per optimizer and problem: the best test error (loss where there is no accuracy)."""
    store = sqlite3.connect(f"file:{DATA}/deepobs/runs.sqlite?mode=ro", uri=True)
    runs: dict[tuple[str, str], list[tuple[int, float, float]]] = {}
    for problem, arm, seed, n, hp, blob in store.execute(
        "select workload, arm, seed, n, hp, blob from run order by seed"
    ):
        series = np.frombuffer(zlib.decompress(blob), "<f4").reshape(4, n).astype(float)
        error = 1 - series[3] if np.isfinite(series[3]).any() else series[1]
        row = (
            seed,
            json.loads(hp)["lr"],
            float(np.nanmin(error)) if np.isfinite(error).any() else np.nan,
        )
        runs.setdefault((problem, arm), []).append(row)
    found: dict[str, dict[str, Array]] = {}
    for (problem, arm), rows in sorted(runs.items()):
        rate = next(lr for seed, lr, _ in rows if seed != 42)
        values = [v for seed, lr, v in rows if seed != 42 or lr == rate]
        found.setdefault(problem, {})[arm] = np.array(values)
    return found


def algoperf() -> dict[str, dict[str, Array]]:
    """Reruns of each submission's points in jax: 1 - best validation metric (5 studies)."""
    store = sqlite3.connect(f"file:{DATA}/algoperf/runs.sqlite?mode=ro", uri=True)
    found: dict[str, dict[str, list[float]]] = {}
    for workload, arm, n, extra, blob in store.execute(
        "select workload, arm, n, extra, blob from run order by seed"
    ):
        about = json.loads(extra)
        if about["framework"] != "jax" or not arm.startswith("v05/"):
            continue
        best = np.nanmax(np.frombuffer(zlib.decompress(blob), "<f4").reshape(-1, n)[4])
        key = f"{arm[4:]}-{about['trial']}"
        found.setdefault(workload, {}).setdefault(key, []).append(-float(best))
    return {
        name: {key: np.array(v) for key, v in arms.items() if len(v) >= 5}
        for name, arms in found.items()
    }


def tabular(top: int = 400) -> dict[str, Array]:
    """Standardized residuals of the best configurations' reruns, one pool per data set."""
    store = sqlite3.connect(f"file:{DATA}/tabular/grids.sqlite?mode=ro", uri=True)
    pools = {}
    for name, metric, n, blob in store.execute("select dataset, metric, n_seeds, blob from grid"):
        table = np.frombuffer(zlib.decompress(blob), "<f4").reshape(-1, n).astype(float)
        table = -table if metric == "val_acc" else table
        best = table[np.argsort(table.mean(axis=1))[:top]]
        centred = best - best.mean(axis=0) - best.mean(axis=1, keepdims=True) + best.mean()
        pools[name] = (centred / centred.std()).ravel()
    return pools


def pairs(arms: dict[str, Array]) -> Iterator[tuple[str, Array, Array]]:
    """All ordered pairs of arms."""
    for (a, first), (b, second) in itertools.permutations(arms.items(), 2):
        yield f"{a} > {b}", first, second


def bootstrap(a: Array, b: Array) -> Draw:
    """Draw with replacement from two recorded sets, moved to mean 0."""
    a, b = a - a.mean(), b - b.mean()
    return lambda rng, n: (rng.choice(a, n), rng.choice(b, n))


def subsample(a: Array, b: Array) -> Draw:
    """Draw without replacement, as recorded."""
    return lambda rng, n: (rng.permutation(a)[:n], rng.permutation(b)[:n])


def split(a: Array) -> Draw:
    """Two disjoint halves of one recorded set: a null without any model."""

    def draw(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
        mixed = rng.permutation(a)
        return mixed[:n], mixed[n : 2 * n]

    return draw


def standard_error(a: Array, b: Array) -> float:
    """Welch standard error of the recorded sets."""
    return float(np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)))
