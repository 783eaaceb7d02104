"""`tuneplay report`."""

from __future__ import annotations

from tuneplay.cli.arguments import JsonOption, RoundArgument, make_console, print_json


def report(round: RoundArgument, json: JsonOption = False) -> None:
    """Show what the evidence of a round supports, finished or not."""
    from tuneplay.app.report import make_report

    made = make_report(round)
    if json:
        from tuneplay.render.report_json import report_json

        print_json(report_json(made.round, made.progress, made.judgement, made.commands))
        return
    from tuneplay.render.report_terminal import print_report

    print_report(
        make_console(), made.round, made.progress, made.judgement, made.folder, made.commands
    )
