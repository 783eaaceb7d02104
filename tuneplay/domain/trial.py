"""Trials: their identity, their states, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tuneplay.domain.curves import Curves
from tuneplay.domain.hyperparameter import Scalar


@dataclass(frozen=True, slots=True, order=True)
class TrialId:
    """Identity of a trial within its round.

    Attributes:
        study: Key of its study, such as `optimizer=adam`.
        number: Position in the study's plan, from 0. A rerun keeps the number of the trial
            whose configuration it trains again.
        rerun: 0 for a trial of the search; k for the k-th rerun of that configuration.
    """

    study: str
    number: int
    rerun: int = 0

    @property
    def label(self) -> str:
        """Short name within the study: `0007`, or `0007r2` for its second rerun."""
        return f"{self.number:04d}r{self.rerun}" if self.rerun else f"{self.number:04d}"

    def __str__(self) -> str:
        return f"{self.study}/{self.label}"


@dataclass(frozen=True, slots=True)
class Reruns:
    """Reruns that were asked for.

    Attributes:
        selected: Numbers of the trials whose configurations are trained again, by study key; the
            first one is the best of the search and stands for its study.
        seeds: Reruns of each, in total.
        looks: Numbers of seeds at which a verdict is tried, fixed beforehand (`--until-decided`);
            empty for a fixed number of seeds.
    """

    selected: Mapping[str, tuple[int, ...]]
    seeds: int
    looks: tuple[int, ...] = ()

    def trials(self) -> Iterator[TrialId]:
        """The reruns in the order in which they start: seed by seed, paired across studies."""
        for seed in range(1, self.seeds + 1):
            for key, numbers in self.selected.items():
                for number in numbers:
                    yield TrialId(key, number, seed)


class State(StrEnum):
    """How a trial ended.

    feasible: a usable result. infeasible: diverged, out of memory, or worse than a stated limit;
    a fact about the configuration. failed: crashed or reported no metric; a fact about the
    program or the machine, and no evidence about the configuration.
    """

    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    FAILED = "failed"


class Cause(StrEnum):
    """Why an attempt did not end feasible; the ledger records it next to the reason in words.

    diverged: the objective, or a loss, stopped being finite. out-of-memory: an accelerator's memory
    was exhausted. worse-than-limit: worse than `infeasible: {worse_than}`. exit-code: an exit code
    other than 0. killed: a signal ended it. vanished: there is no exit code. timeout, stalled:
    tuneplay ended it. no-metric: it never reported the objective. terminated: somebody sent TERM,
    and it left early with exit code 0. no-space: a disk was full.

    The last two are never the cause of a trial's outcome. They say why an attempt is not evidence.
    folder-gone: its folder was deleted. log-shortened: its measurements were dropped from its log.
    """

    DIVERGED = "diverged"
    OUT_OF_MEMORY = "out-of-memory"
    WORSE_THAN_LIMIT = "worse-than-limit"
    EXIT_CODE = "exit-code"
    KILLED = "killed"
    VANISHED = "vanished"
    TIMEOUT = "timeout"
    STALLED = "stalled"
    NO_METRIC = "no-metric"
    TERMINATED = "terminated"
    NO_SPACE = "no-space"
    FOLDER_GONE = "folder-gone"
    LOG_SHORTENED = "log-shortened"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The judgement on one ended trial.

    Attributes:
        state: feasible, infeasible or failed.
        reason: Why, in words, when it is not feasible; else empty. For people: nothing reads it.
        value: Best objective over the epochs; None without a finite one.
        best_epoch: Epoch of `value`, by retrospective checkpoint selection.
        cause: Why, when it is not feasible; None for a feasible trial, and where an earlier version
            recorded a reason that nobody knows any more.
    """

    state: State
    reason: str = ""
    value: float | None = None
    best_epoch: int | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """An ended trial, as the ledger has it.

    Attributes:
        id: Its identity.
        seed: The seed that the program was given.
        hyperparameters: Every hyperparameter and its value: scientific, nuisance and fixed.
        outcome: How it ended.
        curves: The measurements of the attempt that ended it.
        attempt: Number of that attempt, from 1.
        seconds: Wall time of that attempt; None when it is not known.
        checkpoint: The best epoch's checkpoint, relative to the round's folder; None when none
            was recognised.
        bad_lines: Lines that looked like measurements and could not be used.
        remarks: The first few of them as `file:line: why`, and what happened to the files themselves.
    """

    id: TrialId
    seed: int
    hyperparameters: Mapping[str, Scalar]
    outcome: Outcome
    curves: Curves = field(default_factory=Curves)
    attempt: int = 1
    seconds: float | None = None
    checkpoint: str | None = None
    bad_lines: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether the trial gave a usable result."""
        return self.outcome.state is State.FEASIBLE
