"""A rehearsal: a few epochs of one trial, and what they show about the round."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

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


class Shown(Enum):
    """What two short trainings can show, each with whether it is well."""

    METRICS_READ = "metrics-read", True
    NEVER_FINITE = "never-finite", False
    NO_OBJECTIVE = "no-objective", False
    ENDLESS = "endless", False
    OTHER_EPOCHS = "other-epochs", False
    SEED_MATTERS = "seed-matters", True
    SAME_CURVES = "same-curves", False
    CHECKPOINT_FOUND = "checkpoint-found", True
    NOTHING_SAVED = "nothing-saved", False
    NOT_RECOGNISED = "not-recognised", False

    @property
    def good(self) -> bool:
        """Whether it is well; otherwise it is a problem."""
        return self.value[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalFact:
    """One thing that a rehearsal showed, with its numbers; those that it has no use for are empty.

    Attributes:
        kind: What it is.
        metrics: Metrics that the program printed.
        asked: Epochs that it was asked for.
        reported: Epochs that it reported.
        values: The objective of both trainings.
        checkpoint: The best epoch's checkpoint.
        size: Bytes of that checkpoint, or of all that was saved.
    """

    kind: Shown
    metrics: tuple[str, ...] = ()
    asked: int = 0
    reported: int = 0
    values: tuple[float | None, ...] = ()
    checkpoint: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class RoundCost:
    """What the entire round will take.

    Attributes:
        trainings: Trainings in the entire round.
        slots: Trials at the same time.
        seconds: Time for all of them, if each takes as long as these; None when unknown.
        disk: Bytes of checkpoints that will stay; None when nothing was saved.
        budget: The round's budget in seconds where it is too small; None otherwise.
        fitting: Trials of each study that fit the budget; None where all do.
    """

    trainings: int
    slots: int
    seconds: float | None
    disk: int | None = None
    budget: float | None = None
    fitting: int | None = None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a few epochs show about the round.

    Attributes:
        tried: The two trainings, which differ only in their seeds.
        facts: What they showed.
        cost: What the entire round will take.
    """

    tried: tuple[Tried, Tried]
    facts: tuple[RehearsalFact, ...]
    cost: RoundCost

    @property
    def well(self) -> bool:
        """Whether everything went well."""
        return all(fact.kind.good for fact in self.facts)

    @property
    def measured(self) -> bool:
        """Whether the objective was printed."""
        return all(fact.kind is not Shown.NO_OBJECTIVE for fact in self.facts)


def appraise(round_: Round, tried: tuple[Tried, Tried], slots: int) -> Rehearsal:
    """What two short trainings show about a round.

    Args:
        round_: The round.
        tried: Both trainings.
        slots: Trials at the same time.
    """
    first = tried[0]
    metrics = _metrics(round_, first)
    facts = [metrics, _epochs(first)]
    if metrics.kind is not Shown.NO_OBJECTIVE:
        # Without the objective neither the seed nor the best epoch can be judged.
        facts += [_seed(tried), _checkpoint(round_, first)]
    shown = tuple(fact for fact in facts if fact is not None)
    return Rehearsal(tried, shown, _cost(round_, tried, slots))


def _metrics(round_: Round, tried: Tried) -> RehearsalFact:
    names = tuple(tried.trial.curves.metrics)
    if round_.objective.metric not in names:
        kind = Shown.NO_OBJECTIVE
    elif tried.trial.outcome.value is None:
        kind = Shown.NEVER_FINITE
    else:
        kind = Shown.METRICS_READ
    return RehearsalFact(kind=kind, metrics=names)


def _epochs(tried: Tried) -> RehearsalFact | None:
    seen = len(tried.trial.curves.epochs)
    if tried.stopped:
        return RehearsalFact(kind=Shown.ENDLESS, asked=tried.epochs, reported=seen)
    if 0 < seen < tried.epochs:
        return RehearsalFact(kind=Shown.OTHER_EPOCHS, asked=tried.epochs, reported=seen)
    return None


def _seed(tried: tuple[Tried, Tried]) -> RehearsalFact | None:
    matters = _seed_matters(tried)
    if matters is None:
        return None
    values = tuple(one.trial.outcome.value for one in tried)
    return RehearsalFact(kind=Shown.SEED_MATTERS if matters else Shown.SAME_CURVES, values=values)


def _checkpoint(round_: Round, tried: Tried) -> RehearsalFact | None:
    if tried.checkpoint:
        return RehearsalFact(
            kind=Shown.CHECKPOINT_FOUND, checkpoint=tried.checkpoint, size=tried.checkpoint_bytes
        )
    if not tried.saved and "checkpoint_dir" in round_.command.placeholders():
        return RehearsalFact(kind=Shown.NOTHING_SAVED)
    # With one epoch there is only one file, which could be any file.
    if tried.saved and len(tried.trial.curves.epochs) > 1:
        return RehearsalFact(kind=Shown.NOT_RECOGNISED, size=tried.saved)
    return None


def _cost(round_: Round, tried: tuple[Tried, Tried], slots: int) -> RoundCost:
    trainings = len(round_.studies) * round_.trials
    slower = max(tried, key=lambda one: one.seconds)
    one = _seconds(round_, slower)
    seconds = None if one is None else one * -(-trainings // slots)
    disk = _disk(round_, slower, trainings)
    budget = round_.budget
    if seconds is None or not budget or seconds <= budget:
        return RoundCost(trainings, slots, seconds, disk)
    fitting = int(budget / seconds * round_.trials)
    return RoundCost(trainings, slots, seconds, disk, budget, fitting)


def _seconds(round_: Round, tried: Tried) -> float | None:
    """Time of one training of the round; None when it is not known."""
    if round_.epochs <= tried.epochs and not tried.stopped:
        return tried.seconds
    if tried.each is None or tried.first is None:
        return None
    # The time before the end of the first epoch is paid once.
    return tried.first + tried.each * (round_.epochs - 1)


def _disk(round_: Round, tried: Tried, trainings: int) -> int | None:
    """Bytes of checkpoints that will stay; None when nothing was saved."""
    best = round_.keep_checkpoints
    passed = "checkpoint_dir" in round_.command.placeholders()
    if tried.checkpoint and best is not None and passed:
        return tried.checkpoint_bytes * best * trainings
    if tried.saved:
        epochs = max(1, len(tried.trial.curves.epochs))
        return tried.saved // epochs * round_.epochs * trainings
    return None


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
