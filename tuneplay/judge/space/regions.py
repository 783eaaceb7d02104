"""Where in the search space infeasible trials are: half-lines of a range, or one of the choices.

Every candidate is scored by how much better two rates of infeasibility, one inside and one outside,
explain the trials than a single rate does (log likelihood ratio). The best of many candidates looks
good by chance as well. So it is compared with the best under shuffled labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: Chance, over all hyperparameters together, that shuffled labels explain as much. With
#: `INSIDE_SHARE` and `OUTSIDE_SHARE` a region is named in 2 % of the studies that have none
#: (docs/advice.md). At 0.01 a half-line of 10 trials, three of them infeasible, could hardly ever be
#: named.
ALPHA = 0.04

#: Infeasible share inside of a region. Below it the region holds too much that works; the same
#: as that of a cliff in `edges.profiles`.
INSIDE_SHARE = 0.7

#: Share of the feasible trials that are outside: a range that costs more than a tenth of them is
#: not good advice.
OUTSIDE_SHARE = 0.9

#: Infeasible trials that a region has to hold. Two may be a coincidence in any study.
LEAST_INSIDE = 3

#: Regions that are named in one study: a low side, a high side and a choice. More is not advice.
MAX_REGIONS = 3

#: Shuffles behind a chance, and blocks of neighbouring trials that are shuffled. With at
#: most as many distinct values the test is exact but for the number of shuffles.
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
class Region:
    """A part of the search space that holds infeasible trials.

    Attributes:
        axis: Index of the hyperparameter.
        side: `low` or `high`: the side that is infeasible; empty for a choice.
        last_outside: Position of the last trial before the region; the choice itself for a categorical.
        first_inside: Position of the first trial in the region; the choice itself for a categorical.
        inside: Which trials (n,) are inside.
        gain: Log likelihood ratio over a constant rate.
    """

    axis: int
    side: str
    last_outside: float
    first_inside: float
    inside: BoolArray
    gain: float


def find_regions(axes: Sequence[Axis], bad: BoolArray, best: int | None) -> list[Region]:
    """Regions one after another, each among the trials that the earlier ones leave over.

    Args:
        axes: The hyperparameters; a trial with a NaN position on one of them is left out.
        bad: Which trials (n,) are infeasible; the others are feasible.
        best: Index of the best feasible trial, which has to stay outside; None for none.
    """
    known = np.ones(len(bad), dtype=np.bool_)
    for axis in axes:
        known &= np.isfinite(axis.units)
    left, found = np.flatnonzero(known), list[Region]()
    while len(found) < MAX_REGIONS and axes and bad[left].any() and not bad[left].all():
        some = [Axis(axis.units[left], axis.ordered) for axis in axes]
        at = None if best is None or best not in left else int(np.searchsorted(left, best))
        region = find_region(some, bad[left], at)
        if region is None:
            break
        inside: BoolArray = np.zeros(len(bad), dtype=np.bool_)
        inside[left[region.inside]] = True
        found.append(replace(region, inside=inside))
        left = left[~region.inside]
    return found


def find_region(axes: Sequence[Axis], bad: BoolArray, best: int | None) -> Region | None:
    """The region that explains the infeasible trials best; None when none is clear.

    Args:
        axes: The hyperparameters.
        bad: Which trials (n,) are infeasible; the others are feasible.
        best: Index of the best feasible trial, which has to stay outside; None for none.
    """
    found = [_on_axis(number, axis, bad, best) for number, axis in enumerate(axes)]
    clear = [region for region in found if region and _is_clear(region, axes, bad)]
    return max(clear, key=lambda region: region.gain, default=None)


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
    return mostly & (size - hit <= (1 - OUTSIDE_SHARE) * feasible + 1e-9) & ~holds_best


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
            regions.append(_region(number, side, (values, inverse), k, float(gain[k])))
    return max(regions, key=lambda region: region.gain, default=None)


def _region(
    number: int, side: str, places: tuple[FloatArray, NDArray[np.intp]], k: int, gain: float
) -> Region:
    """The region beyond (or below) the k-th distinct value; or the k-th choice."""
    values, inverse = places
    last_outside, first_inside, inside = float(values[k]), float(values[k]), inverse == k
    if side == "high":
        first_inside, inside = float(values[k + 1]), inverse > k
    elif side == "low":
        last_outside, inside = float(values[k + 1]), inverse <= k
    return Region(number, side, last_outside, first_inside, inside, gain)


def _is_clear(region: Region, axes: Sequence[Axis], bad: BoolArray) -> bool:
    """Whether shuffled labels hardly ever give a region on this axis that explains as much."""
    axis = axes[region.axis]
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
