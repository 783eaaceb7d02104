"""Recorded training curves cut short: what more epochs would have gained is on record.

Each study draws trials of one recorded problem from a part of its search space, and pretends that
training ended at some epoch. The half as many epochs that followed tell the truth.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from advice_landscape import FloatArray, Rng
from advice_recorded import _floats, _rows
from advice_training import Case, a_round, one_trial, thumb

from tuneplay.domain.curves import Direction
from tuneplay.judge.measures.selection import better_part, ranked
from tuneplay.judge.training.curve_checks import curve_findings
from tuneplay.judge.training.epoch_budget import epoch_budget
from tuneplay.judge.training.epoch_findings import epoch_findings
from tuneplay.judge.training.shape import late_noise

CUTS = (10, 15, 20, 30, 50, 66, 100)
LONGER = 1.5
MORE_SHARE, MORE_NOISE = 0.05, 2.0  # gained in the way come, and in noise: clearly more
NO_SHARE, NO_NOISE = 0.01, 0.25  # ... and clearly no more


@dataclass(frozen=True)
class Record:
    """Curves (n, epochs) of one problem, better when lower; NaN once diverged; their rates (n,)."""

    name: str
    rates: FloatArray
    values: FloatArray
    loss: FloatArray


def records() -> Iterator[Record]:
    """The problems of DeepOBS and TaskSet, by validation error or loss."""
    for name, rows, at in (("deepobs", 4, (0, 1, 3)), ("taskset", -1, (0, 1, 1))):
        query = "select workload, arm, hp, n, blob from run order by id"
        found: dict[str, list[tuple[float, FloatArray]]] = {}
        for workload, arm, hp, n, blob in _rows(f"{name}/runs.sqlite", query):
            given = json.loads(hp)
            rate = float(np.log10(given.get("lr", given.get("learning_rate", 1.0))))
            found.setdefault(f"{workload}/{arm}", []).append((rate, _floats(blob, rows, n)[:, 1:]))
        for key, runs in found.items():
            length = max(series.shape[1] for _, series in runs)
            full = [(rate, series) for rate, series in runs if series.shape[1] == length]
            rates = np.array([rate for rate, _ in full])
            stack = np.stack([series for _, series in full])
            yield Record(f"{key} loss", rates, stack[:, at[1]], stack[:, at[0]])
            if np.isfinite(stack[:, at[2]]).any() and at[2] != at[1]:
                yield Record(f"{key} error", rates, 1 - stack[:, at[2]], stack[:, at[0]])


def recorded_cases(seed: int, count: int, trials: int) -> Iterator[Case]:
    """Studies of so many trials from each record, judged; only those whose truth can be told."""
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
    # Where there are fewer, configurations repeat: as several seeds of one would.
    chosen = rng.choice(members, trials, replace=len(members) < trials)
    made = []
    for number, k in enumerate(chosen):
        row = record.values[k, :cut]
        bad = not np.isfinite(row).all()
        row = np.where(np.isfinite(row), row, np.nan) if np.isfinite(row[0]) else np.ones(cut)
        made.append(one_trial(number, row, record.loss[k, :cut], Direction.MINIMIZE, bad=bad))
    better = better_part(ranked(made, Direction.MINIMIZE))
    if len(better) < 3:
        return None
    after = record.values[chosen[[t.id.number for t in better]], : int(LONGER * cut)]
    truth = _truth(after, cut)
    round_ = a_round(cut, trials, Direction.MINIMIZE)
    budget = epoch_budget(round_, [made])
    findings = curve_findings(round_, round_.studies[0], made)
    noted = any("settled_share" in f.evidence and not f.suggestion for f in epoch_findings(budget))
    said = (budget.advice, *thumb([t.outcome.best_epoch or 0 for t in better], cut))
    return Case(
        trials, truth, said, budget, 1.0, noted, {}, frozenset(str(f.kind) for f in findings)
    )


def _truth(after: FloatArray, cut: int) -> str:
    """What was right at the cut, by what came after it."""
    inside = after[:, :cut]
    if not np.isfinite(after).all():
        return "unclear"
    lowest, way = inside.min(axis=1), inside[:, cut // 10] - inside.min(axis=1)
    noise = float(np.median([late_noise(row.tolist()) for row in inside]))
    gain, size = float(np.median(lowest - after.min(axis=1))), float(np.median(way))
    best = (inside.argmin(axis=1) + 1) / cut
    if gain > max(MORE_SHARE * size, MORE_NOISE * noise):
        return "more"
    if gain > min(NO_SHARE * size, NO_NOISE * noise) or size <= 0:
        return "unclear"
    if best.max() <= 0.2:
        return "fewer"
    return "no more"
