"""What brings a round further, as facts: which command, and how many seeds to ask for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tuneplay.domain.progress import Progress
from tuneplay.judge.judgement import Judgement
from tuneplay.judge.verdict.facts import Verdict
from tuneplay.judge.verdict.seeds.standards import MIN_USABLE


class Doing(StrEnum):
    """What to do next: train the trials that are left, or train the best ones with new seeds."""

    RUN = "run"
    RERUN = "rerun"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What brings a round further.

    Attributes:
        doing: What to do.
        seeds: Seeds of each study to ask for, the trained ones included; None for those that the
            spec plans.
    """

    doing: Doing
    seeds: int | None = None


def next_step(progress: Progress, judgement: Judgement, planned_seeds: int) -> NextStep | None:
    """What brings a round further; None where it has its answer, or where seeds cannot give one.

    Args:
        progress: How far the round has come.
        judgement: What its trials support.
        planned_seeds: Reruns of each best configuration by the spec.
    """
    if progress.ended < progress.planned:
        return NextStep(Doing.RUN)
    undecided = [c for c in judgement.comparisons if c.needs_seeds]
    if any(c.verdict is Verdict.NEEDS_RERUNS for c in undecided):
        # Reruns that failed, or repeat another one, have ended: the same number again adds none.
        current = [s.reruns for s in judgement.studies if s.reruns and not s.stale]
        ended = [reruns.trained for reruns in current if reruns.trained >= planned_seeds]
        return NextStep(Doing.RERUN, max(ended) + MIN_USABLE if len(ended) > 1 else None)
    asked = [c.seeds_to_ask for c in undecided if c.seeds_to_ask is not None]
    return NextStep(Doing.RERUN, max(asked)) if asked else None
