"""`tuneplay rerun`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tuneplay.cli.arguments import RoundArgument
from tuneplay.cli.run import make_view
from tuneplay.cli.streams import flush

SeedsOption = Annotated[
    int | None,
    typer.Option(min=1, help="Reruns of each, in all; by default what the spec says.",
                 show_default=False),
]  # fmt: skip
StudyOption = Annotated[
    str | None,
    typer.Option(help="Only this study and the baseline.", show_default=False),
]
BaselineOption = Annotated[
    bool, typer.Option("--baseline-only", help="Only the baseline, to know the trial variance.")
]
UntilOption = Annotated[
    bool, typer.Option("--until-decided", help="Add seeds in steps and stop when decided.")
]
TopOption = Annotated[
    int, typer.Option(min=1, help="So many of the best configurations of each study.")
]
MaxOption = Annotated[int, typer.Option(min=3, help="The most seeds of each with --until-decided.")]


def rerun(
    round: RoundArgument,
    seeds: SeedsOption = None,
    study: StudyOption = None,
    baseline_only: BaselineOption = False,
    until_decided: UntilOption = False,
    max_seeds: MaxOption = 12,
    top: TopOption = 1,
) -> None:
    """Train the best configuration of each study again with new seeds.

    The same command goes on where it was; asking for more seeds adds them.
    """
    from tuneplay.app.opening.opening import open_round
    from tuneplay.app.rerun import RerunRequest, rerun_round
    from tuneplay.render.closing import print_reruns

    if until_decided and (seeds is not None or top > 1):
        raise typer.BadParameter("--until-decided goes with neither --seeds nor --top")
    if baseline_only and (until_decided or study is not None):
        raise typer.BadParameter("--baseline-only goes with neither --until-decided nor --study")
    limit = max_seeds if until_decided else None
    request = RerunRequest(seeds, study, baseline_only, limit, top)
    result = rerun_round(open_round(round), request, make_view())
    ended = result.session
    print_reruns(
        sys.stdout,
        result.round,
        ended.progress,
        result.judgement,
        ended.folder,
        started=ended.started,
    )
    flush(sys.stdout)  # their exit code is their own, even where lines cannot be written
    raise typer.Exit(ended.exit_code)
