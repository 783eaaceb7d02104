"""Where in the search space infeasible trials lie: half-lines, choices and boxes.

Every candidate is scored by how much better two rates of infeasibility, one inside and one outside,
explain the trials than a single rate does (log likelihood ratio). The best of many candidates looks
good by chance as well, so it is held against the best under shuffled labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: Chance, over all hyperparameters together, that shuffled labels explain as much. `INSIDE_SHARE` and
#: `KEPT_SHARE` stand beside it, so that a region is named in 2 % of the studies that have none. (At
#: 0.01 a half-line of 10 trials, three of them infeasible, could hardly ever be named.)
ALPHA = 0.04

#: Infeasible share inside of a region. Below it the region holds too much that works; the same
#: as that of a cliff in `judge.edges.profiles`.
INSIDE_SHARE = 0.7

#: Share of the feasible trials that lie outside: a range that costs more than a tenth of them
#: is no good advice.
KEPT_SHARE = 0.9

#: Infeasible trials that a region has to hold. Two may be a coincidence in any study.
LEAST_INSIDE = 3

#: A box has one more bound than a half-line and far more places. Beyond that price it must explain
#: the trials so many times better: "strong evidence" on the scale of Kass and Raftery (1995).
BOX_FACTOR = 20.0

#: Candidate bounds of a box in each dimension.
_BOX_BOUNDS = 16

#: Dimensions of which boxes are looked for, in the order of the spec.
_BOX_DIMS = 12

#: Shuffles behind a chance, and blocks of neighbouring trials that are shuffled: up to so many
#: distinct values the test is exact but for the number of shuffles.
_SHUFFLES = 2000
_BLOCKS = 32


@dataclass(frozen=True)
class Axis:
    """One hyperparameter of all trials that count.

    Attributes:
        units: Positions (n,) on the search scale; for a categorical the index of the choice.
        ordered: Whether the order of positions means something.
    """

    units: FloatArray
    ordered: bool


@dataclass(frozen=True)
class Cut:
    """One bound of a region.

    Attributes:
        axis: Index of the hyperparameter.
        side: `low` or `high`: the side that is infeasible; empty for a choice.
        kept: Outermost position that is kept; the choice itself for a categorical.
        lost: Innermost position inside of the region.
    """

    axis: int
    side: str
    kept: float
    lost: float


@dataclass(frozen=True)
class Region:
    """A part of the search space that holds infeasible trials.

    Attributes:
        cuts: Its bounds: one, or two for a box.
        inside: Which trials (n,) lie inside.
        gain: Log likelihood ratio over a constant rate.
    """

    cuts: tuple[Cut, ...]
    inside: BoolArray
    gain: float


def find_region(axes: list[Axis], bad: BoolArray, best: int | None) -> Region | None:
    """The region that explains the infeasible trials best; None when none is clear.

    Args:
        axes: The hyperparameters.
        bad: Which trials (n,) are infeasible; the others are feasible.
        best: Index of the best feasible trial, which has to stay outside; None for none.
    """
    found = [_on_axis(number, axis, bad, best) for number, axis in enumerate(axes)]
    lines = [region for region in found if region and _is_clear(region, axes, bad)]
    line = max(lines, key=lambda region: region.gain, default=None)
    box = _best_box(axes, bad, best)
    if box is None:
        return line
    price = np.log(BOX_FACTOR * _BOX_BOUNDS * max(1, len(axes) - 1))
    return box if box.gain > (line.gain if line else np.log(1 / ALPHA)) + price else line


def _gain(hit: FloatArray, size: FloatArray, bad: float, n: float) -> FloatArray:
    """Log likelihood ratio of `hit` of `size` infeasible inside, `bad` of `n` in all; 0 if fewer."""
    out, rest = bad - hit, n - size
    inner, outer = hit / np.maximum(size, 1.0), out / np.maximum(rest, 1.0)
    two = xlogy(hit, inner) + xlogy(size - hit, 1 - inner)
    two = two + xlogy(out, outer) + xlogy(rest - out, 1 - outer)
    one = xlogy(bad, bad / n) + xlogy(n - bad, 1 - bad / n)
    return np.where(inner > outer, two - one, 0.0)


def _allowed(
    hit: FloatArray, size: FloatArray, bad: BoolArray, holds_best: BoolArray
) -> NDArray[np.bool_]:
    feasible = len(bad) - int(bad.sum())
    mostly = (hit >= INSIDE_SHARE * size) & (hit >= LEAST_INSIDE)
    return mostly & (size - hit <= (1 - KEPT_SHARE) * feasible + 1e-9) & ~holds_best


def _on_axis(number: int, axis: Axis, bad: BoolArray, best: int | None) -> Region | None:
    """The best half-line or choice of one hyperparameter."""
    values, inverse = np.unique(axis.units, return_inverse=True)
    if len(values) < 2:
        return None
    size: FloatArray = np.asarray(np.bincount(inverse), dtype=np.float64)
    hit: FloatArray = np.asarray(np.bincount(inverse, weights=bad), dtype=np.float64)
    at = -1 if best is None else int(inverse[best])
    place = np.arange(len(values))
    candidates: list[tuple[str, FloatArray, FloatArray, BoolArray]]
    candidates = [("", hit, size, np.asarray(at == place))]
    if axis.ordered:
        low_hit, low_size = np.cumsum(hit)[:-1], np.cumsum(size)[:-1]
        below = (place[:-1] >= at) & (best is not None)
        candidates = [
            ("low", low_hit, low_size, below),
            ("high", hit.sum() - low_hit, len(bad) - low_size, ~below & (best is not None)),
        ]
    regions = []
    for side, inner, count, holds in candidates:
        gain = _gain(inner, count, float(bad.sum()), float(len(bad)))
        gain = np.where(_allowed(inner, count, bad, holds), gain, 0.0)
        k = int(np.argmax(gain))
        if gain[k] > 0:
            regions.append(_line(number, side, (values, inverse), k, float(gain[k])))
    return max(regions, key=lambda region: region.gain, default=None)


def _line(
    number: int, side: str, places: tuple[FloatArray, NDArray[np.intp]], k: int, gain: float
) -> Region:
    """The region beyond (or below) the k-th distinct value; or the k-th choice."""
    values, inverse = places
    if side == "high":
        cut, inside = Cut(number, side, float(values[k]), float(values[k + 1])), inverse > k
    elif side == "low":
        cut, inside = Cut(number, side, float(values[k + 1]), float(values[k])), inverse <= k
    else:
        cut, inside = Cut(number, side, float(values[k]), float(values[k])), inverse == k
    return Region((cut,), inside, gain)


def _is_clear(region: Region, axes: list[Axis], bad: BoolArray) -> bool:
    """Whether shuffled labels hardly ever give a region on this axis that explains as much."""
    axis = axes[region.cuts[0].axis]
    size = np.unique(axis.units, return_counts=True)[1].astype(np.int64)
    if len(size) > _BLOCKS:
        ends = np.cumsum(size)
        wanted = np.linspace(0, ends[-1], _BLOCKS + 1)[1:]
        ends = np.unique(ends[np.searchsorted(ends, wanted - 0.5)])
        size = np.concatenate([ends[:1], ends[1:] - ends[:-1]])
    n, total = int(size.sum()), int(bad.sum())
    rng = np.random.default_rng(0)
    hit = rng.multivariate_hypergeometric(size, total, _SHUFFLES, method="marginals")
    hits, sizes = hit.astype(np.float64), size.astype(np.float64)
    if axis.ordered:
        hits, sizes = np.cumsum(hits, axis=1)[:, :-1], np.cumsum(sizes)[:-1]
    gains = _gain(hits, sizes, float(total), float(n))
    if axis.ordered:
        gains = np.maximum(gains, _gain(total - hits, n - sizes, float(total), float(n)))
    exceeded = int((gains.max(axis=1) >= region.gain - 1e-9).sum())
    return (exceeded + 1) / (_SHUFFLES + 1) <= ALPHA / len(axes)


def _best_box(axes: list[Axis], bad: BoolArray, best: int | None) -> Region | None:
    """The best corner of two ordered hyperparameters, each beyond a bound of its own."""
    ordered = [k for k, axis in enumerate(axes) if axis.ordered][:_BOX_DIMS]
    bounds = {k: edges for k in ordered if len(edges := _bounds(axes[k].units))}
    bins = {k: np.searchsorted(edges, axes[k].units) for k, edges in bounds.items()}
    alone: BoolArray = np.zeros(len(bad), dtype=np.bool_)
    if best is not None:
        alone[best] = True
    found: Region | None = None
    for i, j in combinations(bounds, 2):  # where all trials have one value nothing can be cut
        shape = (len(bounds[i]) + 1, len(bounds[j]) + 1)
        place = bins[i] * shape[1] + bins[j]
        counts = [_table(place, held, shape) for held in (np.ones_like(bad), bad, alone)]
        for side_i, side_j in product(("low", "high"), repeat=2):
            size, hit, holds = (_corners(_corners(c, side_i).T, side_j).T for c in counts)
            gain = _gain(hit, size, float(bad.sum()), float(len(bad)))
            gain = np.where(_allowed(hit, size, bad, holds > 0), gain, 0.0)
            a, b = (int(k) for k in np.unravel_index(int(np.argmax(gain)), gain.shape))
            if gain[a, b] > (found.gain if found else 0.0) + 1e-9:
                ends = ((i, side_i, float(bounds[i][a])), (j, side_j, float(bounds[j][b])))
                cuts = tuple(_cut(k, side, axes[k].units, bound) for k, side, bound in ends)
                inside = np.all([_beyond(axes[k].units, e, s) for k, s, e in ends], axis=0)
                found = Region(cuts, inside, float(gain[a, b]))
    return found


def _table(place: NDArray[np.intp], held: BoolArray, shape: tuple[int, int]) -> FloatArray:
    """Number of the held trials in each cell."""
    return np.bincount(place[held], minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


def _corners(counts: FloatArray, side: str) -> FloatArray:
    """Counts beyond each bound along the first axis."""
    below = np.cumsum(counts, axis=0)
    return below[:-1] if side == "low" else below[-1] - below[:-1]


def _bounds(units: FloatArray) -> FloatArray:
    """Bounds between neighbouring distinct positions, thinned."""
    values = np.unique(units)
    middle = (values[1:] + values[:-1]) / 2
    if len(middle) <= _BOX_BOUNDS:
        return np.asarray(middle, dtype=np.float64)
    picks = np.round(np.linspace(0, len(middle) - 1, _BOX_BOUNDS)).astype(int)
    return np.asarray(middle[picks], dtype=np.float64)


def _beyond(units: FloatArray, bound: float, side: str) -> BoolArray:
    return units > bound if side == "high" else units < bound


def _cut(axis: int, side: str, units: FloatArray, bound: float) -> Cut:
    below, above = float(units[units < bound].max()), float(units[units > bound].min())
    return Cut(axis, side, below, above) if side == "high" else Cut(axis, side, above, below)
