"""All rules on the design of a round."""

from __future__ import annotations

from tuneplay.design import equal_tuning, questions, roles, scales, since_parent, trial_counts
from tuneplay.design.advice import BrokenRule, Level, Rule, design_of
from tuneplay.domain.round import Round

#: Every rule by its name.
RULES: dict[str, Rule] = {
    rule.name: rule
    for module in (roles, equal_tuning, questions, scales, trial_counts, since_parent)
    for rule in vars(module).values()
    if isinstance(rule, Rule)
}

_CHECKS = (
    roles.never_searched,
    roles.batch,
    equal_tuning.fairness,
    roles.regularization,
    questions.compared,
    questions.simplicity,
    questions.goal,
    scales.scales,
    scales.widths,
    scales.grids,
    trial_counts.trials,
)

_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}


def advise(round_: Round, parent: Round | None = None) -> list[BrokenRule]:
    """What the playbook would say about a round before it starts.

    Args:
        round_: The round.
        parent: The round that it follows; None if there is none, or it cannot be read.

    Returns:
        Errors first, then warnings, then notes; empty for a design that follows every rule.
    """
    if not round_.studies:
        return []
    design = design_of(round_)
    said = [advice for check in _CHECKS for advice in check(design)]
    if parent is not None and parent.studies:
        said += since_parent.since(parent, round_)
    return sorted(said, key=lambda advice: _ORDER[advice.severity])
