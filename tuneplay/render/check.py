"""What `tuneplay check` prints: the plan of a round, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from tuneplay.domain.hyperparameter import Hyperparameter, Range, Scalar, Scale
from tuneplay.domain.round import Round
from tuneplay.render.fitting import first_that_fits, stacked
from tuneplay.render.trimmed import Trimmed
from tuneplay.words.numbers import count, setting
from tuneplay.words.text import safe, typed

#: Nobody reads a table of more studies than this.
MOST_STUDIES = 40

#: Nobody reads a longer list of choices.
MOST_CHOICES = 12


class CheckedRound(Protocol):
    """A round that was checked, as `app.check` has it."""

    @property
    def round(self) -> Round:
        """The round."""
        ...

    @property
    def warnings(self) -> Sequence[tuple[str, Sequence[str]]]:
        """What may make its answer wrong: each message, and the lines of the spec below it."""
        ...

    @property
    def notes(self) -> Sequence[tuple[str, Sequence[str]]]:
        """What is good to know, in the same form."""
        ...

    @property
    def first_command(self) -> tuple[str, str] | None:
        """The first trial to start and its command line; None when nothing is left."""
        ...

    @property
    def last_command(self) -> tuple[str, str] | None:
        """The last trial to start and its command line; None where the plan cannot know."""
        ...


def print_plan(console: Console, checked: CheckedRound) -> None:
    """Print what a spec would do, with its warnings and notes.

    Args:
        console: Where to.
        checked: The round that was checked.
    """
    round_ = checked.round
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
    _print_problems(console, checked)
    for word, found in (("First", checked.first_command), ("Last", checked.last_command)):
        if found is None or (word == "Last" and found == checked.first_command):
            continue
        trial, command = found
        console.print()
        console.print(Text(safe(f"{word}, {trial}:")))
        console.print(Text(safe(f"  {command}"), style="cyan"), soft_wrap=True)


def print_start(
    console: Console, checked: CheckedRound, argument: str, *, well: bool = True
) -> None:
    """Print the command that starts the round.

    Args:
        console: Where to.
        checked: The round that was checked.
        argument: The round as the user named it.
        well: Whether the rehearsal went well, if there was one.
    """
    well = well and not checked.warnings
    says, style = ("All is well.", "green") if well else ("See the warnings above.", "yellow")
    start = typed("tuneplay", "run", argument)
    console.print(Text(safe(f"{says} Start with: {start}"), style=style), soft_wrap=True)


def _print_problems(console: Console, checked: CheckedRound) -> None:
    """Warnings, then notes, each with the line of the spec that it refers to."""
    groups = (("warning", "yellow", checked.warnings), ("note", "cyan", checked.notes))
    for kind, style, problems in groups:
        for message, frame in problems:
            console.print()
            console.print(Text(f"{kind}: ", style=style) + Text(safe(message)))
            for line in frame:
                console.print(Text(safe(line), style="dim"), no_wrap=True)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table: what one study has, or what all studies have."""

    head: str
    space: Sequence[str]
    fixed: Mapping[str, Scalar]


def _rows(round_: Round) -> Iterator[_Row]:
    """First what all studies have; then what each has in addition."""
    first = round_.studies[0]
    space = [f"{_space(axis)} (scientific)" for axis in first.axes]
    space += [_space(h) for h in first.shared]
    if len(round_.studies) == 1:
        yield _Row(first.key, [*space, *(_space(h) for h in first.conditional)], first.fixed)
        return
    same = {
        name: value
        for name, value in first.fixed.items()
        if all(name in s.fixed and s.fixed[name] == value for s in round_.studies)
    }
    if space or same:
        yield _Row("every study", space, same)
    for study in round_.studies[:MOST_STUDIES]:
        mark = " (baseline)" if study.key == round_.baseline else ""
        own = {name: value for name, value in study.fixed.items() if name not in same}
        yield _Row(study.key + mark, [_space(h) for h in study.conditional], own)


def _studies(round_: Round, console: Console) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("study", "search space", "fixed"):
        table.add_column(name, overflow="fold")
    lines: list[tuple[Text, list[str]]] = []
    for row in _rows(round_):
        head, space = Text(safe(row.head)), [safe(line) for line in row.space]
        fixed = [safe(f"{n}: {setting(v)}") for n, v in row.fixed.items()]
        table.add_row(head, *(Text("\n".join(column)) for column in (space, fixed)))
        lines.append((head, [*space, *fixed]))
    return first_that_fits(console, table) or stacked(lines)


def _space(h: Hyperparameter) -> str:
    if not isinstance(h, Range):
        listed = [setting(choice) for choice in h.choices[:MOST_CHOICES]]
        more = len(h.choices) - len(listed)
        return f"{h.name}: {', '.join([*listed, f'… ({more} more)'] if more else listed)}"
    scale = "" if h.scale is Scale.LINEAR else f", {h.scale.value}"
    step = f", step {setting(h.step)}" if h.step is not None else ""
    kind = ", int" if h.kind == "int" else ""
    return f"{h.name}: {setting(h.low)} to {setting(h.high)}{scale}{kind}{step}"
