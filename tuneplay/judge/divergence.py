"""Whether a training diverged: where its objective, or a loss, stopped being finite for good."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tuneplay.domain.curves import Curves
from tuneplay.judge.measures.metric_names import training_loss

#: A training that ends well has to report its loss as null this often at its end to have lost it:
#: one last line often sums a training up.
LEAST_LOST = 2

#: The losses whose divergence is the training's; an auxiliary term may be NaN by design.
_MAIN_LOSS = re.compile(r"(?:(?:train|training|val|valid|validation|eval|total)[_/.\- ]?)?loss")


@dataclass(frozen=True, slots=True)
class Divergence:
    """What stopped being finite.

    Attributes:
        metric: Its name.
        epoch: The epoch from which on it never was finite again.
        null: Whether it was reported as null from then on, and not as NaN or infinite.
    """

    metric: str
    epoch: int
    null: bool = False


def divergence_of(
    curves: Curves,
    objective: str,
    names: Sequence[str],
    nulls: Mapping[str, Sequence[int]],
    *,
    ended_well: bool,
) -> Divergence | None:
    """Where a training diverged; None when it did not.

    Args:
        curves: Everything that it measured.
        objective: The metric that decides.
        names: Every name that it reported.
        nulls: Epochs in which a metric was reported as null, by its name.
        ended_well: Whether the program reports no error.
    """
    # A validation error can stay finite, at chance level, long after the weights became NaN.
    for name, column in curves.metrics.items():
        if name == objective or _MAIN_LOSS.fullmatch(name.casefold()):
            first = _gone_from(curves.epochs, column)
            if first is not None:
                return Divergence(name, first)
    return _lost(curves, names, nulls, ended_well=ended_well)


def _lost(
    curves: Curves, names: Sequence[str], nulls: Mapping[str, Sequence[int]], *, ended_well: bool
) -> Divergence | None:
    """Where the training loss became null for good.

    JSON has no NaN, and many programs write null instead. Others write null for what they did not
    measure. A training loss is measured wherever something was trained, so its null says more.
    Where the program reports no error, the loss has to have been finite before and to stay null.
    """
    name = training_loss(names)
    blank = frozenset(nulls.get(name, ())) if name is not None else frozenset()
    if name is None or not blank:
        return None
    known = curves.column(name) or [None] * len(curves.epochs)
    column = [math.nan if e in blank else v for e, v in zip(curves.epochs, known, strict=True)]
    first = _gone_from(curves.epochs, column)
    if first is None:
        return None
    seen = any(value is not None and math.isfinite(value) for value in column)
    lines = sum(epoch >= first for epoch in blank)
    sure = not ended_well or (seen and lines >= LEAST_LOST)
    return Divergence(name, first, null=True) if sure else None


def _gone_from(epochs: Sequence[int], column: Sequence[float | None]) -> int | None:
    """Epoch from which on a metric was never finite again; None when it is fine.

    Only the end counts: a trial that recovered is usable, and that epoch is merely never its
    best. A metric that is measured every few epochs has gaps: an end that is not longer than an
    earlier gap is such a gap.
    """
    reported = [(e, v) for e, v in zip(epochs, column, strict=True) if v is not None]
    longest = gap = 0
    first: int | None = None
    for epoch, value in reported:
        if math.isfinite(value):
            longest, gap, first = max(longest, gap), 0, None
        else:
            gap, first = gap + 1, epoch if first is None else first
    seen = any(math.isfinite(value) for _, value in reported)
    return first if gap > longest or not seen else None
