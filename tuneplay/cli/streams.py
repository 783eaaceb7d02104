"""Standard input, output and error, in whatever state the process got them."""

from __future__ import annotations

import codecs
import os
import sys
from typing import TextIO

#: Replacements for characters that the terminal's encoding does not have.
_ASCII = {"·": "-", "━": "=", "–": "-", "—": "-", "±": "+-", "…": "...", "×": "x", "→": "->"}

#: In a narrower terminal words are broken in any case.
_LEAST_WIDTH = 20

_HANDLER = "tuneplay.plain"


def prepare() -> None:
    """Make the standard streams fit for use, before anything else is opened.

    A closed stream is redirected to the null device. Otherwise the next file that is opened (the
    ledger) would take its number, and all output would land there. A character that cannot be
    shown becomes a plain one instead of a traceback.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # This takes the lowest free number, which is the closed one.
            os.open(os.devnull, os.O_RDWR)
            # Children inherit it, as they inherit standard streams.
            os.set_inheritable(number, True)
    codecs.register_error(_HANDLER, _plain)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for good
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_HANDLER)


def flush(stream: TextIO) -> OSError | None:
    """Write what a standard stream still holds, and return the error if that fails.

    After an error the stream goes to the null device: nothing is tried again at exit.
    """
    try:
        stream.flush()
    except (OSError, ValueError) as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1 if stream is sys.stdout else 2)
        return error if isinstance(error, OSError) else None
    return None


def say(*lines: str) -> None:
    """Print lines on standard error, if it can still be written."""
    from tuneplay.words.text import safe

    try:
        print(safe("\n".join(line for line in lines if line)), file=sys.stderr, flush=True)
    except (OSError, ValueError):
        return  # nobody reads it, but the exit code still says it


def warn(text: str) -> None:
    """Print a warning; in a terminal it is wrapped between words."""
    warning = f"warning: {text}"
    if not sys.stderr.isatty():
        say(warning)
        return
    import shutil
    import textwrap

    width = max(shutil.get_terminal_size().columns, _LEAST_WIDTH)
    first, *shown = warning.split("\n")  # lines quoted from a spec stay as they are
    folded = textwrap.fill(first, width, break_long_words=False, break_on_hyphens=False)
    say(folded, *shown)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_ASCII.get(c, "?") for c in text), error.end
