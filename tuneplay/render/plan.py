"""The plan of a round in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from tuneplay.domain.hyperparameter import Hyperparameter, Range, Scale
from tuneplay.domain.round import Round
from tuneplay.render.narrow import first_that_fits, stacked
from tuneplay.render.words import count, safe, value


def print_plan(
    console: Console,
    round_: Round,
    warnings: Sequence[str],
    first: tuple[str, str] | None,
    argument: str,
) -> None:
    """Print what a spec would do.

    Args:
        console: Where to.
        round_: The round.
        warnings: What was found odd.
        first: Trial and command line that would start first; None when nothing is left.
        argument: The round as the user named it.
    """
    console.print(Text(safe(f"{round_.name} · {round_.goal}"), style="bold"))
    console.print()
    total = len(round_.studies) * round_.trials
    console.print(
        f"{count(len(round_.studies), 'study', 'studies')} of {count(round_.trials, 'trial')}: "
        f"{count(total, 'training')} of {count(round_.epochs, 'epoch')}, {round_.phase.value}, "
        f"{round_.objective.direction.value} {safe(round_.objective.metric)}"
    )
    console.print(_studies(round_, console))
    shared = [h.name for h in round_.studies[0].shared]
    if len(round_.studies) > 1 and shared:
        console.print(Text(safe(f"Paired across studies: {', '.join(shared)}, and the seeds.")))
    for warning in warnings:
        console.print(Text(safe(f"warning: {warning}"), style="yellow"))
    if first is not None:
        console.print()
        console.print(Text(safe(f"First, {first[0]}:")))
        console.print(Text(safe(f"  {first[1]}"), style="cyan"), soft_wrap=True)
    console.print(Text(safe(f"All is well. Start it: tuneplay run {argument}"), style="green"))


def _studies(round_: Round, console: Console) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("study", "nuisance", "fixed"):
        table.add_column(name, overflow="fold")
    lines: list[tuple[Text, list[str]]] = []
    for study in round_.studies:
        mark = " (baseline)" if study.key == round_.baseline and len(round_.studies) > 1 else ""
        head = Text(safe(study.key + mark))
        space = [safe(_space(h)) for h in study.space]
        fixed = [safe(f"{n}: {value(v)}") for n, v in study.fixed.items()]
        table.add_row(head, *(Text("\n".join(column) or "none") for column in (space, fixed)))
        lines.append((head, [*space, *fixed]))
    return first_that_fits(console, table) or stacked(lines)


def _space(h: Hyperparameter) -> str:
    if not isinstance(h, Range):
        return f"{h.name}: {', '.join(value(choice) for choice in h.choices)}"
    scale = "" if h.scale is Scale.LINEAR else f", {h.scale.value}"
    step = f", step {value(h.step)}" if h.step is not None else ""
    kind = ", int" if h.kind == "int" else ""
    return f"{h.name}: {value(h.low)} to {value(h.high)}{scale}{kind}{step}"
