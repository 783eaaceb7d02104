"""How often somebody has looked at the reruns, and what error rate is left for this look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tuneplay.domain.trial import Reruns
from tuneplay.judge.verdict.facts import Comparison
from tuneplay.judge.verdict.reruns import RerunSummary
from tuneplay.judge.verdict.seeds.sequential import next_step
from tuneplay.judge.verdict.seeds.standards import ALPHA, MIN_USABLE, VerdictRules


@dataclass(frozen=True, slots=True)
class Look:
    """The latest way of looking at one candidate.

    Attributes:
        alpha: Two-sided error rate that is left for it.
        looks: The planned numbers of seeds; empty for a fixed number.
    """

    alpha: float
    looks: tuple[int, ...]


def latest_look(asked: Sequence[Reruns], study: str, baseline: str) -> Look:
    """The latest look at a candidate, with the error rate halved for every earlier one.

    Whoever adds seeds until the answer pleases is often wrong. Halving keeps the rate of all
    looks together below twice `ALPHA`, one-sided below 5 % (the union bound on 1, 1/2, 1/4, …). A
    request counts when it trains this candidate and the baseline, and adds seeds, another
    selection, or another plan of looks. Fewer than `MIN_USABLE` seeds allow no verdict: whoever
    asks for them has not looked.

    Args:
        asked: Reruns that were asked for, in order.
        study: Key of the candidate's study.
        baseline: Key of the baseline's study.
    """
    counted, seeds = 0, 0
    looks: tuple[int, ...] = ()
    selection: tuple[int, int] | None = None
    for request in asked:
        if study not in request.selected or baseline not in request.selected:
            continue
        if not request.looks and request.seeds < MIN_USABLE:
            continue
        chosen = (request.selected[study][0], request.selected[baseline][0])
        if chosen != selection:
            selection, seeds, looks, is_new = chosen, 0, request.looks, True
        elif request.looks:
            is_new = request.looks != looks
        else:
            is_new = request.seeds > seeds
        if is_new:
            counted, looks = counted + 1, request.looks
        seeds = max(seeds, request.seeds)
    return Look(ALPHA / 2.0 ** max(0, counted - 1), looks)


def at_planned_look(
    keys: tuple[str, str],
    sides: tuple[RerunSummary, RerunSummary],
    rules: VerdictRules,
    look: Look,
    candidates: int,
) -> Comparison | None:
    """The comparison at the planned look that settled it, or else at the last one reached.

    Args:
        keys: Keys of the baseline's and the candidate's study.
        sides: The reruns of both.
        rules: What the verdict is held to.
        look: The plan.
        candidates: Candidates that are looked at in this way.

    Returns:
        None before the first look. A rerun that failed, or repeats another one, counts as trained,
        so it cannot keep a look from being reached.
    """
    trained = min(side.trained for side in sides)
    found: Comparison | None = None
    for at in look.looks:
        if at > trained:
            break
        step = next_step(
            (keys[0], sides[0].values),
            (keys[1], sides[1].values),
            rules,
            looks=look.looks,
            candidates=candidates,
            at=at,
        )
        found = step.comparison
        if step.decision != "continue":
            break
    return found
