"""`tuneplay check`: read a spec and show the plan; nothing is started or written."""

from __future__ import annotations

from dataclasses import dataclass

from tuneplay.app.opening.opening import Opening, last_command, open_round, planned_commands
from tuneplay.domain.round import Round


@dataclass(frozen=True, slots=True)
class Check:
    """A spec that can be carried out.

    Attributes:
        opening: The round, ready to run.
        warnings: What endangers its answer: each message, and the lines of the spec below it.
        notes: What is good to know, in the same form.
        first_command: The first command that would start; None when nothing is left to start.
        last_command: The last one; None where the plan alone does not determine it.
    """

    opening: Opening
    warnings: list[tuple[str, list[str]]]
    notes: list[tuple[str, list[str]]]
    first_command: tuple[str, str] | None
    last_command: tuple[str, str] | None

    @property
    def round(self) -> Round:
        """What the spec declares, without secrets."""
        return self.opening.recorded.round


def check_round(argument: str) -> Check:
    """Read a spec and plan its round.

    Raises:
        TuneplayError: The spec is wrong, or there is none.
    """
    opening = open_round(argument)
    first = next(planned_commands(opening), None)
    found, hide = opening.spec.problems, opening.secrets.hide
    warnings, notes = (
        [(hide(message), [hide(line) for line in frame]) for message, frame in found.shown(said)]
        for said in (found.warnings, found.notes)
    )
    return Check(opening, warnings, notes, first, last_command(opening))
