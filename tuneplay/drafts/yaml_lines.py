"""Lines of YAML, as a person would write them: comments, sentences, folded commands."""

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


def folded(key: str, words: Sequence[str]) -> list[str]:
    """`key: a b c`, folded over several lines where it is long."""
    line = f"{key}: {' '.join(words)}"
    awkward = any(re.search(r"\s\s|^\s|\s$|[\n\t]|[^\x20-\x7e]", word) for word in words)
    plain = re.fullmatch(r"[A-Za-z./~][^#\n]*", words[0]) and not re.search(
        r": | #|:$", line[len(key) + 2 :]
    )
    if awkward:
        return [f"{key}: {quoted(' '.join(words))}"]
    if plain and len(line) <= WIDTH:
        return [line]
    return [f"{key}: >-", *_filled(words)]


def _filled(words: Iterable[str]) -> list[str]:
    """Words on lines of `WIDTH`; a word is never broken."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) < WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(f"  {word}")
    return lines
