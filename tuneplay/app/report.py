"""`tuneplay report`: what the evidence of a round supports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from tuneplay.app.attempts.repeat import repeat_command
from tuneplay.app.coordination.tally import Tally
from tuneplay.app.opening.earlier_rounds import trial_sd_of
from tuneplay.app.opening.locate import earlier_round, locate, shown
from tuneplay.domain.progress import Progress
from tuneplay.domain.round import Round
from tuneplay.judge.judgement import Judgement, judge_round
from tuneplay.ledger.history import History


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a report shows.

    Attributes:
        round: The round.
        progress: How far it has come.
        judgement: What its trials support.
        folder: The round's folder, as a person would type it.
        commands: The command that repeats the selected trial of each study, by its key.
    """

    round: Round
    progress: Progress
    judgement: Judgement
    folder: str
    commands: Mapping[str, str]


def make_report(argument: str) -> Report:
    """Judge a round by its ledger, finished or not.

    Raises:
        TuneplayError: There is no such round, it was never run, or its ledger is damaged.
    """
    place = locate(argument)
    history = place.history()
    round_ = place.recorded(history).round
    trials = list(history.finished.values())
    progress = Progress(
        round_.name,
        round_.goal,
        round_.objective,
        round_.epochs,
        Tally(round_, trials).studies(history.open),
    )
    judgement = judge_history(round_, history)
    opened = history.opened
    return Report(
        round_,
        progress,
        judgement,
        shown(place.folder.root),
        {
            summary.study.key: repeat_command(
                round_, place.folder, Path(opened.workdir), summary.best
            )
            for summary in judgement.studies
            if summary.best is not None and opened is not None
        },
    )


def judge_history(round_: Round, history: History) -> Judgement:
    """The judgement on what a ledger holds, with what the earlier rounds that it names add."""
    known_sd = trial_sd_of(round_.trial_variance) if round_.trial_variance else None
    parent = earlier_round(round_.parent) if round_.parent else None
    epochs = parent.epochs if parent else None
    # The matrices are small: more threads only wait for each other, and cost others their CPU.
    with threadpool_limits(limits=1, user_api="blas"):
        return judge_round(round_, history.finished.values(), history.reruns, known_sd, epochs)
