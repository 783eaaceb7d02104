"""The command that brings a round further, ready to paste."""

from __future__ import annotations

from tuneplay.judge.next_step import NextStep
from tuneplay.words.text import typed

#: What is shown in place of a command that a terminal would change.
NOT_PASTEABLE = "The command has characters that a terminal cannot show: `report --json` has it."


def pasteable(command: str) -> str:
    """A command, or where to find it: a changed one would run with other values."""
    return command if command.isprintable() else NOT_PASTEABLE


def next_command(step: NextStep, folder: str) -> str:
    """The command for a step.

    Args:
        step: What to do.
        folder: The round's folder, as a person would type it.
    """
    seeds = [] if step.seeds is None else ["--seeds", str(step.seeds)]
    return typed("tuneplay", step.doing.value, folder, *seeds)
