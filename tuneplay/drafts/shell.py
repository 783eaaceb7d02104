"""A train command as it is typed, split into words; what only a shell understands is refused."""

from __future__ import annotations

import re
import shlex

from tuneplay.errors import UsageError

#: What is quoted or escaped is no shell syntax.
_QUOTED = re.compile(r"""\\.|'[^']*'|"(?:\\.|[^"\\])*\"""", re.DOTALL)
_OPERATOR = re.compile(r"&&|\|\||\d?>>?|<<?|[|;&]")
_VARIABLE = re.compile(r"\s*(?:env\s+)?([A-Za-z_]\w*)=")


def split_command(command: str) -> tuple[str, ...]:
    """The words of a train command.

    Raises:
        UsageError: It is empty, a quote is open, or it needs a shell, which tuneplay never starts.
    """
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError(
            f"--from cannot be split into words: {error}", "Close the quote."
        ) from None
    if not words or not words[0]:
        raise UsageError(
            "--from is empty", 'Give the train command, as in --from "python train.py".'
        )
    bare = _QUOTED.sub("", command)
    if variable := _VARIABLE.match(bare):
        raise UsageError(
            f"--from begins with the variable {variable[1]}, and no shell ever reads the command",
            f"Leave it out, and write it into the spec, as in `env: {{{variable[1]}: VALUE}}`.",
        )
    if operator := _OPERATOR.search(bare):
        raise UsageError(
            f"--from has `{operator[0]}` in it, and no shell ever reads the command",
            "Leave it out: give the train command alone. What it prints is kept with each trial, "
            "and its environment goes under env.",
        )
    return words
