"""What the reruns say beside the verdict, in words."""

from __future__ import annotations

import math

from tuneplay.domain.curves import Direction
from tuneplay.domain.round import Round
from tuneplay.judge.comparison import Comparison
from tuneplay.judge.judgement import Judgement, StudySummary
from tuneplay.judge.reruns import RerunSummary
from tuneplay.render.words import count, number, signed

#: A selected value was lucky when it is better than the mean of the reruns by more than this part
#: of their standard deviation.
LUCK = 0.5


def remarks(round_: Round, judgement: Judgement) -> list[str]:
    """The luck of the selection, what limits the conclusion, and the warnings of the verdicts."""
    said: list[str] = []
    for summary in judgement.studies:
        reruns = summary.reruns
        if reruns is None or reruns.mean is None:
            continue
        key, direction = summary.study.key, round_.objective.direction
        if summary.best is not None and summary.best.id.number != reruns.trial:
            said.append(
                f"{key}: the reruns are of trial {reruns.trial}, and trial "
                f"{summary.best.id.number} is the best now: `tuneplay rerun` trains that one."
            )
            continue
        said.append(f"{key}: {_luck(reruns, direction)}")
        said += [f"{key}: {line}" for line in _others(reruns, direction)]
        if summary.study_sd is not None and reruns.sd is not None:
            said.append(f"{key}: {_limit(summary, summary.study_sd, reruns.sd)}")
        if reruns.test is not None:
            name = round_.objective.test_metric
            said.append(f"{key}: {name} {number(reruns.test)}, shown only: it decides nothing.")
        if reruns.failed:
            failed = count(reruns.failed, "rerun")
            said.append(f"{key}: {failed} failed and do not count; their logs say why.")
    return said + [line for c in judgement.comparisons for line in _warnings(c)]


def _luck(reruns: RerunSummary, direction: Direction) -> str:
    """The selected value beside the mean of the reruns: what was selected tends to be lucky."""
    mean, sd = reruns.mean or 0.0, reruns.sd or 0.0
    chosen, verb = number(reruns.selected_value), "gives" if len(reruns.usable) == 1 else "give"
    give = f"{count(len(reruns.usable), 'seed')} {verb} {number(mean)}"
    give += f" ± {number(sd, 2)}" if reruns.sd is not None else ""
    lucky = abs(reruns.selected_value - mean) > LUCK * sd
    if lucky and direction.better(reruns.selected_value, mean):
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


def _limit(summary: StudySummary, study_sd: float, trial_sd: float) -> str:
    """Whether the next hour is better spent on seeds or on trials."""
    seeds = len(summary.reruns.usable) if summary.reruns else 1
    error = trial_sd / math.sqrt(seeds)
    more = "the number of trials" if study_sd > error else "the number of seeds"
    return (
        f"the best of {count(summary.feasible, 'trial')} varies by {number(study_sd, 2)} with the "
        f"points drawn, the mean of {count(seeds, 'seed')} by {number(error, 2)}: {more} limits it."
    )


def _warnings(comparison: Comparison) -> list[str]:
    robust = comparison.robust_interval
    tail = ""
    if robust is not None:
        low, high = (signed(end) for end in robust)
        tail = f" Robust difference {signed(comparison.robust_difference)} [{low}, {high}]."
    return [
        line.replace("; see the robust difference.", "." + tail) for line in comparison.warnings
    ]
