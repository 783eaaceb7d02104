"""The ledger's events: what is written, and how it is read back.

One JSON object a line. `opened` carries the spec and where it came from, `intent` is written
before an attempt is submitted, `started` after, `finished` once for each trial with everything
that a report needs, `note` for the rest. Curves are columns; a value that is not a finite number
is null.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tuneplay.domain.curves import Curves
from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.trial import Outcome, Reruns, State, Trial, TrialId
from tuneplay.ledger.parse import check_measured

#: Version of the ledger's format; a reader refuses a newer one.
LEDGER_VERSION = 1


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


def encode(event: Event, at: str) -> dict[str, Any]:
    """An event as a JSON object.

    Args:
        event: The event.
        at: Time of the event, ISO 8601 in UTC.
    """
    kind = type(event).__name__.lower()
    head = {"event": kind, "at": at}
    if isinstance(event, Opened):
        return {
            **head,
            "ledger_version": LEDGER_VERSION,
            "spec": event.spec,
            "source": event.source,
            "workdir": event.workdir,
            "versions": dict(event.versions),
            "git": dict(event.git),
            "machine": dict(event.machine),
            **({"template": event.template} if event.template is not None else {}),
        }
    if isinstance(event, Finished):
        return head | _encode_trial(event.trial)
    if isinstance(event, Rerun):
        reruns = event.reruns
        selected = {key: list(numbers) for key, numbers in reruns.selected.items()}
        asked = {"selected": selected, "seeds": reruns.seeds}
        return head | asked | {"looks": list(reruns.looks)}
    head |= _encode_id(event.trial) | {"attempt": event.attempt}
    if isinstance(event, Intent):
        values = {"seed": event.seed, "hyperparameters": dict(event.hyperparameters)}
        return head | values | ({"gpus": list(event.gpus)} if event.gpus else {})
    if isinstance(event, Started):
        return head | {"handle": dict(event.handle)}
    return head | {"kind": event.kind, "text": event.text}


def decode(data: Mapping[str, Any]) -> Event | None:
    """The event in a JSON object; None for a kind that a later version has added.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: The object is not an event.
    """
    kind = data["event"]
    if kind == "opened":
        spec, source, workdir = (_text(data[key]) for key in ("spec", "source", "workdir"))
        told = (_mapping(data["versions"]), _mapping(data["git"]))
        template = data.get("template")
        kept = None if template is None else _text(template)
        return Opened(spec, source, workdir, *told, _mapping(data.get("machine", {})), kept)
    if kind == "finished":
        return Finished(_decode_trial(data))
    if kind == "rerun":
        selected = {key: tuple(numbers) for key, numbers in data["selected"].items()}
        return Rerun(Reruns(selected, data["seeds"], tuple(data["looks"])))
    if kind == "intent":
        intent = (data["attempt"], data["seed"], _mapping(data["hyperparameters"]))
        return Intent(_decode_id(data), *intent, tuple(data.get("gpus", ())))
    if kind == "started":
        return Started(_decode_id(data), data["attempt"], _mapping(data["handle"]))
    if kind == "note":
        return Note(data["kind"], _decode_id(data), data["attempt"], data["text"])
    return None


def _encode_id(trial: TrialId) -> dict[str, Any]:
    identity: dict[str, Any] = {"study": trial.study, "trial": trial.number}
    return identity | {"rerun": trial.rerun} if trial.rerun else identity


def _decode_id(data: Mapping[str, Any]) -> TrialId:
    trial = TrialId(data["study"], data["trial"], data.get("rerun", 0))
    if not (isinstance(trial.number, int) and isinstance(trial.rerun, int)):
        raise TypeError("a trial has a number")
    _text(trial.study)
    return trial


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is not an object")
    return value


def _number(value: Any) -> float | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise TypeError(f"{value!r} is not a number")
    return value


def _encode_trial(trial: Trial) -> dict[str, Any]:
    columns = {name: _finite(column) for name, column in trial.curves.metrics.items()}
    odd = {"bad_lines": trial.bad_lines, "remarks": list(trial.remarks)}
    return {
        **_encode_id(trial.id),
        "attempt": trial.attempt,
        "seed": trial.seed,
        "state": trial.outcome.state.value,
        "reason": trial.outcome.reason,
        "value": trial.outcome.value,
        "best_epoch": trial.outcome.best_epoch,
        "seconds": None if trial.seconds is None else round(trial.seconds, 3),
        "checkpoint": trial.checkpoint,
        "hyperparameters": dict(trial.hyperparameters),
        "curves": {"epoch": list(trial.curves.epochs), **columns},
        **(odd if trial.bad_lines or trial.remarks else {}),
    }


def _finite(column: Any) -> list[float | None]:
    return [v if v is not None and math.isfinite(v) else None for v in column]


def _decode_trial(data: Mapping[str, Any]) -> Trial:
    curves = data["curves"]
    if not isinstance(curves, dict):
        raise TypeError("curves are columns")
    epochs = curves.pop("epoch")
    state, reason = State(data["state"]), _text(data["reason"])
    outcome = Outcome(state, reason, _number(data["value"]), data["best_epoch"])
    if any(not isinstance(column, list) for column in (epochs, *curves.values())):
        raise TypeError("a column is a list")
    check_measured(data["best_epoch"], epochs, curves)
    return Trial(
        _decode_id(data),
        data["seed"],
        _mapping(data["hyperparameters"]),
        outcome,
        Curves(epochs, curves),
        data["attempt"],
        _number(data["seconds"]),
        data["checkpoint"],
        data.get("bad_lines", 0),
        tuple(_text(line) for line in data.get("remarks", ())),
    )
