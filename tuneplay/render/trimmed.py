"""Lines that end where their text ends.

Tables fill their lines with blanks up to the right edge. In a file these are noise. In a terminal
that becomes narrower they wrap into empty lines.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment


class Trimmed:
    """Its content without the blanks at the ends of lines."""

    def __init__(self, inner: RenderableType) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw line by line."""
        for line in console.render_lines(self._inner, options, pad=False):
            yield from _trim(line)
            yield Segment.line()


def _trim(line: Iterable[Segment]) -> list[Segment]:
    trimmed = list(line)
    while trimmed and not trimmed[-1].text.rstrip():
        trimmed.pop()
    if trimmed:
        last = trimmed[-1]
        trimmed[-1] = Segment(last.text.rstrip(), last.style, last.control)
    return trimmed
