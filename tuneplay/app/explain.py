"""`tuneplay explain`: what a finding, a verdict or a rule of design means."""

from __future__ import annotations

import difflib

from tuneplay.errors import UsageError
from tuneplay.judge.verdict.facts import CautionKind, Ground
from tuneplay.words.explanations import Explanation, explanations


def explain_all() -> list[Explanation]:
    """Every explanation: findings, verdicts, then rules of design."""
    return list(explanations().values())


def explain_one(name: str) -> Explanation:
    """What a name means.

    Args:
        name: The kind of a finding, a verdict, or a rule of design.

    Raises:
        UsageError: There is no such name.
    """
    known = explanations()
    if name in known:
        return known[name]
    for part, names in (("ground", Ground), ("caution", CautionKind)):
        if name in set(names):
            raise _only_in_reports(name, part)
    near = difflib.get_close_matches(name.casefold(), known, n=1)
    raise UsageError(
        f"'{name}' is not a finding, a verdict or a rule of design",
        f"Did you mean '{near[0]}'?" if near else "`tuneplay explain` lists every name.",
    )


def _only_in_reports(word: str, part: str) -> UsageError:
    return UsageError(
        f"'{word}' is the {part} of a verdict, which is not explained by itself",
        "Its sentence in the report says what it means. `tuneplay explain` covers findings, "
        "verdicts and rules of design.",
    )
