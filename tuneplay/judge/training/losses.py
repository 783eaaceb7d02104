"""The training loss of a study, which its trials report next to the objective."""

from __future__ import annotations

from tuneplay.judge.case import StudyCase
from tuneplay.judge.measures.metric_names import training_loss


def loss_of(case: StudyCase) -> str | None:
    """Name of the training loss that the better trials report; None when there is none."""
    return training_loss({name for trial in case.better for name in trial.curves.metrics})
