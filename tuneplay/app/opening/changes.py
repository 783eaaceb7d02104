"""A spec that was edited after its round began: what may change, and what may not."""

from __future__ import annotations

import os
import shlex
from dataclasses import fields, replace
from difflib import unified_diff
from itertools import count

from tuneplay.domain.folder import SPEC_NAME
from tuneplay.domain.round import Round
from tuneplay.errors import SpecChangedError

#: Fields that cannot change what was measured, and their keys in the spec; `trials` is one of them
#: when it is raised. The name is the folder's. What is silenced is a key of the spec alone.
_FREE = {
    "name": None,
    "goal": "goal",
    "baseline": "baseline",
    "resources": "resources",
    "rerun_seeds": "reruns",
    "keep_checkpoints": "checkpoints",
    "redact": "redact",
    "trial_variance": "trial_variance",
    "final_epochs": "final_epochs",
    "parent": "parent",
    "meanings": "roles",
    "budget": "budget",
    "silence": "silence",
}

#: The same of the objective: they are asked of the same curves.
_FREE_OF_OBJECTIVE = ("worthwhile", "chance", "test_metric")

#: Lines of a difference that are shown.
MOST_LINES = 16


def check_changes(recorded: Round, now: Round, file: str) -> None:
    """Refuse a change that would make old and new trials incomparable.

    Args:
        recorded: The round as its trials were made.
        now: The round as the spec declares it now.
        file: The spec's name for the message.

    Raises:
        SpecChangedError: The spec changes what was measured.
    """
    asked = {name: getattr(now.objective, name) for name in _FREE_OF_OBJECTIVE}
    before = replace(recorded, objective=replace(recorded.objective, **asked))
    changed = [
        field.name
        for field in fields(Round)
        if field.compare
        and field.name not in (*_FREE, "trials", "studies")
        and getattr(before, field.name) != getattr(now, field.name)
    ]
    changed += _changed_studies(recorded, now)
    if now.trials < recorded.trials:
        changed.append(f"trials ({recorded.trials} before, {now.trials} now; it may only grow)")
    if changed:
        raise SpecChangedError(
            f"{file} was changed after the round began: {'; '.join(changed)}",
            "Trials made before and after would not be comparable. To keep the change, start a new "
            f"round from this one: {_new_round(file)}\n"
            f"To go on with this round, restore the spec. {may_change()}",
        )


def may_change() -> str:
    """The keys of a spec that may change after its round began, in a sentence."""
    keys = ", ".join(f"`{key}`" for key in _FREE.values() if key)
    *some, last = (f"`{key}`" for key in _FREE_OF_OBJECTIVE)
    return (
        f"`trials` may be raised, and {keys} and, of the `objective`, {', '.join(some)} and {last} "
        "may change."
    )


def _new_round(file: str) -> str:
    """The commands that make a new round of a spec that was edited, for a shell."""
    spec = file if os.path.isfile(file) else os.path.join(file, SPEC_NAME)
    if not os.path.isfile(spec):
        return "copy the spec under a new name, and `tuneplay run` that."
    folder, name = os.path.split(os.path.normpath(spec))
    if name == SPEC_NAME:
        new = os.path.join(_free(os.path.abspath(folder), ""), SPEC_NAME)
        new = os.path.relpath(new)
        make = f"mkdir {shlex.quote(os.path.dirname(new))} && "
    else:
        make, new = "", _free(*os.path.splitext(os.path.normpath(spec)))
    quoted = shlex.quote(new)
    return f"{make}cp {shlex.quote(spec)} {quoted} && tuneplay run {quoted}"


def _free(path: str, suffix: str) -> str:
    """`r-2.yaml` for `r.yaml`, or the next number that is free."""
    numbered = (f"{path}-{number}{suffix}" for number in count(2))
    return next(new for new in numbered if not os.path.lexists(new))


def difference(before: str, now: str) -> str:
    """What differs between two texts, line by line; long differences are cut."""
    lines = [
        line[0] + " " + line[1:]
        for line in unified_diff(before.splitlines(), now.splitlines(), lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    more = [f"  and {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
    return "\n".join([*("  " + line for line in lines[:MOST_LINES]), *more])


def _changed_studies(recorded: Round, now: Round) -> list[str]:
    if recorded.studies == now.studies:
        return []
    before, after = [s.key for s in recorded.studies], [s.key for s in now.studies]
    if before != after:
        return [f"scientific (studies {', '.join(before)} before, {', '.join(after)} now)"]
    pairs = zip(recorded.studies, now.studies, strict=True)
    return [f"hyperparameters of {old.key}" for old, new in pairs if old != new]
