"""Verdict on candidates against a baseline from reruns with new seeds: the main entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from tuneplay.domain.curves import Direction
from tuneplay.judge.verdict.seeds import words
from tuneplay.judge.verdict.seeds.gathering import gather, oriented
from tuneplay.judge.verdict.seeds.power import detectable, seeds_needed
from tuneplay.judge.verdict.seeds.ranks import (
    chance_interval,
    pair_gains,
    shift_interval,
    won_pairs,
)
from tuneplay.judge.verdict.seeds.standards import (
    ALPHA,
    MIN_USABLE,
    NEXT_LOOK,
    Comparison,
    Evidence,
    Interval,
    Rules,
    Verdict,
)

Array = NDArray[np.float64]


def _gain_interval(evidence: Evidence, alpha: float) -> Interval | None:
    """Welch interval of the gain at 1 - alpha."""
    if evidence.gain is None or evidence.se is None:
        return None
    half = float(stdtrit(evidence.df, 1 - alpha / 2)) * evidence.se
    return evidence.gain - half, evidence.gain + half


def _signed(interval: Interval | None, direction: Direction) -> Interval | None:
    """A gain interval as an interval of candidate - baseline."""
    if interval is None or direction is Direction.MAXIMIZE:
        return interval
    return -interval[1], -interval[0]


def _verdict_without_values(
    evidence: Evidence, p_values: tuple[float, float], level: float
) -> Verdict | None:
    """Verdict where too few reruns gave values; None if there are enough."""
    base, cand = evidence.baseline, evidence.candidate
    if min(base.usable, cand.usable) >= MIN_USABLE:
        return None
    if cand.reruns and not cand.usable:
        return Verdict.NO_FEASIBLE_TRIAL
    if p_values[1] <= level:
        return Verdict.KEEP_BASELINE
    if p_values[0] <= level and cand.usable >= MIN_USABLE:
        return Verdict.ADOPT
    return Verdict.NEEDS_RERUNS


def decide(
    evidence: Evidence, p_values: tuple[float, float], gains: Interval | None, rules: Rules
) -> tuple[Verdict, str]:
    """Verdict and what the evidence shows ('better', 'worse', 'excluded', 'open').

    Args:
        evidence: the evidence.
        p_values: one-sided p-values (better, worse), adjusted for several candidates.
        gains: interval of the gain at the level of the decision.
        rules: what the verdict is held to.
    """
    level = rules.alpha / 2
    if (verdict := _verdict_without_values(evidence, p_values, level)) is not None:
        shown = {Verdict.ADOPT: "better", Verdict.KEEP_BASELINE: "worse"}
        return verdict, shown.get(verdict, "open")
    better, worse = (p <= level for p in p_values)
    if worse:
        return Verdict.KEEP_BASELINE, "worse"
    excluded = gains is not None and rules.worthwhile > max(0.0, gains[1])
    if better:
        if evidence.blocked:
            return Verdict.NOT_DISTINGUISHABLE, "better"
        gain = evidence.shift if evidence.route == "rank" else evidence.gain
        if gain is not None and gain < rules.worthwhile:
            return (Verdict.KEEP_BASELINE if excluded else Verdict.NOT_DISTINGUISHABLE), "better"
        return Verdict.ADOPT, "better"
    if excluded:
        return Verdict.KEEP_BASELINE, "excluded"
    return Verdict.NOT_DISTINGUISHABLE, "open"


def _needed(evidence: Evidence, worthwhile: float, level: float) -> int | None:
    """Seeds that decide at the observed difference, by whichever way is open to it."""
    if evidence.gain is None or evidence.spread is None or evidence.blocked:
        return None
    gain = evidence.gain
    gap = worthwhile - gain if gain < worthwhile else abs(gain)
    return seeds_needed(gap, evidence.spread, level)


def _detectable(evidence: Evidence, level: float) -> float | None:
    """Smallest true difference these seeds find with power 0.8."""
    if evidence.se is None:
        return None
    return detectable(evidence.se, evidence.df, level)


def _build(
    sides: tuple[Array, Array],
    evidence: Evidence,
    p_values: tuple[float, float],
    width: float,
    rules: Rules,
) -> Comparison:
    """Assemble a comparison; `width` is the alpha of the interval the verdict uses."""
    sign = -rules.direction.sign
    gains = _gain_interval(evidence, width)
    verdict, shown = decide(evidence, p_values, gains, rules)
    base, cand = (oriented(side, rules.direction) for side in sides)
    pairs, n, m = pair_gains(base, cand), len(base), len(cand)
    chance = won_pairs(pairs) / (n * m) if n and m else None
    difference = None if evidence.gain is None else sign * evidence.gain
    robust = None if evidence.shift is None else sign * evidence.shift
    shifts = shift_interval(pairs, n, m, 0.05) if robust is not None else None
    robust_interval, interval = (_signed(x, rules.direction) for x in (shifts, gains))
    told = (difference, words.measured("difference", difference, interval, 100 * (1 - width)))
    if evidence.route == "rank" and shown in ("better", "worse"):
        told = (robust, words.measured("robust difference", robust, robust_interval, 95.0))
    return Comparison(
        baseline=evidence.baseline,
        candidate=evidence.candidate,
        difference=difference,
        interval95=_signed(_gain_interval(evidence, 0.05), rules.direction),
        interval_decision=interval,
        robust_difference=robust,
        robust_interval=robust_interval,
        probability_better=chance,
        probability_interval=None if chance is None else chance_interval(chance, n, m, 0.05),
        p_better=p_values[0],
        p_worse=p_values[1],
        verdict=verdict,
        reason=words.reason(verdict, evidence, told, rules.worthwhile, shown),
        seeds_needed=_needed(evidence, rules.worthwhile, NEXT_LOOK * width / 2),
        detectable=_detectable(evidence, width / 2),
        warnings=words.warnings(evidence),
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values (Scandinavian Journal of Statistics 6, 1979)."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted, running = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return adjusted


def compare_all(
    baseline: Sequence[float], candidates: Mapping[str, Sequence[float]], rules: Rules
) -> dict[str, Comparison]:
    """Compare candidates with one baseline; the chance of any false adoption is at most alpha / 2.

    Holm's step-down on the one-sided p-values: it holds for any dependence (all candidates share
    the baseline) and lets each comparison have its own variances, which Dunnett's test does not.
    `interval95` is for each candidate alone, `interval_decision` for all jointly (Bonferroni).

    Args:
        baseline: values of the baseline's reruns, NaN for an infeasible rerun.
        candidates: values of each candidate's reruns.
        rules: what the verdicts are held to.
    """
    base = np.asarray(baseline, dtype=np.float64)
    values = {name: np.asarray(side, dtype=np.float64) for name, side in candidates.items()}
    evidence = {name: gather(base, side, rules.direction) for name, side in values.items()}
    better = holm([item.p_better for item in evidence.values()])
    worse = holm([item.p_worse for item in evidence.values()])
    width = rules.alpha / max(1, len(values))
    return {
        name: _build((base, values[name]), evidence[name], (better[i], worse[i]), width, rules)
        for i, name in enumerate(values)
    }


def compare(
    baseline: Sequence[float],
    candidate: Sequence[float],
    *,
    direction: Direction,
    worthwhile: float = 0.0,
    alpha: float = ALPHA,
) -> Comparison:
    """Compare one candidate with the baseline; see `Rules` and `compare_all`."""
    rules = Rules(direction, worthwhile, alpha)
    return compare_all(baseline, {"candidate": candidate}, rules)["candidate"]
