"""Was the epoch budget right? (playbook, "Determining the number of steps"; the lecture's rule)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tuneplay.domain.round import Round
from tuneplay.domain.trial import Trial
from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.selection import better_part, ranked

#: Best epochs always in this first share of training: fewer epochs would do. (The playbook's own
#: figure is 10 %; the lecture on it, and so tuneplay, takes 20 %.)
EARLY_SHARE = 0.2

#: Best epochs usually in this last share: more epochs may help. (The playbook: 25 %.)
LATE_SHARE = 0.2

#: "Usually" is this share of the trials that matter.
USUALLY = 0.5

#: Fewer trials that matter say nothing about the budget.
LEAST_TRIALS = 3

#: Fewer epochs: twice the latest best epoch. More epochs: half as many again.
DECREASE_MARGIN = 2.0
INCREASE_FACTOR = 1.5


class Advice(StrEnum):
    """What to do with the epoch budget."""

    INCREASE = "increase"
    DECREASE = "decrease"
    KEEP = "keep"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EpochBudget:
    """Advice on the epoch budget of a round.

    Attributes:
        advice: What to do.
        current: The budget of this round.
        suggested: The budget to use; None when it is to be kept or nothing is known.
        share_early: Share of the trials that matter whose best epoch is in the first fifth.
        share_late: Share of them whose best epoch is in the last fifth.
        trials: How many trials matter: the better quarter of each study.
        best_epochs: Their best epochs.
    """

    advice: Advice
    current: int
    suggested: int | None = None
    share_early: float | None = None
    share_late: float | None = None
    trials: int = 0
    best_epochs: Sequence[int] = field(default=())


def epoch_budget(round_: Round, trials_by_study: Sequence[Sequence[Trial]]) -> EpochBudget:
    """Advice from the best epochs of the better quarter of each study.

    Args:
        round_: The round.
        trials_by_study: The ended trials, study by study.

    Returns:
        `unknown` with fewer than `LEAST_TRIALS` feasible trials that matter, or a budget too
        short to have a first fifth.
    """
    direction = round_.objective.direction
    matter = [t for trials in trials_by_study for t in better_part(ranked(trials, direction))]
    epochs = [t.outcome.best_epoch for t in matter if t.outcome.best_epoch is not None]
    current = round_.epochs
    if len(epochs) < LEAST_TRIALS or current * EARLY_SHARE < 1:
        return EpochBudget(Advice.UNKNOWN, current, trials=len(epochs), best_epochs=epochs)
    early = sum(epoch <= EARLY_SHARE * current for epoch in epochs) / len(epochs)
    late = sum(epoch > (1 - LATE_SHARE) * current for epoch in epochs) / len(epochs)
    advice, suggested = Advice.KEEP, None
    if early == 1:
        advice = Advice.DECREASE
        suggested = max(1, min(current - 1, math.ceil(DECREASE_MARGIN * max(epochs))))
    elif late > USUALLY:
        advice, suggested = Advice.INCREASE, math.ceil(INCREASE_FACTOR * current)
    return EpochBudget(advice, current, suggested, early, late, len(epochs), epochs)


def epoch_findings(budget: EpochBudget) -> list[Finding]:
    """The finding that goes with the advice; none when the budget is to be kept."""
    if budget.suggested is None or budget.share_early is None or budget.share_late is None:
        return []
    if budget.advice is Advice.DECREASE:
        message = f"all {budget.trials} best trials peak in the first fifth of training"
    else:
        count = round(budget.share_late * budget.trials)
        message = f"{count} of the {budget.trials} best trials peak in the last fifth of training"
    return [
        Finding(
            Kind.EPOCH_BUDGET,
            Severity.WARNING if budget.advice is Advice.INCREASE else Severity.NOTE,
            message,
            evidence={"share_early": budget.share_early, "share_late": budget.share_late},
            suggestion={"epochs": budget.suggested},
        )
    ]
