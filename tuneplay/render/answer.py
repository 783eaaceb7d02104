"""The answer to the goal, in a few sentences, however many candidates there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tuneplay.domain.curves import Direction
from tuneplay.domain.round import Round
from tuneplay.judge.judgement import Judgement
from tuneplay.judge.verdict.compared import Comparison
from tuneplay.judge.verdict.seeds.standards import Verdict
from tuneplay.render.range_table import range_answer
from tuneplay.render.remarks import is_stale, luck
from tuneplay.words.text import number, signed

#: Candidates that are named in one sentence; the table has them all.
_NAMED = 8


def answer(round_: Round, judgement: Judgement) -> str:
    """The answer to the goal: one sentence a candidate, or one a verdict that several share."""
    if all(summary.best is None for summary in judgement.studies):
        return "No trial was feasible, so there is nothing to compare."
    if not judgement.comparisons:
        best = judgement.studies[0].best
        if judgement.ranges:
            findings = judgement.findings
            return " ".join(range_answer(round_, along, findings) for along in judgement.ranges)
        found = number(best.outcome.value if best else None)
        text = f"This round only tunes; its best {round_.objective.metric} is {found}."
        reruns = judgement.studies[0].reruns
        if reruns is None or reruns.mean is None or is_stale(judgement.studies[0]):
            return text
        said = luck(reruns, round_.objective.direction)
        return f"{text} {said[0].upper()}{said[1:]}"
    direction = round_.objective.direction
    return " ".join(
        _sentence(alike[0]) if len(alike) == 1 else _JOINT[verdict](alike, direction)
        for verdict in _JOINT
        if (alike := [c for c in judgement.comparisons if c.verdict is verdict])
    )


def _sentence(comparison: Comparison) -> str:
    """The verdict on one candidate, its reason, and what would decide an open one."""
    heads = {
        Verdict.ADOPT: f"Adopt {comparison.study}.",
        Verdict.KEEP_BASELINE: f"Keep {comparison.baseline}.",
        Verdict.NOT_DISTINGUISHABLE: "Not distinguishable.",
        Verdict.NEEDS_RERUNS: "Not decided yet:",
        Verdict.NO_FEASIBLE_TRIAL: "Cannot be compared:",
    }
    text = f"{heads[comparison.verdict]} {comparison.reason}"
    if comparison.verdict is not Verdict.NOT_DISTINGUISHABLE or comparison.hopeless:
        return text
    if comparison.detectable is None:
        return text
    found = f"these would have found a difference of {number(comparison.detectable, 2)}"
    if comparison.seeds_needed is None:
        return f"{text} No reasonable number of seeds would decide it; {found}."
    return f"{text} About {more_seeds(comparison)} seeds each would decide it; {found}."


def more_seeds(comparison: Comparison) -> int:
    """Seeds to ask for: those that would decide it, and more than there are."""
    return max(comparison.seeds_needed or 0, max(comparison.seeds) + 1)


def _adopt(alike: Sequence[Comparison], direction: Direction) -> str:
    return (
        f"Better than {alike[0].baseline}: {_listed(alike, direction, _difference)}. Adopt one of "
        "them; they were not compared with each other."
    )


def _keep(alike: Sequence[Comparison], direction: Direction) -> str:
    return f"Keep {alike[0].baseline} over {_listed(alike, direction, _difference)}."


def _open(alike: Sequence[Comparison], direction: Direction) -> str:
    text = (
        f"Not distinguishable from {alike[0].baseline}: {_listed(alike, direction, _difference)}."
    )
    more = [
        f"{c.study} by about {c.seeds_needed} seeds each"
        for c in alike
        if c.needs_seeds and c.seeds_needed is not None and c.seeds_needed > max(c.seeds)
    ]
    return f"{text} Would be decided: {', '.join(more[:_NAMED])}." if more else text


def _undecided(alike: Sequence[Comparison], direction: Direction) -> str:
    searched = [c for c in alike if not any(c.seeds)]
    # Where some reruns gave no value, each has a reason of its own.
    own = [_sentence(c) for c in alike if any(c.seeds) or len(searched) == 1]
    return " ".join([*own, _ahead_or_behind(searched, direction)] if len(searched) > 1 else own)


def _ahead_or_behind(alike: Sequence[Comparison], direction: Direction) -> str:
    def gap(c: Comparison) -> str:
        if not c.difference:
            return "level"
        ahead = (c.difference < 0) is (direction is Direction.MINIMIZE)
        return f"{'ahead' if ahead else 'behind'} by {abs(c.difference):.3g}"

    return (
        f"Not decided yet, from one training each, beside {alike[0].baseline}: "
        f"{_listed(alike, direction, gap)}. Reruns with new seeds tell whether that is luck."
    )


def _incomparable(alike: Sequence[Comparison], _: Direction) -> str:
    reasons = dict.fromkeys(c.reason for c in alike[:_NAMED])
    rest = f" And {len(alike) - _NAMED} more." if len(alike) > _NAMED else ""
    return f"Cannot be compared: {' '.join(reasons)}{rest}"


#: How several candidates with one verdict are put, in the order in which they are said.
_JOINT: dict[Verdict, Callable[[Sequence[Comparison], Direction], str]] = {
    Verdict.ADOPT: _adopt,
    Verdict.KEEP_BASELINE: _keep,
    Verdict.NOT_DISTINGUISHABLE: _open,
    Verdict.NEEDS_RERUNS: _undecided,
    Verdict.NO_FEASIBLE_TRIAL: _incomparable,
}


def _listed(
    alike: Sequence[Comparison], direction: Direction, told: Callable[[Comparison], str]
) -> str:
    """Candidates with what is told of each, the best first."""
    sign = 1 if direction is Direction.MINIMIZE else -1
    best_first = sorted(alike, key=lambda c: sign * (c.difference or 0.0))
    named = ", ".join(f"{c.study} ({told(c)})" for c in best_first[:_NAMED])
    return f"{named} and {len(alike) - _NAMED} more" if len(alike) > _NAMED else named


def _difference(comparison: Comparison) -> str:
    return signed(comparison.difference)
