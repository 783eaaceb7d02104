"""The command that repeats a trial, for a shell."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from tuneplay.domain.command import Command, fill, texts_of, variable_of
from tuneplay.domain.folder import RoundFolder, study_folders
from tuneplay.domain.round import Round
from tuneplay.domain.secrets import REDACTED
from tuneplay.domain.trial import Trial

#: Placeholders that change the result of a training.
_DETERMINING = frozenset({"epochs", "seed"})

#: Placeholders for what a program writes: a repetition gets a folder of its own.
_WRITTEN = frozenset({"trial_dir", "checkpoint_dir", "metrics_file"})


def repeat_command(round_: Round, folder: RoundFolder, workdir: Path, trial: Trial) -> str:
    """A line for a shell that trains a configuration again, with the same seed.

    What the program reads (`{config}`, `{params_json}`) is that of the trial. What it writes goes
    to a folder of its own, so nothing of the trial is overwritten. A hyperparameter, the seed or
    the epochs that the command does not pass are in its environment, as they were for the trial.

    Args:
        round_: The round as it was recorded, without secrets.
        folder: Its folder.
        workdir: Folder in which its trials run.
        trial: One of its trials.
    """
    name = study_folders(study.key for study in round_.studies)[trial.id.study]
    attempt = folder.attempt(name, trial.id, trial.attempt)
    new = folder.repeat(name, trial.id)
    template = round_.command.template
    builtin = {
        "epochs": str(round_.epochs),
        "seed": str(trial.seed),
        "trial_dir": _shown(new.root, workdir),
        "checkpoint_dir": _shown(new.checkpoints, workdir),
        "metrics_file": _shown(new.metrics, workdir),
        "params_json": _shown(attempt.params, workdir),
        "config": _shown(attempt.config(template.suffix if template else ""), workdir),
        "study": trial.id.study,
        "trial": trial.id.label,
    }
    command = round_.command
    values = texts_of(trial.hyperparameters) | builtin
    steps = [f"cd {shlex.quote(str(workdir))}"]
    named = command.placeholders()
    if named & _WRITTEN:
        made = "checkpoint_dir" if "checkpoint_dir" in named else "trial_dir"
        steps.append(f"mkdir -p {shlex.quote(builtin[made])}")
    env = _environment(command, values, builtin.keys() - _DETERMINING)
    argv = shlex.join(command.argv(trial.hyperparameters, builtin))
    return " && ".join([*steps, " ".join([*env, argv])])


def _environment(
    command: Command, values: Mapping[str, str], left_out: AbstractSet[str]
) -> Iterator[str]:
    """What decides the result and is not in the command itself, then the spec's own variables."""
    named = command.placeholders()
    for name, value in values.items():
        passed = name in named or (command.passes_all and name not in _DETERMINING)
        if not passed and name not in left_out:
            yield f"{variable_of(name)}={shlex.quote(value)}"
    for name, text in command.env.items():
        value = fill(text, values)
        # The shell may have the secret; a false one would take its place.
        if REDACTED not in value:
            yield f"{name}={shlex.quote(value)}"


def _shown(path: str, workdir: Path) -> str:
    """A path as it can be used in the working folder: relative where it is below that."""
    below = path.startswith(f"{workdir}{os.sep}")
    return os.path.relpath(path, workdir) if below else path
