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
Reruns = tuple[int, int] | None


def print_status(
    console: Console,
    progress: Progress,
    coordinator: str | None,
    folder: str,
    reruns: Reruns = None,
) -> None:
    """Print how far a round has come."""
    console.print(Text(safe(f"{progress.name} · {progress.goal}"), style="bold"))
    console.print(Trimmed(draw(progress, console)))
    if reruns:
        console.print(Text(f"Reruns: {reruns[0]} of {reruns[1]} have ended."))
    if coordinator:
        said = f"Coordinated by {coordinator}."
    elif progress.ended < progress.planned:
        said = f"Nobody coordinates it. Go on: {typed('tuneplay', 'run', folder)}"
    elif reruns and reruns[0] < reruns[1]:
        said = f"Nobody coordinates it. Go on: {typed('tuneplay', 'rerun', folder)}"
    else:
        said = f"Finished. Next: {typed('tuneplay', 'report', folder)}"
    console.print(Text(safe(said)), soft_wrap=True)


def status_json(
    progress: Progress, coordinator: str | None, reruns: Reruns = None
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
    """A value as JSON has it: what is not finite is null there."""
    return value if value is not None and math.isfinite(value) else None
