"""Scripts without a help text that take their global names as options: `--name=value`.

nanoGPT and its descendants do this: `configurator.py` assigns each `--name=value` to a global name.
There is no help to ask for, so the source is parsed. It is never executed.
"""

from __future__ import annotations

import ast
import re

from tuneplay.drafts.script import Option, Script, Style

#: How such a script is recognized: it runs the configurator, or has the like in the same file.
_CONFIGURED = re.compile(r"""open\(\s*['"][\w./]*configurator\.py|globals\(\)\[\w+\]\s*=""")

#: A script with one of these has a help text.
_PARSER = re.compile(
    r"^\s*(import|from)\s+(argparse|click|typer|hydra|absl|fire|jsonargparse|tyro|simple_parsing)\b",
    re.MULTILINE,
)


def read_settings(source: str) -> Script | None:
    """The settings of a script that has no help text; None for any other.

    Args:
        source: The text of the program's own file.
    """
    if not _CONFIGURED.search(source) or _PARSER.search(source):
        return None
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = {o.name: o for node in tree.body if (o := _setting(node)) is not None}
    return Script(Style.EQUALS, tuple(found.values())) if found else None


def _setting(node: ast.stmt) -> Option | None:
    """The first value of a global name, if it is a plain one; None for any other statement."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return None
    target = node.targets[0]
    if not isinstance(target, ast.Name) or target.id.startswith("_"):
        return None
    try:
        value = ast.literal_eval(node.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    if not isinstance(value, bool | int | float | str):
        return None
    # The configurator refuses a value of another type.
    whole = isinstance(value, int) and not isinstance(value, bool)
    return Option((f"--{target.id}",), default=value, integer=whole)
