"""What `tuneplay init` asks for in a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from tuneplay.app.init import ReadScript

DIRECTIONS = ("minimize", "maximize")


def read_aloud(command: str) -> ReadScript:
    """Ask a script for its help, and say so: importing a framework takes its time."""
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
    """The train command; its script is read where it can be."""
    from tuneplay.drafts.templates import TYPICAL_COMMAND
    from tuneplay.errors import TuneplayError
    from tuneplay.words.text import safe

    command = typer.prompt("Your train command", default=TYPICAL_COMMAND)
    try:
        return command, read_aloud(command)
    except TuneplayError as error:
        print(f"{safe(error.message)}\nThe draft will suppose a typical script.", file=sys.stderr)
        return command, None


def ask_direction(metric: str) -> str:
    """Which way is better; there is no default, for nothing is more costly to get wrong."""
    return _ask_one_of(f"minimize or maximize {metric}", DIRECTIONS, None)


def ask_epochs(read: ReadScript | None) -> int | None:
    """The epochs; None to leave them as the script has them."""
    from tuneplay.drafts.compose import EPOCHS, epochs_of

    own = epochs_of(read.script) if read else None
    answer: int = typer.prompt("Epochs of every trial", default=own or EPOCHS, type=int)
    while answer < 1:
        answer = typer.prompt("At least 1", default=own or EPOCHS, type=int)
    return answer


def _ask_one_of(question: str, words: tuple[str, ...], default: str | None) -> str:
    """One of a few words; its first letters will do where they tell."""
    while True:
        answer = str(typer.prompt(question, default=default)).strip().lower()
        fitting = [word for word in words if word.startswith(answer)]
        if answer in words:
            return answer
        if answer and len(fitting) == 1:
            return fitting[0]
        print(f"One of {', '.join(words)}.")
