"""The command that brings a round further, ready to paste."""

from __future__ import annotations

from tuneplay.judge.next_step import NextStep
from tuneplay.words.text import typed


def next_command(step: NextStep, folder: str) -> str:
    """The command for a step.

    Args:
        step: What to do.
        folder: The round's folder, as a person would type it.
    """
    seeds = [] if step.seeds is None else ["--seeds", str(step.seeds)]
    return typed("tuneplay", step.doing.value, folder, *seeds)
