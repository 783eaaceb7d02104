"""Narrow terminals: a table that does not fit becomes lines that do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

#: Below this many columns a label beside a text leaves the text no room.
LEAST_COLUMNS = 50

#: No table is wider; it is measured in so much room, for rich never says more than there is.
_ENDLESS = 100_000


def first_that_fits(console: Console, *tables: Table, indent: int = 0) -> Table | None:
    """The first table that needs no folding; None if there is none.

    Args:
        console: Where it is to be printed.
        *tables: The tables, the best one first.
        indent: Columns to its left.
    """
    room = console.width - indent
    endless = console.options.update(width=_ENDLESS)
    return next((t for t in tables if t.__rich_measure__(console, endless).maximum <= room), None)


def stacked(items: Iterable[tuple[Text, Sequence[str]]]) -> RenderableType:
    """Heads, each with what is said of it in lines below.

    Args:
        items: Heads and what is said of them; these texts are safe already.
    """
    parts: list[RenderableType] = []
    for head, said in items:
        parts.append(head)
        parts.append(Padding(Text("\n".join(said), overflow="fold"), (0, 0, 0, 2)))
    return Group(*parts)
