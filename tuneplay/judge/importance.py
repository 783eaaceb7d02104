"""Which hyperparameters matter, which do nothing, and which depend on each other.

PED-ANOVA (Watanabe et al. 2023, arXiv:2304.10255) compares one-dimensional densities of the better
trials: it sees no interaction, has no error bar, and its zero is the zero of few trials. To say
that tuning something changed nothing is a claim, and it needs an upper bound. So a Bayesian linear
model is fitted, with orthonormal columns for each hyperparameter and products for each pair: the sum
of a hyperparameter's squared weights is its share of the variance (its total Sobol index), and the
posterior of that sum has a 95 % quantile. The strength of every group of columns is learned (ARD;
Tipping 2001), except that the hyperparameter in question gets a wide prior: what the data do not
rule out counts as an effect.

Two scales are looked at: the ranks of all trials, infeasible ones last, and the differences among
the better half, for something may matter only there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from tuneplay.domain.hyperparameter import Choice, Hyperparameter, Scalar
from tuneplay.domain.round import Round, Study
from tuneplay.domain.trial import State, Trial
from tuneplay.judge.boundary import is_ordered, unit_of
from tuneplay.judge.edges.model import basis
from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.selection import ranked

FloatArray = NDArray[np.float64]

#: Upper bound of a share of the variance below which tuning changed nothing: a usual threshold of
#: sensitivity screening for total indices.
NO_EFFECT_SHARE = 0.05

#: Lower bound of a pair's share from which on an interaction is clear.
INTERACTION_SHARE = 0.02

#: Level of the bounds: 95 % upper, 5 % lower.
BOUND_LEVEL = 0.95

#: Trials per dimension, and feasible ones in all, below which nothing is said.
TRIALS_PER_DIM = 10
LEAST_FEASIBLE = 20

#: The model must explain this share of the variance, or the rest could hide anything.
LEAST_EXPLAINED = 0.5

#: Hyperparameters above which pairs outnumber any realistic study.
MOST_DIMS = 8

#: Level of the bound on a pair's share: there are many pairs, and two scales.
INTERACTION_LEVEL = 0.01

#: Prior variance of the first weight of the hyperparameter in question, what is left of it from
#: one degree to the next, and of its products.
_WIDE = 0.25
_DECAY = 0.3
_WIDE_PAIR = 0.003

#: Values up to which an ordered hyperparameter is taken as categorical.
_FEW_VALUES = 4

#: Columns of each hyperparameter that enter products.
_PAIR_COLUMNS = 2

#: Rounds of the fit, least noise variance, draws behind a bound.
_ROUNDS = 60
_LEAST_NOISE = 0.01
_DRAWS = 2000

#: Digits kept of a scaled objective, so that a change of unit cannot break a tie.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Importance:
    """How much of the variation in a study one hyperparameter explains.

    Attributes:
        hyperparameter: Its name.
        share: Share of the variance of the ranks, interactions included.
        upper: Upper 95 % bound of that share, the larger one of both scales.
        partners: Hyperparameters with which it clearly interacts.
    """

    hyperparameter: str
    share: float
    upper: float
    partners: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Columns:
    """Columns of the model: group of each, and the hyperparameters (one or two) of each group."""

    matrix: FloatArray
    group: NDArray[np.int64]
    members: tuple[tuple[int, ...], ...]


def importances(round_: Round, study: Study, trials: Sequence[Trial]) -> list[Importance]:
    """Importance of every nuisance hyperparameter of a study, in the order of its space.

    Args:
        round_: The round, for the direction.
        study: One of its studies.
        trials: Its ended trials; failed ones and reruns are left out.

    Returns:
        Nothing with too few trials, or where the model explains too little to judge.
    """
    counted = sorted(
        (t for t in trials if not t.id.rerun and t.outcome.state is not State.FAILED),
        key=lambda t: t.id.number,
    )
    dims = len(study.space)
    feasible = sum(t.feasible for t in counted)
    if not 1 <= dims <= MOST_DIMS or len(counted) < TRIALS_PER_DIM * dims:
        return []
    if feasible < LEAST_FEASIBLE:
        return []
    columns = _columns(study.space, counted)
    sign = round_.objective.direction.sign
    values = [sign * (t.outcome.value or 0.0) if t.feasible else np.inf for t in counted]
    targets = _scales(np.array(values))
    if not columns.members or not all(target.any() for target in targets):
        return []
    fits = [_fit(columns, target) for target in targets]
    if fits[0].explained < LEAST_EXPLAINED:
        return []
    varied = [dim for dim in range(dims) if (dim,) in columns.members]
    return [_importance(study.space, columns, fits, dim) for dim in varied]


def importance_findings(round_: Round, study: Study, trials: Sequence[Trial]) -> list[Finding]:
    """Hyperparameters that can be fixed, for tuning them changed nothing.

    Args:
        round_: The round.
        study: One of its studies.
        trials: Its ended trials.
    """
    best = next(iter(ranked(trials, round_.objective.direction)), None)
    found = []
    for importance in importances(round_, study, trials):
        if importance.upper > NO_EFFECT_SHARE or importance.partners or best is None:
            continue
        value = best.hyperparameters[importance.hyperparameter]
        found.append(
            Finding(
                Kind.NO_EFFECT,
                Severity.NOTE,
                f"tuning it changed nothing: it explains at most {importance.upper:.1%} of the "
                "variation, interactions included",
                study=study.key,
                hyperparameter=importance.hyperparameter,
                evidence={"share": importance.share, "upper": importance.upper},
                suggestion={"fixed": value},
            )
        )
    return found


def _scales(values: FloatArray) -> list[FloatArray]:
    """Normal scores of all trials, and the distance to the best, cut at the median."""
    order = np.sort(values)
    ranks = np.searchsorted(order, values, side="left") + np.searchsorted(
        order, values, side="right"
    )
    scores = ndtri(ranks / (2.0 * len(values)))
    best, middle = float(values.min()), float(np.median(order[np.isfinite(order)]))
    near = np.zeros(len(values))
    if middle > best:
        near = np.minimum((values - best) / (middle - best), 1.0)
    raw = [np.round(column, _DIGITS) for column in (scores, near)]
    return [(c - c.mean()) / c.std() if c.std() > 0 else np.zeros(len(c)) for c in raw]


def _columns(space: Sequence[Hyperparameter], trials: Sequence[Trial]) -> _Columns:
    own = [_own(h, [t.hyperparameters[h.name] for t in trials]) for h in space]
    members: list[tuple[int, ...]] = [(k,) for k in range(len(space))]
    blocks = list(own)
    for i, j in combinations(range(len(space)), 2):
        first, second = own[i][:, :_PAIR_COLUMNS], own[j][:, :_PAIR_COLUMNS]
        blocks.append((first[:, :, None] * second[:, None, :]).reshape(len(trials), -1))
        members.append((i, j))
    # A hyperparameter that took one value has no columns, and nothing can be said of it.
    kept = [k for k, block in enumerate(blocks) if block.shape[1]]
    blocks, members = [blocks[k] for k in kept], [members[k] for k in kept]
    if not blocks:
        return _Columns(np.zeros((len(trials), 0)), np.zeros(0, dtype=np.int64), ())
    group = np.repeat(np.arange(len(blocks)), [block.shape[1] for block in blocks])
    matrix = np.concatenate(blocks, axis=1)
    return _Columns(matrix - matrix.mean(axis=0), group, tuple(members))


def _own(h: Hyperparameter, values: Sequence[Scalar]) -> FloatArray:
    """Columns of one hyperparameter, of mean 0 and mutually orthonormal under its sampling."""
    distinct = sorted(set(values), key=repr)
    if is_ordered(h) and len(distinct) > _FEW_VALUES:
        return basis(np.clip([unit_of(h, value) for value in values], 0.0, 1.0))
    choices = list(h.choices) if isinstance(h, Choice) else distinct
    count = len(choices)
    contrasts = np.linalg.qr(np.vander(np.arange(count), increasing=True).astype(float))[0][:, 1:]
    return np.asarray(contrasts[[choices.index(v) for v in values]] * np.sqrt(count))


@dataclass(frozen=True)
class _Fit:
    """Learned prior variance of every group and of the noise."""

    gram: FloatArray
    cross: FloatArray
    prior: FloatArray
    noise: float

    @property
    def explained(self) -> float:
        return 1.0 - self.noise


def _fit(columns: _Columns, target: FloatArray) -> _Fit:
    """Expectation maximisation of the group variances and the noise."""
    n, group = len(target), columns.group
    gram, cross = columns.matrix.T @ columns.matrix, columns.matrix.T @ target
    size = np.bincount(group).astype(np.float64)
    prior, noise = np.full(len(size), 0.05), 0.5
    for _ in range(_ROUNDS):
        mean, cov = _posterior(gram, cross, prior[group], noise)
        second = mean**2 + np.diag(cov)
        prior = np.maximum(np.bincount(group, weights=second) / size, 1e-6)
        misfit = n - 2 * float(mean @ cross) + float(mean @ gram @ mean)
        misfit += float(np.sum(cov * gram))
        noise = max(misfit / n, _LEAST_NOISE)
    return _Fit(gram, cross, prior, noise)


def _posterior(
    gram: FloatArray, cross: FloatArray, prior: FloatArray, noise: float
) -> tuple[FloatArray, FloatArray]:
    scale = np.sqrt(prior)
    inner = scale[:, None] * gram * scale[None, :] / noise + np.eye(len(prior))
    cov = scale[:, None] * np.linalg.inv(inner) * scale[None, :]
    return cov @ cross / noise, cov


def _importance(
    space: Sequence[Hyperparameter], columns: _Columns, fits: Sequence[_Fit], dim: int
) -> Importance:
    """Share and bound of one hyperparameter, under a wide prior for its own columns."""
    uppers, share, partners = [], 0.0, set[str]()
    for number, fit in enumerate(fits):
        prior = _widened(columns, fit, dim)
        mean, cov = _posterior(fit.gram, fit.cross, prior, fit.noise)
        mine = np.array([dim in columns.members[g] for g in columns.group])
        drawn = _draws(mean[mine], cov[np.ix_(mine, mine)]) ** 2
        uppers.append(float(np.quantile(drawn.sum(axis=1), BOUND_LEVEL)))
        if number == 0:
            share = float(np.sum(mean[mine] ** 2))
        for place, members in enumerate(columns.members):
            if dim in members and len(members) == 2:
                held = columns.group[mine] == place
                low = float(np.quantile(drawn[:, held].sum(axis=1), INTERACTION_LEVEL))
                if low >= INTERACTION_SHARE:
                    partners.add(space[sum(members) - dim].name)
    names = tuple(h.name for h in space if h.name in partners)
    return Importance(space[dim].name, share, max(uppers), names)


def _widened(columns: _Columns, fit: _Fit, dim: int) -> FloatArray:
    """Prior variance of every column, with the effect of one hyperparameter left open."""
    prior = fit.prior[columns.group]
    for place, members in enumerate(columns.members):
        held = np.flatnonzero(columns.group == place)
        if members == (dim,):
            prior[held] = np.maximum(prior[held], _WIDE * _DECAY ** np.arange(len(held)))
        elif dim in members:
            prior[held] = np.maximum(prior[held], _WIDE_PAIR)
    return prior


def _draws(mean: FloatArray, cov: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(cov)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    normal = np.random.default_rng(0).standard_normal((_DRAWS, len(mean)))
    return np.asarray(mean + normal @ root.T, dtype=np.float64)
