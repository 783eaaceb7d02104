"""Explanations as text and as JSON."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Any

from tuneplay.words.explanations import Explanation

#: What the groups of the list are called.
_GROUPS = {"finding": "Findings", "verdict": "Verdicts", "rule": "Rules of design"}


def explanation_text(explanation: Explanation, width: int) -> str:
    """One explanation, wrapped at a width."""
    blocks = [f"{explanation.name} ({explanation.about})", _wrapped(explanation.means, width)]
    for key, (headline, text) in explanation.more.items():
        # What can be pasted is never wrapped.
        shown = f"  {text}" if key == "silence" else _wrapped(text, width)
        blocks += ["", f"{headline}:", shown]
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
    more = {key: text for key, (_, text) in explanation.more.items()}
    return {
        "kind": explanation.name,
        "about": explanation.about,
        "means": explanation.means,
        **more,
    }


def _line(one: Explanation, column: int, width: int) -> str:
    """A name and the first sentence of what it means, shortened where there is no room."""
    sentence = re.split(r"(?<=\.) ", one.means, maxsplit=1)[0]
    room = max(20, width - column - 4)
    return f"  {one.name:<{column}}  {textwrap.shorten(sentence, room, placeholder=' …')}"


def _wrapped(text: str, width: int) -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
