"""Attempts: preparing one, following it, and reading what became of it."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tuneplay.app.checkpoints import find_checkpoint, thin_out
from tuneplay.domain.curves import Curves
from tuneplay.domain.folder import AttemptFolder, RoundFolder, study_folders
from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.round import Round
from tuneplay.domain.secrets import Secrets
from tuneplay.domain.trial import Trial, TrialId
from tuneplay.errors import LedgerError
from tuneplay.judge.outcome import Ending, judge
from tuneplay.launch.base import Order, was_terminated
from tuneplay.launch.gpus import gpu_environment
from tuneplay.ledger.events import Intent
from tuneplay.metrics.collect import Collector
from tuneplay.metrics.follow import tail

#: Bytes of a trial's output that are read in one go. One that floods its log is read in pieces,
#: between which the coordinator sees to the others: 1 ms at best, 40 ms if all are measurements.
STEP = 1 << 20

#: Why a trial that somebody else ended, and that left as if nothing was amiss, is no result.
TERMINATED = "killed by SIGTERM from outside"

#: Characters of one remark on a trial's output, in the ledger.
MAX_REMARK = 300


@dataclass(slots=True)
class Attempt:
    """A living attempt.

    Attributes:
        intent: What it trains.
        folder: Where it writes.
        metric: The objective, which it measures.
        share: The GPUs of the slot that it holds; None when it holds none, because there are
            fewer slots than when it was started.
        collector: What it has measured so far.
        began: Monotonic time of its start.
        news: Monotonic time of its last measurement that was seen; before the first, of its start,
            or of being taken back.
        stopped: Empty, or why tuneplay ended it.
        kill_at: Monotonic time at which TERM becomes KILL; None before TERM.
        interrupted: Whether it was stopped on request, so that it will be begun anew.
        ended: Monotonic time of its end, as far as it was seen; None before.
        watched: Whether a coordinator lived when it ended.
        lasted: Seconds that an attempt which nobody watched took; None when that is not known.
    """

    intent: Intent
    folder: AttemptFolder
    metric: str
    share: tuple[str, ...] | None
    collector: Collector = field(init=False)
    began: float = field(default_factory=time.monotonic)
    news: float = field(init=False)
    stopped: str = ""
    kill_at: float | None = None
    interrupted: bool = False
    ended: float | None = None
    watched: bool = True
    lasted: float | None = None

    def __post_init__(self) -> None:
        self.collector = Collector(self.folder, self.metric)
        self.news = self.began

    @property
    def has_measured(self) -> bool:
        """Whether it has reported the objective."""
        return self.metric in self.collector.names

    @property
    def key(self) -> str:
        """Our key of the attempt."""
        return f"{self.intent.trial}.{self.intent.attempt}"

    def follow(self) -> None:
        """Read what was measured since, up to a bound; `collector.behind` tells of more."""
        if self.collector.read(most=STEP):
            self.news = time.monotonic()

    def read_to_end(self, most: int | None = STEP) -> bool:
        """Read what is left of an attempt that has ended, up to a bound; whether that was all."""
        self.collector.read(end=True, most=most)
        return not self.collector.behind

    def has_done_all(self, code: int | None, epochs: int) -> bool:
        """Whether it did all its epochs, which a program counts from 0 or from 1.

        Many programs answer TERM by saving and leaving with exit code 0: that alone is no ending.
        """
        last = self.collector.last_epoch
        if code != 0 or last is None:
            return False
        return last >= epochs or len(self.collector.curves().epochs) >= epochs

    def cut_short(self, code: int | None, epochs: int) -> bool:
        """Whether it was sent TERM from outside, and left with exit code 0 before its last epoch."""
        ours = self.stopped or self.interrupted or self.kill_at is not None
        return (
            code == 0
            and not ours
            and was_terminated(self.folder)
            and not self.has_done_all(code, epochs)
        )

    @property
    def seconds(self) -> float:
        """How long it has lived."""
        return (time.monotonic() if self.ended is None else self.ended) - self.began

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was odd about its output: the first bad lines, and what befell its files."""
        said = (*self.collector.happened, *self.collector.bad_lines[1])
        return tuple(line[:MAX_REMARK] for line in said)

    def mark_stopping(self) -> None:
        """Leave word in the folder that it is about to be ended, and why.

        A program may answer TERM with exit code 0: whoever reads the folder later, after a crash
        of this coordinator, must not take that for an ended training.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with contextlib.suppress(OSError):
            fd = os.open(self.folder.stopping, flags, 0o644)
            with open(fd, "w", encoding="utf-8") as file:
                file.write(self.stopped)

    def read_stopping(self) -> None:
        """Take over what an earlier coordinator left with `mark_stopping`."""
        with contextlib.suppress(OSError):
            self.stopped = Path(self.folder.stopping).read_text(encoding="utf-8")
            self.interrupted = not self.stopped


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
        # Python holds back what it prints to a file; unbuffered, every epoch is seen as it ends,
        # and none is lost when the trial is killed.
        self._environ = {"PYTHONUNBUFFERED": "1", **os.environ}
        named = round_.command.placeholders()
        self._keeps_checkpoints = "checkpoint_dir" in named
        self._may_save = self._keeps_checkpoints or "trial_dir" in named

    def folder_of(self, trial: TrialId, attempt: int) -> AttemptFolder:
        """Folder of an attempt."""
        return self._folder.attempt(self._folders[trial.study], trial, attempt)

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
                "Free space or mend the rights; the same command then goes on where it was.",
            ) from None

    def result(self, attempt: Attempt, exit_code: int | None) -> Trial:
        """The ended trial, as far as this attempt decides it; it was read to its end."""
        curves = attempt.collector.curves()
        logs = (attempt.folder.stderr, attempt.folder.stdout) if exit_code != 0 else ()
        log_tail = "\n".join(map(tail, logs))
        stopped = attempt.stopped
        if attempt.cut_short(exit_code, self._round.epochs):
            stopped = TERMINATED
        seen = attempt.collector
        ending = Ending(exit_code, curves, seen.names, log_tail, stopped, seen.nulls)
        return Trial(
            attempt.intent.trial,
            attempt.intent.seed,
            self.secrets.hide_in(attempt.intent.hyperparameters),
            judge(ending, self._round),
            curves,
            attempt.intent.attempt,
            attempt.seconds if attempt.watched else attempt.lasted,
            self._checkpoint(attempt.folder, curves),
            attempt.collector.bad_lines[0],
            attempt.remarks,
        )

    def thin_out(self, trial: Trial) -> None:
        """Delete the checkpoints of an ended trial that the spec does not keep."""
        keep = self._round.keep_checkpoints
        if self._keeps_checkpoints and keep is not None:
            folder = self.folder_of(trial.id, trial.attempt)
            thin_out(folder, trial.curves, self._round.objective, keep)

    def _checkpoint(self, folder: AttemptFolder, curves: Curves) -> str | None:
        if not self._may_save:
            return None
        best = curves.best(self._round.objective.metric, self._round.objective.direction)
        found = find_checkpoint(folder, curves, best[0]) if best else None
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
