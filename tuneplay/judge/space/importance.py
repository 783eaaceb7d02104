"""Which hyperparameters matter, which do nothing, and which depend on each other.

A check says which of them do nothing (`no_effect`), and another which depend on each other
(`interaction`). PED-ANOVA (Watanabe et al. 2023, arXiv:2304.10255) compares one-dimensional densities of the better
trials: it sees no interaction, has no error bar, and its zero is the zero of few trials. To say
that tuning something changed nothing is a claim, and a claim needs an upper bound. So the share of
the variance that a hyperparameter explains, interactions included, is taken from a Bayesian linear
model (`shares`) with a wide prior for the hyperparameter in question: what the data do not rule
out counts as an effect.

Two scales are looked at: the ranks of all trials, infeasible ones last, and the differences among
the better half, for something may matter only there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuneplay.domain.round import Study
from tuneplay.judge.case import StudyCase
from tuneplay.judge.space.shares import (
    Columns,
    Fit,
    FloatArray,
    columns_of,
    fit,
    posterior,
    targets,
    widened,
)

#: Lower bound of a pair's share from which on an interaction is clear.
INTERACTION_SHARE = 0.02

#: Level of the upper bound of a share, and of the lower one of a pair's: there are many pairs.
BOUND_LEVEL = 0.95
INTERACTION_LEVEL = 0.01

#: Trials per dimension, and feasible ones in all, below which nothing is said. At ten, one
#: hyperparameter without effect in ten is named, at twenty two in five (docs/advice.md). In
#: simulated studies (two and four hyperparameters, additive or with one interacting pair) pairs were
#: found in 75 to 83 % of cases at twenty, and false ones in 0 to 5 %; at ten, in up to 12 %.
TRIALS_PER_DIM = 20
LEAST_FEASIBLE = 20

#: The model must explain this share of the variance, or the rest could hide anything.
LEAST_EXPLAINED = 0.5

#: Hyperparameters above which pairs outnumber any realistic study.
MOST_DIMS = 8

#: Draws behind a bound: the error of a 95 % quantile's level is below 0.5 %.
_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Importance:
    """How much of the variation in a study one hyperparameter explains.

    Attributes:
        hyperparameter: Its name.
        share: Share of the variance of the ranks, interactions included.
        upper: Upper 95 % bound of that share, the larger one of both scales.
        partners: Hyperparameters with which it interacts on some scale: it cannot be called idle.
        sure: Those with which it interacts on every scale: no change of the metric's scale explains that away.
    """

    hyperparameter: str
    share: float
    upper: float
    partners: tuple[str, ...] = ()
    sure: tuple[str, ...] = ()


def importances(case: StudyCase) -> Sequence[Importance]:
    """Importance of every nuisance hyperparameter of a study, in the order of its space.

    Asked through `case.once`: the fit is what takes the time.

    Returns:
        Nothing with too few trials, or where the model explains too little to judge.
    """
    space = case.study.space
    counted = sorted(case.counted, key=lambda t: t.id.number)
    if not 1 <= len(space) <= MOST_DIMS or len(counted) < TRIALS_PER_DIM * len(space):
        return []
    if sum(t.feasible for t in counted) < LEAST_FEASIBLE:
        return []
    sign = case.round.objective.direction.sign
    values = [sign * (t.outcome.value or 0.0) if t.feasible else np.inf for t in counted]
    wanted = targets(np.array(values))
    if not all(target.any() for target in wanted):
        return []
    sampled = [[t.hyperparameters[h.name] for t in counted] for h in space]
    if any(len(set(column)) < 2 for column in sampled):
        return []
    columns = columns_of(space, sampled)
    fits = [fit(columns, target) for target in wanted]
    if fits[0].explained < LEAST_EXPLAINED:
        return []
    return [_importance(case.study, columns, fits, dim) for dim in range(len(space))]


def _importance(study: Study, columns: Columns, fits: Sequence[Fit], dim: int) -> Importance:
    """Share and bound of one hyperparameter, under a wide prior for its own columns."""
    mine = columns.of(dim)
    uppers, shares, partners = list[float](), list[float](), list[str]()
    for fitted in fits:
        prior = widened(columns, fitted, dim)
        mean, cov = posterior(fitted.gram, fitted.cross, prior, fitted.noise)
        drawn = _draws(mean[mine], cov[np.ix_(mine, mine)]) ** 2
        uppers.append(float(np.quantile(drawn.sum(axis=1), BOUND_LEVEL)))
        shares.append(float(np.sum(mean[mine] ** 2)))
        for place, members in enumerate(columns.members):
            if dim in members and len(members) == 2:
                pair = drawn[:, columns.group[mine] == place].sum(axis=1)
                if float(np.quantile(pair, INTERACTION_LEVEL)) >= INTERACTION_SHARE:
                    partners.append(study.space[sum(members) - dim].name)
    seen = [h.name for h in study.space if h.name in partners]
    sure = [name for name in seen if partners.count(name) == len(fits)]
    return Importance(study.space[dim].name, shares[0], max(uppers), tuple(seen), tuple(sure))


def _draws(mean: FloatArray, cov: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(cov)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    normal = np.random.default_rng(0).standard_normal((_DRAWS, len(mean)))
    return np.asarray(mean + normal @ root.T, dtype=np.float64)
