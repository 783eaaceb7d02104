"""Adding seeds until a comparison is decided or hopeless, at the error rate of a single test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import stdtr

from tuneplay.judge.verdict.facts import Comparison, Futility, Ground, Looking, Verdict
from tuneplay.judge.verdict.seeds.decision import compare_values
from tuneplay.judge.verdict.seeds.gathering import gather
from tuneplay.judge.verdict.seeds.spending import (
    HOPELESS,
    NEARLY_SHOWN,
    conditional_power,
    nominal_levels,
)
from tuneplay.judge.verdict.seeds.standards import MIN_USABLE, SeedEvidence, VerdictRules

LOOKS = (3, 5, 7, 9, 12, 15, 20, 30, 40, 50)
"""Seeds per side at which a verdict is tried."""
SURE_OF_TIES = 5
"""Seeds from which identical values end the sequence; before, they may be chance."""
MAX_SEEDS = 12
"""Default most seeds per side: the power of a fixed ten, with fewer seeds on average everywhere."""

FINAL = (Verdict.ADOPT, Verdict.KEEP_BASELINE, Verdict.NO_FEASIBLE_TRIAL)
"""Verdicts that end the sequence."""

Decision = Literal["decided", "hopeless", "exhausted", "continue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to do after a look.

    Attributes:
        decision: `decided` (the verdict stands), `hopeless` (an adoption has become unlikely, the
            baseline stays), `exhausted` (all seeds are trained, still open) or `continue`.
        level: One-sided level of this look; None where the number of seeds is not a planned look.
        comparison: The comparison at this look's level. Where the sequence goes on or is hopeless,
            its verdict is an open one.
    """

    decision: Decision
    level: float | None
    comparison: Comparison


def plan(max_seeds: int = MAX_SEEDS) -> tuple[int, ...]:
    """Looks up to `max_seeds`, which is always the last."""
    if max_seeds < LOOKS[0]:
        raise ValueError(f"at least {LOOKS[0]} seeds are needed")
    return (*(look for look in LOOKS if look < max_seeds), max_seeds)


def _settled(evidence: SeedEvidence, seeds: int) -> Futility | None:
    """Why more seeds will not lead to an adoption; None if they may."""
    if evidence.noise_unknown and seeds >= SURE_OF_TIES:
        return Futility.EQUAL_VALUES
    return Futility.MORE_INFEASIBLE_RERUNS if evidence.blocked else None


def _chance(
    evidence: SeedEvidence, worthwhile: float, fraction: float, last_level: float
) -> float | None:
    """Conditional power of an adoption: shown better and, at the end, `worthwhile` or more."""
    usable = min(evidence.base.usable, evidence.candidate.usable)
    if evidence.se is None or evidence.gain is None or usable < MIN_USABLE:
        return None
    chance = conditional_power(evidence.p_better, fraction, last_level)
    if worthwhile > 0:
        tail = float(stdtr(evidence.df, -(evidence.gain - worthwhile) / evidence.se))
        chance = min(chance, conditional_power(tail, fraction, 0.5))
    return chance


def _hopeless(
    evidence: SeedEvidence, rules: VerdictRules, seeds: int, looks: tuple[int, ...], level: float
) -> tuple[float | None, Futility | None]:
    """Conditional power of an adoption, and why to stop (None: go on).

    A candidate that is about to be shown worse is not given up: that is an answer as well, where
    'not distinguishable' would not be, and it comes within a few seeds.

    Args:
        evidence: The evidence at this look.
        rules: What the verdict is held to.
        seeds: Seeds per side at this look.
        looks: All looks.
        level: One-sided level of the last look.
    """
    if settled := _settled(evidence, seeds):
        return 0.0, settled
    fraction = seeds / looks[-1]
    chance = _chance(evidence, rules.worthwhile, fraction, level)
    if chance is None or chance >= HOPELESS:
        return chance, None
    shown = conditional_power(evidence.p_worse, fraction, level, optimism=0.0)
    return chance, None if shown >= NEARLY_SHOWN else Futility.UNLIKELY


def next_step(
    baseline: tuple[str, Sequence[float]],
    candidate: tuple[str, Sequence[float]],
    rules: VerdictRules,
    *,
    looks: Sequence[int] = plan(),
    candidates: int = 1,
    at: int | None = None,
) -> Step:
    """Judge the seeds so far, infeasible ones included; call it again each time seeds were added.

    The number of reruns says which look it is; reruns beyond the smaller side are ignored. Stopping
    as hopeless only lowers the error rate (non-binding futility).

    Args:
        baseline: Key of its study, and its values in seed order; NaN for an infeasible rerun.
        candidate: The same of the candidate.
        rules: What the verdict is held to; alpha is the error rate over all looks.
        looks: Seeds per side at the looks; fix them before the first look.
        candidates: Candidates compared with this baseline; each gets alpha / candidates.
        at: The look to judge at, where a failed rerun left fewer values than that.
    """
    levels = nominal_levels(steps := tuple(looks), rules.alpha / 2 / max(1, candidates))
    seeds = at or min(len(baseline[1]), len(candidate[1]), steps[-1])
    level = levels[steps.index(seeds)] if seeds in steps else None
    own = replace(rules, alpha=2 * (level or levels[0]))
    base, cand = (np.asarray(side, float)[:seeds] for _, side in (baseline, candidate))
    judged = compare_values(baseline[0], list(base), {candidate[0]: list(cand)}, own)[candidate[0]]
    following = next((look for look in steps if look > seeds), None)
    stands = Looking(seeds=seeds, last=steps[-1])
    if level is not None and (judged.verdict in FINAL or following is None):
        decided: Decision = "decided" if judged.verdict in FINAL else "exhausted"
        return Step(decision=decided, level=level, comparison=replace(judged, looking=stands))
    chance, stop = None, None
    if level is not None:
        evidence = gather(base, cand, rules.direction)
        chance, stop = _hopeless(evidence, rules, seeds, steps, levels[-1])
    following = None if stop else following
    stands = replace(stands, chance=chance, futility=stop, following=following)
    return _undecided(judged, stands, level)


def _undecided(judged: Comparison, stands: Looking, level: float | None) -> Step:
    """The step after a look, or between two, that decided nothing; `hopeless` says to stop here."""
    hopeless = stands.futility is not None
    is_open = judged.verdict not in (Verdict.ADOPT, Verdict.KEEP_BASELINE) and not hopeless
    too_few = judged.ground is Ground.TOO_FEW_RERUNS
    blocked = too_few and stands.futility is Futility.MORE_INFEASIBLE_RERUNS
    comparison = replace(
        judged,
        verdict=judged.verdict if is_open else Verdict.NOT_DISTINGUISHABLE,
        ground=Ground.MORE_INFEASIBLE_RERUNS if blocked else judged.ground,
        looking=stands,
        open_to_seeds=not hopeless,
    )
    return Step(decision="hopeless" if hopeless else "continue", level=level, comparison=comparison)
