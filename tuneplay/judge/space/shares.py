"""The model behind importances: shares of the variance, with what the data do not rule out.

Orthonormal columns for each hyperparameter and products for each pair; the sum of a
hyperparameter's squared weights is its share of the variance (its total Sobol index). The strength
of every group of columns is learned (automatic relevance determination, Tipping 2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tuneplay.domain.hyperparameter import Choice, Hyperparameter, Range, Scalar
from tuneplay.judge.measures.normal_scores import normal_scores
from tuneplay.judge.measures.positions import is_ordered, positions, unit_of
from tuneplay.judge.space.edges.trends import basis

FloatArray = NDArray[np.float64]

#: Values up to which an ordered hyperparameter is taken as categorical.
FEW_VALUES = 4

#: Columns of each hyperparameter that enter products: slope and curvature.
PAIR_COLUMNS = 2

#: Prior variance of the first weight of the hyperparameter in question, what is left of it from
#: one degree to the next, and of its products. It is wide: what the data do not rule out counts.
#: Wider ones let noise alone exceed the bound below 50 trials for each dimension; these err in
#: 3 % of the hyperparameters that matter on recorded grids.
WIDE = 0.25
DECAY = 0.3
WIDE_PAIR = 0.003

#: Rounds of the fit (it changes little after 30), and least variance of the noise.
_ROUNDS = 60
_LEAST_NOISE = 0.01

#: Prior variance of every group and noise before the fit, and the least of a group.
_START_PRIOR = 0.05
_START_NOISE = 0.5
_LEAST_PRIOR = 1e-6

#: Digits kept of a scaled objective, so that a change of unit cannot break a tie.
_DIGITS = 9


@dataclass(frozen=True)
class Columns:
    """Columns of the model.

    Attributes:
        matrix: Values (n, p), of mean 0.
        group: Group (p,) of each column.
        members: The hyperparameters, one or two, of each group.
    """

    matrix: FloatArray
    group: NDArray[np.int64]
    members: tuple[tuple[int, ...], ...]

    def of(self, dim: int) -> NDArray[np.bool_]:
        """Which columns involve a hyperparameter."""
        return np.array([dim in members for members in self.members])[self.group]


@dataclass(frozen=True)
class Fit:
    """A fitted model: learned prior variance of every group and of the noise."""

    gram: FloatArray
    cross: FloatArray
    prior: FloatArray
    noise: float

    @property
    def explained(self) -> float:
        """Share of the variance that is not noise."""
        return 1.0 - self.noise


def targets(values: FloatArray) -> list[FloatArray]:
    """Normal scores of all trials, and the distance to the best, cut at the median.

    Args:
        values: Objective, lower is better; infinite where a trial is infeasible.

    Returns:
        Two targets of mean 0 and variance 1; all zero where nothing differs.
    """
    best, middle = float(values.min()), float(np.median(values[np.isfinite(values)]))
    near = np.zeros(len(values))
    if middle > best:
        near = np.minimum((values - best) / (middle - best), 1.0)
    raw = [np.round(column, _DIGITS) for column in (normal_scores(values), near)]
    return [(c - c.mean()) / c.std() if c.std() > 0 else np.zeros(len(c)) for c in raw]


def columns_of(space: Sequence[Hyperparameter], values: Sequence[Sequence[Scalar]]) -> Columns:
    """Columns for every hyperparameter and every pair.

    Args:
        space: The hyperparameters.
        values: Their values, one sequence a hyperparameter.
    """
    own = [_own(h, column) for h, column in zip(space, values, strict=True)]
    members: list[tuple[int, ...]] = [(k,) for k in range(len(space))]
    blocks = list(own)
    for i, j in combinations(range(len(space)), 2):
        first, second = own[i][:, :PAIR_COLUMNS], own[j][:, :PAIR_COLUMNS]
        blocks.append((first[:, :, None] * second[:, None, :]).reshape(len(first), -1))
        members.append((i, j))
    group = np.repeat(np.arange(len(blocks)), [block.shape[1] for block in blocks])
    matrix = np.concatenate(blocks, axis=1)
    return Columns(matrix - matrix.mean(axis=0), group, tuple(members))


def _own(h: Hyperparameter, values: Sequence[Scalar]) -> FloatArray:
    """Columns of one hyperparameter, of mean 0 and mutually orthonormal under its sampling."""
    distinct = set(values)
    if is_ordered(h) and len(distinct) > FEW_VALUES:
        if isinstance(h, Range):
            return basis(np.clip(positions(h, values), 0.0, 1.0))
        place = {value: unit_of(h, value) for value in distinct}
        return basis(np.array([place[value] for value in values]))
    choices = h if isinstance(h, Choice) else Choice(h.name, tuple(sorted(distinct, key=_number)))
    count = len(choices.choices)
    powers = np.vander(np.linspace(-1.0, 1.0, count), increasing=True)
    contrasts = np.linalg.qr(powers)[0][:, 1:] * np.sqrt(count)
    return np.asarray(contrasts[positions(choices, values).astype(int)], dtype=np.float64)


def _number(value: Scalar) -> float:
    return float(value) if isinstance(value, int | float) else np.inf


def fit(columns: Columns, target: FloatArray) -> Fit:
    """Expectation maximisation of the group variances and the noise."""
    n, group = len(target), columns.group
    gram, cross = columns.matrix.T @ columns.matrix, columns.matrix.T @ target
    size = np.bincount(group).astype(np.float64)
    prior, noise = np.full(len(size), _START_PRIOR), _START_NOISE
    for _ in range(_ROUNDS):
        mean, cov = posterior(gram, cross, prior[group], noise)
        second = mean**2 + np.diag(cov)
        prior = np.maximum(np.bincount(group, weights=second) / size, _LEAST_PRIOR)
        misfit = n - 2 * float(mean @ cross) + float(mean @ gram @ mean)
        misfit += float(np.sum(cov * gram))
        noise = max(misfit / n, _LEAST_NOISE)
    return Fit(gram, cross, prior, noise)


def posterior(
    gram: FloatArray, cross: FloatArray, prior: FloatArray, noise: float
) -> tuple[FloatArray, FloatArray]:
    """Mean and covariance of the weights."""
    scale = np.sqrt(prior)
    inner = scale[:, None] * gram * scale[None, :] / noise + np.eye(len(prior))
    cov = scale[:, None] * np.linalg.inv(inner) * scale[None, :]
    return cov @ cross / noise, cov


def widened(columns: Columns, fitted: Fit, dim: int) -> FloatArray:
    """Prior variance of every column, with the effect of one hyperparameter left open."""
    prior = fitted.prior[columns.group]
    for place, members in enumerate(columns.members):
        held = np.flatnonzero(columns.group == place)
        if members == (dim,):
            prior[held] = np.maximum(prior[held], WIDE * DECAY ** np.arange(len(held)))
        elif dim in members:
            prior[held] = np.maximum(prior[held], WIDE_PAIR)
    return prior
