"""Texts that must not be written: the values of what a spec lists under `redact`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: What stands in the place of a secret. It is a plain word in YAML, wherever a value may stand.
REDACTED = "<redacted>"

#: A shorter text occurs by chance in too many places.
SHORTEST = 6


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
        return text

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
