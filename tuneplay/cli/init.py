"""`tuneplay init`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tuneplay.cli.init_prompts import (
    DIRECTIONS,
    ask_command,
    ask_direction,
    ask_epochs,
    ask_template,
    read_with_notice,
)

PathArgument = Annotated[
    str | None,
    typer.Argument(metavar="[PATH]", show_default=False,
                   help="A new round's folder, or a new file that ends in .yaml; "
                        "by default the next in rounds/."),
]  # fmt: skip
TemplateOption = Annotated[
    str | None,
    typer.Option(help="The question: optimizer, regularizer, architecture, activation, "
                      "batch-size, preprocessing or exploit.", show_default=False),
]  # fmt: skip
FromOption = Annotated[
    str | None,
    typer.Option("--from", metavar="COMMAND", show_default=False,
                 help="Your train command. It is called with --help, never to train, and its "
                      "options are sorted into roles."),
]  # fmt: skip
MetricOption = Annotated[
    str | None, typer.Option(help="The validation metric that decides.", show_default=False)
]
DirectionOption = Annotated[
    str | None, typer.Option(help="minimize or maximize.", show_default=False)
]
EpochsOption = Annotated[
    int | None,
    typer.Option(min=1, help="Epochs of every trial; by default the script's.", show_default=False),
]
TrialsOption = Annotated[
    int | None, typer.Option(min=1, help="Trials of each study.", show_default=False)
]


def init(
    path: PathArgument = None,
    template: TemplateOption = None,
    from_: FromOption = None,
    metric: MetricOption = None,
    direction: DirectionOption = None,
    epochs: EpochsOption = None,
    trials: TrialsOption = None,
) -> None:
    """Write the commented spec of a new round. Nothing is ever overwritten.

    In a terminal it asks for what is missing; elsewhere it never asks.
    """
    from tuneplay.app.init import place_for, template_named, write_draft
    from tuneplay.app.schema import schema_link
    from tuneplay.drafts.compose import Wish
    from tuneplay.drafts.script_objective import objective_of
    from tuneplay.render.draft import print_draft

    asks = sys.stdin.isatty() and sys.stdout.isatty()
    if direction is not None and direction not in DIRECTIONS:
        raise typer.BadParameter(f"--direction {direction} is not known: minimize or maximize")
    chosen = template_named(template or (ask_template() if asks else "optimizer"))
    spec = place_for(path, chosen)
    read = read_with_notice(from_) if from_ is not None else None
    command = from_
    if asks and read is None:
        command, read = ask_command()
    found = objective_of(read.script) if read else (None, None)
    metric, direction = metric or found[0], direction or found[1]
    if asks:
        metric = metric or typer.prompt("The validation metric that decides, as it is printed")
        direction = direction or ask_direction(metric)
        epochs = epochs or ask_epochs(read)
    wish = Wish(chosen, *_objective(metric, direction), epochs, trials, schema_link(spec))
    drafted = write_draft(spec, wish, read, command)
    options = len(read.script.options) if read and not drafted.fell_back else None
    print_draft(drafted.spec, drafted.round, drafted.studies, drafted.nuisance,
                drafted.edits, options)  # fmt: skip


def _objective(metric: str | None, direction: str | None) -> tuple[str, str]:
    """Metric and direction. Neither is ever guessed."""
    if metric is not None and direction is not None:
        return metric, direction
    from tuneplay.errors import UsageError

    missing = {"--metric NAME": metric, "--direction minimize|maximize": direction}
    options = " and ".join(option for option, value in missing.items() if value is None)
    raise UsageError(
        f"{options} must be given, because there is no terminal to ask in; nothing was written",
        "The metric is the validation metric that decides, under the name that the script prints.",
    )
