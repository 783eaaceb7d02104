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
    typer.Option(min=1, help="Reruns of each configuration in total; by default as in the spec.",
                 show_default=False),
]  # fmt: skip
StudyOption = Annotated[
    str | None,
    typer.Option(help="Only this study and the baseline.", show_default=False),
]
BaselineOption = Annotated[
    bool, typer.Option("--baseline-only", help="Only the baseline, to measure the trial variance.")
]
UntilOption = Annotated[
    bool, typer.Option("--until-decided", help="Add seeds in steps, and stop when decided.")
]
TopOption = Annotated[int, typer.Option(min=1, help="Number of best configurations of each study.")]
MaxOption = Annotated[int, typer.Option(min=3, help="Most seeds for each with --until-decided.")]


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

    After an interruption the same command continues. A larger number of seeds adds reruns.
    """
    from tuneplay.app.opening.opening import open_round
    from tuneplay.app.rerun import RerunRequest, rerun_round
    from tuneplay.render.closing import print_reruns

    if until_decided and (seeds is not None or top > 1):
        raise typer.BadParameter("--until-decided cannot be combined with --seeds or --top")
    if baseline_only and (until_decided or study is not None):
        raise typer.BadParameter(
            "--baseline-only cannot be combined with --until-decided or --study"
        )
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
