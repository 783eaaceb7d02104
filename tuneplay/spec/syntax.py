"""Errors of YAML syntax, in words that say what to do."""

from __future__ import annotations

import re

import yaml

from tuneplay.spec.problems import Mark

#: A spec nested deeper than this is a mistake: it needs six levels.
MAX_DEPTH = 20

#: What to do about it.
SHALLOWER = "a spec needs six levels at most"

#: What libyaml says at its own limit, which it has from 0.2.6 on and meets before ours.
_TOO_DEEP = "maximum nesting depth"

#: What a value without quotes cannot begin with: what is wrong, and what would be right.
_RESERVED = {
    "\t": ("a tab cannot be used here", "indent with spaces"),
    "@": ("a value cannot begin with @", "write it in quotes"),
    "`": ("a value cannot begin with a backtick", "write it in quotes"),
    "%": ("a value cannot begin with %", "write it in quotes"),
}


#: A line that was meant as `key: value`, and is a plain text.
_SPACELESS = re.compile(r"\s*[\w.\-]+:[^\s:/][^:]*")

#: Characters of the longest key that YAML knows.
MAX_KEY = 1024


def explain(text: str, error: yaml.YAMLError) -> tuple[Mark, str, str]:
    """Where a text stops being YAML, what is wrong there, and what would be right.

    Args:
        text: The spec.
        error: What PyYAML says.
    """
    if isinstance(error, yaml.reader.ReaderError):
        return (
            _position(text, error.position),
            "a control character cannot be used here",
            "leave it out",
        )
    begun, at = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None) or ""
    if at is None:
        return Mark(1, 1), problem, ""
    if _TOO_DEEP in problem:
        return _mark(at), f"nested deeper than {MAX_DEPTH} levels", SHALLOWER
    if begun is not None and "quoted scalar" in context:
        return _in_quotes(problem, begun, at)
    if begun is not None and "simple key" in context:
        return _no_key(_line(text, begun.line), begun.line, begun.column)
    before = _line(text, at.line - 1) if at.line else ""
    if "mapping values are not allowed" in problem and _SPACELESS.fullmatch(before):
        return _no_key(before, at.line - 1, len(before) - len(before.lstrip()))
    if begun is not None and "flow" in context:
        return _in_brackets(context, begun, at)
    line = _line(text, at.line)
    character = line[at.column : at.column + 1]
    if "cannot start any token" in problem and character in _RESERVED:
        return _mark(at), *_RESERVED[character]
    return _mark(at), *_indented(problem, context, line[: at.column])


def _in_quotes(problem: str, begun: yaml.Mark, at: yaml.Mark) -> tuple[Mark, str, str]:
    if "escape" in problem:
        right = "use single quotes, which keep a backslash as it is"
        return _mark(at), "this backslash escape is not known in double quotes", right
    return _mark(begun), "a quote is opened here and never closed", "close it"


def _in_brackets(context: str, begun: yaml.Mark, at: yaml.Mark) -> tuple[Mark, str, str]:
    bracket = "}" if "mapping" in context else "]"
    line = at.line + 1
    wrong = f"this '{_opening(bracket)}' needs a ',' or '{bracket}' in or before line {line}"
    right = "add it, or quote a value that begins with a bracket"
    return _mark(begun), wrong, right


def _indented(problem: str, context: str, before: str) -> tuple[str, str]:
    """What is wrong between the lines, and what would be right.

    Args:
        problem: What PyYAML says.
        context: Where it says so.
        before: The line up to there.
    """
    if "mapping values are not allowed" in problem:
        right = "quote a value that has a colon and a space in it"
        return "a second colon in one line, or a line indented too far", right
    if "expected <block end>" not in problem and "block mapping" not in context:
        return f"{problem} {context}".strip(), ""
    if ": " in before:
        wrong = "unexpected text after a closing bracket or quote"
        return wrong, "write the entire value in quotes"
    right = "start all keys of a mapping in the same column, each as `key: value`"
    return "the indentation does not fit the lines above", right


def _no_key(line: str, row: int, column: int) -> tuple[Mark, str, str]:
    """What is wrong with a line that starts like a key and is not one."""
    mark, rest = Mark(row + 1, column + 1), line[column:]
    if len(rest) > MAX_KEY:
        return mark, f"a key of more than {MAX_KEY:,} characters", "write a plain word"
    if ":" in rest:
        wrong = "there is no space after the colon"
        return mark, wrong, f"write `{rest.replace(':', ': ', 1).strip()}`"
    return mark, "this line has no colon", "write `key: value`"


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
