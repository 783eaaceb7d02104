"""A single value as YAML writes it."""

from __future__ import annotations

import math
import re

from tuneplay.domain.hyperparameter import Scalar

#: A text of these characters is a text to every reader of YAML, unless it is one of `_TAKEN`.
_PLAIN = re.compile(r"[A-Za-z_][\w./+\-]*", re.ASCII)

#: Words that some reader of YAML takes for something else (`y` and `no` are booleans in YAML 1.1).
#: `inf` and `nan` are texts to all of them, but people read them as numbers.
_TAKEN = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "inf", "nan"})


def yaml_text(value: Scalar) -> str:
    """A value as a spec writes it.

    Readers of YAML 1.1 and of YAML 1.2 both get the same value back, with its type: a text that
    could be taken for something else is quoted, and 1e-05 is written `1.0e-05`, which YAML 1.1
    (PyYAML) would take for a text without the point.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, int):
        return repr(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _TAKEN:
        return value
    return quoted(value)


def _float_text(value: float) -> str:
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    text = repr(float(value))  # numpy's floats have a repr of their own
    return text if "." in text else text.replace("e", ".0e")


def quoted(text: str) -> str:
    """A text in double quotes; what cannot be seen is escaped."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"
