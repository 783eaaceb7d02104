"""How far a round has come, at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from tuneplay.domain.round import Objective
from tuneplay.domain.trial import TrialId


@dataclass(frozen=True, slots=True)
class StudyProgress:
    """Progress of one study.

    Attributes:
        key: The study's key.
        planned: Trials that the spec asks for.
        feasible: Trials that ended feasible.
        infeasible: Trials that ended infeasible.
        failed: Trials that failed.
        running: Trials that run now.
        best: Best objective so far; None without a feasible trial.
        best_trial: The trial with this objective.
    """

    key: str
    planned: int
    feasible: int = 0
    infeasible: int = 0
    failed: int = 0
    running: int = 0
    best: float | None = None
    best_trial: TrialId | None = None

    @property
    def ended(self) -> int:
        """Trials that have ended in any way."""
        return self.feasible + self.infeasible + self.failed


@dataclass(frozen=True, slots=True)
class RunningTrial:
    """A trial that runs now.

    Attributes:
        id: Its identity.
        attempt: Number of the attempt.
        epoch: The last epoch that it reported; None before the first.
        objective: Objective at that epoch; None when it was not reported.
        seconds: Time since it was started.
    """

    id: TrialId
    attempt: int
    epoch: int | None
    objective: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a round.

    Attributes:
        name: The round's name.
        goal: Its goal.
        objective: The metric that decides.
        epochs: Epochs of every trial.
        studies: One entry a study, in the order of the spec.
        running: The trials that run now.
        slots: Trials that can run at the same time.
        seconds_left: Estimated time left; None before the first trial has ended.
        stopping: Empty, or what is being done to stop.
    """

    name: str
    goal: str
    objective: Objective
    epochs: int
    studies: tuple[StudyProgress, ...]
    running: tuple[RunningTrial, ...] = ()
    slots: int = 1
    seconds_left: float | None = None
    stopping: str = ""

    @property
    def planned(self) -> int:
        """Trials that the spec asks for, in all studies."""
        return sum(study.planned for study in self.studies)

    @property
    def ended(self) -> int:
        """Trials that have ended, in all studies."""
        return sum(study.ended for study in self.studies)

    @property
    def best(self) -> StudyProgress | None:
        """The study with the best objective so far."""
        found = [study for study in self.studies if study.best is not None]
        return min(
            found,
            key=lambda study: self.objective.direction.sign * (study.best or 0.0),
            default=None,
        )
