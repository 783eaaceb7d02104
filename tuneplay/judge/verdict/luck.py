"""The luck of the selection, and what limits a conclusion: seeds, or points."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tuneplay.domain.curves import Direction
from tuneplay.judge.verdict.facts import Comparison, Limitation, LimitedBy, Verdict
from tuneplay.judge.verdict.reruns import RerunSummary
from tuneplay.judge.verdict.seeds.standards import MIN_USABLE

#: A selected value was lucky when it is better than the mean of the reruns by more than this part
#: of their standard deviation, or better than each of them. (Half of one is what the best of two
#: or three equal trainings gains on average.)
LUCKY_SDS = 0.5

#: A decided difference that is larger than this many times both spreads together is clear of them:
#: the usual two standard errors.
CLEAR_SDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Luck:
    """The value that was selected, next to what new seeds give: what was selected tends to be lucky.

    Attributes:
        selected: Best value of the search.
        mean: Mean of the usable reruns.
        sd: Their standard deviation; None below two.
        seeds: How many they are.
        lucky: Whether the selected value is clearly better than the reruns.
        better_trials: Numbers of other trials that were trained again, and did better over seeds.
    """

    selected: float
    mean: float
    sd: float | None
    seeds: int
    lucky: bool
    better_trials: tuple[int, ...] = ()


def luck_of(reruns: RerunSummary | None, direction: Direction) -> Luck | None:
    """The luck of a selection.

    Args:
        reruns: The reruns of the selected configuration.
        direction: Which way the objective is better.

    Returns:
        None without a usable rerun.
    """
    if reruns is None or reruns.mean is None:
        return None
    mean, selected = reruns.mean, reruns.selected_value
    far = abs(selected - mean) > LUCKY_SDS * (reruns.sd or 0.0)
    enough = len(reruns.usable) >= MIN_USABLE
    beats_all = enough and all(direction.better(selected, value) for value in reruns.usable)
    varied = reruns.sd != 0
    better = direction.better(selected, mean)
    return Luck(
        selected=selected,
        mean=mean,
        sd=reruns.sd,
        seeds=len(reruns.usable),
        lucky=varied and better and (far or beats_all),
        better_trials=tuple(
            other.trial
            for other in reruns.others
            if other.mean is not None and direction.better(other.mean, mean)
        ),
    )


@dataclass(frozen=True, slots=True)
class Spreads:
    """How far one study's best value is uncertain, as standard deviations.

    Attributes:
        study: Over other nuisance points: the study variance.
        trial: Of the mean over other seeds: the trial variance.
    """

    study: float
    trial: float


def spreads_of(reruns: RerunSummary | None, study_sd: float | None) -> Spreads | None:
    """Both spreads of one study; None where one is not known.

    Args:
        reruns: The reruns of its best configuration.
        study_sd: Its study variance.
    """
    if reruns is None or study_sd is None or not reruns.sd:
        return None
    return Spreads(study_sd, reruns.sd / math.sqrt(len(reruns.usable)))


def limit_alone(spreads: Spreads | None) -> Limitation | None:
    """What limits the best value of a study that is compared with nothing."""
    return None if spreads is None else _limit(spreads.study, spreads.trial)


def limit_of(
    comparison: Comparison, candidate: Spreads | None, base: Spreads | None
) -> Limitation | None:
    """What limits a comparison; None where a spread is not known, or more seeds cannot help.

    Args:
        comparison: The comparison.
        candidate: Spreads of the candidate.
        base: Spreads of the baseline.
    """
    judged = comparison.interval95 is not None and comparison.open_to_seeds
    if candidate is None or base is None or comparison.difference is None or not judged:
        return None
    study = math.hypot(candidate.study, base.study)
    trial = math.hypot(candidate.trial, base.trial)
    decided = comparison.verdict in (Verdict.ADOPT, Verdict.KEEP_BASELINE)
    if decided and abs(comparison.difference) > CLEAR_SDS * math.hypot(study, trial):
        return Limitation(study_sd=study, trial_sd=trial, by=LimitedBy.NEITHER)
    return _limit(study, trial)


def _limit(study: float, trial: float) -> Limitation:
    by = LimitedBy.STUDY_VARIANCE if study > trial else LimitedBy.TRIAL_VARIANCE
    return Limitation(study_sd=study, trial_sd=trial, by=by)
