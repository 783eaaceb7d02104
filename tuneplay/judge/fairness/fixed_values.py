"""Which fixed hyperparameters limit the conclusion?

Playbook, "Identifying scientific, nuisance, and fixed hyperparameters": every fixed hyperparameter
is a caveat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.meaning import OPTIMIZER_MEANINGS
from tuneplay.judge.case import RoundCase
from tuneplay.judge.fairness.leader import is_compared
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedValues(Evidence):
    """Fixed hyperparameters that usually interact with whatever is compared.

    Attributes:
        fixed: Their values by name, each value once, in the order of the studies.
    """

    fixed: Mapping[str, tuple[Scalar, ...]]


def check(case: RoundCase) -> Iterator[Finding]:
    """One note with all fixed hyperparameters of optimizers."""
    found: dict[str, dict[tuple[type, Scalar], Scalar]] = {}
    for study in case.round.studies if is_compared(case) else ():
        for name, value in study.fixed.items():
            if case.round.meaning(name) in OPTIMIZER_MEANINGS:
                # By their types as well: Python takes True for 1.
                found.setdefault(name, {})[type(value), value] = value
    if found:
        yield Finding(
            kind=Kind.FIXED_CAVEAT,
            severity=Severity.NOTE,
            hyperparameter=next(iter(found)) if len(found) == 1 else None,
            evidence=FixedValues(
                fixed={name: tuple(values.values()) for name, values in sorted(found.items())}
            ),
        )
