"""The plan of a round in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from tuneplay.domain.hyperparameter import Hyperparameter, Range, Scale
from tuneplay.domain.round import Round, Study
from tuneplay.render.narrow import first_that_fits, stacked
from tuneplay.render.trimmed import Trimmed
from tuneplay.render.words import count, safe, typed, value

#: A table of more studies than this is not read.
MOST_STUDIES = 40

#: Nor a longer list of choices.
MOST_CHOICES = 12


class Plan(Protocol):
    """What is printed: `app.check.Check`, whose attributes these are."""

    @property
    def round(self) -> Round:
        """The round."""
        ...

    @property
    def warnings(self) -> Sequence[str]:
        """What puts its answer in danger."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """What is good to know."""
        ...

    @property
    def first_command(self) -> tuple[str, str] | None:
        """Trial and command line that would start first; None when nothing is left."""
        ...


def print_plan(console: Console, plan: Plan) -> None:
    """Print what a spec would do, and what is to be said of it.

    Args:
        console: Where to.
        plan: The plan.
    """
    round_ = plan.round
    console.print(Text(safe(f"{round_.name} · {round_.goal}"), style="bold"))
    console.print()
    total = len(round_.studies) * round_.trials
    console.print(
        f"{count(len(round_.studies), 'study', 'studies')} of {count(round_.trials, 'trial')}: "
        f"{count(total, 'training')} of {count(round_.epochs, 'epoch')}, {round_.phase.value}, "
        f"{round_.objective.direction.value} {safe(round_.objective.metric)}"
    )
    console.print(Trimmed(_studies(round_, console)))
    if len(round_.studies) > MOST_STUDIES:
        console.print(f"… and {len(round_.studies) - MOST_STUDIES} more studies")
    shared = [h.name for h in round_.studies[0].shared]
    if len(round_.studies) > 1 and shared:
        console.print(Text(safe(f"Paired across studies: {', '.join(shared)}, and the seeds.")))
    _print_problems(console, plan)
    if plan.first_command is not None:
        trial, command = plan.first_command
        console.print()
        console.print(Text(safe(f"First, {trial}:")))
        console.print(Text(safe(f"  {command}"), style="cyan"), soft_wrap=True)


def print_start(console: Console, plan: Plan, argument: str) -> None:
    """Print the command that starts it.

    Args:
        console: Where to.
        plan: The plan.
        argument: The round as the user named it.
    """
    well = "It can start, but see above" if plan.warnings else "All is well. Start it"
    style = "yellow" if plan.warnings else "green"
    start = typed("tuneplay", "run", argument)
    console.print(Text(safe(f"{well}: {start}"), style=style), soft_wrap=True)


def _print_problems(console: Console, plan: Plan) -> None:
    """Warnings, then notes, each with the line of the spec that it is about."""
    for kind, style, told in (("warning", "yellow", plan.warnings), ("note", "cyan", plan.notes)):
        for problem in told:
            message, *frame = problem.split("\n")
            console.print()
            console.print(Text(f"{kind}: ", style=style) + Text(safe(message)))
            for line in frame:
                console.print(Text(safe(line), style="dim"), no_wrap=True)


def _spaces(study: Study) -> list[str]:
    """The search space, line by line."""
    nuisance = [_space(h) for h in (*study.shared, *study.conditional)]
    return [f"{_space(axis)} (scientific)" for axis in study.axes] + nuisance


def _studies(round_: Round, console: Console) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("study", "search space", "fixed"):
        table.add_column(name, overflow="fold")
    lines: list[tuple[Text, list[str]]] = []
    for study in round_.studies[:MOST_STUDIES]:
        mark = " (baseline)" if study.key == round_.baseline and len(round_.studies) > 1 else ""
        head = Text(safe(study.key + mark))
        space = [safe(line) for line in _spaces(study)]
        fixed = [safe(f"{n}: {value(v)}") for n, v in study.fixed.items()]
        table.add_row(head, *(Text("\n".join(column) or "none") for column in (space, fixed)))
        lines.append((head, [*space, *fixed]))
    return first_that_fits(console, table) or stacked(lines)


def _space(h: Hyperparameter) -> str:
    if not isinstance(h, Range):
        listed = [value(choice) for choice in h.choices[:MOST_CHOICES]]
        more = len(h.choices) - len(listed)
        return f"{h.name}: {', '.join([*listed, f'… ({more} more)'] if more else listed)}"
    scale = "" if h.scale is Scale.LINEAR else f", {h.scale.value}"
    step = f", step {value(h.step)}" if h.step is not None else ""
    kind = ", int" if h.kind == "int" else ""
    return f"{h.name}: {value(h.low)} to {value(h.high)}{scale}{kind}{step}"
