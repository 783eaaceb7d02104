"""Was the epoch budget right? (playbook, "Determining the number of steps"; the lecture's rule)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tuneplay.domain.round import Round
from tuneplay.domain.trial import Trial
from tuneplay.judge.measures.selection import better_part, ranked
from tuneplay.judge.training.best_epochs import Disagreement, Places, disagreements, full_length
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

#: Fewer epochs: twice the latest best epoch in the first fifth, and never below any other, so that it
#: surely contains them ("when in doubt, err on the side of training longer").
DECREASE_MARGIN = 2.0

#: More epochs, where no curves tell how the gain goes on: half as many again.
INCREASE_FACTOR = 1.5


class Advice(StrEnum):
    """What to do with the epoch budget."""

    INCREASE = "increase"
    DECREASE = "decrease"
    KEEP = "keep"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EpochBudget:
    """Advice on the epoch budget of a round, or of one study.

    Attributes:
        advice: What to do.
        current: The budget of this round, in epochs.
        suggested: The budget to use; None when it is to be kept or nothing is known.
        share_early: Share of the trials that matter whose best epoch is in the first fifth; None
            when nothing is known.
        share_late: Share of them whose best epoch is in the last fifth; None as above.
        trials: How many trials matter: the better quarter of each study, without those that
            ended early.
        best_epochs: Their best epochs, as they were reported.
        reason: Why, in one or two plain sentences.
        evidence: Further numbers: the playbook's own shares, the shares over all feasible
            trials, and what the last fifth gained, in the objective's unit.
        disagreements: Other validation metrics whose best epochs lie elsewhere.
    """

    advice: Advice
    current: int
    suggested: int | None = None
    share_early: float | None = None
    share_late: float | None = None
    trials: int = 0
    best_epochs: Sequence[int] = field(default=())
    reason: str = ""
    evidence: Mapping[str, float] = field(default_factory=dict)
    disagreements: Sequence[Disagreement] = field(default=())


def epoch_budget(
    round_: Round, trials_by_study: Sequence[Sequence[Trial]], trial_sd: float | None = None
) -> EpochBudget:
    """Advice from the best epochs of the better quarter of each study.

    Best epochs always early ask for fewer epochs; usually late for more, if the last fifth of
    training gained more than the trial variance: on a flat, noisy end the best epoch is anywhere
    by luck. Trials that ended early (early stopping, a timeout) are no evidence. Trials without
    curves, as imported ones may be, speak by their best epochs alone.

    Args:
        round_: The round.
        trials_by_study: The ended trials, study by study; one study's alone give its budget.
        trial_sd: The trial variance as a standard deviation in the objective's unit, from
            reruns; None or NaN when not known: then a share of the noise of the curves.

    Returns:
        `unknown` with fewer than `LEAST_TRIALS` trials that matter, or a budget too short to have
        a first fifth.
    """
    direction, current = round_.objective.direction, round_.epochs
    feasible = [ranked(trials, direction) for trials in trials_by_study]
    better = [trial for trials in feasible for trial in better_part(trials)]
    matter = [trial for trial in better if full_length(trial, current)]
    epochs = [t.outcome.best_epoch for t in matter if t.outcome.best_epoch is not None]
    unknown = EpochBudget(Advice.UNKNOWN, current, trials=len(epochs), best_epochs=epochs)
    if current * EARLY_SHARE < 1:
        return replace(unknown, reason=f"A budget of {current} is too short to have a first fifth.")
    if len(epochs) < LEAST_TRIALS:
        return replace(unknown, reason=_too_few(len(better), len(epochs), current))
    everyone = Places.of((t for ts in feasible for t in ts if full_length(t, current)), current)
    return _judge(round_, matter, everyone, trial_sd)


def _judge(
    round_: Round, matter: Sequence[Trial], everyone: Places, trial_sd: float | None
) -> EpochBudget:
    """The advice from the trials that matter, all of full length."""
    objective, current = round_.objective, round_.epochs
    epochs = [t.outcome.best_epoch for t in matter if t.outcome.best_epoch is not None]
    places = Places.of(matter, current)
    curves = [finite_points(t.curves, objective.metric, objective.direction)[1] for t in matter]
    if curves and all(curve and max(curve) == min(curve) for curve in curves):
        return _nothing_learned(objective.metric, current, epochs)
    ends = improvement(curves, trial_sd)
    return replace(
        _advise(round_, places, epochs, ends),
        share_early=places.until(EARLY_SHARE),
        share_late=places.after(1 - LATE_SHARE),
        trials=len(epochs),
        best_epochs=epochs,
        evidence=_evidence(places, everyone, ends) | settled_share(curves, trial_sd),
        disagreements=disagreements(matter, objective, current),
    )


def _too_few(better: int, evidence: int, current: int) -> str:
    if better - evidence:
        return (
            f"{better - evidence} of the {better} best trials did not end at epoch {current}, "
            "so they are no evidence."
        )
    return f"Too few feasible trials to tell: {better}, and {LEAST_TRIALS} are needed."


def _advise(
    round_: Round, places: Places, epochs: Sequence[int], ends: Improvement | None
) -> EpochBudget:
    """The advice, its number and its reason, from what the trials that matter show."""
    current, count = round_.epochs, len(epochs)
    early, late = places.count_until(EARLY_SHARE), places.count_after(1 - LATE_SHARE)
    always = early >= ALWAYS * count and places.last < current
    which = f"All {count}" if early == count else f"{early} of the {count}"
    if always and (ends is None or ends.settled_early):
        twice = math.ceil(DECREASE_MARGIN * places.shares[early - 1] * current - 1e-9)
        suggested = max(places.last, twice)
        reason = f"{which} best trials are at their best in the first fifth of training, the latest"
        reason += f" of all at epoch {max(epochs)}."
        return EpochBudget(Advice.DECREASE, current, suggested, reason=reason)
    if always:
        which += " best trials are at their best early, but improve again later."
        return EpochBudget(Advice.KEEP, current, reason=which)
    reason = f"{late} of the {count} best trials are at their best in the last fifth of training"
    if late <= USUALLY * count:
        return EpochBudget(Advice.KEEP, current, reason=f"{reason}, {early} in the first fifth.")
    return _advise_more(round_, reason, ends)


def _advise_more(round_: Round, reason: str, ends: Improvement | None) -> EpochBudget:
    """More epochs, unless what they promise is within noise or not worthwhile."""
    current = round_.epochs
    if ends is None:
        more = _more(current, INCREASE_FACTOR)
        return EpochBudget(Advice.INCREASE, current, more, reason=f"{reason}.")
    gained = f"that fifth gained {_size(ends.gain)}"
    if not ends.clear:
        if ends.gain > ends.least and ends.stalled:
            gained += ", and nothing more towards its end"
        elif ends.gain > ends.least:
            gained += f", and only {ends.agreeing:.0%} of them did better in it"
        else:
            gained += f", within noise and trial variance ({ends.least:.2g})"
        reason += f", but {gained}."
        return EpochBudget(Advice.KEEP, current, reason=reason)
    if ends.expected < round_.objective.worthwhile:
        reason += f", but more epochs promise {ends.expected:.2g}, less than is worthwhile."
        return EpochBudget(Advice.KEEP, current, reason=reason)
    reason += f"; {gained}, more than noise and trial variance ({ends.least:.2g})."
    return EpochBudget(Advice.INCREASE, current, _more(current, ends.factor), reason=reason)


def _size(gain: float) -> str:
    return f"{gain:.2g}" if gain > 0 else "nothing"


def _more(current: int, factor: float) -> int:
    """More epochs, as one would write them: two digits, rounded up."""
    more = math.ceil(round(factor * current, 6))
    unit = int(10 ** max(0, len(str(more)) - 2))
    return math.ceil(more / unit) * unit


def _evidence(places: Places, everyone: Places, ends: Improvement | None) -> dict[str, float]:
    found = {
        "share_first_tenth": places.until(PLAYBOOK_EARLY_SHARE),
        "share_last_quarter": places.after(1 - PLAYBOOK_LATE_SHARE),
        "all_share_early": everyone.until(EARLY_SHARE),
        "all_share_late": everyone.after(1 - LATE_SHARE),
        "all_trials": float(len(everyone.shares)),
    }
    if ends is not None:
        found |= {"gain": ends.gain, "noise": ends.noise, "least_gain": ends.least}
        found |= {"share_improving": ends.agreeing}
    return found


def _nothing_learned(metric: str, current: int, epochs: Sequence[int]) -> EpochBudget:
    """No advice where the curves are constant: their first epoch is the best by default."""
    reason = (
        f"{metric} never changed in training: nothing was learned, or it was not measured anew."
    )
    return EpochBudget(
        Advice.UNKNOWN,
        current,
        trials=len(epochs),
        best_epochs=epochs,
        reason=reason,
        evidence={"constant": 1.0},
    )
