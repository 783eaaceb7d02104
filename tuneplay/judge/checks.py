"""Every check of the judgement, in the order in which findings are listed.

A check takes a case and returns what it found. A review sees the findings so far as well, and
returns them as they are after it. A new finding is a module with such a function, its `Kind`, and
a line here; docs/architecture.md has the way from there to the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.finding import Finding, Severity
from tuneplay.judge.training.chance import chance_check
from tuneplay.judge.training.epochs import epochs_check
from tuneplay.judge.training.noisy_training import noise_check
from tuneplay.judge.training.overfitting import overfitting_check
from tuneplay.judge.training.periodicity import period_check
from tuneplay.judge.training.rising_loss import rising_loss_check
from tuneplay.judge.training.transfer import transfer_check
from tuneplay.judge.training.unusable_output import output_check

StudyCheck = Callable[[StudyCase], Iterable[Finding]]
RoundCheck = Callable[[RoundCase], Iterable[Finding]]
Review = Callable[[RoundCase, Sequence[Finding]], Sequence[Finding]]

#: Checks that see one study.
STUDY_CHECKS: tuple[StudyCheck, ...] = (
    overfitting_check,
    noise_check,
    rising_loss_check,
    period_check,
)

#: Checks that see all studies.
ROUND_CHECKS: tuple[RoundCheck, ...] = (
    chance_check,
    epochs_check,
    output_check,
    transfer_check,
)

#: Reviews, each of which sees what the earlier ones made of the findings.
REVIEWS: tuple[Review, ...] = ()


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
