"""The ledger's events.

`opened` carries the spec and where it came from, `intent` is written before an attempt is submitted,
`started` after, `finished` once for each trial with everything that a report needs, `note` for the
rest. How they are written is in `ledger/codec.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.trial import Reruns, Trial, TrialId


@dataclass(frozen=True, slots=True)
class Opened:
    """The round was opened, or its spec was amended in a way that keeps what was measured.

    Attributes:
        spec: The spec's text.
        source: The spec's file, as an absolute path.
        workdir: Folder in which the trials run.
        versions: Versions of tuneplay, Python and Optuna.
        git: Commit of the working folder, whether it was dirty, and the name and hash of the
            file with the diff; empty outside of git.
        machine: Host, platform and GPUs.
        template: Text of the spec's `config_template`; None for none.
    """

    spec: str
    source: str
    workdir: str
    versions: Mapping[str, str] = field(default_factory=dict)
    git: Mapping[str, Any] = field(default_factory=dict)
    machine: Mapping[str, Any] = field(default_factory=dict)
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """An attempt is about to be submitted.

    Attributes:
        trial: The trial.
        attempt: Number of the attempt, from 1.
        seed: The seed that it gets.
        hyperparameters: Every hyperparameter and its value.
        gpus: The GPUs that it gets.
    """

    trial: TrialId
    attempt: int
    seed: int
    hyperparameters: Mapping[str, Scalar]
    gpus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """An attempt was submitted; the handle finds it again."""

    trial: TrialId
    attempt: int
    handle: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finished:
    """A trial has ended; written once for each trial."""

    trial: Trial


@dataclass(frozen=True, slots=True)
class Note:
    """Something to remember about an attempt.

    Attributes:
        kind: interrupted: the attempt was stopped on request and does not count as a retry.
            lost: it was killed or vanished, and counts as one. withdrawn: its `finished` no
            longer holds, for the train command itself was broken.
        trial: The trial.
        attempt: Number of the attempt.
        text: The reason in words.
    """

    kind: Literal["interrupted", "lost", "withdrawn"]
    trial: TrialId
    attempt: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Rerun:
    """Reruns were asked for."""

    reruns: Reruns


Event = Opened | Intent | Started | Finished | Note | Rerun
