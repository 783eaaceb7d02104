"""Defaults that a help text leaves out, from the script's source.

argparse and click show a default only if the author asked for it. The source is parsed and never
executed. Only plain values count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.drafts.script import Option, Script, value_of

#: Calls that declare an option: argparse's method, click's decorator, typer's default.
_DECLARING = {"add_argument", "option", "Option"}

#: A script larger than this was generated.
MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class _Declared:
    """What a call says of an option: its default, its choices, and whether its type is int."""

    default: Scalar
    choices: tuple[str, ...]
    integer: bool


def with_source(script: Script, source: str) -> Script:
    """The script, completed with defaults and choices from its source.

    Args:
        script: The script as its help describes it.
        source: The text of the program's own file.
    """
    try:
        declared = dict(_declared(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return script
    return replace(script, options=tuple(_completed(o, declared) for o in script.options))


def _completed(option: Option, declared: dict[str, _Declared]) -> Option:
    found = next((declared[name] for name in option.names if name in declared), None)
    if found is None or option.values != 1:
        return option
    default = option.default if option.default is not None else found.default
    return replace(
        option, default=default, choices=option.choices or found.choices,
        integer=option.integer or found.integer,
    )  # fmt: skip


def _declared(tree: ast.AST) -> Iterator[tuple[str, _Declared]]:
    """Each option's name as it is spelled, with what is said of it."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        called = function.attr if isinstance(function, ast.Attribute) else ""
        called = function.id if isinstance(function, ast.Name) else called
        if called not in _DECLARING:
            continue
        names = [
            name
            for argument in node.args
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            for name in argument.value.split("/")
            if name.strip().startswith("-")
        ]
        words = {word.arg: _literal(word.value) for word in node.keywords if word.arg}
        whole = any(
            word.arg == "type" and isinstance(word.value, ast.Name) and word.value.id == "int"
            for word in node.keywords
        )
        for name in names:
            yield name.strip(), _Declared(_scalar(words.get("default")), _choices(words), whole)


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _scalar(value: object) -> Scalar:
    if isinstance(value, str):
        return value_of(value)
    return value if isinstance(value, bool | int | float) else None


def _choices(words: dict[str, object]) -> tuple[str, ...]:
    found = words.get("choices")
    return tuple(str(choice) for choice in found) if isinstance(found, list | tuple) else ()
