"""Findings about the search space beside boundaries: infeasible regions, no effect, fairness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from advice_family import family, quasi_random
from advice_landscape import FloatArray, Rng, draw_landscape
from advice_score import Table, mean

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Range
from tuneplay.domain.round import Objective, Phase, Round, Study
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge.fairness.unequal import fairness_findings
from tuneplay.judge.finding import Finding, Kind
from tuneplay.judge.space.importance import importance_findings, importances
from tuneplay.judge.space.infeasible import infeasible_findings

REGIONS = ("half-line", "corner", "scattered")
CLEAR_SHARE = 0.05  # of the variance: a hyperparameter that does so much has an effect
SIZES = (10, 20, 40, 100)


def a_study(dims: int, key: str = "all") -> Study:
    """A study of so many hyperparameters, each from 0 to 1."""
    return Study(key, {}, tuple(Range(f"x{k}", 0.0, 1.0) for k in range(dims)))


def a_round(trials: int, *studies: Study) -> Round:
    """A round of these studies."""
    return Round(
        name="known",
        goal="",
        phase=Phase.EXPLORATION,
        command=Command(("true",)),
        objective=Objective("loss", Direction.MINIMIZE),
        epochs=1,
        trials=trials,
        studies=studies,
    )


def as_trials(units: FloatArray, values: FloatArray, key: str = "all") -> list[Trial]:
    """Trials of a study; NaN is an infeasible one."""
    made = []
    for number, (row, value) in enumerate(zip(units.tolist(), values.tolist(), strict=True)):
        outcome = Outcome(State.INFEASIBLE, "diverged: loss")
        if np.isfinite(value):
            outcome = Outcome(State.FEASIBLE, "", value, 1)
        given = {f"x{k}": unit for k, unit in enumerate(row)}
        made.append(Trial(TrialId(key, number), number, given, outcome))
    return made


# Infeasible regions.


@dataclass(frozen=True)
class Cut:
    """What was said of one study with infeasible trials.

    Attributes:
        kind: One of `REGIONS`.
        found: Whether the region is named; for scattered trials never.
        false: Whether a region is named that there is not.
        lost: Share of what is good that the suggested range cuts off; NaN without one.
        thumb: The same of a range that ends before the first infeasible trial.
    """

    kind: str
    found: bool
    false: bool
    lost: float
    thumb: float


def cuts(seed: int, count: int, trials: int) -> list[Cut]:
    """Studies of 1 to 4 dimensions, three or more of whose trials are infeasible."""
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
    values = np.where(bad, np.nan, draw_landscape(rng, dims)(units))
    said = infeasible_findings(a_study(dims), as_trials(units, values), Direction.MINIMIZE)
    named = [finding for finding in said if finding.hyperparameter is not None]
    right = [finding for finding in named if _is_right(finding, kind, high=high)]
    lost = thumb = float("nan")
    if kind == "half-line" and right:
        bound = float(right[0].suggestion["high" if high else "low"] or 0)
        lost = max(0.0, at - (bound if high else 1 - bound)) / at
    if kind == "half-line":
        thumb = max(0.0, at - float(towards[bad, 0].min())) / at
    return Cut(kind, bool(right), len(named) > len(right), lost, thumb)


def _is_right(finding: Finding, kind: str, *, high: bool) -> bool:
    if kind == "half-line":
        return finding.hyperparameter == "x0" and ("high" if high else "low") in finding.suggestion
    word = "above" if high else "below"
    both = f"x1 {word}" in finding.message and finding.hyperparameter == "x0"
    return kind == "corner" and (both or finding.hyperparameter in ("x0", "x1"))


def regions_table(seed: int, count: int) -> Table:
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


# Hyperparameters without effect.


def idle_table(seed: int, count: int) -> Table:
    """How often a hyperparameter without effect is named, and one that matters."""
    table = [["trials a dimension", "rule", "named: no effect", "named: matters", "judged", "told"]]
    for per_dim in (10, 20, 40):
        said: dict[str, tuple[list[bool], list[bool]]] = {"tuneplay": ([], []), "rank": ([], [])}
        judged = told = 0
        for dims in (2, 3, 4):
            for known in family(seed, count, dims, per_dim * dims):
                study, trials = a_study(dims), as_trials(known.units, known.values)
                round_ = a_round(per_dim * dims, study)
                names = {f.hyperparameter for f in importance_findings(round_, study, trials)}
                told += bool(importances(round_, study, trials))
                judged += 1
                for dim, truth in enumerate(known.truth):
                    if truth != "dead" and known.share[dim] < CLEAR_SHARE:
                        continue
                    side = int(truth != "dead")
                    said["tuneplay"][side].append(f"x{dim}" in names)
                    said["rank"][side].append(
                        abs(_correlation(known.units[:, dim], known.values)) < 0.1
                    )
        for rule, label in (("tuneplay", "tuneplay"), ("rank", "rank correlation below 0.1")):
            first = rule == "tuneplay"
            counts = [str(judged), mean([True] * told + [False] * (judged - told))]
            row = [mean(said[rule][0]), mean(said[rule][1]), *(counts if first else ["", ""])]
            table.append([str(per_dim) if first else "", label, *row])
    return table


def _correlation(units: FloatArray, values: FloatArray) -> float:
    """Spearman's rank correlation over the feasible trials."""
    usable = np.isfinite(values)
    ranks = [np.argsort(np.argsort(column[usable])) for column in (units, values)]
    return float(np.corrcoef(*ranks)[0, 1]) if usable.sum() > 2 else 0.0


# Fairness: unequal feasible trials.


def fairness_table(seed: int, count: int) -> Table:
    """Unequal feasible trials: found where one study's rate is half the other's, else false."""
    table = [
        ["trials", "tuneplay: found", "tuneplay: false", "two thirds as many: found", "and false"]
    ]
    for trials in SIZES:
        rng = np.random.default_rng([seed, trials, 9])
        row = [str(trials)]
        said = {(rule, unequal): list[bool]() for rule in (0, 1) for unequal in (True, False)}
        for _ in range(count):
            for unequal in (True, False):
                rate = rng.uniform(0.7, 1.0) if unequal else rng.uniform(0.3, 1.0)
                rates = (rate, rate * rng.uniform(0.2, 0.5) if unequal else rate)
                counts, named = _two(rates, trials, rng)
                said[0, unequal].append(named)
                said[1, unequal].append(min(counts) <= 2 / 3 * max(counts))
        for rule in (0, 1):
            row += [mean(said[rule, True]), mean(said[rule, False])]
        table.append(row)
    return table


def _two(rates: tuple[float, float], trials: int, rng: Rng) -> tuple[list[int], bool]:
    studies = [a_study(2, key) for key in ("x=a", "x=b")]
    made = {}
    for study, rate in zip(studies, rates, strict=True):
        values = np.where(rng.random(trials) < rate, rng.random(trials), np.nan)
        made[study.key] = as_trials(rng.random((trials, 2)), values, study.key)
    found = fairness_findings(a_round(trials, *studies), made, [])
    named = any(f.kind is Kind.UNFAIR_COMPARISON and "feasible" in f.evidence for f in found)
    return [sum(t.feasible for t in ts) for ts in made.values()], named
