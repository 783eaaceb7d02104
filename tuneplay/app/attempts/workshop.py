"""The workshop of a round: preparing attempts, and reading what became of them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from tuneplay.app.attempts.attempt import Attempt
from tuneplay.app.attempts.checkpoint_files import find_checkpoint, thin_out
from tuneplay.app.attempts.oddities import remarks_of
from tuneplay.domain.curves import Curves
from tuneplay.domain.folder import AttemptFolder, RoundFolder, study_folders
from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.round import Round
from tuneplay.domain.secrets import Secrets
from tuneplay.domain.trial import Outcome, Trial, TrialId
from tuneplay.errors import LedgerError
from tuneplay.judge.ending import Decision, Ending
from tuneplay.launch.base import Order
from tuneplay.launch.gpus import gpu_environment
from tuneplay.ledger.events import Intent
from tuneplay.words.outcomes import reason_of


class Workshop:
    """Prepares attempts of one round and reads their results."""

    def __init__(
        self, round_: Round, folder: RoundFolder, workdir: Path, secrets: Secrets | None = None
    ) -> None:
        self._round = round_
        self.secrets = secrets or Secrets()
        self._folder = folder
        self._workdir = workdir
        self._folders = study_folders(study.key for study in round_.studies)
        # Python buffers what it prints to a file. Unbuffered, every epoch is seen as it ends, and
        # none is lost when the trial is killed.
        self._environ = {"PYTHONUNBUFFERED": "1", **os.environ}
        named = round_.command.placeholders()
        self._keeps_checkpoints = "checkpoint_dir" in named
        self._may_save = self._keeps_checkpoints or "trial_dir" in named

    def folder_of(self, trial: TrialId, attempt: int) -> AttemptFolder:
        """Folder of an attempt."""
        return self._folder.attempt(self._folders[trial.study], trial, attempt)

    def free_number(self, trial: TrialId, last: int) -> int:
        """Number of the next attempt of a trial.

        A crash may have taken the end of the ledger with it and left a folder: that number is used.

        Args:
            trial: The trial.
            last: Number of the last attempt that the ledger knows.
        """
        number = last + 1
        while os.path.lexists(self.folder_of(trial, number).root):
            number += 1
        return number

    def order(self, intent: Intent) -> Order:
        """What to submit for an attempt; touches no file."""
        folder = self.folder_of(intent.trial, intent.attempt)
        builtin = self._builtin(intent, folder)
        command = self._round.command
        ours = command.environment(intent.hyperparameters, builtin) | gpu_environment(intent.gpus)
        template = command.template
        config = None
        if template is not None:
            config = (builtin["config"], template.fill(intent.hyperparameters, builtin))
        return Order(
            f"{intent.trial}.{intent.attempt}",
            command.argv(intent.hyperparameters, builtin),
            self._environ,
            ours,
            self._workdir,
            folder,
            config,
        )

    def prepare(self, order: Order, hyperparameters: Mapping[str, Scalar]) -> None:
        """Make the attempt's folder, with the command and the hyperparameters in it.

        The folder for checkpoints is made for a command that names `{checkpoint_dir}`.

        Raises:
            LedgerError: The storage is full or cannot be written.
        """
        command = {"argv": order.argv, "workdir": str(order.workdir), "env": order.added}
        try:
            os.makedirs(order.folder.checkpoints if self._keeps_checkpoints else order.folder.root)
            _write_json(order.folder.command, self.secrets.hide_in(command))
            _write_json(order.folder.params, self.secrets.hide_in(hyperparameters))
            if order.config is not None:
                with open(order.config[0], "w", encoding="utf-8") as file:
                    file.write(order.config[1])
        except OSError as error:
            raise LedgerError(
                f"{order.folder.root}: cannot be written: {error.strerror}",
                "Free space or fix the file permissions, then the same command goes on.",
            ) from None

    def result(self, attempt: Attempt, ending: Ending, decision: Decision) -> Trial:
        """The ended trial, when this attempt is its last one."""
        metric, worse_than = self._round.objective.metric, self._round.infeasible.worse_than
        reason, curves = reason_of(decision, ending, metric, worse_than), ending.curves
        return Trial(
            attempt.intent.trial,
            attempt.intent.seed,
            self.secrets.hide_in(attempt.intent.hyperparameters),
            Outcome(decision.state, reason, decision.value, decision.best_epoch, decision.cause),
            curves,
            attempt.intent.attempt,
            attempt.seconds if attempt.watched else attempt.lasted,
            self._checkpoint(attempt.folder, curves, decision.best_epoch),
            attempt.collector.bad_lines[0],
            remarks_of(attempt.collector, ending),
        )

    def thin_out(self, trial: Trial) -> None:
        """Delete the checkpoints of an ended trial that the spec does not keep."""
        keep = self._round.keep_checkpoints
        if self._keeps_checkpoints and keep is not None:
            folder = self.folder_of(trial.id, trial.attempt)
            thin_out(folder, trial.curves, self._round.objective, keep)

    def _checkpoint(self, folder: AttemptFolder, curves: Curves, epoch: int | None) -> str | None:
        if not self._may_save or epoch is None:
            return None
        found = find_checkpoint(folder, curves, epoch)
        return str(found.relative_to(self._folder.root)) if found else None

    def _builtin(self, intent: Intent, folder: AttemptFolder) -> dict[str, str]:
        template = self._round.command.template
        return {
            "epochs": str(self._round.epochs),
            "seed": str(intent.seed),
            "trial_dir": folder.root,
            "checkpoint_dir": folder.checkpoints,
            "metrics_file": folder.metrics,
            "params_json": folder.params,
            "config": folder.config(template.suffix if template else ""),
            "study": intent.trial.study,
            "trial": intent.trial.label,
        }


def _write_json(path: str, data: Mapping[str, object]) -> None:
    """Write an object with one key a line (json's own indentation is slow)."""
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in data.items())
    with open(path, "wb", buffering=0) as file:
        file.write(f"{{\n{lines}\n}}\n".encode())
