"""From a ROUND argument to the round's folder and its spec."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tuneplay.domain.folder import ROUNDS_NAME, SPEC_NAME, RoundFolder, as_argument
from tuneplay.domain.round import Round
from tuneplay.errors import LedgerError, TuneplayError, UsageError
from tuneplay.ledger.file import read
from tuneplay.ledger.history import History, replay
from tuneplay.spec.load import Spec, Surroundings, load, loads


@dataclass(frozen=True, slots=True)
class Place:
    """Where a round lives.

    Attributes:
        folder: The round's folder; it may not exist yet.
        spec_file: The spec that the argument named; None when only a ledger was found.
    """

    folder: RoundFolder
    spec_file: Path | None

    def history(self) -> History:
        """What the ledger says; empty without a ledger.

        Raises:
            LedgerError: It is damaged or cannot be read.
        """
        try:
            return replay(read(self.folder))
        except (FileNotFoundError, NotADirectoryError):
            return History()
        except OSError as error:
            raise LedgerError(
                f"{self.folder.ledger}: cannot be read: {error.strerror}",
                "Nothing was changed. Fix the file permissions or the disk, and try again.",
            ) from None

    def spec(self, history: History, workdir: str | None = None) -> Spec:
        """The spec as it stands now: the file's, or the ledger's where there is no file.

        Args:
            history: What the ledger says.
            workdir: Folder in which the trials run; None for where they ran before, or here.

        Raises:
            SpecError: The spec is wrong.
        """
        file = self.spec_file
        if file is None and history.opened and Path(history.opened.source).is_file():
            file = Path(history.opened.source)
        if file is not None:
            before = workdir or (history.opened.workdir if history.opened else None)
            around = Surroundings(earlier_round, Path(before) if before else None)
            return load(file, self.folder.name, shown(file), around)
        return self.recorded(history)

    def workdir(self, spec: Spec, history: History, asked: str | None) -> Path:
        """Folder in which the trials of a round run while none of them counts.

        Args:
            spec: The spec.
            history: What the ledger says.
            asked: What the user asked for; None for the spec's, or else the current folder.
        """
        if asked is not None or spec.round.workdir is None:
            return Path(asked or ".").resolve()
        source = self.spec_file or (history.opened and Path(history.opened.source))
        return (source.parent if source else Path()).joinpath(spec.round.workdir).resolve()

    def recorded(self, history: History) -> Spec:
        """The spec as the ledger has it: the one that the trials were made by.

        Raises:
            UsageError: The round was never run.
        """
        if history.opened is None and (history.finished or history.open):
            raise UsageError(
                f"{shown(self.folder.ledger)}: the line with the spec is lost",
                "Name the spec's file instead: tuneplay run SPEC",
            )
        if history.opened is None:
            raise UsageError(
                f"{shown(self.folder.root)} has no trials yet", "Start it with `tuneplay run`."
            )
        shown_as = shown(self.folder.ledger)
        # The rules of design may have been others when the round was begun.
        opened = history.opened
        around = Surroundings(template=opened.template)
        spec = loads(opened.spec, self.folder.name, shown_as, design=False, around=around)
        known = {study.key for study in spec.round.studies}
        for trial in (*history.finished, *history.open):
            if trial.study not in known:
                raise LedgerError(
                    f"{self.folder.ledger}: a trial of {trial.study}, which is not a study of the spec",
                    "Nothing was changed. Restore the spec or the file from a copy.",
                )
        for id_, ended in history.finished.items():
            if not ended.hyperparameters.keys() >= spec.round.study(id_.study).names:
                raise LedgerError(
                    f"{self.folder.ledger}: {id_} lacks hyperparameters of the spec",
                    "Nothing was changed. Restore the spec or the file from a copy.",
                )
        return spec


def earlier_round(argument: str) -> Round | None:
    """The round that another follows; None when there is none that can be read.

    Args:
        argument: As `parent` names it.
    """
    try:
        place = locate(argument)
        if place.spec_file is None:
            return place.recorded(place.history()).round
        # It was carried out: whether its design was good is no longer the question.
        return load(place.spec_file, place.folder.name, design=False).round
    except TuneplayError:
        # A round does not fail over another that it only mentions: `check` warns of it.
        return None


def locate(argument: str) -> Place:
    """Find a round.

    Args:
        argument: A round's folder, or a spec file. A spec named `round.yaml` is in its round's
            folder; any other keeps its results in `rounds/NAME/` below the current folder.

    Raises:
        UsageError: There is nothing there.
    """
    if not argument:
        # Nobody who types "$ROUND" with nothing in it means the current folder.
        raise UsageError("no round is named: the argument is empty", _known())
    try:
        return _locate(argument)
    except OSError as error:
        denied = isinstance(error, PermissionError)
        hint = "Fix the file permissions." if denied else "Name a spec file or a round's folder."
        raise UsageError(f"{argument}: {error.strerror}", hint) from None


def _locate(argument: str) -> Place:
    path = Path(argument)
    if path.is_dir():
        folder = RoundFolder(_real(path))
        if folder.spec.is_file():
            return Place(folder, folder.spec)
        if folder.ledger.is_file():
            return Place(folder, None)
        raise UsageError(
            f"{argument} is not a round: it holds neither {SPEC_NAME} nor a ledger", _known()
        )
    if path.is_file():
        if path.name == SPEC_NAME:
            # The round's folder is the one that holds the spec, even where the spec is a link.
            parent = _real(path.parent)
            return Place(RoundFolder(parent), parent / SPEC_NAME)
        place = Path.cwd() / ROUNDS_NAME / path.stem
        for link in (place.parent, place):
            if link.is_symlink() and not link.exists():
                # A disk that is not mounted, perhaps: what we made in its place would be hidden.
                raise UsageError(
                    f"{shown(link)} is a link to {os.readlink(link)}, which is not there",
                    "Mount the disk or make the folder, or remove the link.",
                )
        return Place(RoundFolder(_real(place)), _real(path))
    raise UsageError(f"{argument}: no such file or folder", _known())


def _real(path: Path) -> Path:
    """The one true path: a round's folder may be a link, and a trial knows its folder by name."""
    return Path(os.path.realpath(path))


def shown(path: Path) -> str:
    """A path as a person would type it: relative where it is below the current folder."""
    if path == Path.cwd():
        return "."
    return as_argument(str(path), str(Path.cwd()))


def _known() -> str:
    rounds = sorted(
        shown(path.parent)
        for name in (SPEC_NAME, "ledger.jsonl")
        for path in (Path.cwd() / ROUNDS_NAME).glob(f"*/{name}")
    )
    listed = ", ".join(dict.fromkeys(rounds))
    return f"Rounds here: {listed}." if listed else "Name a spec file or a round's folder."
