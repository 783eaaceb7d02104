"""The trial variance of an earlier round, which a spec may name."""

from __future__ import annotations

from tuneplay.app.locate import locate
from tuneplay.errors import UsageError


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
