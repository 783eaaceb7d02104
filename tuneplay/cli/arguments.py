"""Arguments and options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

RoundArgument = Annotated[
    str,
    typer.Argument(metavar="ROUND", help="A round's folder, or a spec file.", show_default=False),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

#: Width of the output where there is no terminal.
_PIPE_WIDTH = 120


def make_console() -> Console:
    """A console for standard output; in a pipe it is wide enough for a report without wrapping."""
    import os

    from rich.console import Console

    class PipeConsole(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would exit with 1, but a reader may leave early

    console = PipeConsole(highlight=False, markup=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPE_WIDTH
    return console


def print_json(data: object) -> None:
    """Print one JSON document."""
    import json

    print(json.dumps(data, indent=1, allow_nan=False))
