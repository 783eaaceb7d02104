"""Progress as JSON, for the report and the status."""

from __future__ import annotations

from tuneplay.domain.progress import Progress


def progress_json(progress: Progress) -> dict[str, int]:
    """Counts of trials over all studies."""
    studies = progress.studies
    return {
        "planned": progress.planned,
        "finished": progress.ended,
        "feasible": sum(study.feasible for study in studies),
        "infeasible": sum(study.infeasible for study in studies),
        "failed": sum(study.failed for study in studies),
        "running": sum(study.running for study in studies),
    }
