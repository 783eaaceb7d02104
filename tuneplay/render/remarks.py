"""What the reruns say beside the verdict, in words."""

from __future__ import annotations

import math

from tuneplay.domain.curves import Direction
from tuneplay.domain.round import Round
from tuneplay.judge.judgement import Judgement, StudySummary
from tuneplay.judge.verdict.compared import Comparison
from tuneplay.judge.verdict.reruns import RerunSummary
from tuneplay.judge.verdict.seeds.standards import MIN_USABLE, Verdict
from tuneplay.words.text import count, number, signed

#: A selected value was lucky when it is better than the mean of the reruns by more than this part
#: of their standard deviation, or better than each of them.
LUCK = 0.5

#: A conclusion that is further from its edge than so many times both spreads stands.
CLEAR = 2.0


def remarks(round_: Round, judgement: Judgement) -> list[str]:
    """The luck of the selection, what limits the conclusion, and the warnings of the verdicts."""
    said: list[str] = []
    direction = round_.objective.direction
    current: dict[str, StudySummary] = {}
    for summary in judgement.studies:
        reruns = summary.reruns
        if reruns is None or reruns.mean is None:
            continue
        key = summary.study.key
        if is_stale(summary):
            said.append(
                f"{key}: the reruns are of trial {reruns.trial}, and trial "
                f"{summary.best.id.number if summary.best else '–'} is the best now: they decide "
                "nothing, and `tuneplay rerun` trains that one."
            )
            continue
        current[key] = summary
        said.append(f"{key}: {luck(reruns, direction)}")
        said += [f"{key}: {line}" for line in _others(reruns, direction)]
        if reruns.test is not None:
            name = round_.objective.test_metric
            said.append(f"{key}: {name} {number(reruns.test)}, shown only: it decides nothing.")
    for comparison in judgement.comparisons:
        said += _found(comparison) + _limit(comparison, current)
    if not judgement.comparisons:
        said += [line for summary in current.values() for line in _limit_alone(summary)]
    lines = [line for comparison in judgement.comparisons for line in warned(comparison)]
    return said + list(dict.fromkeys(lines))


def is_stale(summary: StudySummary) -> bool:
    """Whether the reruns are of what was the best before more trials were trained."""
    reruns, best = summary.reruns, summary.best
    return reruns is not None and best is not None and best.id.number != reruns.trial


def luck(reruns: RerunSummary, direction: Direction) -> str:
    """The selected value beside the mean of the reruns: what was selected tends to be lucky."""
    mean, sd, usable = reruns.mean or 0.0, reruns.sd or 0.0, reruns.usable
    chosen, verb = number(reruns.selected_value), "gives" if len(usable) == 1 else "give"
    if reruns.sd == 0:
        return f"the search gave {chosen}, and all {len(usable)} seeds give {number(mean)}."
    give = f"{count(len(usable), 'seed')} {verb} {number(mean)}"
    give += f" ± {number(sd, 2)}" if reruns.sd is not None else ""
    far = abs(reruns.selected_value - mean) > LUCK * sd
    better = [direction.better(reruns.selected_value, value) for value in usable]
    beyond = len(usable) >= MIN_USABLE and all(better)
    if (far or beyond) and direction.better(reruns.selected_value, mean):
        return f"the search's {chosen} was lucky: {give}."
    return f"the search's {chosen} holds: {give}."


def _others(reruns: RerunSummary, direction: Direction) -> list[str]:
    """Next best configurations that did better over seeds than the best of the search."""
    mean = reruns.mean
    if mean is None:
        return []
    return [
        f"trial {other.trial} did better over {count(len(other.usable), 'seed')}, "
        f"{number(other.mean)}; it was picked after the fact, so give it new seeds first."
        for other in reruns.others
        if other.mean is not None and direction.better(other.mean, mean)
    ]


def _found(comparison: Comparison) -> list[str]:
    """The smallest difference that these seeds could have found."""
    if comparison.detectable is None:
        return []
    mine, base = comparison.seeds
    each = f"{mine} seeds each" if mine == base else f"{mine} against {base} seeds"
    return [
        (
            f"{comparison.study}: {each} find a true difference of {number(comparison.detectable, 2)} "
            "or more in at least 80 % of cases."
        )
    ]


def _limit(comparison: Comparison, current: dict[str, StudySummary]) -> list[str]:
    """Which spread limits the conclusion, and so whether the next hour is for seeds or trials."""
    sides = [current.get(key) for key in (comparison.study, comparison.baseline)]
    spreads = [_spreads(side) for side in sides if side is not None]
    known = [pair for pair in spreads if pair is not None]
    told = comparison.interval95 is not None and not comparison.hopeless
    if len(known) < 2 or not told or comparison.difference is None:
        return []
    study, seeds = (math.hypot(*parts) for parts in zip(*known, strict=True))
    said = (
        f"{comparison.study} against {comparison.baseline}: other nuisance points would move the "
        f"difference by about {number(study, 2)} (study variance), other seeds by "
        f"{number(seeds, 2)} (trial variance): "
    )
    decided = comparison.verdict in (Verdict.ADOPT, Verdict.KEEP_BASELINE)
    if decided and abs(comparison.difference) > CLEAR * math.hypot(study, seeds):
        return [f"{said}neither would change the conclusion."]
    return [f"{said}{_next_hour(study, seeds)}"]


def _limit_alone(summary: StudySummary) -> list[str]:
    """The same for a study that is compared with nothing."""
    spreads = _spreads(summary)
    if spreads is None:
        return []
    study, seeds = spreads
    return [
        (
            f"{summary.study.key}: other nuisance points would move its best value by about "
            f"{number(study, 2)} (study variance), other seeds the mean by {number(seeds, 2)} "
            f"(trial variance): {_next_hour(study, seeds)}"
        )
    ]


def _spreads(summary: StudySummary) -> tuple[float, float] | None:
    """Spread over draws of nuisance points, and of the mean over seeds; None where unknown."""
    reruns = summary.reruns
    if reruns is None or summary.study_sd is None or not reruns.sd:
        return None
    return summary.study_sd, reruns.sd / math.sqrt(len(reruns.usable))


def _next_hour(study: float, seeds: float) -> str:
    limit, spend = ("study variance", "trials") if study > seeds else ("trial variance", "seeds")
    return f"{limit} limits the conclusion, so the next hour is better spent on {spend}."


def warned(comparison: Comparison) -> list[str]:
    """The warnings of a verdict."""
    robust = comparison.robust_interval
    tail = ""
    if robust is not None:
        low, high = (signed(end) for end in robust)
        tail = f" Robust difference {signed(comparison.robust_difference)} [{low}, {high}]."
    return [
        line.replace("; see the robust difference.", "." + tail) for line in comparison.warnings
    ]
