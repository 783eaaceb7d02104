"""`tuneplay check`: read a spec and show the plan; nothing is started or written."""

from __future__ import annotations

from dataclasses import dataclass

from tuneplay.app.opening import open_round, planned_commands
from tuneplay.domain.round import Round


@dataclass(frozen=True, slots=True)
class Check:
    """A spec that can be carried out.

    Attributes:
        round: What it declares, without secrets.
        warnings: What was found odd.
        first_command: The first command that would start; None when nothing is left to start.
    """

    round: Round
    warnings: tuple[str, ...]
    first_command: tuple[str, str] | None


def check_round(argument: str) -> Check:
    """Read a spec and plan its round.

    Raises:
        TuneplayError: The spec is wrong, or there is none.
    """
    opening = open_round(argument)
    first = next(planned_commands(opening), None)
    return Check(opening.recorded.round, opening.spec.warnings, first)
