"""`tuneplay run --repair`: go on with a round whose ledger was damaged."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator

from tuneplay.app.attempts.intents import fits_plan, intent_in
from tuneplay.app.opening.locate import Place, locate, shown
from tuneplay.domain.folder import study_folders
from tuneplay.domain.round import Round
from tuneplay.domain.trial import TrialId
from tuneplay.launch.base import has_begun
from tuneplay.ledger.events import Intent
from tuneplay.ledger.file import LedgerWriter
from tuneplay.ledger.history import History
from tuneplay.ledger.lock import CoordinatorLock
from tuneplay.ledger.repair import repair

#: Name of an attempt's folder: number, rerun and attempt (`domain/folder.py` writes it).
_ATTEMPT = re.compile(r"([0-9]{4,})(?:r([0-9]+))?\.([0-9]+)")


def repair_round(argument: str) -> list[str]:
    """Set the damaged lines of a round's ledger aside, and find the attempts that they were about.

    A lost `finished` needs nothing more: its attempt counts as open and is read from its folder.
    Where the `intent` is lost as well, the attempt's folder says what it trained.

    Args:
        argument: The round.

    Returns:
        What was done, as sentences.

    Raises:
        BusyError: Another coordinator is live.
        LedgerError: The ledger is of a newer version, or nothing can be written.
        TuneplayError: There is no such round, or its spec is wrong.
    """
    place = locate(argument)
    folder = place.folder
    if not folder.ledger.exists():
        return []
    said: list[str] = []
    with contextlib.closing(CoordinatorLock(folder)):
        done = repair(folder)
        if done is not None:
            lines = f"line{'s' if len(done.lines) > 1 else ''} {_listed(done.lines)}"
            said.append(f"damaged {lines} of the ledger set aside in {shown(done.set_aside_in)}")
        history = place.history()
        found = list(_unknown_attempts(place, history, place.spec(history).round))
        if found:
            with contextlib.closing(LedgerWriter(folder)) as ledger:
                ledger.append(found)
            what = "an attempt was" if len(found) == 1 else f"{len(found)} attempts were"
            said.append(f"{what} found again by the folder")
    return said or ["no line of the ledger is damaged"]


def _listed(numbers: tuple[int, ...], most: int = 10) -> str:
    text = ", ".join(map(str, numbers[:most]))
    return text if len(numbers) <= most else f"{text} and {len(numbers) - most} more"


def _unknown_attempts(place: Place, history: History, round_: Round) -> Iterator[Intent]:
    """The last attempt of each trial, where it began and the ledger knows nothing of it."""
    folders = study_folders(study.key for study in round_.studies)
    for study, name in folders.items():
        last: dict[TrialId, int] = {}
        for entry in _names(f"{place.folder.trials}/{name}"):
            if match := _ATTEMPT.fullmatch(entry):
                trial = TrialId(study, int(match[1]), int(match[2] or 0))
                last[trial] = max(int(match[3]), last.get(trial, 0))
        for trial, number in sorted(last.items()):
            known = trial in history.finished or trial in history.open
            if known or number <= history.attempts.get(trial, 0):
                continue
            folder = place.folder.attempt(name, trial, number)
            intent = intent_in(folder, trial, number) if has_begun(folder) else None
            # A folder may be older than the plan.
            if intent and fits_plan(round_, trial, intent.hyperparameters, history):
                yield intent


def _names(path: str) -> list[str]:
    try:
        return os.listdir(path)
    except OSError:
        return []
