"""Reruns with a known truth: random values of a baseline and a candidate, standard deviation 1."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from pieces.landscapes import FloatArray, Rng

#: Values of the reruns of a baseline and of a candidate, for a number of seeds; lower is better.
Sampler = Callable[[Rng, int], tuple[FloatArray, FloatArray]]


def _normal(rng: Rng, n: int) -> FloatArray:
    return rng.standard_normal(n)


def _lognormal(sigma: float) -> Callable[[Rng, int], FloatArray]:
    mean, sd = np.exp(sigma**2 / 2), np.sqrt((np.exp(sigma**2) - 1) * np.exp(sigma**2))
    return lambda rng, n: (np.exp(sigma * rng.standard_normal(n)) - mean) / sd


def _t3(rng: Rng, n: int) -> FloatArray:
    return rng.standard_t(3, n) / np.sqrt(3)


def _failing(share: float, gap: float) -> Callable[[Rng, int], FloatArray]:
    """A share of the seeds fails to train: finite values, `gap` standard deviations worse."""
    return lambda rng, n: rng.standard_normal(n) + gap * ((rng.random(n) < share) - share)


def _two(base: Callable[[Rng, int], FloatArray], ratio: float = 1.0, flat: float = 1.0) -> Sampler:
    return lambda rng, n: (flat * base(rng, n), ratio * base(rng, n))


def _grid(step: float) -> Sampler:
    """Values rounded to a grid, as accuracy on few examples is; sd 1."""
    return lambda rng, n: (
        step * np.round(rng.standard_normal(n) / step),
        step * np.round(rng.standard_normal(n) / step),
    )


def _spoil(value: float, side: int, count: int = 1) -> Sampler:
    """One seed of one side diverges: NaN or a value far on the bad side (minimize)."""

    def sample(rng: Rng, n: int) -> tuple[FloatArray, FloatArray]:
        pair = (rng.standard_normal(n), rng.standard_normal(n))
        pair[side][rng.choice(n, count, replace=False)] = value
        return pair

    return sample


SYNTHETIC: dict[str, Sampler] = {
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


def pairs(arms: Mapping[str, FloatArray]) -> Iterator[tuple[str, FloatArray, FloatArray]]:
    """All ordered pairs of arms."""
    for (a, first), (b, second) in itertools.permutations(arms.items(), 2):
        yield f"{a} > {b}", first, second


def bootstrap(a: FloatArray, b: FloatArray) -> Sampler:
    """Samples with replacement from two recorded sets, each moved to mean 0."""
    a, b = a - a.mean(), b - b.mean()
    return lambda rng, n: (rng.choice(a, n), rng.choice(b, n))


def subsample(a: FloatArray, b: FloatArray) -> Sampler:
    """Samples without replacement, as recorded."""
    return lambda rng, n: (rng.permutation(a)[:n], rng.permutation(b)[:n])


def split(a: FloatArray) -> Sampler:
    """Two disjoint halves of one recorded set: no difference, and no model of the values."""

    def sample(rng: Rng, n: int) -> tuple[FloatArray, FloatArray]:
        mixed = rng.permutation(a)
        return mixed[:n], mixed[n : 2 * n]

    return sample


def standard_error(a: FloatArray, b: FloatArray) -> float:
    """Welch standard error of the recorded sets."""
    return float(np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)))
