"""Did tuning a hyperparameter change anything? If not, it can be fixed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tuneplay.judge.case import StudyCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.space.importance import importances

#: Upper bound of a share of the variance below which tuning changed nothing: a usual threshold of
#: sensitivity screening for total indices. On recorded grids (HPOLib, HPOBench) it was
#: said of at most 3 % of the hyperparameters whose true share is above it.
NO_EFFECT_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEffect(Evidence):
    """Tuning a hyperparameter changed nothing.

    Attributes:
        share: Share of the variance that it explains, interactions included.
        upper: Upper 95 % bound of that share.
    """

    share: float
    upper: float


def check(case: StudyCase) -> Iterator[Finding]:
    """Hyperparameters that can be fixed, at the best trial's value."""
    if case.best is None:
        return
    for importance in case.once(importances):
        if importance.upper <= NO_EFFECT_SHARE and not importance.partners:
            name = importance.hyperparameter
            yield Finding(
                kind=Kind.NO_EFFECT,
                severity=Severity.NOTE,
                evidence=NoEffect(share=importance.share, upper=importance.upper),
                study=case.key,
                hyperparameter=name,
                suggestion={"fixed": case.best.hyperparameters[name]},
            )
