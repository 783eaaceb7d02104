"""What earlier rounds, which a spec may name, say about this one."""

from __future__ import annotations

import shlex
import statistics

from tuneplay.app.opening.locate import locate
from tuneplay.domain.round import Round
from tuneplay.errors import TuneplayError, UsageError


def expected_seconds(round_: Round) -> float | None:
    """How long a trial may take, by those of the round that this one follows.

    Args:
        round_: The round.

    Returns:
        The middle one of their times, for as many epochs; None when that is not known.
    """
    if round_.parent is None:
        return None
    try:
        place = locate(round_.parent)
        history = place.history()
        epochs = place.recorded(history).round.epochs
    except TuneplayError:
        return None
    times = [trial.seconds for trial in history.finished.values() if trial.seconds is not None]
    return statistics.median(times) / epochs * round_.epochs if times else None


def trial_sd_of(argument: str) -> float:
    """Standard deviation of the baseline's reruns in an earlier round.

    Args:
        argument: That round, as `trial_variance` names it.

    Raises:
        TuneplayError: There is no such round, or it has no reruns of its baseline.
    """
    # Judging loads numpy, and this module is read before every round.
    from tuneplay.judge.verdict.reruns import summarize_reruns

    place = locate(argument)
    history = place.history()
    round_ = place.recorded(history).round
    key = round_.baseline or round_.studies[0].key
    trials = [trial for trial in history.finished.values() if trial.id.study == key]
    reruns = summarize_reruns(trials, history.reruns, key, round_.objective)
    if reruns is None or reruns.sd is None:
        raise UsageError(
            f"trial_variance: {argument} has no reruns of its baseline",
            f"Make them with `tuneplay rerun {shlex.quote(argument)} --baseline-only`.",
        )
    return reruns.sd
