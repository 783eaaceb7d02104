"""Which study is ahead, and whether there is anything to compare."""

from __future__ import annotations

from tuneplay.judge.case import RoundCase


def is_compared(case: RoundCase) -> bool:
    """Whether a round compares anything: several studies, and a feasible trial in one of them."""
    return len(case.round.studies) > 1 and leader(case) is not None


def leader(case: RoundCase) -> str | None:
    """Key of the study with the best trial of all; of equal ones the first in the spec.

    Returns:
        None without a feasible trial.
    """
    sign = case.round.objective.direction.sign
    best = [study.best for study in case.studies.values() if study.best is not None]
    first = min(best, key=lambda trial: sign * (trial.outcome.value or 0.0), default=None)
    return None if first is None else first.id.study
