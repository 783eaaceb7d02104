"""What is found about the number of epochs, from the advice on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from tuneplay.judge.case import RoundCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.training.epoch_budget import (
    Advice,
    Because,
    EpochBudget,
    epoch_budget,
    epoch_budgets,
)
from tuneplay.judge.training.transfer import is_short


@dataclass(frozen=True, slots=True, kw_only=True)
class BestEpochs(Evidence):
    """Where the best epochs are, and what the last fifth of training gained.

    The shares are those of `BestEpochShares`; gains and noise have the objective's unit, and are
    None without curves.

    Attributes:
        trials: How many trials matter.
        gain: By how much the last fifth is better than the fifth before it.
        noise: Standard deviation from one epoch to the next.
        least_gain: A gain below this is within noise or trial variance.
        share_improving: Share of the trials with a gain above 0.
        settled_share: Share of training after which nothing more was gained; None where there
            was a gain in the second half.
    """

    share_early: float
    share_late: float
    trials: int
    share_first_tenth: float
    share_last_quarter: float
    all_share_early: float
    all_share_late: float
    all_trials: int
    gain: float | None = None
    noise: float | None = None
    least_gain: float | None = None
    share_improving: float | None = None
    settled_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreEpochs(BestEpochs):
    """Best epochs are late: more epochs may help.

    Attributes:
        late: How many of the trials that matter are at their best in the last fifth.
    """

    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FewerEpochs(BestEpochs):
    """Best epochs are early: fewer epochs would do.

    Attributes:
        early: How many of the trials that matter are at their best in the first fifth.
        latest: The latest best epoch of all of them.
    """

    early: int
    latest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledEarly(BestEpochs):
    """Nothing was gained any more long before the end, however late the best epochs are.

    Attributes:
        settled_epoch: The epoch after which nothing more was gained.
        epochs: Epochs of each training.
    """

    settled_epoch: int
    epochs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveNeverChanged(Evidence):
    """The objective had one value in all epochs of each trial that matters.

    Attributes:
        trials: How many trials matter.
    """

    trials: int

    def known(self) -> dict[str, Any]:
        """The facts by name; `constant` has always told this finding from the others in JSON."""
        return {"constant": 1, "trials": self.trials}


def check(case: RoundCase) -> Iterable[Finding]:
    """Whether the number of epochs was right, for the round and for studies that need another.

    A round that is short on purpose is not worse for it: its warning is a note. One number of
    epochs serves all studies; a study that needs another is a caveat of its own.

    Args:
        case: The round.

    Yields:
        A warning for more epochs, or where the objective never changed. A note for fewer, or that
        training settled long before its end, and for each other validation metric that is at its
        best elsewhere.
    """
    budget = case.once(epoch_budget)
    worst = Severity.NOTE if is_short(case) else Severity.WARNING
    yield from _unchanged(budget, worst)
    yield from _another_number(budget, worst)
    yield from _settled(budget)
    for other in budget.disagreements:
        yield Finding(kind=Kind.EPOCH_BUDGET, severity=Severity.NOTE, evidence=other)
    for key, own in case.once(epoch_budgets).items():
        if own.advice is not budget.advice:
            yield from _another_number(own, Severity.WARNING, key)


def _unchanged(budget: EpochBudget, worst: Severity) -> Iterable[Finding]:
    if budget.because is Because.NEVER_CHANGED:
        evidence = ObjectiveNeverChanged(trials=budget.trials)
        yield Finding(kind=Kind.EPOCH_BUDGET, severity=worst, evidence=evidence)


def _another_number(
    budget: EpochBudget, worst: Severity, study: str | None = None
) -> Iterable[Finding]:
    """More or fewer epochs; more are a warning, unless only a note may be given."""
    if budget.suggested is None:
        return
    evidence: BestEpochs
    if budget.advice is Advice.INCREASE:
        evidence, severity = MoreEpochs(**_numbers(budget), late=budget.late), worst
    else:
        latest = max(budget.best_epochs)
        evidence = FewerEpochs(**_numbers(budget), early=budget.early, latest=latest)
        severity = Severity.NOTE
    yield Finding(
        kind=Kind.EPOCH_BUDGET,
        severity=severity,
        evidence=evidence,
        study=study,
        suggestion={"epochs": budget.suggested},
    )


def _settled(budget: EpochBudget) -> Iterable[Finding]:
    """A note that training settled long before its end, where best epochs are late by luck."""
    share, ends = budget.settled_share, budget.ends
    if budget.advice is not Advice.KEEP or not budget.late or share is None:
        return
    if ends is None or not ends.noise:  # without noise no best epoch is luck
        return
    evidence = SettledEarly(
        **_numbers(budget),
        settled_epoch=round(share * budget.current),
        epochs=budget.current,
    )
    yield Finding(kind=Kind.EPOCH_BUDGET, severity=Severity.NOTE, evidence=evidence)


def _numbers(budget: EpochBudget) -> dict[str, Any]:
    """What is known of the best epochs and the end of training, as the fields of `BestEpochs`."""
    found = {} if budget.shares is None else asdict(budget.shares)
    found |= {"trials": budget.trials, "settled_share": budget.settled_share}
    if (ends := budget.ends) is not None:
        found |= {"gain": ends.gain, "noise": ends.noise, "least_gain": ends.least}
        found |= {"share_improving": ends.agreeing}
    return found
