"""Earlier rounds that a spec names: `parent` and `trial_variance`."""

from __future__ import annotations

from tuneplay.app.locate import locate
from tuneplay.errors import TuneplayError, UsageError


def parent_epochs(argument: str | None) -> int | None:
    """Epochs of the round that another follows; None when there is none, or it is gone.

    Args:
        argument: That round, as `parent` names it.
    """
    if argument is None:
        return None
    try:
        place = locate(argument)
        return place.spec(place.history()).round.epochs
    except TuneplayError:
        # A report does not fail over a round that it only mentions: `check` warns of it.
        return None


def trial_sd_of(argument: str) -> float:
    """Standard deviation of the baseline's reruns in an earlier round.

    Args:
        argument: That round, as `trial_variance` names it.

    Raises:
        TuneplayError: There is no such round, or it has no reruns of its baseline.
    """
    # Judging loads numpy, and this module is read before every round.
    from tuneplay.judge.reruns import summarize_reruns

    place = locate(argument)
    history = place.history()
    round_ = place.recorded(history).round
    key = round_.baseline or round_.studies[0].key
    trials = [trial for trial in history.finished.values() if trial.id.study == key]
    reruns = summarize_reruns(trials, history.reruns, key, round_.objective)
    if reruns is None or reruns.sd is None:
        raise UsageError(
            f"trial_variance: {argument} has no reruns of its baseline",
            f"Make them with `tuneplay rerun {argument} --baseline-only`.",
        )
    return reruns.sd
