"""How a person sees a failed attempt: the end of its log, and the command to type."""

from __future__ import annotations

import shlex

from tuneplay.domain.folder import AttemptFolder
from tuneplay.domain.secrets import Secrets
from tuneplay.launch.base import Order
from tuneplay.metrics.follow import tail

#: Lines of a log that are shown.
LINES = 8


def log_end(folder: AttemptFolder, secrets: Secrets) -> str:
    """The last lines of standard error, or else of standard output, set off; empty for none."""
    said = tail(folder.stderr, lines=LINES) or tail(folder.stdout, lines=LINES)
    block = "\n".join(f"  | {line}" for line in said.splitlines())
    return secrets.hide(f"\n\n{block}\n") if block else ""


def by_hand(order: Order, secrets: Secrets) -> str:
    """The line that starts an attempt by hand."""
    return f"By hand: cd {shlex.quote(str(order.workdir))} && {secrets.hide_command(order.argv)}"
