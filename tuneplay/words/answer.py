"""The answer to the goal, in a few sentences, however many candidates there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tuneplay.judge.fairness.isolation import edge_of
from tuneplay.judge.judgement import Judgement
from tuneplay.judge.verdict.facts import Comparison, Verdict
from tuneplay.words.message import Message, joined
from tuneplay.words.naming import Naming, listed
from tuneplay.words.numbers import measured, number, signed
from tuneplay.words.range_answer import range_answer
from tuneplay.words.remarks import say_luck
from tuneplay.words.verdict import NO_SEEDS_HELP, Speaker, is_ahead, say_verdict

#: Candidates that are named in one sentence; the table has all of them.
MOST_NAMED = 8


def say_answer(judgement: Judgement, naming: Naming) -> list[Message]:
    """The answer to the goal: a message for each candidate, or for those with one verdict."""
    if all(summary.best is None for summary in judgement.studies):
        return [Message("No trial was feasible. There is nothing to compare.")]
    if judgement.comparisons:
        return [
            message
            for verdict, say_jointly in _JOINTLY.items()
            if (alike := [c for c in judgement.comparisons if c.verdict is verdict])
            for message in _say(alike, say_jointly, naming)
        ]
    if judgement.ranges:
        return [
            range_answer(along, naming, edge_of(along, judgement.findings))
            for along in judgement.ranges
        ]
    return [_only_tuned(judgement, naming)]


def _only_tuned(judgement: Judgement, naming: Naming) -> Message:
    summary = judgement.studies[0]
    best = measured(summary.best.outcome.value if summary.best else None)
    text = f"This round only tunes. Its best {naming.metric} is {best}."
    if summary.luck is None:
        return Message(text)
    luck = say_luck(summary.luck)
    return Message(f"{text} {luck.what}", luck.fix)


def _say(
    alike: Sequence[Comparison],
    say_jointly: Callable[[Sequence[Comparison], Naming], Message],
    naming: Naming,
) -> list[Message]:
    """What is said of candidates with one verdict: one of them speaks for itself."""
    # Where reruns gave too few values, each candidate has a reason of its own.
    open_reruns = alike[0].verdict is Verdict.NEEDS_RERUNS
    alone = [c for c in alike if open_reruns and c.candidate is not None]
    rest = [c for c in alike if c not in alone]
    if len(rest) == 1:
        alone, rest = [*alone, *rest], []
    said = [say_verdict(one, naming) for one in alone[:MOST_NAMED]]
    if len(alone) > MOST_NAMED:
        said.append(Message(f"And {len(alone) - MOST_NAMED} more are not decided yet."))
    return [*said, *([say_jointly(rest, naming)] if rest else [])]


def _adopt(alike: Sequence[Comparison], naming: Naming) -> Message:
    base = naming.study(alike[0].baseline)
    return Message(
        f"Better than {base}: {_listed(alike, naming, _difference)}.",
        "Adopt one of them. They were not compared with each other.",
    )


def _keep(alike: Sequence[Comparison], naming: Naming) -> Message:
    base = naming.study(alike[0].baseline)
    return Message(
        f"Not better than {base}: {_listed(alike, naming, _difference)}.",
        Speaker(alike[0], naming).keep,
    )


def _open(alike: Sequence[Comparison], naming: Naming) -> Message:
    base = naming.study(alike[0].baseline)
    more = [
        f"{c.seeds_to_ask} for {naming.study(c.study)}"
        for c in alike
        if c.needs_seeds and c.seeds_to_ask is not None
    ]
    settle = f"Seeds each that would settle it: about {listed(more[:MOST_NAMED])}." if more else ""
    if all(c.open_to_seeds and c.detectable is not None and c.seeds_to_ask is None for c in alike):
        settle = NO_SEEDS_HELP
    return Message(
        f"No clear difference from {base}: {_listed(alike, naming, _difference)}.",
        joined(settle, Speaker(alike[0], naming).keep),
    )


def _undecided(alike: Sequence[Comparison], naming: Naming) -> Message:
    def gap(comparison: Comparison) -> str:
        if not comparison.difference:
            return "level"
        size = number(abs(comparison.difference), 3)
        return f"{'ahead' if is_ahead(comparison, naming) else 'behind'} by {size}"

    return Message(
        f"Not decided yet. Compared with {naming.study(alike[0].baseline)} in the search, with one "
        f"training each: {_listed(alike, naming, gap)}.",
        "Rerun all with new seeds to see what of that is luck.",
    )


def _incomparable(alike: Sequence[Comparison], naming: Naming) -> Message:
    lines = dict.fromkeys(say_verdict(c, naming).what for c in alike[:MOST_NAMED])
    rest = f" And {len(alike) - MOST_NAMED} more." if len(alike) > MOST_NAMED else ""
    return Message(f"{' '.join(lines)}{rest}")


#: How several candidates with one verdict are presented, in the order of the sentences.
_JOINTLY: dict[Verdict, Callable[[Sequence[Comparison], Naming], Message]] = {
    Verdict.ADOPT: _adopt,
    Verdict.KEEP_BASELINE: _keep,
    Verdict.NOT_DISTINGUISHABLE: _open,
    Verdict.NEEDS_RERUNS: _undecided,
    Verdict.NO_FEASIBLE_TRIAL: _incomparable,
}


def _listed(alike: Sequence[Comparison], naming: Naming, say: Callable[[Comparison], str]) -> str:
    """Candidates, each with what is said of it, the best first."""
    sign = -1 if naming.maximize else 1
    best_first = sorted(alike, key=lambda c: sign * (c.difference or 0.0))
    named = ", ".join(f"{naming.study(c.study)} ({say(c)})" for c in best_first[:MOST_NAMED])
    more = len(alike) - MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named


def _difference(comparison: Comparison) -> str:
    """A difference with its sign, with the digits that its interval supports."""
    if comparison.difference is None:
        return "no difference known"
    interval = comparison.interval95
    half = (interval[1] - interval[0]) / 2 if interval else 0.0
    return signed(comparison.difference, half)
