"""Which hyperparameters matter, which do nothing, and which depend on each other.

PED-ANOVA (Watanabe et al. 2023, arXiv:2304.10255) compares one-dimensional densities of the better
trials: it sees no interaction, has no error bar, and its zero is the zero of few trials. To say
that tuning something changed nothing is a claim, and a claim needs an upper bound. So the share of
the variance that a hyperparameter explains, interactions included, is taken from a Bayesian linear
model (`judge.shares`) with a wide prior for the hyperparameter in question: what the data do not rule
out counts as an effect.

Two scales are looked at: the ranks of all trials, infeasible ones last, and the differences among
the better half, for something may matter only there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuneplay.domain.round import Round, Study
from tuneplay.domain.trial import State, Trial
from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.measures.selection import ranked
from tuneplay.judge.space.shares import (
    Columns,
    Fit,
    FloatArray,
    columns_of,
    fit,
    posterior,
    scales,
    widened,
)

#: Upper bound of a share of the variance below which tuning changed nothing: a usual threshold of
#: sensitivity screening for total indices. On recorded grids (HPOLib, HPOBench) it was
#: said of at most 3 % of the hyperparameters whose true share is above it.
NO_EFFECT_SHARE = 0.05

#: Lower bound of a pair's share from which on an interaction is clear.
INTERACTION_SHARE = 0.02

#: Level of the upper bound of a share, and of the lower one of a pair's: there are many pairs.
BOUND_LEVEL = 0.95
INTERACTION_LEVEL = 0.01

#: Trials per dimension from which interactions are named: in simulated studies (two and four
#: hyperparameters, additive or with one interacting pair) pairs were then found in 75 to 83 % of
#: cases, and false ones in 0 to 5 %; at ten, in up to 12 %.
INTERACTION_TRIALS_PER_DIM = 20

#: Trials per dimension, and feasible ones in all, below which nothing is said.
TRIALS_PER_DIM = 10
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
        sure: Those with which it interacts on every scale, so that no change of the metric's scale
            explains it away.
    """

    hyperparameter: str
    share: float
    upper: float
    partners: tuple[str, ...] = ()
    sure: tuple[str, ...] = ()


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
    if not 1 <= dims <= MOST_DIMS or len(counted) < TRIALS_PER_DIM * dims:
        return []
    if sum(t.feasible for t in counted) < LEAST_FEASIBLE:
        return []
    sign = round_.objective.direction.sign
    values = [sign * (t.outcome.value or 0.0) if t.feasible else np.inf for t in counted]
    targets = scales(np.array(values))
    if not all(target.any() for target in targets):
        return []
    sampled = [[t.hyperparameters[h.name] for t in counted] for h in study.space]
    if any(len(set(column)) < 2 for column in sampled):
        return []
    columns = columns_of(study.space, sampled)
    fits = [fit(columns, target) for target in targets]
    if fits[0].explained < LEAST_EXPLAINED:
        return []
    return [_importance(study, columns, fits, dim) for dim in range(dims)]


def importance_findings(round_: Round, study: Study, trials: Sequence[Trial]) -> list[Finding]:
    """Hyperparameters that can be fixed, for tuning them changed nothing.

    Args:
        round_: The round.
        study: One of its studies.
        trials: Its ended trials.
    """
    best = next(iter(ranked(trials, round_.objective.direction)), None)
    if best is None:
        return []
    known = importances(round_, study, trials)
    return _interactions(study, known, sum(not t.id.rerun for t in trials)) + [
        Finding(
            Kind.NO_EFFECT,
            Severity.NOTE,
            f"tuning it changed nothing: it explains at most {importance.upper:.1%} of the "
            "variation, interactions included",
            study=study.key,
            hyperparameter=importance.hyperparameter,
            evidence={"share": importance.share, "upper": importance.upper},
            suggestion={"fixed": best.hyperparameters[importance.hyperparameter]},
        )
        for importance in known
        if importance.upper <= NO_EFFECT_SHARE and not importance.partners
    ]


def _interactions(study: Study, known: Sequence[Importance], trials: int) -> list[Finding]:
    """Pairs whose best values move together: neither can be fixed alone in the next round.

    (playbook, "Exploration vs exploitation": "which hyperparameters interact the most and therefore
    need to be re-tuned together".)
    """
    if trials < INTERACTION_TRIALS_PER_DIM * len(study.space):
        return []
    pairs = {
        tuple(sorted((one.hyperparameter, other))): one.share for one in known for other in one.sure
    }
    return [
        Finding(
            Kind.INTERACTION,
            Severity.NOTE,
            f"{first} and {second} interact: the best value of one moves with the other, so that "
            "neither can be fixed alone in the next round",
            study=study.key,
            evidence={"share": share},
        )
        for (first, second), share in sorted(pairs.items())
    ]


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
