"""Collecting a trial's measurements, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from tuneplay.domain.curves import Curves
from tuneplay.domain.folder import AttemptFolder
from tuneplay.metrics.follow import Follower
from tuneplay.metrics.json_lines import BadLineError, Measurement, kind_of, parse_json_line
from tuneplay.metrics.saved import Saved, load, save

#: Bad lines that are described; the others are only counted.
MAX_DESCRIBED = 5

#: Values stored for one attempt: a hundred metrics of ten thousand epochs. A program that counts
#: every step as an epoch would otherwise fill the memory.
MAX_VALUES = 1_000_000

#: Every line that is a measurement, or looks like one, contains these bytes.
_NEEDLE = b'"epoch"'


class _Source:
    """What was read from one file so far."""

    def __init__(self, name: str, path: str, objective: str | None) -> None:
        self.name = name
        self.follower = Follower(path, _NEEDLE)
        self.objective = objective
        self.rows: dict[int, dict[str, float | None]] = {}
        self.names: dict[str, None] = {}
        self.last_epoch: int | None = None
        self.value_count = 0
        self.bad = 0
        self.described: list[str] = []

    def read(self, *, end: bool, most: int | None) -> bool:
        """Read what is new, and say whether there was a measurement in it."""
        news = False
        for line in self.follower.lines(end=end, most=most):
            news = self._take(line) or news
        return news

    @property
    def happened(self) -> list[str]:
        """What happened to the file itself, in words."""
        events: list[str] = []
        if self.follower.restarts:
            events.append(
                f"{self.name}: the file was truncated or replaced, and was read again from the "
                "start; earlier measurements are kept"
            )
        if self.follower.trouble:
            events.append(f"{self.name}: cannot be read: {self.follower.trouble}")
        return events

    def to_save(self) -> Saved:
        """What was read so far, up to the last complete line."""
        at, names = self.follower, list(self.names)
        bad, last = self.bad, self.last_epoch
        return Saved(at.read_lines, at.number, last, self.rows, names, bad, self.described)

    def restore(self, saved: Saved) -> None:
        """Continue where an earlier reader saved what it had read."""
        self.follower.resume(saved.offset, saved.lines)
        self.last_epoch, self.rows = saved.last_epoch, saved.rows
        self.names = dict.fromkeys(saved.names)
        self.bad, self.described = saved.bad, saved.described
        self.value_count = sum(map(len, saved.rows.values()))

    def _take(self, line: bytes) -> bool:
        try:
            measurement = parse_json_line(line)
        except BadLineError as error:
            self._complain(str(error))
            return False
        if measurement is None:
            return False
        if self.value_count + len(measurement.values) > MAX_VALUES:
            self._complain(
                f"more than {MAX_VALUES:,} values; this line and later ones are not used"
            )
            return True
        self._note_oddities(measurement)
        row = self.rows.setdefault(measurement.epoch, {})
        before = len(row) - 1 if not row else len(row)
        for name, reported in measurement.values.items():
            self.names[name] = None
            value = math.nan if reported is None and name == self.objective else reported
            if value is None:
                row.setdefault(name, None)
                continue
            earlier = row.get(name)
            if earlier is not None and earlier != value and not math.isnan(earlier):
                self._complain(
                    f"{name} of epoch {measurement.epoch} was reported again; the later value counts"
                )
            row[name] = value
        self.value_count += len(row) - before
        self.last_epoch = measurement.epoch
        return True

    def _note_oddities(self, measurement: Measurement) -> None:
        """Complain about a line that is partly unusable; its numbers count all the same."""
        name, fields = self.objective, measurement.fields
        if not measurement.text:
            self._complain("not UTF-8; its numbers count")
        elif name is not None and name in fields and name not in measurement.values:
            self._complain(f"{name} is {kind_of(fields[name])}, not a number")

    def _complain(self, why: str) -> None:
        self.bad += 1
        if len(self.described) < MAX_DESCRIBED:
            self.described.append(f"{self.name}:{self.follower.number}: {why}")


class Collector:
    """Follows one attempt: `$TUNEPLAY_METRICS` if the program writes it, else standard output."""

    def __init__(self, folder: AttemptFolder, objective: str | None = None) -> None:
        """Start to follow.

        Args:
            folder: The attempt's folder.
            objective: The metric that decides. Its null counts as NaN, because JSON has no NaN.
                The null of any other metric counts as not measured, and is in `nulls`.
        """
        self._metrics = _Source("metrics.jsonl", folder.metrics, objective)
        self._stdout = _Source("stdout.log", folder.stdout, objective)
        self._measured = folder.measured
        saved = load(folder.measured)
        if saved is not None:
            self._stdout.restore(saved)

    def read(self, *, end: bool = False, most: int | None = None) -> bool:
        """Read what is new.

        Args:
            end: Whether the trial has ended; then the last line is complete.
            most: Bytes to read of each file at most, roughly; None for all of them.

        Returns:
            Whether there was any measurement.
        """
        news = self._metrics.read(end=end, most=most)
        if self._metrics.rows:
            return news
        return self._stdout.read(end=end, most=most) or news

    @property
    def behind(self) -> bool:
        """Whether the last call left something unread because of its limit."""
        return self._metrics.follower.behind or (
            not self._metrics.rows and self._stdout.follower.behind
        )

    @property
    def passed(self) -> int | None:
        """Bytes of standard output that are no longer needed; None for all of it."""
        return None if self._metrics.rows else self._stdout.follower.read_lines

    def keep(self) -> None:
        """Save what was read of standard output; then that part of the log may be dropped.

        Raises:
            OSError: It cannot be written.
        """
        save(self._measured, self._stdout.to_save())

    @property
    def last_epoch(self) -> int | None:
        """The epoch that was reported last."""
        return self._source.last_epoch

    @property
    def names(self) -> tuple[str, ...]:
        """Every metric that was reported, in the order of appearance."""
        return tuple(self._source.names)

    @property
    def bad_lines(self) -> tuple[int, Iterable[str]]:
        """How many lines could not be used, and the first few as `file:line: why`."""
        used = (self._metrics,) if self._metrics.rows else (self._metrics, self._stdout)
        described = [line for source in used for line in source.described]
        return sum(source.bad for source in used), tuple(described[:MAX_DESCRIBED])

    @property
    def happened(self) -> Sequence[str]:
        """What happened to the files, as `file: what`: truncated, replaced, unreadable."""
        return (*self._metrics.happened, *self._stdout.happened)

    def value(self, metric: str) -> float | None:
        """A metric at the epoch that was reported last; None if it was not reported there."""
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
    def nulls(self) -> dict[str, list[int]]:
        """By metric, the epochs in which it was reported as null and never as a number."""
        found: dict[str, list[int]] = {}
        for epoch, row in sorted(self._source.rows.items()):
            for name, value in row.items():
                if value is None:
                    found.setdefault(name, []).append(epoch)
        return found

    @property
    def _source(self) -> _Source:
        return self._metrics if self._metrics.rows else self._stdout
