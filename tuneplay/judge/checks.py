"""Every check of the judgement, in the order in which findings are listed.

A check takes a case and returns what it found. A review sees the findings so far as well, and
returns them as they are after it. A new finding is a module with such a function, its `Kind`, and
a line here; docs/architecture.md has the way from there to the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.fairness.feasible_counts import fewer_feasible
from tuneplay.judge.fairness.fixed_values import fixed_values
from tuneplay.judge.fairness.one_sided import held_back
from tuneplay.judge.fairness.sampling import undersampled
from tuneplay.judge.fairness.unequal_spaces import (
    more_hyperparameters,
    narrower_ranges,
    nothing_tuned,
)
from tuneplay.judge.finding import Finding, Severity

StudyCheck = Callable[[StudyCase], Iterable[Finding]]
RoundCheck = Callable[[RoundCase], Iterable[Finding]]
Review = Callable[[RoundCase, Sequence[Finding]], Sequence[Finding]]

#: Checks that see one study.
STUDY_CHECKS: tuple[StudyCheck, ...] = ()

#: Checks that see all studies.
ROUND_CHECKS: tuple[RoundCheck, ...] = (
    undersampled,
    fewer_feasible,
    more_hyperparameters,
    narrower_ranges,
    nothing_tuned,
    fixed_values,
)

#: Reviews, each of which sees what the earlier ones made of the findings.
REVIEWS: tuple[Review, ...] = (held_back,)


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
