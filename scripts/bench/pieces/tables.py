"""Tables of the benchmarks: shares as text, Markdown, and the tables of a page of the docs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

Table = list[list[str]]


def mean(flags: Sequence[float], digits: int = 3) -> str:
    """A mean, or the share of what is true; a dash where there is nothing."""
    return f"{np.mean(flags):.{digits}f}" if len(flags) else "–"


def markdown(title: str, table: Table) -> str:
    """A table as Markdown, with aligned columns: people read it in the terminal too."""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |"
        for row in table
    ]
    line = "|" + "|".join("-" * (w + 2) for w in widths) + "|"
    return "\n".join([f"{title}\n", lines[0], line, *lines[1:]])


def renew(page: Path, name: str, text: str) -> None:
    """Replaces the tables between their two markers on a page of the docs."""
    first, last = f"<!-- bench_advice: {name} -->", f"<!-- end of bench_advice: {name} -->"
    old = page.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(first)}.*?{re.escape(last)}", re.DOTALL)
    if not pattern.search(old):
        raise SystemExit(f"{page}: no line {first!r} followed by {last!r}; write both lines there")
    renewed = pattern.sub(lambda _: f"{first}\n\n{text}\n\n{last}", old)
    page.write_text(renewed, encoding="utf-8")
