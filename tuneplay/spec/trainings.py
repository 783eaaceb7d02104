"""Reading how long a trial trains, what is trained again, and which checkpoints stay."""

from __future__ import annotations

from tuneplay.design.roles import TRAINING_LENGTH
from tuneplay.spec.fields import Field
from tuneplay.spec.nodes import MapNode, ScalarNode


def read_epochs(field: Field | None) -> int:
    """Epochs of every trial; 1 after an error."""
    if field is None:
        return 1
    if not isinstance(field.node, ScalarNode):
        rule = f'[{TRAINING_LENGTH.name}; playbook, "{TRAINING_LENGTH.section}"]'
        field.error(
            f"{field.shown()} is not a number of epochs: the length of training is never searched",
            f"write one number for all trials; the report says whether it was long enough {rule}",
        )
        return 1
    return field.whole(1)


def read_final_epochs(field: Field | None, epochs: int) -> int | None:
    """Epochs of the long trainings that a short round prepares; None if the spec does not say."""
    if field is None:
        return None
    final = field.whole(1)
    if final < epochs:
        field.error(
            f"{final} is less than epochs, which is {epochs}",
            "write the length of the final, longest trainings, or leave it out",
        )
    return final


def read_reruns(field: Field | None) -> int:
    """How many reruns each best configuration gets."""
    fields = field.fields(("seeds",)) if field else {}
    return fields["seeds"].whole(1) if "seeds" in fields else 5


def read_checkpoints(field: Field | None) -> int | None:
    """How many of the best checkpoints stay; None for all."""
    if field and isinstance(field.node, ScalarNode) and not field.is_null:
        field.error(f"{field.shown()} is not a mapping", "write {keep: best}")
        return 1
    keep = field.fields(("keep",)).get("keep") if field else None
    if keep is None or keep.is_word("best"):
        return 1
    if keep.is_word("all"):
        return None
    if isinstance(keep.node, MapNode):
        best_n = keep.fields(("best_n",)).get("best_n")
        return best_n.whole(1) if best_n else 1
    keep.error(f"{keep.shown()} is not known", "write best, {best_n: 3} or all")
    return 1
