"""Reading what is trained again, and which checkpoints are kept."""

from __future__ import annotations

from tuneplay.spec.fields import Field
from tuneplay.spec.nodes import MapNode, ScalarNode


def read_reruns(field: Field | None) -> int:
    """Reruns of each best configuration."""
    fields = field.fields(("seeds",)) if field else {}
    return fields["seeds"].whole(1) if "seeds" in fields else 5


def read_checkpoints(field: Field | None) -> int | None:
    """How many of the best checkpoints are kept; None for all."""
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
