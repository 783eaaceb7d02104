"""Landscapes: objectives with a known optimum, on the unit cube and beyond it.

A landscape is a sum of one-dimensional shapes and of products of pairs. Some dimensions have no
effect. The optimum is inside the range, near an edge, or beyond one. The landscape goes on beyond
the unit cube: a wider range would really find the optimum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Rng = np.random.Generator
Truth = Literal["low", "high", "inside", "unclear", "dead"]

SHAPES = ("parabola", "lopsided", "flat bottom", "saturated", "vee")
PLACES: tuple[Truth, ...] = ("inside", "low", "high", "unclear")
PLACE_CHANCES = (0.5, 0.18, 0.18, 0.14)
CLEAR = 0.25  # of the range: at this distance from an edge, on either side, the truth is clear
FARTHEST = 1.0  # ranges beyond an edge
DEAD_CHANCE = 0.3  # that a dimension has no effect
WEIGHT_SPREAD = 0.5  # sd of the logarithm of a dimension's weight
PAIR_CHANCE, PAIR_STRENGTH = 0.4, 0.35  # that a pair interacts, and at most how much
PROBES = 512  # points at which a landscape's spread is measured


@dataclass(frozen=True)
class Landscape:
    """An objective on the unit cube and beyond; lower is better.

    Attributes:
        optimum: Coordinate (d,) of the lowest value of each dimension's shape.
        shapes: Name of each dimension's shape.
        bends: How pronounced each shape is (d,), from 0 to 1.
        weights: Factor of each dimension's shape (d,); 0 where it has no effect.
        pairs: Dimensions that interact, and how strongly.
    """

    optimum: FloatArray
    shapes: tuple[str, ...]
    bends: FloatArray
    weights: FloatArray
    pairs: tuple[tuple[int, int, float], ...]

    def terms(self, units: FloatArray) -> FloatArray:
        """What each dimension adds to the objective (n, d)."""
        columns = [
            weight * shape(kind, units[:, j] - self.optimum[j], self.bends[j])
            for j, (kind, weight) in enumerate(zip(self.shapes, self.weights, strict=True))
        ]
        return np.stack(columns, axis=1)

    def __call__(self, units: FloatArray) -> FloatArray:
        """The objective (n,) at points (n, d), without noise."""
        terms = self.terms(units)
        signed = np.sign(units - self.optimum) * np.sqrt(terms)
        total = terms.sum(axis=1)
        for i, j, strength in self.pairs:
            total = total + strength * signed[:, i] * signed[:, j]
        return np.asarray(total, dtype=np.float64)


def shape(kind: str, distance: FloatArray, bend: float) -> FloatArray:
    """Values at distances from the optimum: 0 at the optimum, never below 0."""
    square = distance * distance
    if kind == "lopsided":
        return np.where(distance > 0, square * (2 + 6 * bend), square)
    if kind == "flat bottom":
        return np.maximum(np.abs(distance) - 0.05 - 0.1 * bend, 0) ** 2
    if kind == "saturated":
        width = 0.35 + 0.4 * bend
        return np.asarray(1 - np.exp(-square / (2 * width * width)))
    if kind == "vee":
        return np.abs(distance)
    return square


def random_landscape(rng: Rng, dims: int) -> Landscape:
    """A random objective; at least one dimension has an effect."""
    places = rng.choice(PLACES, size=dims, p=PLACE_CHANCES)
    optimum = np.array([_coordinate(str(place), rng) for place in places])
    dead = rng.random(dims) < DEAD_CHANCE
    if dead.all():
        dead[rng.integers(dims)] = False
    weights = np.exp(rng.normal(0, WEIGHT_SPREAD, dims)) * ~dead
    shapes = tuple(str(kind) for kind in rng.choice(SHAPES, size=dims))
    plain = Landscape(optimum, shapes, rng.random(dims), np.ones(dims), ())
    spread = np.maximum(plain.terms(rng.random((PROBES, dims))).std(axis=0), 1e-9)
    pairs = tuple(
        (i, j, rng.uniform(-PAIR_STRENGTH, PAIR_STRENGTH))
        for i in range(dims)
        for j in range(i)
        if rng.random() < PAIR_CHANCE
    )
    return replace(plain, weights=weights / spread, pairs=pairs)


def _coordinate(place: str, rng: Rng) -> float:
    """A random coordinate: clearly inside, clearly beyond an edge, or near one."""
    beyond = rng.uniform(CLEAR, FARTHEST)
    if place == "low":
        return -beyond
    if place == "high":
        return 1 + beyond
    if place == "inside":
        return rng.uniform(CLEAR, 1 - CLEAR)
    return float(rng.choice([0, 1]) + rng.uniform(-CLEAR, CLEAR))


def truth_of(landscape: Landscape) -> tuple[FloatArray, tuple[Truth, ...]]:
    """The optimum with the other dimensions within their ranges, and where it is.

    The truth is unclear where interactions move the optimum from one place to another.
    """
    allowed = _allowed_optimum(landscape)
    alive = landscape.weights > 0
    places: list[Truth] = []
    for own, moved, effect in zip(landscape.optimum, allowed, alive, strict=True):
        places.append(place_of(min(own, moved), max(own, moved)) if effect else "dead")
    return np.where(alive, allowed, np.nan), tuple(places)


def place_of(first: float, last: float) -> Truth:
    """Where optima from `first` to `last` are; the range is [0, 1]."""
    if first >= CLEAR and last <= 1 - CLEAR:
        return "inside"
    if first >= 1 + CLEAR:
        return "high"
    return "low" if last <= -CLEAR else "unclear"


def _allowed_optimum(landscape: Landscape) -> FloatArray:
    """Best coordinate of each dimension, the others at their best within [0, 1]."""
    at, best = np.clip(landscape.optimum, 0, 1), landscape.optimum.copy()
    grid = np.linspace(-CLEAR - FARTHEST - 0.05, CLEAR + FARTHEST + 1.05, 181)
    for _ in range(3):
        for dim in np.flatnonzero(landscape.weights > 0):
            tried = np.append(grid, landscape.optimum[dim])
            points = np.tile(at, (len(tried), 1))
            points[:, dim] = tried
            heights = landscape(points)
            own_is_best = heights[-1] <= heights.min() + 1e-9
            best[dim] = tried[-1] if own_is_best else tried[int(np.argmin(heights))]
            at[dim] = np.clip(best[dim], 0, 1)
    return best
