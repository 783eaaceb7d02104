"""Recorded training curves cut short: what more epochs would have gained is on record.

Each study samples trials of one recorded problem from a part of its search space, and pretends that
training ended at some epoch. Half as many epochs again show what was right there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pieces.judging import better_trials, noise_of
from pieces.known_curves import LONGER
from pieces.known_rounds import curve_trial
from pieces.landscapes import FloatArray, Rng
from pieces.recordings import floats, rows
from pieces.training_cases import LEAST_TRIALS, Case, judged_case
from tuneplay.domain.curves import Direction

CUTS = (10, 15, 20, 30, 50, 66, 100)
MORE_SHARE, MORE_NOISE = 0.05, 2.0  # a clear gain: as a share of the descent, and in noise
NO_SHARE, NO_NOISE = 0.01, 0.25  # clearly without a gain, likewise


@dataclass(frozen=True)
class Record:
    """Curves (n, epochs) of one problem, better when lower; NaN once diverged; their rates (n,)."""

    name: str
    rates: FloatArray
    values: FloatArray
    loss: FloatArray


def records() -> Iterator[Record]:
    """The problems of DeepOBS and TaskSet, by validation error or loss."""
    for name, values, at in (("deepobs", 4, (0, 1, 3)), ("taskset", -1, (0, 1, 1))):
        query = "select workload, arm, hp, n, blob from run order by id"
        found: dict[str, list[tuple[float, FloatArray]]] = {}
        for workload, arm, hp, n, blob in rows(f"{name}/runs.sqlite", query):
            given = json.loads(hp)
            rate = float(np.log10(given.get("lr", given.get("learning_rate", 1.0))))
            found.setdefault(f"{workload}/{arm}", []).append((rate, floats(blob, values, n)[:, 1:]))
        for key, runs in found.items():
            length = max(series.shape[1] for _, series in runs)
            full = [(rate, series) for rate, series in runs if series.shape[1] == length]
            rates = np.array([rate for rate, _ in full])
            stack = np.stack([series for _, series in full])
            yield Record(f"{key} loss", rates, stack[:, at[1]], stack[:, at[0]])
            if np.isfinite(stack[:, at[2]]).any() and at[2] != at[1]:
                yield Record(f"{key} error", rates, 1 - stack[:, at[2]], stack[:, at[0]])


def recorded_cases(seed: int, count: int, trials: int) -> Iterator[Case]:
    """Judged studies of each record; those without enough trials to judge are left out."""
    rng = np.random.default_rng([seed, trials])
    for record in records():
        for _ in range(count):
            found = _case(record, trials, rng)
            if found is not None:
                yield found


def _case(record: Record, trials: int, rng: Rng) -> Case | None:
    cuts = [cut for cut in CUTS if LONGER * cut <= record.values.shape[1]]
    if not cuts:
        return None
    cut = int(rng.choice(cuts))
    width = rng.uniform(1, 5)
    low = rng.uniform(record.rates.min(), max(record.rates.max() - width, record.rates.min() + 0.1))
    members = np.flatnonzero((record.rates >= low) & (record.rates <= low + width))
    if len(members) < 3:
        return None
    # With too few configurations, some repeat, as several seeds of one would.
    chosen = rng.choice(members, trials, replace=len(members) < trials)
    made = []
    for number, k in enumerate(chosen):
        row = record.values[k, :cut]
        diverged = not np.isfinite(row).all()
        row = np.where(np.isfinite(row), row, np.nan) if np.isfinite(row[0]) else np.ones(cut)
        loss = record.loss[k, :cut]
        made.append(curve_trial(number, row, loss, Direction.MINIMIZE, infeasible=diverged))
    better = better_trials(made, Direction.MINIMIZE)
    if len(better) < LEAST_TRIALS:
        return None
    after = record.values[chosen[[t.id.number for t in better]], : int(LONGER * cut)]
    return judged_case(made, better, cut, Direction.MINIMIZE, _truth(after, cut), {})


def _truth(after: FloatArray, cut: int) -> str:
    """What was right at the cut, by what came after it."""
    inside = after[:, :cut]
    if not np.isfinite(after).all():
        return "unclear"
    lowest, way = inside.min(axis=1), inside[:, cut // 10] - inside.min(axis=1)
    noise = float(np.median([noise_of(row) for row in inside]))
    gain, size = float(np.median(lowest - after.min(axis=1))), float(np.median(way))
    best = (inside.argmin(axis=1) + 1) / cut
    if gain > max(MORE_SHARE * size, MORE_NOISE * noise):
        return "more"
    if gain > min(NO_SHARE * size, NO_NOISE * noise) or size <= 0:
        return "unclear"
    if best.max() <= 0.2:
        return "fewer"
    return "no more"
