"""What `tuneplay init` asks for in a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from tuneplay.app.init import ReadScript

DIRECTIONS = ("minimize", "maximize")


def read_with_notice(command: str) -> ReadScript:
    """Ask a script for its help, and say so: importing a framework may take a while."""
    from tuneplay.app.init import read_script

    print(f"Reading the options of `{command}` …", file=sys.stderr, flush=True)
    return read_script(command)


def ask_template() -> str:
    """Which question the round asks."""
    from tuneplay.drafts.templates import TEMPLATES

    print("What is the round about?")
    for name, template in TEMPLATES.items():
        print(f"  {name:<14} {template.subject}")
    return _ask_one_of("Template", tuple(TEMPLATES), "optimizer")


def ask_command() -> tuple[str, ReadScript | None]:
    """The train command, and its script if it can be read."""
    from tuneplay.drafts.templates import TYPICAL_COMMAND
    from tuneplay.errors import TuneplayError
    from tuneplay.words.text import safe

    command = typer.prompt("Your train command", default=TYPICAL_COMMAND)
    try:
        return command, read_with_notice(command)
    except TuneplayError as error:
        print(f"{safe(error.message)}\nThe draft will assume a typical script.", file=sys.stderr)
        return command, None


def ask_direction(metric: str) -> str:
    """Which way is better. There is no default: a wrong direction would spoil the round."""
    return _ask_one_of(f"minimize or maximize {metric}", DIRECTIONS, None)


def ask_epochs(read: ReadScript | None) -> int | None:
    """The epochs of every trial."""
    from tuneplay.drafts.compose import EPOCHS, epochs_of

    own = epochs_of(read.script) if read else None
    answer: int = typer.prompt("Epochs of every trial", default=own or EPOCHS, type=int)
    while answer < 1:
        answer = typer.prompt("At least 1", default=own or EPOCHS, type=int)
    return answer


def _ask_one_of(question: str, words: tuple[str, ...], default: str | None) -> str:
    """One of a few words. Its first letters are enough if no other word has them."""
    while True:
        answer = str(typer.prompt(question, default=default)).strip().lower()
        fitting = [word for word in words if word.startswith(answer)]
        if answer in words:
            return answer
        if answer and len(fitting) == 1:
            return fitting[0]
        print(f"One of {', '.join(words)}.")
