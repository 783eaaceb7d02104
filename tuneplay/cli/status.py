"""`tuneplay status`."""

from __future__ import annotations

from tuneplay.cli.arguments import JsonOption, RoundArgument, make_console, print_json


def status(round: RoundArgument, json: JsonOption = False) -> None:
    """Show how far a round has come."""
    from tuneplay.app.status import read_status
    from tuneplay.render.status import print_status, status_json

    found = read_status(round)
    if json:
        print_json(status_json(found.progress, found.coordinator, found.reruns))
    else:
        print_status(make_console(), found.progress, found.coordinator, found.folder, found.reruns)
