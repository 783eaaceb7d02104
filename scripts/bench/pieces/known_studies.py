"""Synthetic studies whose truth is known: the boundary advice is measured on them.

A study samples a landscape as tuneplay does. It adds noise, levels, a distorted scale of the
objective, and an infeasible part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from pieces.known_rounds import known_round, known_study, quasi_random
from pieces.landscapes import (
    CLEAR,
    PROBES,
    FloatArray,
    Landscape,
    Rng,
    Truth,
    random_landscape,
    truth_of,
)
from tuneplay.domain.round import Phase
from tuneplay.domain.trial import Outcome, State, TrialId
from tuneplay.studies.book import StudyBook

Side = Literal["low", "high"]

NOISE = 0.2  # the largest noise, as a share of the sd of the landscape
CLIFF_CHANCE = 0.3  # that a part of one dimension is infeasible


@dataclass(frozen=True)
class Cliff:
    """A part of one dimension that is infeasible.

    Attributes:
        dim: The dimension.
        side: The edge that it reaches.
        best_before_it: Whether the objective improves up to it: an instability edge.
    """

    dim: int
    side: Side
    best_before_it: bool


@dataclass(frozen=True)
class KnownStudy:
    """A study whose truth is known.

    Attributes:
        units: Trials (n, d) on the search scale; the range is [0, 1].
        values: Objective (n,), lower is better; NaN where a trial was infeasible.
        truth: Where the optimum of each dimension is: clearly beyond an edge, clearly inside,
            unclear, or nowhere because the dimension has no effect.
        share: Variance of each dimension (d,) as a share of the total, noise included.
        optimum: Best coordinate (d,) with the others within their ranges; NaN where dead.
        cliff: The infeasible part, if there is one.
    """

    units: FloatArray
    values: FloatArray
    truth: tuple[Truth, ...]
    share: FloatArray
    optimum: FloatArray
    cliff: Cliff | None = None


def family(
    seed: int, count: int, dims: int, trials: int, *, levels: bool = False, tpe: bool = False
) -> Iterator[KnownStudy]:
    """Random studies; the same arguments always give the same ones.

    Args:
        seed: The seed of everything.
        count: How many studies.
        dims: Hyperparameters of each study.
        trials: Trials of each study.
        levels: Whether half of the hyperparameters take only 4 to 8 values.
        tpe: Whether the trials are sampled as in exploitation; then no part is infeasible.
    """
    rng = np.random.default_rng([seed, dims, trials, int(levels), int(tpe)])
    for _ in range(count):
        yield random_study(rng, dims, trials, levels=levels, tpe=tpe)


def random_study(
    rng: Rng, dims: int, trials: int, *, levels: bool = False, tpe: bool = False
) -> KnownStudy:
    """One study, see `family`."""
    landscape = random_landscape(rng, dims)
    optimum, truth = truth_of(landscape)
    probes = rng.random((PROBES, dims))
    heights = landscape(probes)
    noise = rng.uniform(0, NOISE) * float(heights.std())
    errors = noise * rng.standard_normal(trials)
    units = _adaptive(landscape, errors, rng) if tpe else quasi_random(dims, trials, rng)
    if levels:
        units = _on_levels(units, rng)
    values = landscape(units) + errors
    variances = landscape.terms(probes).var(axis=0)
    share = variances / (variances.sum() + noise**2)
    study = KnownStudy(units, _distorted(values, heights, rng), truth, share, optimum)
    cliff = not tpe and rng.random() < CLIFF_CHANCE
    return _with_cliff(study, landscape, rng) if cliff else study


def study_of_noise(rng: Rng, dims: int, trials: int) -> KnownStudy:
    """A study in which no hyperparameter has an effect: the values are noise."""
    values = rng.standard_normal(trials)
    nowhere = np.full(dims, np.nan)
    units = quasi_random(dims, trials, rng)
    return KnownStudy(units, values, ("dead",) * dims, np.zeros(dims), nowhere)


def _adaptive(landscape: Landscape, errors: FloatArray, rng: Rng) -> FloatArray:
    """The points that tuneplay asks for in exploitation: TPE after the startup trials."""
    study = known_study(len(landscape.optimum))
    names = [one.name for one in study.space]
    seed = int(rng.integers(2**31))
    round_ = known_round(study, trials=len(errors), phase=Phase.EXPLOITATION, seed=seed)
    book, units = StudyBook(round_, {}), np.empty((len(errors), len(names)))
    for number, error in enumerate(errors):
        trial = TrialId(study.key, number)
        asked = book.ask(trial)
        units[number] = [asked[name] for name in names]
        value = float(landscape(units[number : number + 1])[0] + error)
        book.tell(trial, Outcome(State.FEASIBLE, value=value, best_epoch=1))
    return units


def _on_levels(units: FloatArray, rng: Rng) -> FloatArray:
    """The same points with half of the dimensions on a few levels, evenly spread."""
    result = units.copy()
    for dim in np.flatnonzero(rng.random(units.shape[1]) < 0.5):
        count = int(rng.integers(4, 9))
        result[:, dim] = (np.floor(units[:, dim] * count) + 0.5) / count
    return result


def _distorted(values: FloatArray, heights: FloatArray, rng: Rng) -> FloatArray:
    """The objective in a random unit: as it is, exponentiated, or flat where it is bad."""
    kind = rng.choice(["as it is", "exponential", "chance level"])
    if kind == "exponential":
        values = np.exp(values / heights.std() * rng.uniform(0.5, 1.5))
    elif kind == "chance level":
        chance = np.quantile(heights, rng.uniform(0.6, 0.9))
        values = np.where(values > chance, chance + 0.05 * (values - chance), values)
    return np.asarray(values * 10 ** rng.uniform(-3, 3) + rng.normal(), dtype=np.float64)


def _with_cliff(study: KnownStudy, landscape: Landscape, rng: Rng) -> KnownStudy:
    """The same study with an infeasible part on one side of one dimension, sometimes slanted."""
    dims = study.units.shape[1]
    dim, side = int(rng.integers(dims)), rng.choice(["low", "high"])
    threshold = rng.uniform(0.6, 0.93)
    slant = np.zeros(dims) if rng.random() < 0.6 else rng.normal(0, 0.1, dims)
    slant[dim] = 0
    towards = study.units[:, dim] if side == "high" else 1 - study.units[:, dim]
    infeasible = towards + (study.units - 0.5) @ slant > threshold
    if not infeasible.any() or (~infeasible).sum() < 2:
        return study
    own = landscape.optimum[dim] if side == "high" else 1 - landscape.optimum[dim]
    truth = list(study.truth)
    cliff = Cliff(dim, "high" if side == "high" else "low", truth[dim] == side)
    if threshold - CLEAR < own <= 1 - CLEAR:
        truth[dim] = "unclear"
    values = np.where(infeasible, np.nan, study.values)
    return replace(study, values=values, truth=tuple(truth), cliff=cliff)
