"""A rehearsal in the terminal: what works, what does not, and what the round will cost."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from tuneplay.domain.rehearsal import Rehearsal, Tried
from tuneplay.domain.round import Round
from tuneplay.words.numbers import count, number
from tuneplay.words.text import duration, safe, size


def print_rehearsal(console: Console, round_: Round, rehearsal: Rehearsal) -> bool:
    """Print what a few epochs have shown.

    Args:
        console: Where to.
        round_: The round.
        rehearsal: What they have shown.

    Returns:
        Whether everything went well.
    """
    first = rehearsal.tried[0]
    console.print()
    console.print(Text(safe(f"Tried {first.trial.id} twice: {_times(first)}.")))
    measured = round_.objective.metric in first.trial.curves.metrics
    remarks = [_metrics(round_, first), _epochs(first)]
    if measured:
        # Without the objective neither the seed nor the best epoch can be judged.
        remarks += [_seed(round_, rehearsal), _checkpoint(round_, first)]
    for good, text in remarks:
        if text:
            mark = Text("  ok  ", style="green") if good else Text("  !   ", style="bold yellow")
            console.print(mark + Text(safe(text)))
    console.print(Text(safe(_cost(round_, rehearsal))))
    return all(good for good, _ in remarks)


def _times(tried: Tried) -> str:
    asked = count(tried.epochs, "epoch")
    if tried.first is None or tried.each is None:
        return f"{asked} in {duration(tried.seconds)}"
    first, each = duration(tried.first), duration(tried.each)
    return f"{asked} in {duration(tried.seconds)}, {first} for the first and {each} for each further one"


def _metrics(round_: Round, tried: Tried) -> tuple[bool, str]:
    names = list(tried.trial.curves.metrics)
    metric = round_.objective.metric
    if metric in names and tried.trial.outcome.value is None:
        return False, f"{metric} is read, but it is never a finite number"
    if metric in names:
        return True, f"metrics are read: {', '.join(names)}"
    saw = f"It printed {', '.join(names)}" if names else "It printed no line of JSON with an epoch"
    return (
        False,
        f"your script printed no {metric} that could be read. {saw}. Every trial would fail",
    )


def _epochs(tried: Tried) -> tuple[bool, str]:
    seen = len(tried.trial.curves.epochs)
    if tried.stopped:
        return False, (
            f"it was asked for {count(tried.epochs, 'epoch')} and kept training; pass {{epochs}} to the program"
        )
    if 0 < seen < tried.epochs:
        return False, f"it was asked for {count(tried.epochs, 'epoch')} and reported {seen}"
    return True, ""


def _seed(round_: Round, rehearsal: Rehearsal) -> tuple[bool, str]:
    if rehearsal.seed_matters is None:
        return True, ""
    if rehearsal.seed_matters:
        values = (number(t.trial.outcome.value) for t in rehearsal.tried)
        return True, f"the seed matters: {round_.objective.metric} {' and '.join(values)}"
    return (
        False,
        "two seeds gave the same curves, and reruns would measure nothing; pass {seed} to the program",
    )


def _checkpoint(round_: Round, tried: Tried) -> tuple[bool, str]:
    if tried.checkpoint:
        text = f"the best epoch's checkpoint is found: {tried.checkpoint}"
        return True, f"{text}, {size(tried.checkpoint_bytes)}"
    if not tried.saved and "checkpoint_dir" in round_.command.placeholders():
        return False, "{checkpoint_dir} is passed, but nothing was saved there"
    # With one epoch there is only one file, which could be any file.
    if tried.saved and len(tried.trial.curves.epochs) > 1:
        return False, (
            f"{size(tried.saved)} were saved, but no checkpoint of an epoch was recognised; include "
            "the epoch in their names, as in epoch_7.pt"
        )
    return True, ""


def _cost(round_: Round, rehearsal: Rehearsal) -> str:
    trainings = count(rehearsal.trainings, "training")
    slots = count(rehearsal.slots, "slot")
    if rehearsal.seconds is None:
        text = f"The entire round: {trainings} on {slots}; the time is not known"
    else:
        text = f"The entire round: {trainings}, about {duration(rehearsal.seconds)} on {slots}"
    if rehearsal.seconds is not None and round_.budget and rehearsal.seconds > round_.budget:
        share = round_.budget / rehearsal.seconds
        fit = count(int(share * round_.trials), "trial")
        text += (
            f", more than the budget of {duration(round_.budget)} (enough for {fit} of each study)"
        )
    disk = rehearsal.disk
    return f"{text}, {size(disk)} of disk for checkpoints." if disk else f"{text}."
