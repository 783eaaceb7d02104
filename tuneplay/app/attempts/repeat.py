"""The command that repeats a trial, for a shell."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from tuneplay.domain.command import Command, ConfigTemplate, fill, texts_of, variable_of
from tuneplay.domain.folder import AttemptFolder, RoundFolder, as_argument, study_folders
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
    So are the folders for what it writes, where the command passes none and it wrote to one.

    Args:
        round_: The round as it was recorded, without secrets.
        folder: Its folder.
        workdir: Folder in which its trials run.
        trial: One of its trials.
    """
    name = study_folders(study.key for study in round_.studies)[trial.id.study]
    attempt = folder.attempt(name, trial.id, trial.attempt)
    new = folder.repeat(name, trial.id)
    template, where = round_.command.template, str(workdir)
    builtin = {
        "epochs": str(round_.epochs),
        "seed": str(trial.seed),
        "trial_dir": as_argument(new.root, where),
        "checkpoint_dir": as_argument(new.checkpoints, where),
        "metrics_file": as_argument(new.metrics, where),
        "params_json": as_argument(attempt.params, where),
        "config": as_argument(attempt.config(template.suffix if template else ""), where),
        "study": trial.id.study,
        "trial": trial.id.label,
    }
    values = texts_of(trial.hyperparameters) | builtin
    named = round_.command.placeholders()
    steps = [f"cd {shlex.quote(where)}"]
    # A program that is passed no folder, and wrote to one, has read it from its environment.
    read = _WRITTEN if not named & _WRITTEN and _wrote(attempt, template) else frozenset()
    if written := named & _WRITTEN | read:
        made = "checkpoint_dir" if "checkpoint_dir" in written else "trial_dir"
        steps.append(f"mkdir -p {shlex.quote(builtin[made])}")
    env = _environment(round_.command, values, builtin.keys() - _DETERMINING - read)
    argv = shlex.join(round_.command.argv(trial.hyperparameters, builtin))
    return " && ".join([*steps, " ".join([*env, argv])])


def _wrote(attempt: AttemptFolder, template: ConfigTemplate | None) -> bool:
    """Whether the program wrote to its trial's folder; True where that is not known any more."""
    made = {attempt.config(template.suffix)} if template else set()
    # tuneplay makes no file for metrics where `$TUNEPLAY_METRICS` is not used.
    made |= {*attempt.ours} - {attempt.metrics}
    try:
        return not {f"{attempt.root}/{name}" for name in os.listdir(attempt.root)} <= made
    except OSError:
        return True


def _environment(
    command: Command, values: Mapping[str, str], left_out: AbstractSet[str]
) -> Iterator[str]:
    """What decides the result and is not in the command itself, then the spec's own variables."""
    named = command.placeholders()
    for name, value in values.items():
        passed = name in named or (command.passes_all and name not in _DETERMINING | _WRITTEN)
        if not passed and name not in left_out:
            variable = "TUNEPLAY_METRICS" if name == "metrics_file" else variable_of(name)
            yield f"{variable}={shlex.quote(value)}"
    for name, text in command.env.items():
        value = fill(text, values)
        # The shell may have the secret; a false one would take its place.
        if REDACTED not in value:
            yield f"{name}={shlex.quote(value)}"
