"""A rehearsal: a few epochs of one trial, and what they show about the round."""

from __future__ import annotations

from dataclasses import dataclass

from tuneplay.domain.curves import Curves
from tuneplay.domain.round import Round
from tuneplay.domain.trial import Trial


@dataclass(frozen=True, slots=True)
class Tried:
    """One training of the rehearsal.

    Attributes:
        trial: What it measured.
        epochs: Epochs that it was asked to train.
        first: Seconds until the first epoch was reported; None if none was.
        each: Seconds for each further epoch; None with fewer than two epochs.
        seconds: Seconds in all.
        stopped: Whether it had to be ended because it kept training.
        saved: Bytes in its folder that the program wrote.
        checkpoint: The best epoch's checkpoint; None when none was recognised.
        checkpoint_bytes: Its size.
    """

    trial: Trial
    epochs: int
    first: float | None
    each: float | None
    seconds: float
    stopped: bool
    saved: int
    checkpoint: str | None
    checkpoint_bytes: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a few epochs show about the round.

    Attributes:
        tried: The two trainings, which differ only in their seeds.
        slots: Trials at the same time.
        trainings: Trainings in the entire round.
        seconds: Time for all of them, if each takes as long as these; None when unknown.
        disk: Bytes of checkpoints that will stay; None when nothing was saved.
        seed_matters: Whether the seed changed what was measured; None when nothing was measured.
    """

    tried: tuple[Tried, Tried]
    slots: int
    trainings: int
    seconds: float | None
    disk: int | None
    seed_matters: bool | None


def appraise(round_: Round, tried: tuple[Tried, Tried], slots: int) -> Rehearsal:
    """What two short trainings show about a round.

    Args:
        round_: The round.
        tried: Both trainings.
        slots: Trials at the same time.
    """
    trainings = len(round_.studies) * round_.trials
    first = max(tried, key=lambda one: one.seconds)
    seconds = None
    if round_.epochs <= first.epochs and not first.stopped:
        seconds = first.seconds * -(-trainings // slots)
    elif first.each is not None and first.first is not None:
        # The time before the end of the first epoch is paid once.
        one = first.first + first.each * (round_.epochs - 1)
        seconds = one * -(-trainings // slots)
    checkpoints = round_.keep_checkpoints
    disk = None
    if (
        first.checkpoint
        and checkpoints is not None
        and "checkpoint_dir" in round_.command.placeholders()
    ):
        disk = first.checkpoint_bytes * checkpoints * trainings
    elif first.saved:
        epochs = max(1, len(first.trial.curves.epochs))
        disk = first.saved // epochs * round_.epochs * trainings
    return Rehearsal(tried, slots, trainings, seconds, disk, _seed_matters(tried))


def _seed_matters(tried: tuple[Tried, Tried]) -> bool | None:
    one, other = (_measured(t.trial.curves) for t in tried)
    return one != other if one and other else None


def _measured(curves: Curves) -> dict[str, list[float | None]]:
    """The metrics of a rehearsal without times and rates, which always differ."""
    return {
        name: list(column)
        for name, column in curves.metrics.items()
        if not any(word in name.casefold() for word in ("time", "sec", "speed", "throughput"))
    }
