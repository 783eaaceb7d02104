"""`tuneplay check`."""

from __future__ import annotations

from typing import Annotated

import typer

from tuneplay.cli.arguments import RoundArgument, make_console
from tuneplay.errors import ExitCode

TryOption = Annotated[
    bool,
    typer.Option(
        "--try", help="Train the first trial for two epochs with two seeds, and show the cost."
    ),
]


def check(round: RoundArgument, try_: TryOption = False) -> None:
    """Check a spec against the rules of design, and show what it would do.

    Without --try nothing is started. Nothing is kept.
    """
    from tuneplay.app.check import check_round
    from tuneplay.render.check import print_plan, print_start

    console = make_console()
    checked = check_round(round)
    print_plan(console, checked)
    well = True
    if try_:
        from tuneplay.app.rehearsal import rehearse
        from tuneplay.render.rehearsal import print_rehearsal

        print("Training the first trial twice for a few epochs. Ctrl-C stops it.", flush=True)
        rehearsal = rehearse(checked.opening)
        print_rehearsal(console, checked.round, rehearsal)
        well = rehearsal.well
        if not rehearsal.measured:
            raise typer.Exit(ExitCode.CANNOT_START)
    print_start(console, checked, round, well=well)
