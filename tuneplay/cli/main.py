"""The entry point: nothing is imported before somebody listens to Ctrl-C."""

from __future__ import annotations

import signal
import sys

from tuneplay.cli.streams import say
from tuneplay.errors import ExitCode


def main() -> None:
    """Run a command and exit with its documented code, from the first moment on."""
    try:
        from tuneplay.cli.commands import main as carry_out

        carry_out()
    except KeyboardInterrupt:
        # Whoever is impatient presses it more than once.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        say("tuneplay: interrupted")
        sys.exit(ExitCode.INTERRUPTED)
