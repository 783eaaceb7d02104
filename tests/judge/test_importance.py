"""Hyperparameters without effect, in studies whose effects are known."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Choice, Range, Scale
from tuneplay.domain.round import Objective, Phase, Round, Study
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge.case import StudyCase
from tuneplay.judge.space import interaction, no_effect
from tuneplay.judge.space.importance import importances
from tuneplay.judge.space.no_effect import NO_EFFECT_SHARE
from tuneplay.judge.space.shares import columns_of
from tuneplay.search import halton

LR = Range("lr", 1e-4, 1, Scale.LOG)
WD = Range("wd", 1e-6, 1e-2, Scale.LOG)
IDLE = Range("idle", 0.0, 1.0)
NORM = Choice("norm", ("batch", "layer", None))
SPACE = (LR, WD, IDLE)


def a_round(direction=Direction.MINIMIZE):
    objective = Objective("e", direction)
    return Round("r", "g", Phase.EXPLORATION, Command(("t",)), objective, 1, 1, ())


def trained(space, count, effect, *, noise=0.05, seed=0):
    """Planned trials with `effect(units)` and some noise of its spread; NaN is infeasible."""
    units = np.array([halton.point(k, len(space), seed) for k in range(count)])
    values = np.array([effect(*row) for row in units])
    values += noise * np.nanstd(values) * np.random.default_rng(seed).standard_normal(count)
    return [
        Trial(
            TrialId("all", k),
            k,
            {h.name: h.at(u) for h, u in zip(space, row, strict=True)},
            Outcome(State.INFEASIBLE, "diverged")
            if math.isnan(value)
            else Outcome(State.FEASIBLE, "", float(value), 1),
        )
        for k, (row, value) in enumerate(zip(units, values, strict=True))
    ]


def a_case(space, trials, direction=Direction.MINIMIZE):
    return StudyCase(round=a_round(direction), study=Study("all", {}, space), trials=trials)


def named(space, trials):
    return {f.hyperparameter: f for f in no_effect.check(a_case(space, trials))}


def bowl(u, v, _):
    return 4 * (u - 0.6) ** 2 + (v - 0.4) ** 2


@pytest.mark.parametrize("seed", range(3))
def test_what_does_nothing_is_named_with_the_best_value(seed):
    trials = trained(SPACE, 100, bowl, seed=seed)
    (finding,) = named(SPACE, trials).values()
    best = min(trials, key=lambda t: t.outcome.value)
    assert finding.hyperparameter == "idle"
    assert finding.suggestion == {"fixed": best.hyperparameters["idle"]}
    assert finding.evidence.upper <= NO_EFFECT_SHARE


def test_a_choice_that_does_nothing_is_named_and_one_that_matters_is_not():
    space = (LR, WD, NORM)
    assert set(named(space, trained(space, 100, bowl))) == {"norm"}
    matters = trained(space, 100, lambda u, v, w: bowl(u, v, w) + (0.5 if w > 0.7 else 0))
    assert "norm" not in named(space, matters)


def effects():
    yield lambda u, v, w: bowl(u, v, w) + 0.8 * (w - 0.5) ** 2
    yield lambda u, v, w: bowl(u, v, w) + 0.5 * w
    yield lambda u, v, w: bowl(u, v, w) + 2 * (u - 0.5) * (w - 0.5)
    yield lambda u, v, w: math.nan if w > 0.8 else bowl(u, v, w)


@pytest.mark.parametrize("effect", list(effects()), ids=["bowl", "slope", "pair", "divergence"])
@pytest.mark.parametrize("count", [60, 100, 300])
def test_what_has_an_effect_is_never_named(effect, count):
    for seed in range(3):
        assert "idle" not in named(SPACE, trained(SPACE, count, effect, seed=seed))


def test_an_interaction_has_its_partner():
    pair = trained(SPACE, 100, lambda u, v, w: bowl(u, v, w) + 2 * (u - 0.5) * (w - 0.5))
    found = {i.hyperparameter: i for i in importances(a_case(SPACE, pair))}
    assert found["idle"].partners == ("lr",)
    assert "idle" in found["lr"].partners
    assert "idle" not in found["wd"].partners


def test_shares_are_those_of_the_function():
    # Shares of 4 x + y are 16/17 and 1/17; its normal scores are not far from it.
    trials = trained(SPACE, 300, lambda u, v, _: 4 * u + v, noise=0.0)
    lr, wd, idle = importances(a_case(SPACE, trials))
    assert lr.share == pytest.approx(16 / 17, abs=0.06)
    assert wd.share == pytest.approx(1 / 17, abs=0.05)
    assert idle.share < 0.01


@pytest.mark.parametrize(
    ("count", "noise"), [(20, 0.0), (59, 0.0), (60, 3.0), (100, 3.0), (300, 10.0)]
)
def test_few_trials_and_noise_say_nothing(count, noise):
    assert named(SPACE, trained(SPACE, count, bowl, noise=noise)) == {}


def test_level_values_and_a_hyperparameter_of_one_value_say_nothing():
    assert named(SPACE, trained(SPACE, 60, lambda *_: 1.0, noise=0.0)) == {}
    same = [
        Trial(t.id, t.seed, {**t.hyperparameters, "idle": 0.5}, t.outcome)
        for t in trained(SPACE, 60, bowl)
    ]
    assert named(SPACE, same) == {}


@pytest.mark.parametrize("h", [NORM, Choice("k", (True, 1, 0, "x")), Range("n", 1, 3, kind="int")])
def test_columns_of_few_values_are_orthonormal(h):
    values = [h.at((k + 0.5) / 12) for k in range(12)]
    matrix = columns_of((h,), [values]).matrix
    distinct = len({repr(v) for v in values})
    assert matrix.T @ matrix / 12 == pytest.approx(np.eye(distinct - 1), abs=1e-9)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 9), st.floats(1e-3, 1e3), st.randoms(use_true_random=False))
def test_direction_unit_order_and_reruns_change_nothing(seed, factor, random):
    plain = trained(SPACE, 60, bowl, seed=seed)
    turned = [
        Trial(t.id, t.seed, t.hyperparameters, Outcome(State.FEASIBLE, "", -t.outcome.value, 1))
        for t in plain
    ]
    scaled = [
        Trial(
            t.id, t.seed, t.hyperparameters, Outcome(State.FEASIBLE, "", factor * t.outcome.value)
        )
        for t in plain
    ]
    reruns = [
        Trial(TrialId("all", k, 1), k, t.hyperparameters, Outcome(State.FEASIBLE, "", 9.0, 1))
        for k, t in enumerate(plain)
    ]
    random.shuffle(turned)
    expected = importances(a_case(SPACE, plain))
    assert expected
    assert importances(a_case(SPACE, [*turned, *reruns], Direction.MAXIMIZE)) == expected
    for ours, theirs in zip(importances(a_case(SPACE, scaled)), expected, strict=True):
        assert ours.upper == pytest.approx(theirs.upper, abs=1e-6)
        assert ours.partners == theirs.partners


def interactions(space, count, effect):
    found = 0
    for seed in range(8):
        trials = trained(space, count, effect, seed=seed)
        pairs = [f.evidence for f in interaction.check(a_case(space, trials))]
        found += any((pair.first, pair.second) == ("lr", "wd") for pair in pairs)
    return found


def test_two_whose_best_values_move_together_are_named():
    def ridge(u, v):
        return (u - 0.5) ** 2 + (v - 0.5) ** 2 + 1.8 * (u - 0.5) * (v - 0.5)

    assert interactions((LR, WD), 60, ridge) >= 6


def test_effects_that_add_up_are_not_an_interaction():
    assert interactions((LR, WD), 60, lambda u, v: 2 * (u - 0.6) ** 2 + (v - 0.3) ** 2) <= 1


def test_few_trials_name_no_interaction():
    assert interactions((LR, WD), 30, lambda u, v: (u - 0.5) * (v - 0.5)) == 0
