"""A round: one goal, one spec, several studies, one folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Hyperparameter, Range, Scalar
from tuneplay.domain.meaning import Meaning, are_reinforcement, may_be_length, meaning_there


class Phase(StrEnum):
    """Exploration learns about the search space; exploitation looks for the best configuration."""

    EXPLORATION = "exploration"
    EXPLOITATION = "exploitation"


@dataclass(frozen=True, slots=True)
class Objective:
    """The validation metric that decides.

    Attributes:
        metric: Its name, as the program reports it.
        direction: Which way is better.
        worthwhile: Smallest improvement that is worth a change, in the metric's unit; 0 for any.
        test_metric: A metric that is shown for the reruns of the final choice and never decides;
            None for none.
        chance: The value that guessing gives; None where it is not stated.
    """

    metric: str
    direction: Direction
    worthwhile: float = 0.0
    test_metric: str | None = None
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Infeasibility:
    """What the spec declares infeasible, beyond divergence and out of memory.

    Attributes:
        worse_than: A best objective worse than this is infeasible; None for no limit.
        exit_codes: Exit codes with which the program reports an infeasible configuration.
    """

    worse_than: float | None = None
    exit_codes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Resources:
    """What a round may use.

    Attributes:
        slots: Trials at the same time; None for as many as the GPUs hold, or 1 without a GPU.
        gpus: GPU indices to use; None for all that are visible.
        gpus_per_trial: GPUs that each trial has for itself.
        trials_per_gpu: Trials that share one GPU.
        timeout: Seconds after which a trial is stopped; None for no limit.
        stall_timeout: Seconds without a new epoch after which a trial is stopped; None for none.
        retries: New attempts for a trial that was killed or lost from outside.
        max_log: Largest size of each log of an attempt, in bytes; None for no limit.
    """

    slots: int | None = None
    gpus: tuple[int, ...] | None = None
    gpus_per_trial: int = 1
    trials_per_gpu: int = 1
    timeout: float | None = None
    stall_timeout: float | None = None
    retries: int = 1
    max_log: int | None = None


@dataclass(frozen=True, slots=True)
class Study:
    """The search for the best nuisance values at one scientific configuration.

    Attributes:
        key: For example `optimizer=adam` or `depth=3,norm=layer`. A joint study has the names of
            its ranges (`weight_decay`); a round that only tunes has `all`.
        scientific: The scientific configuration.
        shared: Nuisance hyperparameters that all studies of the round have, in spec order. They
            have the same coordinates of the plan in every study.
        conditional: Nuisance hyperparameters that exist only for this configuration.
        fixed: Hyperparameters with one value in this study.
        axes: Scientific hyperparameters that are ranges. A joint study samples them together with
            the nuisance ones. They are the same in all studies of a round.
    """

    key: str
    scientific: Mapping[str, Scalar]
    shared: tuple[Hyperparameter, ...] = ()
    conditional: tuple[Hyperparameter, ...] = ()
    fixed: Mapping[str, Scalar] = field(default_factory=dict)
    axes: tuple[Range, ...] = ()

    @property
    def space(self) -> tuple[Hyperparameter, ...]:
        """What is sampled: the scientific ranges, the shared and the conditional nuisance ones."""
        return (*self.axes, *self.shared, *self.conditional)

    @property
    def names(self) -> frozenset[str]:
        """Names of all hyperparameters that a trial of this study has."""
        return frozenset(self.scientific) | {h.name for h in self.space} | frozenset(self.fixed)


@dataclass(frozen=True, slots=True)
class Round:
    """A round as its spec declares it.

    Attributes:
        name: Name of its folder.
        goal: The question, in one sentence.
        phase: How the search samples.
        command: The train command, with its placeholders.
        objective: The metric that decides.
        epochs: Epochs of every trial: one number, never a hyperparameter.
        trials: Trials of each study.
        studies: One for each scientific configuration, in the order of the spec.
        baseline: Key of the study that the others are compared to; None in a round that only
            tunes.
        seed: Seed of the plan.
        rerun_seeds: Reruns of each best configuration.
        infeasible: What else counts as infeasible.
        keep_checkpoints: Best checkpoints of each trial that are kept; None for all of them.
        resources: What the round may use.
        trial_variance: An earlier round of the same pipeline whose baseline reruns measured the
            trial variance; None for none.
        final_epochs: Epochs of the longer trainings that this round prepares; None when the spec
            does not say.
        parent: The earlier round that this one follows; None for none.
        workdir: Folder in which its trials run, relative to the spec's; None for the folder from
            which the round is started.
        budget: Seconds that one call of `tuneplay run` may take; None for any.
        meanings: What hyperparameters are, where the spec says so; None for no known meaning.
        redact: Environment variables and fixed hyperparameters whose values are never written.
    """

    name: str
    goal: str
    phase: Phase
    command: Command
    objective: Objective
    epochs: int
    trials: int
    studies: tuple[Study, ...]
    baseline: str | None = None
    seed: int = 0
    rerun_seeds: int = 5
    infeasible: Infeasibility = field(default_factory=Infeasibility)
    keep_checkpoints: int | None = 1
    resources: Resources = field(default_factory=Resources)
    trial_variance: str | None = None
    final_epochs: int | None = None
    parent: str | None = None
    workdir: str | None = None
    budget: float | None = None
    meanings: Mapping[str, Meaning | None] = field(default_factory=dict)
    redact: tuple[str, ...] = ()
    _by_key: dict[str, Study] = field(init=False, repr=False, compare=False)
    _reinforcement: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the studies by their keys, and find out what the names mean here."""
        object.__setattr__(self, "_by_key", {study.key: study for study in self.studies})
        names = frozenset().union(*(study.names for study in self.studies))
        object.__setattr__(self, "_reinforcement", are_reinforcement(names))

    def meaning(self, name: str) -> Meaning | None:
        """What a hyperparameter is, from the spec or else from its name."""
        if name in self.meanings:
            return self.meanings[name]
        return meaning_there(name, reinforcement=self._reinforcement)

    def may_be_length(self, name: str) -> bool:
        """Whether a hyperparameter could be the length of the training."""
        known = name in self.meanings
        return not known and may_be_length(name, reinforcement=self._reinforcement)

    def study(self, key: str) -> Study:
        """The study with this key.

        Raises:
            KeyError: No study has this key.
        """
        return self._by_key[key]
