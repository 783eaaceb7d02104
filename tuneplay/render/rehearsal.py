"""A rehearsal in the terminal: what works, what does not, and what the round will cost."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from tuneplay.domain.rehearsal import Rehearsal
from tuneplay.domain.round import Round
from tuneplay.words.naming import Naming
from tuneplay.words.rehearsal import say_cost, say_shown, say_tried
from tuneplay.words.text import safe


def print_rehearsal(console: Console, round_: Round, rehearsal: Rehearsal) -> None:
    """Print what a few epochs have shown.

    Args:
        console: Where to.
        round_: The round.
        rehearsal: What they have shown.
    """
    naming = Naming(round_.objective.metric)
    console.print()
    console.print(Text(safe(say_tried(rehearsal.tried[0]).text)))
    for fact in rehearsal.facts:
        mark = ("  ok  ", "green") if fact.kind.good else ("  !   ", "bold yellow")
        console.print(Text(*mark) + Text(safe(say_shown(fact, naming).text)))
    console.print(Text(safe(say_cost(rehearsal.cost).text)))
