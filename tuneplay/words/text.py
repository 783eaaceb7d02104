"""Times, sizes, names and commands as people read and type them."""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Mapping

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.words.numbers import as_typed


def duration(seconds: float | None) -> str:
    """A time as `30 ms`, `42 s`, `3 min 20 s`, `2 h 05 min` or `3 d 4 h`; a dash for None."""
    if seconds is None:
        return "–"
    rounded = round(seconds)
    if seconds < 0.095:
        return f"{seconds * 1000:.0f} ms"
    if rounded < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{rounded} s"
    if rounded < 3600:
        return f"{rounded // 60} min {rounded % 60:02d} s"
    if rounded < 86_400:
        return f"{rounded // 3600} h {rounded % 3600 // 60:02d} min"
    return f"{rounded // 86_400} d {rounded % 86_400 // 3600} h"


def size(count_: int) -> str:
    """A number of bytes as `512 B`, `4.5 MB` or `1.2 GB`."""
    amount = float(count_)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.3g} TB"


def suggestion(name: str | None, given: Mapping[str, Scalar]) -> str:
    """What a finding suggests for the next spec: keys of a range, or a complete list."""
    return ", ".join(
        f"{name}: {v}" if key == "choices" and name else f"{key}: {as_typed(v)}"
        for key, v in given.items()
    )


#: Control characters, halves of characters, and unexpected line ends.
_UNSAFE = ("Cc", "Cs", "Zl", "Zp")

#: They reverse the direction of writing: the text on the screen is not the text in the file.
_BIDIRECTIONAL = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def safe(text: str) -> str:
    """Text whose control characters are shown as escapes; raw ones could control the terminal."""
    if text.isprintable():
        return text
    return "".join(c if _is_safe(c) else _shown(c) for c in text)


def typed(*words: str) -> str:
    """A command as it can be typed in a shell: a word with spaces is quoted."""
    return shlex.join(words)


def one_line(text: str) -> str:
    """Safe text in one line, for output where each line is one event."""
    return safe(text).replace("\n", "\\n")


def _is_safe(c: str) -> bool:
    return c in "\n\t" or not (unicodedata.category(c) in _UNSAFE or c in _BIDIRECTIONAL)


def _shown(c: str) -> str:
    return f"\\x{ord(c):02x}" if ord(c) < 0x100 else f"\\u{ord(c):04x}"
