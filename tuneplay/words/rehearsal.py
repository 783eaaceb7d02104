"""What is said about a rehearsal: one function for each thing that it can show."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tuneplay.domain.rehearsal import RehearsalFact, RoundCost, Shown, Tried
from tuneplay.words.message import Message
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import count, number
from tuneplay.words.text import duration, size


def say_tried(tried: Tried) -> Message:
    """Which trial was trained, and how long it took."""
    times = f"{count(tried.epochs, 'epoch')} in {duration(tried.seconds)}"
    if tried.first is not None and tried.each is not None:
        first, each = duration(tried.first), duration(tried.each)
        times += f", {first} for the first and {each} for each further one"
    return Message(f"Tried {tried.trial.id} twice: {times}.")


def say_shown(fact: RehearsalFact, naming: Naming) -> Message:
    """What one fact means for the round, as a line without a full stop."""
    return Message(_SHOWN[fact.kind](fact, naming))


def say_cost(cost: RoundCost) -> Message:
    """What the entire round will take."""
    trainings, slots = count(cost.trainings, "training"), count(cost.slots, "slot")
    if cost.seconds is None:
        text = f"The entire round: {trainings} on {slots}; the time is not known"
    else:
        text = f"The entire round: {trainings}, about {duration(cost.seconds)} on {slots}"
    if cost.budget is not None and cost.fitting is not None:
        fit = count(cost.fitting, "trial")
        text += (
            f", more than the budget of {duration(cost.budget)} (enough for {fit} of each study)"
        )
    return Message(
        f"{text}, {size(cost.disk)} of disk for checkpoints." if cost.disk else f"{text}."
    )


def _metrics_read(fact: RehearsalFact, _: Naming) -> str:
    return f"metrics are read: {', '.join(fact.metrics)}"


def _never_finite(_: RehearsalFact, naming: Naming) -> str:
    return f"{naming.metric} is read, but it is never a finite number"


def _no_objective(fact: RehearsalFact, naming: Naming) -> str:
    names = ", ".join(fact.metrics)
    saw = f"It printed {names}" if names else "It printed no line of JSON with an epoch"
    return (
        f"your script printed no {naming.metric} that could be read. {saw}. Every trial would fail"
    )


def _endless(fact: RehearsalFact, _: Naming) -> str:
    asked = count(fact.asked, "epoch")
    return f"it was asked for {asked} and kept training; pass {{epochs}} to the program"


def _other_epochs(fact: RehearsalFact, _: Naming) -> str:
    return f"it was asked for {count(fact.asked, 'epoch')} and reported {fact.reported}"


def _seed_matters(fact: RehearsalFact, naming: Naming) -> str:
    return f"the seed matters: {naming.metric} {' and '.join(map(number, fact.values))}"


def _same_curves(_: RehearsalFact, __: Naming) -> str:
    return "two seeds gave the same curves, so reruns would measure nothing; pass {seed} to the program"


def _checkpoint_found(fact: RehearsalFact, _: Naming) -> str:
    return f"the best epoch's checkpoint is found: {fact.checkpoint}, {size(fact.size)}"


def _nothing_saved(_: RehearsalFact, __: Naming) -> str:
    return "{checkpoint_dir} is passed, but nothing was saved there"


def _not_recognised(fact: RehearsalFact, _: Naming) -> str:
    return (
        f"{size(fact.size)} were saved, but no checkpoint of an epoch was recognised; include the "
        "epoch in their names, as in epoch_7.pt"
    )


_SHOWN: Mapping[Shown, Callable[[RehearsalFact, Naming], str]] = {
    Shown.METRICS_READ: _metrics_read,
    Shown.NEVER_FINITE: _never_finite,
    Shown.NO_OBJECTIVE: _no_objective,
    Shown.ENDLESS: _endless,
    Shown.OTHER_EPOCHS: _other_epochs,
    Shown.SEED_MATTERS: _seed_matters,
    Shown.SAME_CURVES: _same_curves,
    Shown.CHECKPOINT_FOUND: _checkpoint_found,
    Shown.NOTHING_SAVED: _nothing_saved,
    Shown.NOT_RECOGNISED: _not_recognised,
}
