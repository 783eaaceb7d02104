"""Did every study have as many usable trials?

Playbook, "Identifying scientific, nuisance, and fixed hyperparameters": each scientific value must
be tuned equally well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.fairness.leader import is_compared
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.measures.chances import fisher_tail

#: A study with at most this share of another's feasible trials was searched less densely. In
#: quasi-random search of two dimensions it costs about a fifth of the resolution in each.
UNEQUAL_RATIO = 2 / 3

#: ... when a count as low would be chance with at most this probability (Fisher's exact test).
UNEQUAL_CHANCE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class FewerFeasible(Evidence):
    """A study has clearly fewer feasible trials than another.

    Attributes:
        feasible: Its feasible trials.
        ended: Its ended trials.
        others: Feasible trials of the study that has most.
        others_ended: Ended trials of that study.
        rival: Key of that study.
        chance: Chance of a difference as large if both studies were equally often feasible.
    """

    feasible: int
    ended: int
    others: int
    others_ended: int
    rival: str
    chance: float


def check(case: RoundCase) -> Iterator[Finding]:
    """Studies with clearly fewer feasible trials than the one that has most."""
    if not is_compared(case):
        return
    most = max(case.studies.values(), key=lambda study: len(study.ranked))
    # Each study but the one with most is tried: the chance of any false alarm is divided.
    limit = UNEQUAL_CHANCE / (len(case.studies) - 1)
    for study in case.studies.values():
        if len(study.ranked) > UNEQUAL_RATIO * len(most.ranked) or not study.searched:
            continue
        chance = fisher_tail(*_unusable(study), *_unusable(most))
        if chance <= limit:
            yield Finding(
                kind=Kind.UNFAIR_COMPARISON,
                severity=Severity.WARNING,
                study=study.key,
                evidence=FewerFeasible(
                    feasible=len(study.ranked),
                    ended=len(study.searched),
                    others=len(most.ranked),
                    others_ended=len(most.searched),
                    rival=most.key,
                    chance=chance,
                ),
            )


def _unusable(study: StudyCase) -> tuple[int, int]:
    """Trials of a study that are not feasible, and all that have ended."""
    return len(study.searched) - len(study.ranked), len(study.searched)
