"""Errors of YAML syntax, in words that say what to do."""

from __future__ import annotations

import yaml

from tuneplay.spec.problems import Mark

#: A spec nested deeper than this is a mistake: the language needs six levels.
MAX_DEPTH = 20

#: libyaml has a limit of its own from 0.2.6 on, and reads that far ahead before it says anything.
_TOO_DEEP = "maximum nesting depth"

#: What a plain value cannot begin with, and why it was written.
_RESERVED = {
    "\t": ("a tab", "indent with spaces"),
    "@": ("a plain value cannot begin with @", "put the value in quotes"),
    "`": ("a plain value cannot begin with a backtick", "put the value in quotes"),
    "%": ("a plain value cannot begin with %", "put the value in quotes"),
}


def explain(text: str, error: yaml.YAMLError) -> tuple[Mark, str, str]:
    """Where a text stops being YAML, what is wrong there, and what would be right.

    Args:
        text: The spec.
        error: What PyYAML says.
    """
    if isinstance(error, yaml.reader.ReaderError):
        return _position(text, error.position), "a control character", "leave it out"
    begun, at = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None) or ""
    if _TOO_DEEP in problem and at is not None:
        return _mark(at), f"nested deeper than {MAX_DEPTH} levels", ""
    if "quoted scalar" in context and begun is not None:
        return _mark(begun), "a quote is opened here and never closed", "close it"
    if "flow" in context and begun is not None and at is not None:
        bracket = "}" if "mapping" in context else "]"
        wrong = f"a '{_opening(bracket)}' is opened here, and a ',' or '{bracket}' is missing"
        right = f"it was missed in line {at.line + 1}; a value that begins with a bracket is quoted"
        return _mark(begun), wrong, right
    if at is None:
        return Mark(1, 1), problem, ""
    line = _line(text, at.line)
    character = line[at.column : at.column + 1]
    if "cannot start any token" in problem and character in _RESERVED:
        return _mark(at), *_RESERVED[character]
    if "mapping values are not allowed" in problem:
        right = "a value with a colon and a space in it is put in quotes"
        return _mark(at), "a second colon in one line, or a line indented too far", right
    if "expected <block end>" in problem or "block mapping" in context:
        right = "keys of one mapping begin in the same column, each as `key: value`"
        return _mark(at), "the indentation does not fit the lines above", right
    return _mark(at), f"{problem} {context}".strip(), ""


def _opening(bracket: str) -> str:
    return "{" if bracket == "}" else "["


def _line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number] if number < len(lines) else ""


def _mark(at: yaml.Mark) -> Mark:
    return Mark(at.line + 1, at.column + 1)


def _position(text: str, offset: int) -> Mark:
    before = text[:offset]
    return Mark(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)
