"""Rounds, studies and trials as tuneplay sees them, built from arrays."""

from __future__ import annotations

import numpy as np

from pieces.landscapes import FloatArray, Rng
from tuneplay.domain.command import Command
from tuneplay.domain.curves import Curves, Direction
from tuneplay.domain.hyperparameter import Range
from tuneplay.domain.round import Objective, Phase, Round, Study
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.search import halton

OBJECTIVE = "val_metric"


def known_study(dims: int, key: str = "all") -> Study:
    """A study with this many hyperparameters, `x0`, `x1` and so on, each from 0 to 1.

    A key such as `x=a` also gives its scientific value.
    """
    name, _, value = key.partition("=")
    space = tuple(Range(f"x{k}", 0.0, 1.0) for k in range(dims))
    return Study(key, {name: value} if value else {}, space)


def known_round(
    *studies: Study,
    trials: int,
    epochs: int = 1,
    direction: Direction = Direction.MINIMIZE,
    phase: Phase = Phase.EXPLORATION,
    seed: int = 0,
) -> Round:
    """A round of these studies."""
    return Round(
        name="known",
        goal="",
        phase=phase,
        command=Command(("true",)),
        objective=Objective(OBJECTIVE, direction),
        epochs=epochs,
        trials=trials,
        studies=studies,
        seed=seed,
    )


def quasi_random(dims: int, trials: int, rng: Rng) -> FloatArray:
    """Points (trials, dims) of tuneplay's own sequence, as in exploration."""
    seed = int(rng.integers(2**31))
    return np.array([halton.point(index, dims, seed) for index in range(trials)])


def known_trials(units: FloatArray, values: FloatArray, key: str = "all") -> list[Trial]:
    """Trials of a study at points (n, dims) with values (n,); NaN is an infeasible trial."""
    made = []
    for number, (row, value) in enumerate(zip(units.tolist(), values.tolist(), strict=True)):
        outcome = Outcome(State.INFEASIBLE, "diverged: loss")
        if np.isfinite(value):
            outcome = Outcome(State.FEASIBLE, "", value, 1)
        given = {f"x{k}": unit for k, unit in enumerate(row)}
        made.append(Trial(TrialId(key, number), number, given, outcome))
    return made


def curve_trial(
    number: int,
    values: FloatArray,
    loss: FloatArray | None,
    direction: Direction,
    *,
    unit: float = 1.0,
    infeasible: bool = False,
) -> Trial:
    """A trial of the study `all` with a curve.

    Args:
        number: Its number.
        values: The objective (epochs,), better when lower; NaN from where the trial ended.
        loss: Training loss (epochs,); None for none.
        direction: Of the objective that the trial reports.
        unit: Factor from `values` to what the trial reports.
        infeasible: Whether the trial diverged.
    """
    length = int(np.isfinite(values).nonzero()[0][-1]) + 1
    metrics = {OBJECTIVE: (direction.sign * unit * values[:length]).tolist()}
    if loss is not None:
        metrics["train_loss"] = loss[:length].tolist()
    curves = Curves(list(range(1, length + 1)), metrics)
    best = curves.best(OBJECTIVE, direction)
    state = State.INFEASIBLE if infeasible or best is None else State.FEASIBLE
    outcome = Outcome(state, "", *((best[1], best[0]) if best else (None, None)))
    return Trial(TrialId("all", number), number, {}, outcome, curves)
