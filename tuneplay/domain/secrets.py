"""Texts that must not be written: the values of what a spec lists under `redact`."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Replaces a secret. In YAML it is a plain word wherever a value is allowed.
REDACTED = "<redacted>"

#: A shorter text occurs by chance in too many places.
SHORTEST = 6

#: The last character of a text that was shortened for display.
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Hides texts in everything that is written.

    Attributes:
        texts: What is hidden; a text that contains another one comes before it.
    """

    texts: tuple[str, ...] = ()

    def hide(self, text: str) -> str:
        """A text with every secret in it replaced by `REDACTED`."""
        for secret in self.texts:
            text = text.replace(secret, REDACTED)
            if _CUT in text:
                first, *others = text.split(_CUT)
                hidden = [_hide_cut_secret(piece, secret) for piece in (first, *others[:-1])]
                text = _CUT.join([*hidden, others[-1]])
        return text

    def hide_cut(self, text: str) -> str:
        """`hide` for a text that may end in the middle of a secret."""
        text = self.hide(text)
        for secret in self.texts:
            text = _hide_cut_secret(text, secret)
        return text

    def hide_command(self, argv: Sequence[str]) -> str:
        """A command line as a shell reads it; secrets are hidden before quoting."""
        return self.hide(shlex.join(map(self.hide, argv)))

    def hide_in(self, data: Any) -> Any:
        """A JSON value with every secret in its texts replaced."""
        if not self.texts:
            return data
        if isinstance(data, str):
            return self.hide(data)
        if isinstance(data, Mapping):
            return {key: self.hide_in(value) for key, value in data.items()}
        if isinstance(data, list | tuple):
            return [self.hide_in(value) for value in data]
        return data


def _hide_cut_secret(text: str, secret: str) -> str:
    """A text with the start of a secret at its end hidden, if that is at least `SHORTEST` long."""
    for length in range(min(len(secret) - 1, len(text)), SHORTEST - 1, -1):
        if text.endswith(secret[:length]):
            return text[:-length] + REDACTED
    return text
