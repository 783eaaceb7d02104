"""Waiting for an event, never for a time. A long limit costs nothing where the event comes."""

import time

#: Seconds until an event is given up. A busy machine takes several times as long as a quiet one.
PATIENCE = 60.0
PAUSE = 0.02


def wait_for(condition, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(PAUSE)


def has_printed(attempt):
    """Whether the program of an attempt has written to standard output."""
    log = attempt / "stdout.log"
    return log.exists() and log.stat().st_size > 0
