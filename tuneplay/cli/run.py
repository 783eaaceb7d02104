"""`tuneplay run`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tuneplay.cli.arguments import RoundArgument, make_console
from tuneplay.cli.streams import flush, warn
from tuneplay.errors import UsageError

if TYPE_CHECKING:
    from tuneplay.app.coordination.observer import Observer
    from tuneplay.app.opening.opening import Opening

DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Print the exact commands that would start, and exit.")
]


WorkdirOption = Annotated[
    str | None,
    typer.Option(help="Folder in which trials run; by default the one used before, or the current one.",
                 show_default=False),
]  # fmt: skip


RepairOption = Annotated[
    bool,
    typer.Option("--repair", help="First move damaged lines of the ledger to a file of their own."),
]


def run(
    round: RoundArgument,
    dry_run: DryRunOption = False,
    workdir: WorkdirOption = None,
    repair: RepairOption = False,
) -> None:
    """Run a round, or continue it.

    Ctrl-C once lets running trials finish; twice stops them. The same command continues the round.
    """
    from tuneplay.app.opening.opening import open_round
    from tuneplay.app.run import run_round
    from tuneplay.render.closing import print_ending

    if repair and dry_run:
        raise UsageError(
            "--repair changes the ledger and --dry-run changes nothing", "Leave out one of them."
        )
    if repair:
        from tuneplay.app.repair import repair_round

        for sentence in repair_round(round):
            print(f"repair: {sentence}")
    opening = open_round(round, workdir)
    if dry_run:
        _print_commands(opening)
        return
    for warning in opening.spec.warnings:
        warn(warning)
    result = run_round(opening, make_view())
    print_ending(sys.stdout, result.progress, result.folder, started=result.started)
    flush(sys.stdout)  # a round's exit code is its own, even where its lines cannot be written
    raise typer.Exit(result.exit_code)


def _print_commands(opening: Opening) -> None:
    """Print the commands that the next trials would run."""
    from tuneplay.app.opening.opening import count_pending, planned_commands
    from tuneplay.words.text import safe

    shown = 0
    shows = safe if sys.stdout.isatty() else str  # escapes for a terminal, exact in a pipe
    for _, command in planned_commands(opening):
        print(shows(command))
        shown += 1
    if later := count_pending(opening) - shown:
        print(f"# and {later} more, whose values depend on earlier results")


def make_view() -> Observer:
    """A live table in a terminal that can redraw; plain lines elsewhere."""
    if sys.stdout.isatty() and os.environ.get("TERM", "") not in ("dumb", "unknown"):
        from tuneplay.render.live import LiveView

        return LiveView(make_console())
    from tuneplay.render.event_lines import LineView

    return LineView(sys.stdout)
