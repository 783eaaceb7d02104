"""The checkpoints of an attempt: finding the best epoch's, deleting those that do not stay."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
from pathlib import Path

from tuneplay.domain.checkpoints import epochs_of
from tuneplay.domain.curves import Curves
from tuneplay.domain.folder import AttemptFolder
from tuneplay.domain.round import Objective


def find_checkpoint(folder: AttemptFolder, curves: Curves, epoch: int) -> Path | None:
    """The checkpoint of an epoch, in `{checkpoint_dir}` or in `{trial_dir}`; None if unknown."""
    for place in (Path(folder.checkpoints), Path(folder.root)):
        for name, of_epoch in epochs_of(_names(place), curves.epochs).items():
            if of_epoch == epoch:
                return place / name
    return None


def thin_out(folder: AttemptFolder, curves: Curves, objective: Objective, keep: int) -> None:
    """Delete all but the best checkpoints of an attempt.

    Only inside `{checkpoint_dir}`, which is ours to hand out, and only what is certainly the
    checkpoint of an epoch. Without a finite objective nothing is deleted.

    Args:
        folder: The attempt's folder.
        curves: Its measurements.
        objective: The metric that decides.
        keep: How many to keep.
    """
    column = zip(curves.epochs, curves.column(objective.metric), strict=False)
    values = {epoch: v for epoch, v in column if v is not None and math.isfinite(v)}
    best_first = sorted(values, key=lambda e: (objective.direction.sign * values[e], e))
    if not best_first:
        return
    found = epochs_of(_names(Path(folder.checkpoints)), curves.epochs)
    available = [epoch for epoch in best_first if epoch in found.values()]
    staying = set(available[:keep])
    if best_first[0] not in staying:
        return
    if os.path.realpath(folder.checkpoints) != os.path.realpath(folder.root) + "/checkpoints":
        return  # a link that the program made: what is behind it is not ours
    for name, epoch in found.items():
        if epoch not in staying:
            _delete(Path(folder.checkpoints) / name)


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return []


def _delete(path: Path) -> None:
    """Delete a file or folder; a link is removed, never followed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()
