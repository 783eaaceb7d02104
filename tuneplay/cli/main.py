"""The entry point: Ctrl-C is handled before anything heavy is imported."""

from __future__ import annotations

import signal
import sys

from tuneplay.cli.streams import say
from tuneplay.errors import ExitCode


def main() -> None:
    """Run a command and exit with its documented code, even if Ctrl-C comes during the imports."""
    try:
        from tuneplay.cli.commands import main as carry_out

        carry_out()
    except KeyboardInterrupt:
        # Impatient people press it more than once.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        say("tuneplay: interrupted")
        sys.exit(ExitCode.INTERRUPTED)
