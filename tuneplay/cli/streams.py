"""Standard input, output and error, whatever they were made of."""

from __future__ import annotations

import codecs
import os
import sys
from typing import TextIO

#: What stands for a character that a terminal of another encoding cannot show.
_ASCII = {"·": "-", "━": "=", "–": "-", "—": "-", "±": "+-", "…": "...", "×": "x", "→": "->"}

#: Narrower terminals break words, whatever is done.
_LEAST_WIDTH = 20

_HANDLER = "tuneplay.plain"


def prepare() -> None:
    """Make the standard streams fit for use, before anything else is opened.

    A closed one is put on the null device: otherwise the next file that is opened (the ledger)
    would take its number, and whatever is printed would land in it. A character that cannot be
    shown becomes a plain one, not a traceback.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is taken, which is this one.
            os.open(os.devnull, os.O_RDWR)
            # Like the standard streams themselves, it is for our children as well.
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
    """Write out what a standard stream still holds; why it cannot be, if it cannot.

    Then the stream leads to the null device, and nothing is tried again at exit.
    """
    try:
        stream.flush()
    except (OSError, ValueError) as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1 if stream is sys.stdout else 2)
        return error if isinstance(error, OSError) else None
    return None


def say(*lines: str) -> None:
    """Print lines on standard error, unless it cannot be written any more."""
    from tuneplay.words.text import safe

    try:
        print(safe("\n".join(line for line in lines if line)), file=sys.stderr, flush=True)
    except (OSError, ValueError):
        return  # nobody listens: the exit code still says it


def warn(text: str) -> None:
    """Say a warning; in a terminal without breaking words at its edge, as terminals do."""
    warning = f"warning: {text}"
    if not sys.stderr.isatty():
        say(warning)
        return
    import shutil
    import textwrap

    width = max(shutil.get_terminal_size().columns, _LEAST_WIDTH)
    first, *shown = warning.split("\n")  # lines of a spec stay as they are
    folded = textwrap.fill(first, width, break_long_words=False, break_on_hyphens=False)
    say(folded, *shown)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_ASCII.get(c, "?") for c in text), error.end
