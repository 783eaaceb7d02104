"""Collecting a trial's measurements, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from tuneplay.domain.curves import Curves
from tuneplay.domain.folder import AttemptFolder
from tuneplay.metrics.follow import Follower
from tuneplay.metrics.lines import BadLineError, parse_json_line

#: Bad lines that are described; the others are counted only.
MAX_DESCRIBED = 5


@dataclass(slots=True)
class _Source:
    """What one file has said so far."""

    name: str
    follower: Follower
    objective: str | None
    rows: dict[int, dict[str, float]] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    last_epoch: int | None = None
    line: int = 0
    bad: int = 0
    described: list[str] = field(default_factory=list)

    def read(self, *, end: bool) -> bool:
        """Read what is new; whether there was any measurement."""
        news = False
        for line in self.follower.lines(end=end):
            self.line += 1
            news = self._take(line) or news
        return news

    def _take(self, line: bytes) -> bool:
        try:
            measurement = parse_json_line(line)
        except BadLineError as error:
            self._complain(str(error))
            return False
        if measurement is None:
            return False
        row = self.rows.setdefault(measurement.epoch, {})
        for name, reported in measurement.values.items():
            self.names[name] = None
            value = math.nan if reported is None and name == self.objective else reported
            if value is None:
                continue  # null is how a program says that it did not measure this
            if name in row and row[name] != value and row[name] == row[name]:
                self._complain(f"{name} of epoch {measurement.epoch} again; the later value counts")
            row[name] = value
        self.last_epoch = measurement.epoch
        return True

    def _complain(self, why: str) -> None:
        self.bad += 1
        if len(self.described) < MAX_DESCRIBED:
            self.described.append(f"{self.name}:{self.line}: {why}")


class Collector:
    """Follows one attempt: `$TUNEPLAY_METRICS` if it is written, else standard output."""

    def __init__(self, folder: AttemptFolder, objective: str | None = None) -> None:
        """Begin to follow.

        Args:
            folder: The attempt's folder.
            objective: The metric that decides: its null counts as NaN, for JSON has no NaN. The
                null of any other metric counts as not measured.
        """
        self._metrics = _Source("metrics.jsonl", Follower(folder.metrics), objective)
        self._stdout = _Source("stdout.log", Follower(folder.stdout), objective)

    def read(self, *, end: bool = False) -> bool:
        """Read what is new.

        Args:
            end: Whether the trial has ended, so that the last line is complete.

        Returns:
            Whether there was any measurement.
        """
        news = self._metrics.read(end=end)
        if self._metrics.rows:
            return news
        return self._stdout.read(end=end) or news

    @property
    def last_epoch(self) -> int | None:
        """The epoch reported last."""
        return self._source.last_epoch

    @property
    def names(self) -> tuple[str, ...]:
        """Every metric that was reported, in the order of appearance."""
        return tuple(self._source.names)

    @property
    def bad_lines(self) -> tuple[int, Iterable[str]]:
        """How many lines could not be used, and the first few of them as `file:line: why`."""
        return self._source.bad, tuple(self._source.described)

    def value(self, metric: str) -> float | None:
        """A metric at the epoch reported last; None if it was not reported there."""
        source = self._source
        return source.rows[source.last_epoch].get(metric) if source.last_epoch is not None else None

    def curves(self) -> Curves:
        """Everything measured so far."""
        source = self._source
        epochs = sorted(source.rows)
        rows = [source.rows[epoch] for epoch in epochs]
        columns = {name: [row.get(name) for row in rows] for name in source.names}
        measured = {n: c for n, c in columns.items() if any(v is not None for v in c)}
        return Curves(epochs, measured)

    @property
    def _source(self) -> _Source:
        return self._metrics if self._metrics.rows else self._stdout
