"""Texts that must not be written: the values of what a spec lists under `redact`."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: What stands in the place of a secret. It is a plain word in YAML, wherever a value may stand.
REDACTED = "<redacted>"

#: A shorter text occurs by chance in too many places.
SHORTEST = 6

#: Stands at the end of a text that was cut to be shown.
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Hides texts in everything that is written.

    Attributes:
        texts: What is hidden; a text that contains another one stands before it.
    """

    texts: tuple[str, ...] = ()

    def hide(self, text: str) -> str:
        """A text with every secret in it replaced by `REDACTED`."""
        for secret in self.texts:
            text = text.replace(secret, REDACTED)
            if _CUT in text:
                first, *others = text.split(_CUT)
                parts = [_without_begin(part, secret) for part in (first, *others[:-1])]
                text = _CUT.join([*parts, others[-1]])
        return text

    def hide_cut(self, text: str) -> str:
        """As `hide`, for a text that may end in the middle of a secret."""
        text = self.hide(text)
        for secret in self.texts:
            text = _without_begin(text, secret)
        return text

    def hide_command(self, argv: Sequence[str]) -> str:
        """A command line as a shell reads it: secrets are hidden before anything is quoted."""
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


def _without_begin(text: str, secret: str) -> str:
    """A text that does not end with the begin of a secret, where that is long enough to tell."""
    for length in range(min(len(secret) - 1, len(text)), SHORTEST - 1, -1):
        if text.endswith(secret[:length]):
            return text[:-length] + REDACTED
    return text
