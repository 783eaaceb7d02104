"""Adding seeds until a comparison is decided or hopeless, at the error rate of a single test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import stdtr

from tuneplay.judge.verdict.seeds.decision import compare_all
from tuneplay.judge.verdict.seeds.gathering import gather
from tuneplay.judge.verdict.seeds.spending import (
    HOPELESS,
    NEARLY_SHOWN,
    conditional_power,
    nominal_levels,
)
from tuneplay.judge.verdict.seeds.standards import MIN_USABLE, Comparison, Evidence, Rules, Verdict

LOOKS = (3, 5, 7, 9, 12, 15, 20, 30, 40, 50)
"""Seeds per side at which a verdict is tried."""
SURE_OF_TIES = 5
"""Seeds from which identical values end the sequence; before, they may be chance."""
MAX_SEEDS = 12
"""Default most seeds per side: the power of a fixed ten, with fewer seeds on average everywhere."""

FINAL = (Verdict.ADOPT, Verdict.KEEP_BASELINE, Verdict.NO_FEASIBLE_TRIAL)
"""Verdicts that end the sequence."""

Decision = Literal["decided", "hopeless", "exhausted", "continue"]


@dataclass(frozen=True)
class Step:
    """What to do after a look.

    Attributes:
        decision: 'decided' (verdict stands), 'hopeless' (an adoption has become unlikely, the
            baseline stays), 'exhausted' (all seeds are trained, still open) or 'continue'.
        verdict: the verdict this step stands for.
        train_until: seeds per side to reach before the next look; None when stopped.
        level: one-sided level of this look; None where the number of seeds is not a planned look.
        chance: conditional power of an adoption; None where it was not computed.
        comparison: the comparison at this look's level.
        reason: plain English, with the numbers.
    """

    decision: Decision
    verdict: Verdict
    train_until: int | None
    level: float | None
    chance: float | None
    comparison: Comparison
    reason: str


def plan(max_seeds: int = MAX_SEEDS) -> tuple[int, ...]:
    """Looks up to `max_seeds`, which is always the last."""
    if max_seeds < LOOKS[0]:
        raise ValueError(f"at least {LOOKS[0]} seeds are needed")
    return (*(look for look in LOOKS if look < max_seeds), max_seeds)


def _settled(evidence: Evidence, reruns: int) -> str | None:
    """Why more seeds will not lead to an adoption; None if they may."""
    base, cand = evidence.baseline, evidence.candidate
    if evidence.seedless and reruns >= SURE_OF_TIES:
        return "More seeds would tell nothing."
    if evidence.blocked:
        return (
            f"Infeasible reruns, {cand.infeasible} of {cand.reruns} of the candidate and "
            f"{base.infeasible} of {base.reruns} of the baseline, rule an adoption out."
        )
    return None


def _chance(
    evidence: Evidence, worthwhile: float, fraction: float, last_level: float
) -> float | None:
    """Conditional power of an adoption: shown better and, at the end, `worthwhile` or more."""
    usable = min(evidence.baseline.usable, evidence.candidate.usable)
    if evidence.se is None or evidence.gain is None or usable < MIN_USABLE:
        return None
    chance = conditional_power(evidence.p_better, fraction, last_level)
    if worthwhile > 0:
        tail = float(stdtr(evidence.df, -(evidence.gain - worthwhile) / evidence.se))
        chance = min(chance, conditional_power(tail, fraction, 0.5))
    return chance


def _hopeless(
    evidence: Evidence, rules: Rules, reruns: int, looks: tuple[int, ...], last_level: float
) -> tuple[float | None, str | None]:
    """Conditional power of an adoption, and why to stop (None: go on).

    A candidate that is about to be shown worse is not given up: that is an answer as well, where
    'not distinguishable' would not be, and it comes within a few seeds.
    """
    if settled := _settled(evidence, reruns):
        return 0.0, settled
    chance = _chance(evidence, rules.worthwhile, reruns / looks[-1], last_level)
    if chance is None or chance >= HOPELESS:
        return chance, None
    shown = conditional_power(evidence.p_worse, reruns / looks[-1], last_level, optimism=0.0)
    if shown >= NEARLY_SHOWN:
        return chance, None
    return chance, (
        f"After {reruns} seeds an adoption by seed {looks[-1]} has become unlikely "
        f"({100 * chance:.0f} %)."
    )


def next_step(
    baseline: Sequence[float],
    candidate: Sequence[float],
    rules: Rules,
    *,
    looks: Sequence[int] = plan(),
    candidates: int = 1,
    at: int | None = None,
) -> Step:
    """Judge the seeds so far, infeasible ones included; call it again each time seeds were added.

    It keeps no memory: the number of reruns says which look it is, reruns beyond the smaller side are
    ignored. Stopping as hopeless only lowers the error rate (non-binding futility).

    Args:
        baseline: values in seed order, NaN for an infeasible rerun.
        candidate: values in seed order.
        rules: what the verdict is held to; alpha is the error rate over all looks.
        looks: seeds per side at the looks; fix them before the first look.
        candidates: candidates compared with this baseline; each gets alpha / candidates.
        at: the look to judge at, where a failed rerun left fewer values than that.
    """
    levels = nominal_levels(steps := tuple(looks), rules.alpha / 2 / max(1, candidates))
    reruns = at or min(len(baseline), len(candidate), steps[-1])
    level = levels[steps.index(reruns)] if reruns in steps else None
    own = replace(rules, alpha=2 * (level or levels[0]))
    base, cand = (np.asarray(side, float)[:reruns] for side in (baseline, candidate))
    judged = compare_all(list(base), {"candidate": list(cand)}, own)["candidate"]
    following = next((look for look in steps if look > reruns), None)
    soon = f"The next look is at {following} seeds."
    if level is None:
        return Step("continue", judged.verdict, following, None, None, judged, soon)
    if judged.verdict in FINAL or following is None:
        end: Decision = "decided" if judged.verdict in FINAL else "exhausted"
        return Step(end, judged.verdict, None, level, None, judged, judged.reason)
    chance, stop = _hopeless(gather(base, cand, rules.direction), rules, reruns, steps, levels[-1])
    said = f"{judged.reason} {stop or soon}"
    if stop is not None:
        return Step("hopeless", Verdict.NOT_DISTINGUISHABLE, None, level, chance, judged, said)
    return Step("continue", judged.verdict, following, level, chance, judged, said)


def next_steps(
    baseline: Sequence[float],
    candidates: Mapping[str, Sequence[float]],
    rules: Rules,
    *,
    looks: Sequence[int] = plan(),
) -> dict[str, Step]:
    """`next_step` for several candidates; pass all of them each time, stopped ones included.

    Each candidate gets alpha / number of candidates (Bonferroni), so it does not matter when the
    others stop. Train only the candidates whose step says 'continue', and the baseline with them.
    """
    return {
        name: next_step(baseline, values, rules, looks=looks, candidates=len(candidates))
        for name, values in candidates.items()
    }
