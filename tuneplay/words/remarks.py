"""What the reruns say next to the verdict: luck, what could have been found, what limits it."""

from __future__ import annotations

from collections.abc import Iterator

from tuneplay.judge.judgement import Judgement, StudySummary
from tuneplay.judge.verdict.facts import Comparison, Limitation, LimitedBy
from tuneplay.judge.verdict.luck import Luck
from tuneplay.judge.verdict.seeds.standards import POWER
from tuneplay.words.cautions import say_caution
from tuneplay.words.message import Message
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import count, in_step, measured, number, percent
from tuneplay.words.verdict import ESTIMATE_DIGITS, Speaker


def say_remarks(judgement: Judgement, naming: Naming) -> list[Message]:
    """Everything that the reruns say next to the verdicts, each thing once."""
    said = [line for summary in judgement.studies for line in _of_study(summary, naming)]
    for comparison in judgement.comparisons:
        said += [line for line in (say_detectable(comparison, naming),) if line]
    said += _limits(judgement, naming)
    said += [
        say_caution(caution, comparison, naming)
        for comparison in judgement.comparisons
        for caution in comparison.cautions
    ]
    return list(dict.fromkeys(said))


def say_luck(luck: Luck, study: str = "") -> Message:
    """The selected value next to what new seeds give.

    Args:
        luck: What was found.
        study: What the study is called, to name it first; empty where it is clear.
    """
    spread = luck.sd or abs(luck.selected - luck.mean)
    values = [luck.selected, luck.mean, *([luck.sd] if luck.sd else [])]
    selected, mean, *sd = in_step(values, spread)
    seeds = count(luck.seeds, "new seed")
    if luck.sd == 0:
        found = f"all {seeds} give {mean}" if luck.seeds > 1 else f"{seeds} gives {mean}"
    elif luck.seeds == 1:
        found = f"1 new seed gives {mean}"
    else:
        found = f"mean of {seeds} {mean}{f' ± {sd[0]}' if sd else ''}"
    fix = "Expect the second." if luck.lucky else ""
    start = f"{study}: best" if study else "Best"
    return Message(f"{start} of the search {selected}, {found}.", fix)


def say_detectable(comparison: Comparison, naming: Naming) -> Message | None:
    """The smallest difference that these seeds could have found; None where it is not known."""
    if comparison.detectable is None:
        return None
    speaker = Speaker(comparison, naming)
    size = number(comparison.detectable, ESTIMATE_DIGITS)
    return Message(
        f"{speaker.candidate}: with {speaker.seeds}, a difference of {size} or more would be found "
        f"{percent(POWER)} of the time."
    )


def say_limit(limit: Limitation) -> Message:
    """Which spread limits a conclusion, and what to spend the next hour on."""
    study, trial = (number(sd, ESTIMATE_DIGITS) for sd in (limit.study_sd, limit.trial_sd))
    if limit.by is LimitedBy.NEITHER:
        return Message(
            f"Neither other settings ({study}) nor other seeds ({trial}) would change the "
            "conclusion."
        )
    if limit.by is LimitedBy.STUDY_VARIANCE:
        return Message(
            f"Most of the uncertainty is in which settings were tried ({study}), not in the seed "
            f"({trial}).",
            "Run more trials, not more seeds.",
        )
    return Message(
        f"Most of the uncertainty is in the seed ({trial}), not in which settings were tried "
        f"({study}).",
        "Run more seeds, not more trials.",
    )


def _of_study(summary: StudySummary, naming: Naming) -> Iterator[Message]:
    name, reruns, luck = naming.study(summary.study.key), summary.reruns, summary.luck
    if reruns is not None and summary.stale:
        now = summary.best.id.number if summary.best else "–"
        yield Message(
            f"{name}: the reruns are of trial {reruns.trial}, but trial {now} is the best now. "
            "They decide nothing.",
            "Rerun the new best trial.",
        )
    if reruns is None or luck is None:
        return
    yield say_luck(luck, name)
    for other in reruns.others:
        if other.trial in luck.better_trials:
            yield Message(
                f"{name}: trial {other.trial} has a better mean over "
                f"{count(len(other.usable), 'seed')} ({measured(other.mean, 3)}). It was picked "
                "afterwards.",
                "Give it new seeds before you trust it.",
            )
    if reruns.test is not None:
        yield Message(
            f"{name}: {naming.test_metric} {measured(reruns.test)}. It is only shown, and decides "
            "nothing."
        )


def _limits(judgement: Judgement, naming: Naming) -> Iterator[Message]:
    known = [(c.study, c.limit) for c in judgement.comparisons]
    known += [(summary.study.key, summary.limit) for summary in judgement.studies]
    for key, limit in known:
        if limit is not None:
            said = say_limit(limit)
            several = len(judgement.comparisons) > 1
            what = f"{naming.study(key)}: {said.what}" if several else said.what
            yield Message(what, said.fix)
