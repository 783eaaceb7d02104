"""What a check may know: the case of one study, and the case of the round."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from tuneplay.domain.round import Round, Study
from tuneplay.domain.trial import State, Trial
from tuneplay.judge.measures.selection import better_part, ranked

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Case:
    """What both cases share: each thing is measured once, whoever asks for it."""

    _measured: dict[Callable[[Any], Any], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def once(self, measure: Callable[[Self], T]) -> T:
        """What a function measures on this case; it is called only the first time."""
        if measure not in self._measured:
            self._measured[measure] = measure(self)
        found: T = self._measured[measure]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyCase(_Case):
    """What a check of one study may know.

    Attributes:
        round: The round.
        study: The study.
        trials: Its ended trials, reruns among them, by their numbers.
        difference: The smallest difference between studies that is being judged, in the
            objective's unit, above 0; None when there is none.
        trial_sd: The trial variance as a standard deviation in the objective's unit, from reruns
            of this round or an earlier one; None when it is not known.
    """

    round: Round
    study: Study
    trials: Sequence[Trial]
    difference: float | None = None
    trial_sd: float | None = None

    @property
    def key(self) -> str:
        """The study's key."""
        return self.study.key

    @property
    def searched(self) -> Sequence[Trial]:
        """The ended trials of the search: without reruns."""
        return self.once(_searched)

    @property
    def counted(self) -> Sequence[Trial]:
        """Those of them that are evidence about their configurations: without failed ones."""
        return self.once(_counted)

    @property
    def ranked(self) -> Sequence[Trial]:
        """The feasible ones, best first."""
        return self.once(_ranked)

    @property
    def better(self) -> Sequence[Trial]:
        """The trials that matter for advice: the better quarter of the feasible ones."""
        return better_part(self.ranked)

    @property
    def best(self) -> Trial | None:
        """The best trial by retrospective checkpoint selection; None without a feasible one."""
        return next(iter(self.ranked), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundCase(_Case):
    """What a check of the round may know.

    Attributes:
        round: The round.
        studies: The case of each study by its key, in the order of the spec.
        trial_sd: As in `StudyCase`.
        final_epochs: Epochs of the trainings that the round prepares: stated, or those of the
            round that it follows; None when neither is known.
    """

    round: Round
    studies: Mapping[str, StudyCase]
    trial_sd: float | None = None
    final_epochs: int | None = None

    @property
    def trials(self) -> Mapping[str, Sequence[Trial]]:
        """The ended trials of each study by its key, reruns among them."""
        return {key: case.trials for key, case in self.studies.items()}


def _searched(case: StudyCase) -> Sequence[Trial]:
    return [trial for trial in case.trials if not trial.id.rerun]


def _counted(case: StudyCase) -> Sequence[Trial]:
    return [trial for trial in case.searched if trial.outcome.state is not State.FAILED]


def _ranked(case: StudyCase) -> Sequence[Trial]:
    return ranked(case.searched, case.round.objective.direction)
