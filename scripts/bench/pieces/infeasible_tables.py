"""Infeasible regions: how often they are found, invented, and cut off too much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pieces.judging import RegionSaid, said_of_regions
from pieces.known_rounds import known_round, known_study, known_trials, quasi_random
from pieces.landscapes import Rng, random_landscape
from pieces.tables import Table, mean

REGIONS = ("half-line", "corner", "scattered")
SIZES = (10, 20, 40, 100)


@dataclass(frozen=True)
class Cut:
    """What was said of one study with infeasible trials.

    Attributes:
        kind: One of `REGIONS`.
        found: Whether the region is named; never for scattered trials.
        false: Whether a region is named where there is none.
        lost: Share of the good space that the suggested range cuts off; NaN without one.
        thumb: The same of a range that ends before the first infeasible trial.
    """

    kind: str
    found: bool
    false: bool
    lost: float
    thumb: float


def cuts(seed: int, count: int, trials: int) -> list[Cut]:
    """Judged studies of 1 to 4 dimensions with three or more infeasible trials."""
    rng = np.random.default_rng([seed, trials, 5])
    found: list[Cut] = []
    while len(found) < count:
        dims = int(rng.integers(1, 5))
        kind = REGIONS[int(rng.integers(3))]
        if kind != "corner" or dims > 1:
            one = _cut(kind, dims, trials, rng)
            found += [one] if one is not None else []
    return found


def _cut(kind: str, dims: int, trials: int, rng: Rng) -> Cut | None:
    units = quasi_random(dims, trials, rng)
    high = bool(rng.random() < 0.5)
    towards = units if high else 1 - units
    at = rng.uniform(0.45, 0.7) if kind == "corner" else rng.uniform(0.55, 0.9)
    inside = towards[:, 0] > at
    if kind == "corner":
        inside &= towards[:, 1] > at
    rates = np.where(inside, 0.97, 0.02)
    if kind == "scattered":
        rates = np.full(trials, rng.uniform(0.1, 0.5))
    bad = rng.random(trials) < rates
    if bad.sum() < 3 or (~bad).sum() < 3 or (kind != "scattered" and inside.sum() < 3):
        return None
    values = np.where(bad, np.nan, random_landscape(rng, dims)(units))
    study = known_study(dims)
    round_ = known_round(study, trials=trials)
    named = said_of_regions(round_, study, known_trials(units, values))
    right = [region for region in named if _is_right(region, kind, high=high)]
    lost = thumb = float("nan")
    if kind == "half-line" and right:
        bound = float(right[0].bounds["high" if high else "low"] or 0)
        lost = max(0.0, at - (bound if high else 1 - bound)) / at
    if kind == "half-line":
        thumb = max(0.0, at - float(towards[bad, 0].min())) / at
    return Cut(kind, bool(right), len(named) > len(right), lost, thumb)


def _is_right(region: RegionSaid, kind: str, *, high: bool) -> bool:
    if kind == "half-line":
        return region.hyperparameter == "x0" and ("high" if high else "low") in region.bounds
    return kind == "corner" and region.hyperparameter in ("x0", "x1")


def infeasible_table(seed: int, count: int) -> Table:
    """Regions found and invented, and how much of the good space a suggested range cuts off."""
    head = ["trials", "region", "studies", "found", "false", "good space cut off", "rule of thumb"]
    table = [head]
    for trials in SIZES:
        found = cuts(seed, count, trials)
        for kind in REGIONS:
            some = [one for one in found if one.kind == kind]
            lost = [one.lost for one in some if np.isfinite(one.lost)]
            thumb = [one.thumb for one in some if np.isfinite(one.thumb)]
            table.append(
                [
                    str(trials),
                    kind,
                    str(len(some)),
                    "–" if kind == "scattered" else mean([one.found for one in some]),
                    mean([one.false for one in some]),
                    mean(lost),
                    mean(thumb),
                ]
            )
    return table
