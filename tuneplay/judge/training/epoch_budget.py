"""Was the epoch budget right? (playbook, "Determining the number of steps"; the lecture's rule)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tuneplay.domain.round import Round
from tuneplay.domain.trial import Trial
from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.measures.selection import better_part
from tuneplay.judge.training.best_epochs import MetricsDisagree, Places, disagreements, full_length
from tuneplay.judge.training.improvement import Improvement, improvement
from tuneplay.judge.training.settled import settled_share
from tuneplay.judge.training.shape import finite_points

#: Best epochs always in this first share of training: fewer epochs would do. (The playbook's own
#: figure is 10 %; the lecture on it, and so tuneplay, takes 20 %.)
EARLY_SHARE = 0.2

#: Best epochs usually in this last share: more epochs may help. (The playbook: 25 %.)
LATE_SHARE = 0.2

#: The playbook's own figures, for the evidence ("Deciding how long to train when training is not
#: compute-bound").
PLAYBOOK_EARLY_SHARE = 0.1
PLAYBOOK_LATE_SHARE = 0.25

#: "Always": at least this share of the trials that matter. "Usually": more than this one.
ALWAYS = 0.9
USUALLY = 0.5

#: Fewer trials that matter say nothing about the budget.
LEAST_TRIALS = 3

#: Fewer epochs: twice the latest best epoch in the first fifth, and never below any other, to be sure
#: to contain them ("when in doubt, err on the side of training longer").
DECREASE_MARGIN = 2.0

#: More epochs, where no curves show how the gain goes on: half as many again.
INCREASE_FACTOR = 1.5


class Advice(StrEnum):
    """What to do with the epoch budget."""

    INCREASE = "increase"
    DECREASE = "decrease"
    KEEP = "keep"
    UNKNOWN = "unknown"


class Because(StrEnum):
    """What decided about the advice.

    Nothing is known: the budget is too short to have a first fifth; too few feasible trials; the
    best trials did not end at its last epoch; the objective never changed. Fewer epochs: best
    epochs are early. More: they are late, or the trials still improve at the end. Keep: they
    improve again after an early best; best epochs are spread out; they are late, but the last
    fifth stalled, or few trials gained in it, or its gain is within noise, or more is not
    worthwhile.
    """

    TOO_SHORT = "too-short"
    TOO_FEW = "too-few"
    OTHER_LENGTH = "other-length"
    NEVER_CHANGED = "never-changed"
    EARLY = "early"
    LATE = "late"
    STILL_IMPROVING = "still-improving"
    IMPROVES_AGAIN = "improves-again"
    SPREAD_OUT = "spread-out"
    STALLED = "stalled"
    FEW_AGREE = "few-agree"
    WITHIN_NOISE = "within-noise"
    NOT_WORTHWHILE = "not-worthwhile"


@dataclass(frozen=True, slots=True, kw_only=True)
class BestEpochShares:
    """Shares of trials by the place of their best epochs.

    Attributes:
        share_early: Of the trials that matter, in the first fifth of training.
        share_late: ... in the last fifth.
        share_first_tenth: ... in the first tenth, which is the playbook's figure.
        share_last_quarter: ... in the last quarter, which is the playbook's figure.
        all_share_early: Of all feasible trials of full length, in the first fifth.
        all_share_late: ... in the last fifth.
        all_trials: How many these are.
    """

    share_early: float
    share_late: float
    share_first_tenth: float
    share_last_quarter: float
    all_share_early: float
    all_share_late: float
    all_trials: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochBudget:
    """Advice on the epoch budget of a round, or of one study.

    Attributes:
        advice: What to do.
        because: What decided.
        current: The budget of this round, in epochs.
        suggested: The budget to use; None when it is to be kept or nothing is known.
        better: How many trials are the better quarters of the studies.
        trials: How many of these trials matter: those that did not end early.
        best_epochs: The best epochs of the trials that matter, as they were reported.
        early: How many of them are in the first fifth of training.
        late: How many of them are in the last fifth.
        shares: Shares by the place of the best epochs; None when nothing is known.
        ends: What the trials gain at the end; None without curves that are long enough.
        settled_share: Share of training after which nothing more was gained; None where there was
            a gain in the second half, or nothing is known.
        disagreements: Other validation metrics that are at their best elsewhere.
    """

    advice: Advice
    because: Because
    current: int
    suggested: int | None = None
    better: int = 0
    trials: int = 0
    best_epochs: Sequence[int] = ()
    early: int = 0
    late: int = 0
    shares: BestEpochShares | None = None
    ends: Improvement | None = None
    settled_share: float | None = None
    disagreements: Sequence[MetricsDisagree] = ()

    @property
    def share_early(self) -> float | None:
        """Share of the trials that matter with a best epoch in the first fifth, if known."""
        return None if self.shares is None else self.shares.share_early

    @property
    def share_late(self) -> float | None:
        """Share of the trials that matter with a best epoch in the last fifth, if known."""
        return None if self.shares is None else self.shares.share_late


def epoch_budget(case: RoundCase) -> EpochBudget:
    """Advice on the epochs of a round, from the best epochs of the better quarter of each study.

    Best epochs always early ask for fewer epochs; usually late for more, if the last fifth of
    training gained more than the trial variance: on a flat, noisy end the best epoch is anywhere
    by luck. Trials that ended early (early stopping, a timeout) say nothing. Trials without
    curves, as imported ones may be, count by their best epochs alone. Where the trial variance is
    not known, a share of the noise of the curves stands for it.

    Args:
        case: The round.

    Returns:
        `unknown` with fewer than `LEAST_TRIALS` trials that matter, or a budget too short to have
        a first fifth.
    """
    return _budget(case.round, case.studies.values(), case.trial_sd)


def epoch_budgets(case: RoundCase) -> Mapping[str, EpochBudget]:
    """The same for each study alone, by its key."""
    return {key: _budget(case.round, [one], case.trial_sd) for key, one in case.studies.items()}


def _budget(
    round_: Round, studies: Iterable[StudyCase], trial_sd: float | None = None
) -> EpochBudget:
    current = round_.epochs
    feasible = [case.ranked for case in studies]
    better = [trial for trials in feasible for trial in better_part(trials)]
    matter = [trial for trial in better if full_length(trial, current)]
    epochs = [t.outcome.best_epoch for t in matter if t.outcome.best_epoch is not None]
    unknown = EpochBudget(
        advice=Advice.UNKNOWN,
        because=Because.TOO_SHORT,
        current=current,
        better=len(better),
        trials=len(epochs),
        best_epochs=epochs,
    )
    if current * EARLY_SHARE < 1:
        return unknown
    if len(epochs) < LEAST_TRIALS:
        short = len(epochs) < len(better)
        return replace(unknown, because=Because.OTHER_LENGTH if short else Because.TOO_FEW)
    everyone = Places.of((t for ts in feasible for t in ts if full_length(t, current)), current)
    return _judge(round_, unknown, matter, everyone, trial_sd)


def _judge(
    round_: Round,
    unknown: EpochBudget,
    matter: Sequence[Trial],
    everyone: Places,
    trial_sd: float | None,
) -> EpochBudget:
    """The advice from the trials that matter, all of full length."""
    objective, current = round_.objective, round_.epochs
    curves = [finite_points(t.curves, objective.metric, objective.direction)[1] for t in matter]
    if curves and all(curve and max(curve) == min(curve) for curve in curves):
        # No advice where the curves are constant: their first epoch is the best by default.
        return replace(unknown, because=Because.NEVER_CHANGED)
    places = Places.of(matter, current)
    known = replace(
        unknown,
        early=places.count_until(EARLY_SHARE),
        late=places.count_after(1 - LATE_SHARE),
        shares=_shares(places, everyone),
        ends=improvement(curves, trial_sd),
        settled_share=settled_share(curves, trial_sd),
        disagreements=disagreements(matter, objective, current),
    )
    return _advise(known, places, objective.worthwhile)


def _shares(places: Places, everyone: Places) -> BestEpochShares:
    return BestEpochShares(
        share_early=places.until(EARLY_SHARE),
        share_late=places.after(1 - LATE_SHARE),
        share_first_tenth=places.until(PLAYBOOK_EARLY_SHARE),
        share_last_quarter=places.after(1 - PLAYBOOK_LATE_SHARE),
        all_share_early=everyone.until(EARLY_SHARE),
        all_share_late=everyone.after(1 - LATE_SHARE),
        all_trials=len(everyone.shares),
    )


def _advise(known: EpochBudget, places: Places, worthwhile: float) -> EpochBudget:
    """The advice and its number, from what the trials that matter show."""
    current, ends = known.current, known.ends
    if known.early >= ALWAYS * known.trials and places.last < current:
        if ends is not None and not ends.settled_early:
            return replace(known, advice=Advice.KEEP, because=Because.IMPROVES_AGAIN)
        twice = math.ceil(DECREASE_MARGIN * places.shares[known.early - 1] * current - 1e-9)
        suggested = max(places.last, twice)
        return replace(known, advice=Advice.DECREASE, because=Because.EARLY, suggested=suggested)
    if known.late <= USUALLY * known.trials:
        return replace(known, advice=Advice.KEEP, because=Because.SPREAD_OUT)
    because = _late(ends, worthwhile)
    if because is Because.LATE or ends is None:
        factor = INCREASE_FACTOR
    elif because is Because.STILL_IMPROVING:
        factor = ends.factor
    else:
        return replace(known, advice=Advice.KEEP, because=because)
    suggested = _more(current, factor)
    return replace(known, advice=Advice.INCREASE, because=because, suggested=suggested)


def _late(ends: Improvement | None, worthwhile: float) -> Because:
    """What decides where best epochs are late: is there more to gain than noise, and is it worth it?"""
    if ends is None:
        return Because.LATE
    if ends.clear:
        enough = ends.expected >= worthwhile
        return Because.STILL_IMPROVING if enough else Because.NOT_WORTHWHILE
    if ends.gain <= ends.least:
        return Because.WITHIN_NOISE
    return Because.STALLED if ends.stalled else Because.FEW_AGREE


def _more(current: int, factor: float) -> int:
    """More epochs, as one would write them: two digits, rounded up."""
    more = math.ceil(round(factor * current, 6))
    unit = int(10 ** max(0, len(str(more)) - 2))
    return math.ceil(more / unit) * unit
