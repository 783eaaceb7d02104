"""Explanations as text and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from tuneplay.words.explanations import Explanation
from tuneplay.words.message import joined

#: What the groups of the list are called.
_GROUPS = {"finding": "Findings", "verdict": "Verdicts", "rule": "Rules of design"}


def explanation_text(explanation: Explanation, width: int) -> str:
    """One explanation, wrapped at a width."""
    means = _wrapped(joined(*explanation.means), width)
    blocks = [f"{explanation.name} ({explanation.about})", means]
    for passage in explanation.more.values():
        shown = f"  {passage.text}" if passage.verbatim else _wrapped(passage.text, width)
        blocks += ["", f"{passage.headline}:", shown]
    return "\n".join(blocks)


def explanation_list(found: Sequence[Explanation], width: int) -> str:
    """Every name with what it means, one line each, by what it is about."""
    column = max(len(one.name) for one in found)
    lines = []
    for about, title in _GROUPS.items():
        group = [one for one in found if one.about == about]
        if group:
            lines += [f"{title}:", *(_line(one, column, width) for one in group), ""]
    return "\n".join([*lines, "More about one of them: tuneplay explain NAME"])


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """One explanation as a JSON object."""
    more = {key: passage.text for key, passage in explanation.more.items()}
    return {
        "kind": explanation.name,
        "about": explanation.about,
        "means": joined(*explanation.means),
        **more,
    }


def _line(one: Explanation, column: int, width: int) -> str:
    """A name and the first sentence of what it means, shortened where there is no room."""
    room = max(20, width - column - 4)
    return f"  {one.name:<{column}}  {textwrap.shorten(one.means[0], room, placeholder=' …')}"


#: A space at which no line ends.
_NO_BREAK = "\u00a0"


def _wrapped(text: str, width: int) -> str:
    """Text in lines; a number and its % stay in one line."""
    lines = textwrap.fill(
        text.replace(" %", f"{_NO_BREAK}%"),
        width,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines.replace(_NO_BREAK, " ")
