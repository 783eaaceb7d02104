"""How a person sees a failed attempt: the end of its log, and the command to type."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from tuneplay.app.opening.locate import shown
from tuneplay.domain.folder import AttemptFolder
from tuneplay.domain.secrets import Secrets
from tuneplay.launch.base import Order
from tuneplay.metrics.follow import tail

#: Lines of a log that are shown.
LINES = 8

#: ... and of one trial among others, whose round goes on; and their characters.
FEW_LINES = 4
LINE_LENGTH = 200


def log_end(folder: AttemptFolder, secrets: Secrets) -> str:
    """The last lines of standard error, or else of standard output, set off; empty for none."""
    said = tail(folder.stderr, lines=LINES) or tail(folder.stdout, lines=LINES)
    block = "\n".join(f"  | {line}" for line in said.splitlines())
    return secrets.hide(f"\n\n{block}\n") if block else ""


def log_remarks(folder: AttemptFolder, secrets: Secrets) -> Iterator[str]:
    """The last lines of a failed trial's standard error, or else output, and where they stand."""
    for path in (folder.stderr, folder.stdout):
        # Hidden first, cut then: half a secret is not known again.
        said = secrets.hide(tail(path)).rstrip().splitlines()
        if said:
            for line in said[-FEW_LINES:]:
                long = len(line) > LINE_LENGTH
                yield "  | " + (f"…{line[1 - LINE_LENGTH :]}" if long else line)
            yield f"  in {shown(Path(path))}"
            return


def shell_line(order: Order, secrets: Secrets) -> str:
    """The line for a shell that starts an attempt by hand."""
    return f"By hand: cd {shlex.quote(str(order.workdir))} && {secrets.hide_command(order.argv)}"
