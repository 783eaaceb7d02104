"""What is said of the advice on the number of epochs."""

from __future__ import annotations

from tuneplay.judge.training.epoch_budget import LEAST_TRIALS, Advice, Because, EpochBudget
from tuneplay.words.message import Message
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import count, number, percent

#: Digits of a gain, which is never known well.
_GAIN_DIGITS = 2


def say_budget(budget: EpochBudget, naming: Naming) -> Message:
    """What is so, and how many epochs to train.

    Args:
        budget: The advice.
        naming: The names of the round.
    """
    if budget.advice is Advice.UNKNOWN:
        return _unknown(budget, naming)
    if budget.suggested is None:
        return Message(_unchanged(budget), f"Keep {budget.current} epochs.")
    if budget.advice is Advice.DECREASE:
        what = best_are_early(budget.early, budget.trials, max(budget.best_epochs))
    else:
        gain = None if budget.ends is None else budget.ends.gain
        what = still_improving(budget.late, budget.trials, gain)
    return Message(what, f"Train {count(budget.suggested, 'epoch')}.")


def still_improving(late: int, trials: int, gain: float | None) -> str:
    """That the trials had not reached their best before the end.

    Args:
        late: How many are at their best in the last fifth.
        trials: Of how many.
        gain: What the last fifth gained; None without curves.
    """
    if gain is None:
        return _late(late, trials)
    shown = number(gain, _GAIN_DIGITS)
    were = "was" if late == 1 else "were"
    some = of_best(late, trials)
    return f"{some} {were} still improving at the end ({shown} over the last fifth)."


def best_are_early(early: int, trials: int, latest: int) -> str:
    """That best epochs are early, and which one is the latest of all."""
    return (
        f"{of_best(early, trials)} {_at_best(early)} in the first fifth of training. "
        f"The latest best epoch is {latest}."
    )


def never_changed(naming: Naming) -> Message:
    """That nothing was learned, or the objective is not measured."""
    return Message(
        f"{naming.metric} never changed during training.",
        "Check that the model learns, and that the metric is measured again after each epoch.",
    )


def of_best(some: int, trials: int) -> str:
    """`All 6 best trials`, `5 of the 6 best trials`."""
    best = f"{trials} best {'trial' if trials == 1 else 'trials'}"
    return f"All {best}" if some == trials > 1 else f"{some} of the {best}"


def _unknown(budget: EpochBudget, naming: Naming) -> Message:
    if budget.because is Because.NEVER_CHANGED:
        return never_changed(naming)
    if budget.because is Because.TOO_SHORT:
        few = count(budget.current, "epoch")
        return Message(f"With {few} for each trial the best number of epochs cannot be judged.")
    if budget.because is Because.OTHER_LENGTH:
        ended = of_best(budget.better - budget.trials, budget.better)
        return Message(
            f"{ended} did not end at epoch {budget.current}. "
            "Such trials cannot show whether that number of epochs is right."
        )
    few = (
        f"Only {count(budget.better, 'trial')} {_is(budget.better)}"
        if budget.better
        else "No trial is"
    )
    return Message(
        f"{few} feasible so far. {LEAST_TRIALS} feasible trials are needed to judge the number of epochs."
    )


def _unchanged(budget: EpochBudget) -> str:
    """Why the number of epochs is to be kept."""
    trials, ends = budget.trials, budget.ends
    if budget.because is Because.IMPROVES_AGAIN:
        some = of_best(budget.early, trials)
        return f"{some} {_at_best(budget.early)} early, but improved again later."
    if budget.because is Because.SPREAD_OUT or ends is None:
        between = trials - budget.early - budget.late
        return (
            f"Best epochs of the {trials} best trials: {budget.early} in the first fifth of "
            f"training, {budget.late} in the last fifth, {between} between them."
        )
    return f"{_late(budget.late, trials)} {_not_enough(budget)}"


def _not_enough(budget: EpochBudget) -> str:
    """Why late best epochs do not call for more of them."""
    ends = budget.ends
    if ends is None:
        raise AssertionError("late best epochs are a reason for more where nothing else is known")
    if budget.because is Because.STALLED:
        return "That fifth gained nothing more towards its end."
    if budget.because is Because.FEW_AGREE:
        return (
            f"Only {percent(ends.agreeing)} of the trials did better in that fifth than before it."
        )
    if budget.because is Because.NOT_WORTHWHILE:
        expected = number(ends.expected, _GAIN_DIGITS)
        return f"More epochs promise {expected}, which is less than is worthwhile."
    if ends.gain <= 0:
        return "That fifth gained nothing."
    gain, least = number(ends.gain, _GAIN_DIGITS), number(ends.least, _GAIN_DIGITS)
    return f"That fifth gained {gain}, which is within noise and trial variance ({least})."


def _late(late: int, trials: int) -> str:
    return f"{of_best(late, trials)} {_at_best(late)} in the last fifth of training."


def _at_best(some: int) -> str:
    return "was at its best" if some == 1 else "were at their best"


def _is(some: int) -> str:
    return "is" if some == 1 else "are"
