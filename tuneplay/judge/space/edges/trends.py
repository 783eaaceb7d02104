"""Additive trend model of a study: how the objective depends on each hyperparameter.

The objective is brought to three robust scales: normal scores, the distance to the best compressed,
and the same cut at the median. On each of them a Bayesian linear model is fitted, with orthogonal
polynomials per dimension, products of linear terms per pair, and an offset for each choice that has
no order; the strength of every dimension is chosen by marginal likelihood on a small grid. Functions of one
dimension are sampled from the posteriors; the places of their minima are what the rules judge. The
scales err differently (noise among the best, bad tails, a bad half that says nothing about the
optimum): together they are right more often than any alone. Everything is deterministic.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tuneplay.judge.measures.normal_scores import normal_scores

FloatArray = NDArray[np.float64]
Pairs = tuple[tuple[int, int], ...]

# Source of these numbers: chosen on the calibration seeds of docs/advice.md (synthetic family, seed 1).

#: Degree of the polynomials in one dimension: resolves a fifth of the range.
DEGREE = 5

#: Prior variances of degree k + 1 over that of degree k.
DECAYS = (0.15, 0.4)

#: Prior standard deviations of a dimension's linear term.
STRENGTHS = np.array([0.02, 0.1, 0.2, 0.4, 0.8, 1.6])

#: Prior standard deviations of the products of linear terms.
PAIR_STRENGTHS = np.array([0.005, 0.05, 0.15, 0.4])

#: Prior standard deviations of what a choice without order adds.
OFFSET_STRENGTHS = np.array([0.005, 0.2, 0.5, 1.0])

#: Residual standard deviations, as shares of that of the objective.
NOISES = np.array([0.03, 0.1, 0.2, 0.35, 0.6, 1.0])

#: Dimensions above which pairs outnumber any realistic study.
MAX_DIMS_WITH_PAIRS = 8

#: Distances to the best above this many (median - best) are cut.
COMPRESS_AT = 3.0

#: Passes of the coordinate ascent over the strengths; it settles after 2 or 3.
ASCENTS = 5

#: Posterior functions per dimension: the error of a probability is below 0.03.
DRAWS = 256

#: Points per dimension at which a drawn function is looked at.
GRID = 41

#: Strengths of lower posterior weight are left out of the mixture.
MIN_WEIGHT = 0.02

#: Digits of transformed values: they are rounded, so that a change of unit cannot break a tie.
DIGITS = 9


@dataclass(frozen=True)
class Trends:
    """Posterior of the additive model, with all that is needed to draw functions from it.

    The columns are the polynomials of every dimension, then the pairs, then the offsets; so are the
    strengths: one for each dimension, one for all pairs, one for all offsets.
    """

    gram: FloatArray
    cross: FloatArray
    n: int
    dims: int
    pairs: Pairs
    decay: float
    strengths: FloatArray
    noise: float

    @property
    def offsets(self) -> int:
        """Columns for choices without order."""
        return len(self.gram) - self.dims * DEGREE - len(self.pairs)


def scales(values: FloatArray) -> FloatArray:
    """Brings the objective to three robust scales, one a column, each of mean 0 and sd 1.

    Args:
        values: Finite objective values, lower is better.

    Returns:
        Array (n, 3); a column is all zero if the values do not differ.
    """
    best = values.min()
    spread = np.median(values) - best
    if not spread > 0:
        spread = values.mean() - best
    ratio = (values - best) / spread if spread > 0 else np.zeros(len(values))
    near, far = np.minimum(ratio, 1.0), np.log1p(np.minimum(ratio, COMPRESS_AT))
    raw = np.stack([normal_scores(values), far, near], axis=1)
    raw = np.round(raw, DIGITS)
    raw = raw - raw.mean(axis=0)
    sd = raw.std(axis=0)
    return np.asarray(raw / np.where(sd > 0, sd, 1.0), dtype=np.float64)


def basis(units: FloatArray) -> FloatArray:
    """Orthonormal polynomials on [0, 1] of degree 1 to DEGREE, in a new last axis."""
    x = 2.0 * units - 1.0
    legendre = [np.ones_like(x), x]
    for k in range(1, DEGREE):
        legendre.append(((2 * k + 1) * x * legendre[k] - k * legendre[k - 1]) / (k + 1))
    return np.stack([legendre[k] * np.sqrt(2 * k + 1) for k in range(1, DEGREE + 1)], axis=-1)


def _design(units: FloatArray, pairs: Pairs, offsets: FloatArray) -> FloatArray:
    """Design matrix: the polynomials of every dimension, products of linear terms, and offsets."""
    poly = basis(units)
    columns = [poly.reshape(len(units), -1)]
    if pairs:
        columns.append(np.stack([poly[:, i, 0] * poly[:, j, 0] for i, j in pairs], axis=1))
    columns.append(offsets)
    design = np.concatenate(columns, axis=1)
    return np.asarray(design - design.mean(axis=0), dtype=np.float64)


def prior_sd(trends: Trends, strengths: FloatArray) -> FloatArray:
    """Prior sd of every weight, for one (dims + 2,) or a batch (k, dims + 2) of strengths."""
    sizes = [DEGREE] * trends.dims + [len(trends.pairs), trends.offsets]
    group = np.repeat(np.arange(len(sizes)), sizes)
    degree = np.zeros(len(group))
    degree[: trends.dims * DEGREE] = np.tile(np.arange(DEGREE), trends.dims)
    return np.asarray(strengths[..., group] * trends.decay ** (degree / 2.0), dtype=np.float64)


def log_evidence(trends: Trends, strengths: FloatArray, noises: FloatArray) -> FloatArray:
    """Log marginal likelihood for a batch of strengths (k, dims + 2) and noises (k,)."""
    sd = prior_sd(trends, strengths)
    count = sd.shape[1]
    # One factorization for the determinant and the misfit: the last row of the factor of
    # [[A, b], [b', c]] is b' inv(L'), with A = L L'. Any c above
    # b' inv(A) b will do; that is at most n.
    both = np.empty((len(sd), count + 1, count + 1))
    both[:, :count, :count] = sd[:, :, None] * trends.gram * sd[:, None, :]
    both[:, :count, :count] /= (noises**2)[:, None, None]
    both[:, :count, :count] += np.eye(count)
    both[:, count, :count] = both[:, :count, count] = sd * trends.cross / noises[:, None]
    both[:, count, count] = trends.n + 1.0
    factor = np.linalg.cholesky(both)
    misfit = (trends.n - np.sum(factor[:, count, :count] ** 2, axis=1)) / noises**2
    log_det = 2 * np.log(np.diagonal(factor, axis1=1, axis2=2)[:, :count]).sum(axis=1)
    penalty = (trends.n - 1) * 2 * np.log(noises) + log_det
    return np.asarray(-0.5 * (penalty + misfit), dtype=np.float64)


def _ascend(start: Trends) -> tuple[float, Trends]:
    """Coordinate ascent of the marginal likelihood over the strengths and the noise."""
    current, last = start, -np.inf
    groups = [(dim, STRENGTHS) for dim in range(start.dims)]
    groups += [(start.dims, PAIR_STRENGTHS)] if start.pairs else []
    groups += [(start.dims + 1, OFFSET_STRENGTHS)] if start.offsets else []
    for _ in range(ASCENTS):
        for group, options in groups:
            batch = np.tile(current.strengths, (len(options), 1))
            batch[:, group] = options
            score = log_evidence(current, batch, np.full(len(options), current.noise))
            current = replace(current, strengths=batch[int(np.argmax(score))])
        batch = np.tile(current.strengths, (len(NOISES), 1))
        score = log_evidence(current, batch, NOISES)
        pick = int(np.argmax(score))
        current = replace(current, noise=float(NOISES[pick]))
        if score[pick] <= last + 1e-6:
            break
        last = float(score[pick])
    return last, current


def _best_fit(gram: FloatArray, cross: FloatArray, n: int, dims: int, pairs: Pairs) -> Trends:
    """The fit of highest marginal likelihood, on one scale."""
    start = np.append(np.full(dims, STRENGTHS[2]), [PAIR_STRENGTHS[1], OFFSET_STRENGTHS[1]])
    fits = [
        _ascend(Trends(gram, cross, n, dims, pairs, decay, start, float(NOISES[2])))
        for decay in DECAYS
    ]
    return max(fits, key=lambda fit: fit[0])[1]


def fit_trends(units: FloatArray, values: FloatArray, offsets: FloatArray) -> tuple[Trends, ...]:
    """Fits the additive model to the feasible trials.

    Args:
        units: Feasible trials (n, d) in [0, 1].
        values: Their finite objective values, lower is better.
        offsets: Which choices without order each of them has (n, k), as ones and zeros.

    Returns:
        One posterior per scale.
    """
    n, dims = units.shape
    few = dims <= MAX_DIMS_WITH_PAIRS
    pairs = tuple((i, j) for i in range(dims) for j in range(i)) if few else ()
    # The finding must not depend on the order of the trials.
    order = np.lexsort([*offsets.T, *units.T[::-1], values])
    design, target = _design(units[order], pairs, offsets[order]), scales(values[order])
    gram = design.T @ design
    return tuple(_best_fit(gram, design.T @ column, n, dims, pairs) for column in target.T)


def posterior(trends: Trends, strengths: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean (p,) of the weights and DRAWS weights drawn (p, DRAWS), at given strengths."""
    sd = prior_sd(trends, strengths)
    precision = sd[:, None] * trends.gram * sd[None, :] / trends.noise**2 + np.eye(len(sd))
    factor = np.linalg.cholesky(precision)
    mean = sd * np.linalg.solve(precision, sd * trends.cross) / trends.noise**2
    return mean, mean[:, None] + sd[:, None] * np.linalg.solve(factor.T, _normal(len(sd)))


@lru_cache(maxsize=8)
def _normal(count: int) -> FloatArray:
    """Standard normal draws (count, DRAWS), always the same ones."""
    half = np.random.default_rng(0).standard_normal((count, DRAWS // 2))
    return np.concatenate([half, -half], axis=1)


def profile(
    trends: Trends, weights: FloatArray, dim: int, at: FloatArray, grid: FloatArray
) -> FloatArray:
    """Drawn functions of one dimension, the others held at a point.

    Args:
        trends: The fitted model.
        weights: Weights (p, m).
        dim: The dimension that varies.
        at: Point (d,) at which the other dimensions are held.
        grid: Positions (g,) of that dimension.

    Returns:
        Function values (m, g), up to a constant.
    """
    poly = basis(grid)
    own = weights[dim * DEGREE : (dim + 1) * DEGREE].T @ poly.T
    linear_grid, linear_at = poly[:, 0], basis(at)[:, 0]
    slope = np.zeros(weights.shape[1])
    for k, (i, j) in enumerate(trends.pairs):
        if dim in (i, j):
            slope += weights[trends.dims * DEGREE + k] * linear_at[j if dim == i else i]
    return np.asarray(own + slope[:, None] * linear_grid, dtype=np.float64)
