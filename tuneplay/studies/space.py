"""Search spaces as Optuna distributions, and the conversion of values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from tuneplay.domain.hyperparameter import Hyperparameter, Range, Scalar, Scale
from tuneplay.domain.round import Study


def distributions(study: Study) -> dict[str, BaseDistribution]:
    """The distributions of a study's search space, by name, in the order of the plan."""
    return {h.name: _distribution(h) for h in study.space}


def _distribution(h: Hyperparameter) -> BaseDistribution:
    if not isinstance(h, Range):
        return CategoricalDistribution(h.choices)
    if h.scale is Scale.REVERSE_LOG:
        # Optuna has no such scale: the study holds 1 - x on a log scale.
        return FloatDistribution(1 - h.high, 1 - h.low, log=True)
    log = h.scale is Scale.LOG
    if h.kind == "int":
        step = 1 if h.step is None else int(h.step)
        return IntDistribution(int(h.low), int(h.at(1.0)), log=log, step=step)
    return FloatDistribution(h.low, h.at(1.0), log=log, step=h.step)


def to_optuna(study: Study, values: Mapping[str, Scalar]) -> dict[str, Any]:
    """Nuisance values as the Optuna study holds them."""
    return {h.name: _flip(h, values[h.name]) for h in study.space}


def from_optuna(study: Study, params: Mapping[str, Any]) -> dict[str, Scalar]:
    """Nuisance values of an Optuna trial, clipped to the range: 1 - (1 - x) may leave it."""
    return {h.name: _clip(h, _flip(h, params[h.name])) for h in study.space}


def _flip(h: Hyperparameter, value: Any) -> Any:
    """From x to 1 - x and back on the reverse_log scale; other values stay."""
    if not isinstance(h, Range) or h.scale is not Scale.REVERSE_LOG:
        return value
    return 1 - value


def _clip(h: Hyperparameter, value: Any) -> Any:
    """The value within its range, and on its grid where it has one."""
    if not isinstance(h, Range) or h.kind == "int":
        return value
    return min(max(value, h.low), h.high) if h.step is None else h.on_grid(value)
