"""Comparing the studies with the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tuneplay.domain.round import Round
from tuneplay.domain.trial import Trial
from tuneplay.judge.selection import ranked


class Verdict(StrEnum):
    """What the evidence supports."""

    ADOPT = "adopt"
    KEEP_BASELINE = "keep-baseline"
    NOT_DISTINGUISHABLE = "not-distinguishable"
    NEEDS_RERUNS = "needs-reruns"
    NO_FEASIBLE_TRIAL = "no-feasible-trial"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One candidate beside the baseline.

    Attributes:
        study: Key of the candidate's study.
        baseline: Key of the baseline's study.
        difference: Candidate minus baseline, in the metric's own unit; None without both.
        verdict: What the evidence supports.
        reason: One plain sentence.
    """

    study: str
    baseline: str
    difference: float | None
    verdict: Verdict
    reason: str


def compare(round_: Round, trials: Mapping[str, Sequence[Trial]]) -> list[Comparison]:
    """Each candidate beside the baseline, by the best trial of each study.

    One training of each cannot tell a difference from random variation, so that the verdict
    stays open (playbook, "Determining whether to adopt a training pipeline change").

    Args:
        round_: The round.
        trials: The ended trials by study key.

    Returns:
        One entry a candidate, in the order of the spec; none in a round that only tunes.
    """
    if round_.baseline is None:
        return []
    baseline = round_.baseline
    return [
        _one(round_, study.key, baseline, trials)
        for study in round_.studies
        if study.key != baseline
    ]


def _one(
    round_: Round, study: str, baseline: str, trials: Mapping[str, Sequence[Trial]]
) -> Comparison:
    direction = round_.objective.direction
    values = [
        next((t.outcome.value for t in ranked(trials.get(key, ()), direction)), None)
        for key in (study, baseline)
    ]
    missing = [key for key, value in zip((study, baseline), values, strict=True) if value is None]
    if missing:
        names = " and ".join(missing)
        reason = f"{names} has no feasible trial" if len(missing) == 1 else f"{names} have none"
        return Comparison(study, baseline, None, Verdict.NO_FEASIBLE_TRIAL, reason)
    candidate_value, baseline_value = (value for value in values if value is not None)
    difference = candidate_value - baseline_value
    if direction.better(candidate_value, baseline_value):
        words = f"{study} is ahead by {abs(difference):.3g}"
    elif difference:
        words = f"{study} is behind by {abs(difference):.3g}"
    else:
        words = f"{study} and {baseline} are level"
    reason = f"{words}, from one training each: seeds have to tell whether that is more than luck"
    return Comparison(study, baseline, difference, Verdict.NEEDS_RERUNS, reason)
