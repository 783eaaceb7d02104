"""Small pieces of YAML, as a person would write them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from tuneplay.domain.yaml_scalar import quoted

#: Comments and folded texts are wrapped here.
WIDTH = 96


def sentence(key: str, text: str) -> list[str]:
    """`key: A sentence`: plain where that is safe, and folded where it is long."""
    safe = re.fullmatch(r"[A-Za-z][^#]*", text) and ": " not in text and text.isprintable()
    if not safe or text.endswith((":", " ")) or "  " in text:
        return [f"{key}: {quoted(text)}"]
    if len(key) + len(text) + 2 <= WIDTH:
        return [f"{key}: {text}"]
    return [f"{key}: >-", *_filled(text.split(" "))]


def comment(text: str, indent: str = "") -> list[str]:
    """A comment, wrapped."""
    seen = "".join(character if character.isprintable() else "?" for character in text)
    return textwrap.wrap(
        seen, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def folded(key: str, parts: Sequence[str]) -> list[str]:
    """`key: a b c`, folded over several lines where it is long."""
    line = f"{key}: {' '.join(parts)}"
    awkward = any(re.search(r"\s\s|^\s|\s$|[\n\t]|[^\x20-\x7e]", part) for part in parts)
    plain = re.fullmatch(r"[A-Za-z./~][^#\n]*", parts[0]) and not re.search(
        r": | #|:$", line[len(key) + 2 :]
    )
    if awkward:
        return [f"{key}: {quoted(' '.join(parts))}"]
    if plain and len(line) <= WIDTH:
        return [line]
    return [f"{key}: >-", *_filled(parts)]


def _filled(parts: Iterable[str]) -> list[str]:
    """Parts on lines of their width; a part is never broken."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) < WIDTH:
            lines[-1] += f" {part}"
        else:
            lines.append(f"  {part}")
    return lines
