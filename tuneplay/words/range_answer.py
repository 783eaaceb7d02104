"""What is said about a scientific range: where its best values are."""

from __future__ import annotations

from tuneplay.judge.fairness.isolation import Bucket, RangeIsolation
from tuneplay.words.message import Message
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import measured, number

#: Significant digits of the end of a slice, which is not the value of a trial.
_END_DIGITS = 3

_WIDEN = "Widen the range first."
_MORE = "To see smaller effects, run more trials."


def range_answer(along: RangeIsolation, naming: Naming, edge: str | None = None) -> Message:
    """Where in a scientific range the best values are.

    Args:
        along: The range.
        naming: The names for the round.
        edge: The side beyond which better values are expected; None for neither.
    """
    name, best = along.hyperparameter, along.leader
    if along.best is None or best is None:
        return Message(f"No trial was feasible at any value of {name}.")
    where = _undivided(along, best, naming) if along.undivided else _part(along, best, naming)
    if edge is not None:
        beyond = "above" if edge == "high" else "below"
        return Message(f"Better values of {name} are probably {beyond} its range. {where}", _WIDEN)
    return Message(where, _MORE if along.undivided else "")


def slice_of(bucket: Bucket) -> str:
    """`0.001 to 0.01`, or the only value of a slice."""
    if bucket.low == bucket.high:
        return number(bucket.low, 6)
    return f"{_end(bucket.low)} to {_end(bucket.high)}"


def _undivided(along: RangeIsolation, best: Bucket, naming: Naming) -> str:
    name = along.hyperparameter
    at = best.trial.hyperparameters.get(name) if best.trial else None
    place = f"= {_end(at)}" if isinstance(at, int | float) else f"from {slice_of(best)}"
    return (
        f"No part of the range of {name} is clearly better than the rest. "
        f"The best {naming.metric} is {measured(best.value)}, with {name} {place}."
    )


def _part(along: RangeIsolation, best: Bucket, naming: Naming) -> str:
    first, last = along.best or (0, 0)
    single = best.low == best.high
    place = f"= {slice_of(best)}" if single else f"from {slice_of(best)}"
    text = (
        f"The best {naming.metric} is {measured(best.value)}, with {along.hyperparameter} {place}."
    )
    if first == last:
        return f"{text} Every other part of the range is clearly worse."
    low, high = _end(along.buckets[first].low), _end(along.buckets[last].high)
    # Beyond an end of the range nothing was tried, so nothing can be said about it.
    if first == 0:
        return f"{text} Values up to {high} may be as good. Higher ones are clearly worse."
    if last == len(along.buckets) - 1:
        return f"{text} Values from {low} on may be as good. Lower ones are clearly worse."
    return f"{text} Values from {low} to {high} may be as good. All others are clearly worse."


def _end(value: float) -> str:
    return number(value, _END_DIGITS)
