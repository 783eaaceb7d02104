"""How far a running round has come, for those who show it."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from tuneplay.app.attempts.attempt import Attempt
from tuneplay.app.coordination.stop import Stop
from tuneplay.app.coordination.tally import Tally
from tuneplay.domain.progress import Progress, RunningTrial
from tuneplay.domain.round import Round

_STOPPING = {
    Stop.DRAIN: "letting running trials finish; Ctrl-C again stops them",
    Stop.TERMINATE: "stopping the running trials; Ctrl-C again kills them",
    Stop.KILL: "killing the running trials",
}


def progress_of(
    round_: Round,
    tally: Tally,
    running: Sequence[Attempt],
    left: float | None,
    slots: int,
    level: Stop,
) -> Progress:
    """How far a round has come.

    Args:
        round_: The round.
        tally: Its ended trials, counted.
        running: The attempts that live.
        left: Estimated seconds left; None when not known.
        slots: Trials that can train at the same time.
        level: How far stopping was asked for.
    """
    now, metric = time.monotonic(), round_.objective.metric
    trials = tuple(
        RunningTrial(
            attempt.intent.trial,
            attempt.intent.attempt,
            attempt.collector.last_epoch,
            attempt.collector.value(metric),
            now - attempt.began,
        )
        for attempt in running
    )
    return Progress(
        round_.name,
        round_.goal,
        round_.objective,
        round_.epochs,
        tally.studies(trial.id for trial in trials),
        trials,
        slots,
        left,
        _STOPPING.get(level, ""),
    )


def seconds_left(
    durations: Collection[float], running: Collection[Attempt], pending: int, slots: int
) -> float | None:
    """Estimated time left, from the mean duration of the trials so far.

    Args:
        durations: Seconds that the last ended trials took.
        running: The attempts that live.
        pending: Trials that have not started.
        slots: Trials at the same time.

    Returns:
        Seconds; None before the first trial has ended.
    """
    if not durations:
        return None
    now, mean = time.monotonic(), sum(durations) / len(durations)
    under_way = sum(max(0.0, mean - (now - attempt.began)) for attempt in running)
    return (mean * pending + under_way) / max(1, min(slots, len(running) + pending))
