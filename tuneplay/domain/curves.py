"""The measurements of one trial: one column for each metric, one row for each epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

#: A longer name is not the name of a metric: it is a text with a colon in it.
MAX_METRIC_NAME = 200

#: The key of a line of JSON that numbers its epoch: no metric has this name.
EPOCH_KEY = "epoch"


class Direction(StrEnum):
    """Whether lower or higher is better. Always stated, never guessed."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"

    def better(self, first: float, second: float) -> bool:
        """Whether `first` is strictly better than `second`; False where either is NaN."""
        return first < second if self is Direction.MINIMIZE else first > second

    @property
    def sign(self) -> float:
        """+1 to minimize, -1 to maximize: a lower `sign * value` is always better."""
        return 1.0 if self is Direction.MINIMIZE else -1.0


@dataclass(frozen=True, slots=True)
class Curves:
    """Metrics of one trial over its epochs.

    Attributes:
        epochs: Epoch numbers, ascending, each one once.
        metrics: For each metric one value per epoch, in the order of `epochs`. None where the
            metric was not reported; NaN or infinite where the program reported that. A ledger
            that was read back has None for both: neither can ever be a best value.
    """

    epochs: Sequence[int] = ()
    metrics: Mapping[str, Sequence[float | None]] = field(default_factory=dict)

    def column(self, metric: str) -> Sequence[float | None]:
        """Values of a metric, one per epoch; empty when it was never reported."""
        return self.metrics.get(metric, ())

    def best(self, metric: str, direction: Direction) -> tuple[int, float] | None:
        """Retrospective checkpoint selection: the best epoch and its value.

        NaN and infinities are never a best value: `-inf` is a broken metric, not a good one. The
        earliest epoch wins a tie (playbook, "Saving checkpoints and retrospectively selecting
        the best checkpoint").

        Args:
            metric: Name of the metric.
            direction: Which way is better.

        Returns:
            (epoch, value), or None when no epoch has a finite value.
        """
        best: tuple[int, float] | None = None
        for epoch, value in zip(self.epochs, self.column(metric), strict=False):
            if value is None or not math.isfinite(value):
                continue
            if best is None or direction.better(value, best[1]):
                best = (epoch, value)
        return best
