"""Every check of the judgement, in the order in which findings are listed.

A check takes a case and returns what it found. A review sees the findings so far as well, and
returns them as they are after it. A new finding is a module with such a function, its `Kind`, and
a line here; docs/architecture.md has the way from there to the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.fairness import (
    feasible_counts,
    fixed_values,
    one_sided,
    sampling,
    unequal_spaces,
)
from tuneplay.judge.finding import Finding, Severity
from tuneplay.judge.space import (
    boundary,
    infeasible,
    instability,
    interaction,
    no_effect,
    too_few_trials,
    wide_range,
)
from tuneplay.judge.suggestions import agreement
from tuneplay.judge.training import (
    chance,
    epochs,
    noisy_training,
    overfitting,
    periodicity,
    rising_loss,
    transfer,
    unusable_output,
)

StudyCheck = Callable[[StudyCase], Iterable[Finding]]
RoundCheck = Callable[[RoundCase], Iterable[Finding]]
Review = Callable[[RoundCase, Sequence[Finding]], Sequence[Finding]]

#: Checks that see one study.
STUDY_CHECKS: tuple[StudyCheck, ...] = (
    boundary.check,
    instability.check,
    wide_range.check,
    too_few_trials.check,
    infeasible.check,
    overfitting.check,
    noisy_training.check,
    rising_loss.check,
    periodicity.check,
    interaction.check,
    no_effect.check,
)

#: Checks that see all studies.
ROUND_CHECKS: tuple[RoundCheck, ...] = (
    chance.check,
    epochs.check,
    unusable_output.check,
    sampling.check,
    transfer.check,
    feasible_counts.check,
    unequal_spaces.check,
    fixed_values.check,
)

#: Reviews. Each sees the findings as the earlier reviews left them.
REVIEWS: tuple[Review, ...] = (agreement.review, one_sided.review)


def findings_of(case: RoundCase) -> tuple[Finding, ...]:
    """Everything that the checks find in a round: warnings first, then notes.

    Args:
        case: The round.
    """
    found: Sequence[Finding] = [
        finding
        for study in case.studies.values()
        for check in STUDY_CHECKS
        for finding in check(study)
    ]
    found = [*found, *(finding for check in ROUND_CHECKS for finding in check(case))]
    for review in REVIEWS:
        found = review(case, found)
    return tuple(sorted(found, key=lambda finding: finding.severity is not Severity.WARNING))
