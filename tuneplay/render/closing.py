"""The last lines of `tuneplay run` and `rerun`: what was done, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from tuneplay.domain.progress import Progress
from tuneplay.words.numbers import count, number
from tuneplay.words.text import safe, typed

if TYPE_CHECKING:
    from tuneplay.domain.round import Round
    from tuneplay.judge.judgement import Judgement


def print_ending(out: TextIO, progress: Progress, folder: str, *, started: bool) -> None:
    """Print how a round ended, or how far it came.

    Args:
        out: Where to.
        progress: How far the round has come.
        folder: The round's folder, for the commands that are suggested.
        started: Whether there was anything to do.
    """
    complete = progress.ended == progress.planned
    counts = {
        "feasible": sum(study.feasible for study in progress.studies),
        "infeasible": sum(study.infeasible for study in progress.studies),
        "failed": sum(study.failed for study in progress.studies),
    }
    states = ", ".join(f"{n} {state}" for state, n in counts.items() if n)
    trials = count(progress.planned, "trial")
    if not started:
        lines = [f"{progress.name} was already finished: {trials} ({states}). Nothing was started."]
    elif complete:
        lines = [f"{progress.name} is finished: {trials} ({states})."]
    else:
        lines = [f"{progress.name} stopped: {progress.ended} of {trials} have ended."]
        if progress.running:
            lines.append(f"Still running: {count(len(progress.running), 'trial')}.")
        lines.append(f"Nothing is lost. Continue with: {typed('tuneplay', 'run', folder)}")
    best = progress.best
    if best is not None:
        so_far = "" if complete else " so far"
        value = number(best.best)
        lines.append(f"Best {progress.objective.metric}{so_far}: {value} ({best.best_trial}).")
    if complete:
        lines.append(f"Next: {typed('tuneplay', 'report', folder)}")
    try:
        print(safe("\n".join(lines)), file=out, flush=True)
    except OSError:
        return  # nobody reads standard output any longer


def print_reruns(
    out: TextIO,
    round_: Round,
    progress: Progress,
    judgement: Judgement,
    folder: str,
    *,
    started: bool,
) -> None:
    """Print how the reruns ended, and what they say.

    Args:
        out: Where to.
        round_: The round.
        progress: Progress of the reruns.
        judgement: What the round supports now.
        folder: The round's folder, for the commands that are suggested.
        started: Whether there was anything to do.
    """
    lines = [_say_progress(progress, started=started)]
    if progress.ended >= progress.planned:
        lines += _say_judgement(round_, judgement)
        lines.append(f"Next: {typed('tuneplay', 'report', folder)}")
    try:
        print(safe("\n".join(lines)), file=out, flush=True)
    except OSError:
        return  # nobody reads standard output any longer


def _say_progress(progress: Progress, *, started: bool) -> str:
    reruns = count(progress.planned, "rerun")
    if progress.ended < progress.planned:
        return f"Stopped: {progress.ended} of {reruns} have ended. Give the same command again."
    if started:
        return f"{reruns} {'has' if progress.planned == 1 else 'have'} ended."
    return f"{reruns} had already ended; nothing was started. For more reruns ask for more seeds."


def _say_judgement(round_: Round, judgement: Judgement) -> list[str]:
    # Judging loads numpy, which `tuneplay run` does not need.
    from tuneplay.words.answer import say_answer
    from tuneplay.words.naming import naming_of
    from tuneplay.words.remarks import say_luck

    naming = naming_of(round_)
    lucky = [
        say_luck(s.luck, naming.study(s.study.key)).text
        for s in judgement.studies
        if s.luck is not None
    ]
    return [*lucky, *(line.text for line in say_answer(judgement, naming))]
