"""The verdict on candidates against a baseline, from reruns with new seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from tuneplay.domain.curves import Direction
from tuneplay.judge.verdict.facts import (
    Caution,
    CautionKind,
    Comparison,
    Ground,
    Interval,
    Route,
    Side,
    Verdict,
)
from tuneplay.judge.verdict.seeds.gathering import gather, oriented
from tuneplay.judge.verdict.seeds.power import detectable, seeds_needed
from tuneplay.judge.verdict.seeds.ranks import (
    chance_interval,
    pair_gains,
    shift_interval,
    won_pairs,
)
from tuneplay.judge.verdict.seeds.standards import (
    MIN_USABLE,
    NEXT_LOOK,
    NOISY_RATIO,
    RATIO_DIGITS,
    SeedEvidence,
    VerdictRules,
)

Array = NDArray[np.float64]

#: The interval that every comparison reports, whatever the level of its decision.
_REPORTED_ALPHA = 0.05


def _gain_interval(evidence: SeedEvidence, alpha: float) -> Interval | None:
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


def _without_values(
    evidence: SeedEvidence, p_values: tuple[float, float], level: float
) -> tuple[Verdict, Ground] | None:
    """Verdict and ground where too few reruns gave values; None if there are enough."""
    base, cand = evidence.base, evidence.candidate
    if min(base.usable, cand.usable) >= MIN_USABLE:
        return None
    if cand.reruns and not cand.usable:
        return Verdict.NO_FEASIBLE_TRIAL, Ground.NO_USABLE_RERUN
    if p_values[1] <= level:
        return Verdict.KEEP_BASELINE, Ground.WORSE
    if p_values[0] <= level and cand.usable >= MIN_USABLE:
        return Verdict.ADOPT, Ground.BETTER
    return Verdict.NEEDS_RERUNS, Ground.TOO_FEW_RERUNS


def decide(
    evidence: SeedEvidence,
    p_values: tuple[float, float],
    gains: Interval | None,
    rules: VerdictRules,
) -> tuple[Verdict, Ground]:
    """The verdict on one candidate, and its ground.

    Args:
        evidence: The evidence.
        p_values: One-sided p-values (better, worse), adjusted for several candidates.
        gains: Interval of the gain at the level of the decision.
        rules: What the verdict is held to.
    """
    level = rules.alpha / 2
    if (found := _without_values(evidence, p_values, level)) is not None:
        return found
    better, worse = (p <= level for p in p_values)
    if worse:
        return Verdict.KEEP_BASELINE, Ground.WORSE
    excluded = gains is not None and rules.worthwhile > max(0.0, gains[1])
    if better:
        if evidence.blocked:
            return Verdict.NOT_DISTINGUISHABLE, Ground.MORE_INFEASIBLE_RERUNS
        gain = evidence.shift if evidence.route is Route.RANK else evidence.gain
        if gain is None or gain >= rules.worthwhile:
            return Verdict.ADOPT, Ground.BETTER
        if excluded:
            return Verdict.KEEP_BASELINE, Ground.NOT_WORTHWHILE
        return Verdict.NOT_DISTINGUISHABLE, Ground.PERHAPS_NOT_WORTHWHILE
    if excluded:
        return Verdict.KEEP_BASELINE, Ground.IMPROVEMENT_RULED_OUT
    if evidence.noise_unknown:
        return Verdict.NOT_DISTINGUISHABLE, Ground.EQUAL_VALUES
    return Verdict.NOT_DISTINGUISHABLE, Ground.NO_CLEAR_DIFFERENCE


def _needed(evidence: SeedEvidence, worthwhile: float, level: float) -> int | None:
    """Seeds that decide at the observed difference, by whichever way is open to it."""
    if evidence.gain is None or evidence.spread is None or evidence.blocked:
        return None
    gain = evidence.gain
    gap = worthwhile - gain if gain < worthwhile else abs(gain)
    return seeds_needed(gap, evidence.spread, level)


def _side_cautions(study: str, side: Side) -> list[Caution]:
    found: list[Caution] = []
    if side.infeasible:
        kind = CautionKind.INFEASIBLE_RERUNS
        found.append(Caution(kind=kind, study=study, count=side.infeasible, of=side.reruns))
    found += [
        Caution(kind=CautionKind.OUTLIER, study=study, value=value) for value in side.outliers
    ]
    if side.constant:
        kind = CautionKind.EQUAL_VALUES
        found.append(Caution(kind=kind, study=study, count=side.usable, of=side.reruns))
    return found


def _cautions(evidence: SeedEvidence, baseline: str, study: str) -> tuple[Caution, ...]:
    """What a reader must know next to the verdict, from the values alone."""
    base, cand = evidence.base, evidence.candidate
    found = list(chain(_side_cautions(baseline, base), _side_cautions(study, cand)))
    if base.sd and cand.sd and not evidence.noise_unknown:
        for key, ratio in ((study, cand.sd / base.sd), (baseline, base.sd / cand.sd)):
            # Rounded: of printed values it may be 3 but for its last digits, which a unit changes.
            if round(ratio, RATIO_DIGITS) >= NOISY_RATIO:
                found.append(Caution(kind=CautionKind.NOISIER, study=key, ratio=ratio))
    gain, shift = evidence.gain, evidence.shift
    if gain is not None and shift is not None and gain * shift < 0:
        found.append(Caution(kind=CautionKind.RANKS_DISAGREE, study=study))
    return tuple(found)


def _build(
    keys: tuple[str, str],
    sides: tuple[Array, Array],
    evidence: SeedEvidence,
    p_values: tuple[float, float],
    width: float,
    rules: VerdictRules,
) -> Comparison:
    """Assemble a comparison of (baseline, candidate); `width` is the alpha of its decision."""
    sign = -rules.direction.sign
    gains = _gain_interval(evidence, width)
    verdict, ground = decide(evidence, p_values, gains, rules)
    blocked = evidence.blocked and verdict is Verdict.NOT_DISTINGUISHABLE
    return Comparison(
        study=keys[1],
        baseline=keys[0],
        verdict=verdict,
        ground=ground,
        route=evidence.route,
        difference=None if evidence.gain is None else sign * evidence.gain,
        interval95=_signed(_gain_interval(evidence, _REPORTED_ALPHA), rules.direction),
        interval_decision=_signed(gains, rules.direction),
        confidence=1 - width,
        **_by_ranks(sides, evidence, rules.direction),
        p_better=p_values[0],
        p_worse=p_values[1],
        candidate=evidence.candidate,
        base=evidence.base,
        seeds_needed=_needed(evidence, rules.worthwhile, NEXT_LOOK * width / 2),
        detectable=(
            None if evidence.se is None else detectable(evidence.se, evidence.df, width / 2)
        ),
        worthwhile=rules.worthwhile,
        unvaried=tuple(key for key, flat in zip(keys, evidence.constant, strict=True) if flat),
        cautions=_cautions(evidence, *keys),
        open_to_seeds=not blocked,
    )


def _by_ranks(
    sides: tuple[Array, Array], evidence: SeedEvidence, direction: Direction
) -> dict[str, Any]:
    """What the ranks of (baseline, candidate) say: fields of a `Comparison`."""
    base, cand = (oriented(side, direction) for side in sides)
    pairs, n, m = pair_gains(base, cand), len(base), len(cand)
    found: dict[str, Any] = {}
    if n and m:
        chance = won_pairs(pairs) / (n * m)
        found["probability_better"] = chance
        found["probability_interval"] = chance_interval(chance, n, m, _REPORTED_ALPHA)
    if evidence.shift is not None:
        found["robust_difference"] = -direction.sign * evidence.shift
        shifts = shift_interval(pairs, n, m, _REPORTED_ALPHA)
        found["robust_interval"] = _signed(shifts, direction)
    return found


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values (Scandinavian Journal of Statistics 6, 1979)."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted, running = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return adjusted


def compare_values(
    baseline: str,
    values: Sequence[float],
    candidates: Mapping[str, Sequence[float]],
    rules: VerdictRules,
) -> dict[str, Comparison]:
    """Compare candidates with one baseline; the chance of any false adoption is at most alpha / 2.

    Holm's step-down on the one-sided p-values: it holds for any dependence (all candidates share
    the baseline) and lets each comparison have its own variances, which Dunnett's test does not.
    `interval95` is for each candidate alone, `interval_decision` for all jointly (Bonferroni).

    Args:
        baseline: Key of the baseline's study.
        values: Values of its reruns; NaN for an infeasible rerun.
        candidates: Values of each candidate's reruns by the key of its study.
        rules: What the verdicts are held to.
    """
    base = np.asarray(values, dtype=np.float64)
    others = {name: np.asarray(side, dtype=np.float64) for name, side in candidates.items()}
    evidence = {name: gather(base, side, rules.direction) for name, side in others.items()}
    better = holm([item.p_better for item in evidence.values()])
    worse = holm([item.p_worse for item in evidence.values()])
    width = rules.alpha / max(1, len(others))
    return {
        name: _build(
            (baseline, name), (base, side), evidence[name], (better[i], worse[i]), width, rules
        )
        for i, (name, side) in enumerate(others.items())
    }
