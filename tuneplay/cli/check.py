"""`tuneplay check`."""

from __future__ import annotations

from tuneplay.cli.arguments import RoundArgument, make_console


def check(round: RoundArgument) -> None:
    """Read a spec and show what it would do. Starts nothing."""
    from tuneplay.app.check import check_round
    from tuneplay.render.plan import print_plan

    checked = check_round(round)
    print_plan(make_console(), checked, round)
