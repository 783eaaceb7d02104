"""The status of a round in the terminal and as JSON."""

from __future__ import annotations

import math
from typing import Any

from rich.console import Console
from rich.text import Text

from tuneplay.domain.progress import Progress
from tuneplay.render.live import draw
from tuneplay.render.progress_json import progress_json
from tuneplay.render.trimmed import Trimmed
from tuneplay.words.text import safe, typed

#: Reruns that have ended, and reruns that were asked for.
RerunCounts = tuple[int, int] | None


def print_status(
    console: Console,
    progress: Progress,
    coordinator: str | None,
    folder: str,
    reruns: RerunCounts = None,
) -> None:
    """Print how far a round has come."""
    console.print(Text(safe(f"{progress.name} · {progress.goal}"), style="bold"))
    console.print(Trimmed(draw(progress, console)))
    if reruns:
        console.print(Text(f"Reruns: {reruns[0]} of {reruns[1]} have ended."))
    if coordinator:
        state = f"Running, coordinated by {coordinator}."
    elif progress.ended < progress.planned:
        state = f"Not running. Continue with: {typed('tuneplay', 'run', folder)}"
    elif reruns and reruns[0] < reruns[1]:
        state = f"Not running. Continue with: {typed('tuneplay', 'rerun', folder)}"
    else:
        state = f"Finished. Next: {typed('tuneplay', 'report', folder)}"
    console.print(Text(safe(state)), soft_wrap=True)


def status_json(
    progress: Progress, coordinator: str | None, reruns: RerunCounts = None
) -> dict[str, Any]:
    """The status as a JSON object."""
    return {
        "round": progress.name,
        "coordinator": coordinator,
        "progress": progress_json(progress),
        "reruns": {"ended": reruns[0], "asked": reruns[1]} if reruns else None,
        "studies": [
            {
                "study": study.key,
                "planned": study.planned,
                "feasible": study.feasible,
                "infeasible": study.infeasible,
                "failed": study.failed,
                "running": study.running,
                "best": study.best,
            }
            for study in progress.studies
        ],
        "running": [
            {
                "study": trial.id.study,
                "trial": trial.id.number,
                "rerun": trial.id.rerun,
                "attempt": trial.attempt,
                "epoch": trial.epoch,
                "objective": _finite(trial.objective),
                "seconds": round(trial.seconds, 1),
            }
            for trial in progress.running
        ],
    }


def _finite(value: float | None) -> float | None:
    """A value for JSON, where NaN and infinities become null."""
    return value if value is not None and math.isfinite(value) else None
