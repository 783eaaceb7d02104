"""Evidence for and against a candidate: means, ranks and infeasible reruns."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from tuneplay.domain.curves import Direction
from tuneplay.judge.measures.chances import fisher_tail
from tuneplay.judge.verdict.facts import Route, Side
from tuneplay.judge.verdict.seeds.ranks import pair_gains, rank_tail, won_pairs
from tuneplay.judge.verdict.seeds.scatter import Noise, noise, summarize
from tuneplay.judge.verdict.seeds.standards import MIN_USABLE, RANK_PENALTY, SeedEvidence

Array = NDArray[np.float64]


def oriented(values: Array, direction: Direction) -> Array:
    """Values as scores, larger is better; an infeasible rerun is -inf."""
    scores = values if direction is Direction.MAXIMIZE else -values
    return np.where(np.isfinite(values), scores, -np.inf)


def bad_outliers(side: Side, direction: Direction) -> int:
    """Outliers on the worse side of the mean."""
    if side.mean is None:
        return 0
    sign = 1 if direction is Direction.MAXIMIZE else -1
    return sum(sign * (value - side.mean) < 0 for value in side.outliers)


def _mean_tails(gain: float | None, measured: Noise, usable: int) -> tuple[float, float]:
    """One-sided Welch p-values (better, worse); (1, 1) if the values cannot tell."""
    if gain is None or measured.se is None or usable < MIN_USABLE:
        return 1.0, 1.0
    t = gain / measured.se
    return float(stdtr(measured.df, -t)), float(stdtr(measured.df, t))


def _rank_tails(
    scores: tuple[Array, Array], sides: tuple[Side, Side], direction: Direction
) -> tuple[float, float]:
    """Penalized rank p-values (better, worse), used only where an outlier spoils the means.

    A candidate with a bad outlier of its own is not helped by ranks: that training went wrong too.
    """
    base, cand = sides
    if not (base.outliers or cand.outliers):
        return 1.0, 1.0
    n, m = base.reruns, cand.reruns
    wins = won_pairs(pair_gains(*scores))
    better = min(1.0, RANK_PENALTY * rank_tail(wins, n, m))
    worse = min(1.0, RANK_PENALTY * rank_tail(n * m - wins, n, m))
    if bad_outliers(cand, direction) > bad_outliers(base, direction):
        better = 1.0
    if bad_outliers(base, direction) > bad_outliers(cand, direction):
        worse = 1.0
    return better, worse


def _infeasible_tails(base: Side, cand: Side, gain: float | None) -> tuple[float, float]:
    """Fisher p-values (infeasible less, more often), if the values do not say the opposite."""
    better = worse = 1.0
    if base.infeasible * cand.reruns > cand.infeasible * base.reruns and (
        gain is None or gain >= 0
    ):
        better = fisher_tail(base.infeasible, base.reruns, cand.infeasible, cand.reruns)
    if cand.infeasible * base.reruns > base.infeasible * cand.reruns and (
        gain is None or gain <= 0
    ):
        worse = fisher_tail(cand.infeasible, cand.reruns, base.infeasible, base.reruns)
    return better, worse


def gather(baseline: Array, candidate: Array, direction: Direction) -> SeedEvidence:
    """Compute all evidence on one candidate; see `SeedEvidence` for its fields.

    The p-value for each direction is the smallest of three: Welch's t-test of the means (always);
    the exact Mann-Whitney test, penalized, only where Grubbs' test flags an outlier; Fisher's
    exact test of the infeasible shares, only where a rerun was infeasible.
    """
    base, cand = summarize(baseline), summarize(candidate)
    scores = oriented(baseline, direction), oriented(candidate, direction)
    good = tuple(np.sort(side[np.isfinite(side)]) for side in scores)
    measured = noise(good[0], good[1])
    usable = min(base.usable, cand.usable)
    gain = float(good[1].mean() - good[0].mean()) if usable else None
    tails: dict[Route, tuple[float, float]] = {Route.MEAN: _mean_tails(gain, measured, usable)}
    if not any(measured.constant):
        if usable >= MIN_USABLE:
            tails[Route.RANK] = _rank_tails(scores, (base, cand), direction)
        if base.reruns and cand.reruns:
            tails[Route.INFEASIBLE] = _infeasible_tails(base, cand, gain)
    shift = float(np.median(pair_gains(*scores))) if usable else None
    return SeedEvidence(
        base=base,
        candidate=cand,
        gain=gain,
        se=measured.se,
        df=measured.df,
        spread=measured.spread,
        constant=measured.constant,
        shift=shift if shift is not None and math.isfinite(shift) else None,
        p_better=min(tail[0] for tail in tails.values()),
        p_worse=min(tail[1] for tail in tails.values()),
        route=min(tails, key=lambda route: min(tails[route])),
        blocked=cand.infeasible * base.reruns > base.infeasible * cand.reruns,
    )
