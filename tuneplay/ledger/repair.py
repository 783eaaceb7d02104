"""Repairing a ledger with damaged lines: they are set aside, byte for byte, and the rest stays."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from tuneplay.domain.folder import RoundFolder
from tuneplay.errors import LedgerError
from tuneplay.ledger.disk import content, set_aside
from tuneplay.ledger.file import complete_length, event_in
from tuneplay.system.files import sync_folder, write_new


@dataclass(frozen=True, slots=True)
class Repair:
    """What was set aside.

    Attributes:
        lines: Numbers of the damaged lines, from 1.
        set_aside_in: The file that holds them now.
    """

    lines: tuple[int, ...]
    set_aside_in: Path


def repair(folder: RoundFolder) -> Repair | None:
    """Set the damaged lines of a ledger aside; only the holder of the round's lock may.

    The new file replaces the old one in one rename: a kill at any moment leaves either the one or
    the other. A torn tail stays: whoever opens the ledger next deals with it.

    Returns:
        What was set aside; None when no line was damaged.

    Raises:
        LedgerError: The ledger is of a newer version, or nothing can be written.
        FileNotFoundError: There is no ledger.
    """
    data = content(folder.ledger)
    end = complete_length(data)
    good: list[bytes] = []
    bad: dict[int, bytes] = {}
    for number, line in enumerate(data[:end].split(b"\n")[:-1], start=1):
        try:
            event_in(folder.ledger, line)
        except ValueError:
            bad[number] = line + b"\n"
        else:
            good.append(line + b"\n")
    if not bad:
        return None
    try:
        set_aside_in = set_aside(b"".join(bad.values()), folder.damaged)
        with contextlib.suppress(FileNotFoundError):
            folder.repaired.unlink()  # left by a repair that was killed
        write_new(folder.repaired, b"".join(good) + data[end:])
        os.replace(folder.repaired, folder.ledger)
        sync_folder(folder.root)
    except OSError as error:
        raise LedgerError(
            f"{folder.ledger}: cannot be repaired: {error.strerror}",
            "It is as it was. Free space or fix the file permissions, and try again.",
        ) from None
    return Repair(tuple(bad), set_aside_in)
