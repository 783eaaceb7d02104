"""The ledger's events as JSON objects, one a line, and back.

Curves are columns; a value that is not a finite number is null.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any

from tuneplay.domain.curves import Curves
from tuneplay.domain.trial import Cause, Outcome, Reruns, State, Trial, TrialId
from tuneplay.ledger.earlier_format import cause_in
from tuneplay.ledger.events import Event, Finished, Intent, Note, Opened, Rerun, Started
from tuneplay.ledger.parse import check_measured

#: Version of the ledger's format; a reader refuses a newer one.
LEDGER_VERSION = 1


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
            "spec_sha256": digest_of(event.spec),
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
        # Earlier versions did not record it.
        if data.get("spec_sha256", digest_of(spec)) != digest_of(spec):
            raise ValueError("the spec is not the one that was recorded")
        where = (
            _mapping(data["versions"]),
            _mapping(data["git"]),
            _mapping(data.get("machine", {})),
        )
        template = data.get("template")
        return Opened(spec, source, workdir, *where, None if template is None else _text(template))
    if kind == "finished":
        return Finished(_decode_trial(data))
    if kind == "rerun":
        selected = {key: _wholes(numbers) for key, numbers in _mapping(data["selected"]).items()}
        seeds = _wholes([data["seeds"]])[0]
        return Rerun(Reruns(selected, seeds, _wholes(data["looks"])))
    if kind == "intent":
        intent = (data["attempt"], data["seed"], _scalars(data["hyperparameters"]))
        return Intent(_decode_id(data), *intent, tuple(data.get("gpus", ())))
    if kind == "started":
        return Started(_decode_id(data), data["attempt"], _mapping(data["handle"]))
    if kind == "note":
        return Note(data["kind"], _decode_id(data), data["attempt"], data["text"])
    return None


def digest_of(spec: str) -> str:
    """The SHA-256 of a spec's text in UTF-8: of the very bytes of its file, if nothing is redacted."""
    return hashlib.sha256(spec.encode("utf-8", "surrogatepass")).hexdigest()


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


def _scalars(value: Any) -> dict[str, Any]:
    """Hyperparameters: texts, numbers, booleans and null, and never what is not finite."""
    for one in _mapping(value).values():
        if not isinstance(one, str | bool | None):
            _number(one)
    return dict(value)


def _wholes(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(one) is int for one in value):
        raise TypeError(f"{value!r} are not whole numbers")
    return tuple(value)


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    if isinstance(value, float) and not math.isfinite(value):
        raise TypeError(f"{value!r} is not finite")
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
        "cause": trial.outcome.cause,
        "value": trial.outcome.value,
        "best_epoch": trial.outcome.best_epoch,
        "seconds": None if trial.seconds is None else round(trial.seconds, 3),
        "checkpoint": trial.checkpoint,
        "hyperparameters": dict(trial.hyperparameters),
        "curves": {"epoch": list(trial.curves.epochs), **columns},
        **(odd if trial.bad_lines or trial.remarks else {}),
    }


def _cause(data: Mapping[str, Any], reason: str) -> Cause | None:
    """The recorded cause; None for one that a later version has added."""
    if "cause" not in data:
        return cause_in(reason)
    if data["cause"] is None:
        return None
    named = _text(data["cause"])
    return Cause(named) if named in set(Cause) else None


def _finite(column: Any) -> list[float | None]:
    return [v if v is not None and math.isfinite(v) else None for v in column]


def _decode_trial(data: Mapping[str, Any]) -> Trial:
    curves = data["curves"]
    if not isinstance(curves, dict):
        raise TypeError("curves are columns")
    epochs = curves.pop("epoch")
    state, reason, value = State(data["state"]), _text(data["reason"]), _number(data["value"])
    outcome = Outcome(state, reason, value, data["best_epoch"], _cause(data, reason))
    if any(not isinstance(column, list) for column in (epochs, *curves.values())):
        raise TypeError("a column is a list")
    check_measured(data["best_epoch"], epochs, curves)
    return Trial(
        _decode_id(data),
        data["seed"],
        _scalars(data["hyperparameters"]),
        outcome,
        Curves(epochs, curves),
        data["attempt"],
        _number(data["seconds"]),
        data["checkpoint"],
        data.get("bad_lines", 0),
        tuple(_text(line) for line in data.get("remarks", ())),
    )
