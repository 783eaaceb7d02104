"""The round's folder: every file name of tuneplay in one place.

Paths only; nothing here touches the disk.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tuneplay.domain.trial import TrialId

#: The spec's file name inside a round's folder.
SPEC_NAME = "round.yaml"

#: Folder, below the current one, for the results of a spec outside of a round's folder.
ROUNDS_NAME = "rounds"

#: Longest folder name made from a study key. File systems allow 255 bytes; this has room for the
#: digest and stays readable.
MAX_STUDY_FOLDER = 80


def as_argument(path: str, folder: str) -> str:
    """A path as it can be typed in a folder: relative where it is below that.

    A name that begins with a dash gets `./` in front: a command would read it as an option.

    Args:
        path: An absolute path.
        folder: The absolute path of the folder where it is typed.
    """
    below = f"{folder.rstrip('/')}/"
    if not path.startswith(below):
        return path
    text = path.removeprefix(below)
    return f"./{text}" if text.startswith("-") else text


@dataclass(frozen=True, slots=True)
class RoundFolder:
    """The folder of one round.

    Attributes:
        root: Its absolute path.
    """

    root: Path

    @property
    def name(self) -> str:
        """The round's name."""
        return self.root.name

    @property
    def spec(self) -> Path:
        """The spec."""
        return self.root / SPEC_NAME

    @property
    def ledger(self) -> Path:
        """The ledger: the only record that counts."""
        return self.root / "ledger.jsonl"

    @property
    def lock(self) -> Path:
        """Held by the one live coordinator."""
        return self.root / "coordinator.lock"

    @property
    def trials(self) -> Path:
        """The folder that contains the trials' folders."""
        return self.root / "trials"

    def torn(self, number: int) -> Path:
        """Where the `number`-th incomplete end of the ledger is set aside."""
        return self.root / f"ledger.torn-{number}"

    def diff(self, number: int) -> Path:
        """The `number`-th difference between the code and its commit, from when the round was opened."""
        return self.root / ("dirty.diff" if number == 1 else f"dirty-{number}.diff")

    def damaged(self, number: int) -> Path:
        """Where the `number`-th repair of the ledger stores the damaged lines."""
        return self.root / f"ledger.damaged-{number}"

    @property
    def repaired(self) -> Path:
        """The ledger while it is being repaired; it is renamed when it is complete."""
        return self.root / "ledger.repaired"

    def attempt(self, study_folder: str, trial: TrialId, attempt: int) -> AttemptFolder:
        """Folder of one attempt.

        Args:
            study_folder: The study's folder name, from `study_folders`.
            trial: The trial.
            attempt: Number of the attempt, from 1.
        """
        return AttemptFolder(f"{self.root}/trials/{study_folder}/{trial.label}.{attempt}")

    def repeat(self, study_folder: str, trial: TrialId) -> AttemptFolder:
        """Where a repetition of a trial by hand may write.

        Args:
            study_folder: The study's folder name, from `study_folders`.
            trial: The trial.
        """
        return AttemptFolder(f"{self.root}/repeat/{study_folder}/{trial.label}")


@dataclass(frozen=True, slots=True)
class AttemptFolder:
    """The folder of one attempt: one start of a trial, with everything that it writes.

    Paths are strings here, because a round of 10,000 trials needs 200,000 of them.

    Attributes:
        root: Its absolute path.
    """

    root: str

    @property
    def command(self) -> str:
        """The exact command, its working folder and its `TUNEPLAY_*` environment, as JSON."""
        return f"{self.root}/command.json"

    @property
    def params(self) -> str:
        """Every hyperparameter of the trial, as JSON."""
        return f"{self.root}/params.json"

    def config(self, suffix: str) -> str:
        """The filled copy of `config_template`."""
        return f"{self.root}/config{suffix}"

    @property
    def stdout(self) -> str:
        """Standard output of the program."""
        return f"{self.root}/stdout.log"

    @property
    def stderr(self) -> str:
        """Standard error of the program."""
        return f"{self.root}/stderr.log"

    @property
    def metrics(self) -> str:
        """The file named by `$TUNEPLAY_METRICS`, which the program writes."""
        return f"{self.root}/metrics.jsonl"

    @property
    def measured(self) -> str:
        """Measurements from a section of standard output that was dropped (`max_log`)."""
        return f"{self.root}/measured.json"

    @property
    def checkpoints(self) -> str:
        """The folder for checkpoints: `{checkpoint_dir}`."""
        return f"{self.root}/checkpoints"

    @property
    def started(self) -> str:
        """Written by the wrapper before the program starts. Whoever creates it owns the attempt."""
        return f"{self.root}/started"

    @property
    def stopping(self) -> str:
        """Written by the coordinator before it ends an attempt: the reason, or empty on request."""
        return f"{self.root}/stopping"

    @property
    def terminated(self) -> str:
        """An empty file that the wrapper creates when it receives TERM, whoever sent it."""
        return f"{self.root}/terminated"

    @property
    def exit(self) -> str:
        """The exit code, written by the wrapper after the program has ended."""
        return f"{self.root}/exit"

    @property
    def ours(self) -> tuple[str, ...]:
        """Every file that tuneplay writes here, except for the filled `config_template`."""
        written = (self.command, self.params, self.stdout, self.stderr, self.metrics, self.measured)
        return (*written, self.started, self.stopping, self.terminated, self.exit)


def study_folders(keys: Iterable[str]) -> Mapping[str, str]:
    """A safe folder name for each study key, unique even where case is ignored.

    Letters, digits and `.,=+-_` stay. A name gets a digest of its key if it had to be changed, is
    too long, or differs from another name only in case.

    Args:
        keys: The study keys of one round, all different.

    Returns:
        Folder name by key. It depends only on the set of keys, not on their order.
    """
    names: dict[str, str] = {}
    keys = list(keys)
    alike = Counter(key.casefold() for key in keys)
    for key in keys:
        name = re.sub(r"[^A-Za-z0-9.,=+_\-]", "_", key)[:MAX_STUDY_FOLDER]
        if name == key and alike[key.casefold()] == 1 and not name.startswith("."):
            names[key] = name
        else:
            digest = hashlib.blake2b(key.encode(), digest_size=5).hexdigest()
            names[key] = f"{name.lstrip('.') or 'study'}~{digest}"
    return names
