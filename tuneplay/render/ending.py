"""The last lines of a run: what was done, and what to do next."""

from __future__ import annotations

from typing import TextIO

from tuneplay.domain.progress import Progress
from tuneplay.render.words import count, number, safe


def print_ending(out: TextIO, progress: Progress, folder: str, *, started: bool) -> None:
    """Print how a run ended.

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
        lines = [f"{progress.name} is finished already: {trials} ({states}). Nothing was started."]
    elif complete:
        lines = [f"{progress.name} is finished: {trials} ({states})."]
    else:
        lines = [f"{progress.name} stopped: {progress.ended} of {trials} have ended."]
        if progress.running:
            lines.append(f"{count(len(progress.running), 'trial')} still running on their own.")
        lines.append(f"Nothing is lost. Go on: tuneplay run {folder}")
    best = progress.best
    if best is not None and complete:
        metric = progress.objective.metric
        lines.append(f"Best {metric} so far: {number(best.best)} ({best.best_trial}).")
    if complete:
        lines.append(f"Next: tuneplay report {folder}")
    try:
        print(safe("\n".join(lines)), file=out, flush=True)
    except OSError:
        return  # nobody reads standard output any more
