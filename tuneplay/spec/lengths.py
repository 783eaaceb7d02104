"""Reading the length of training: one number for all trials."""

from __future__ import annotations

from tuneplay.design.roles import TRAINING_LENGTH
from tuneplay.spec.fields import Field
from tuneplay.spec.nodes import ScalarNode


def read_epochs(field: Field | None) -> int:
    """Epochs of every trial; 1 after an error."""
    if field is None:
        return 1
    if not isinstance(field.node, ScalarNode):
        rule = f'[{TRAINING_LENGTH.name}; playbook, "{TRAINING_LENGTH.section}"]'
        field.error(
            f"{field.shown()}: the length of training is never searched",
            f"one number for all trials; the report says whether it was right {rule}",
        )
        return 1
    return field.whole(1)


def read_final_epochs(field: Field | None, epochs: int) -> int | None:
    """Epochs of the trainings that a short round prepares; None for not stated."""
    if field is None:
        return None
    final = field.whole(1)
    if final < epochs:
        field.error(
            f"{final} is below epochs, {epochs}",
            "the length of the last and longest trainings, or leave it out",
        )
    return final
