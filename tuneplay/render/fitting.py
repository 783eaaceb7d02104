"""Narrow terminals: a table that does not fit becomes lines that fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

#: In a narrower terminal a label next to a text leaves the text no room.
LEAST_COLUMNS = 50

#: Tables are measured in this width: rich never reports more than the width it is given.
_ENDLESS = 100_000


def first_that_fits(console: Console, *tables: Table, indent: int = 0) -> Table | None:
    """The first table that fits without folding; None if none fits.

    Args:
        console: Where it is to be printed.
        *tables: The tables, best first.
        indent: Columns to the left of the table.
    """
    room = console.width - indent
    endless = console.options.update(width=_ENDLESS)
    return next((t for t in tables if t.__rich_measure__(console, endless).maximum <= room), None)


def stacked(items: Iterable[tuple[Text, Sequence[str]]]) -> RenderableType:
    """Headings, each with indented lines below.

    Args:
        items: Headings and their lines; these texts are already safe.
    """
    drawn: list[RenderableType] = []
    for heading, lines in items:
        drawn.append(heading)
        drawn.append(Padding(Text("\n".join(lines), overflow="fold"), (0, 0, 0, 2)))
    return Group(*drawn)
