"""Isolation plots: the best over nuisance values, and slices of a range."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Range, Scale
from tuneplay.domain.round import Objective, Phase, Round, Study
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge.fairness.isolation import (
    MAX_BUCKETS,
    TRIALS_PER_BUCKET,
    buckets,
    edge_of,
    isolation,
    range_isolation,
)
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.search import halton

WD = Range("wd", 1e-6, 1e-2, Scale.LOG)
MIN, MAX = Direction.MINIMIZE, Direction.MAXIMIZE
KEYS = ("depth=1", "depth=2")


def a_round(direction=MIN):
    studies = tuple(Study(key, {"depth": int(key[-1])}) for key in KEYS)
    objective = Objective("e", direction)
    return Round("r", "g", Phase.EXPLORATION, Command(("t",)), objective, 1, 9, studies, KEYS[0])


def trial(key, number, value, wd=1e-3, rerun=0):
    outcome = (
        Outcome(State.INFEASIBLE, "diverged")
        if value is None
        else Outcome(State.FEASIBLE, "", float(value), 1)
    )
    return Trial(TrialId(key, number, rerun), number, {"wd": wd}, outcome)


def rows(key, values, rerun=0):
    return [trial(key, k, value, rerun=rerun) for k, value in enumerate(values)]


def test_each_point_is_the_best_feasible_trial_of_its_study():
    by_study = {
        KEYS[1]: [*rows(KEYS[1], [None, 0.4, 0.3]), *rows(KEYS[1], [0.0, 0.0], rerun=1)],
        KEYS[0]: rows(KEYS[0], [0.5, None]),
    }
    first, second = isolation(a_round(), by_study)
    assert (first.study, first.value, first.spread) == (KEYS[0], 0.5, None)
    assert (second.value, second.trial.id.number) == (0.3, 2)


def test_a_study_without_a_feasible_trial_has_no_value():
    for point in isolation(a_round(), {KEYS[0]: rows(KEYS[0], [None])}):
        assert (point.value, point.spread, point.trial) == (None, None, None)


def test_the_spread_is_that_of_a_bootstrap_of_the_best():
    values = np.random.default_rng(0).random(12)
    again = np.random.default_rng(1).choice(values, (40_000, 12)).min(axis=1)
    point = isolation(a_round(), {KEYS[0]: rows(KEYS[0], values)})[0]
    assert point.spread == pytest.approx(again.std(), rel=0.03)


def test_buckets_are_equally_wide_on_the_scale_and_hold_their_best():
    values = [(1e-6, 5), (9e-6, 4), (2e-5, 3), (5e-3, 1), (1e-2, 2), (1e-3, None)]
    joint = [trial("all", k, value, wd) for k, (wd, value) in enumerate(values)]
    found = buckets(WD, joint, MIN, 4)
    assert [b.low for b in found] == pytest.approx([1e-6, 1e-5, 1e-4, 1e-3])
    assert [b.high for b in found] == pytest.approx([1e-5, 1e-4, 1e-3, 1e-2])
    assert [(b.feasible, b.value) for b in found] == [(2, 4), (1, 3), (0, None), (2, 1)]


@pytest.mark.parametrize("count", [0, 4, 12, 400])
def test_without_a_count_each_bucket_has_enough_trials_on_average(count):
    joint = [trial("all", k, 1, WD.at((k + 0.5) / count)) for k in range(count)]
    found = buckets(WD, joint, MIN)
    assert len(found) == min(MAX_BUCKETS, max(1, count // TRIALS_PER_BUCKET))
    assert sum(b.feasible for b in found) == count


values = st.lists(st.one_of(st.none(), st.integers(-99, 99)), max_size=12)


@given(values, values, st.randoms(use_true_random=False))
def test_direction_unit_order_and_reruns_change_nothing(first, second, random):
    plain = {KEYS[0]: rows(KEYS[0], first), KEYS[1]: rows(KEYS[1], second)}
    turned = {
        key: rows(key, [None if v is None else -3 * v for v in column])
        for key, column in zip(KEYS, (first, second), strict=True)
    }
    for key, trials in turned.items():
        random.shuffle(trials)
        trials.extend(rows(key, [-500, 500], rerun=1))
    ours, theirs = isolation(a_round(), plain), isolation(a_round(MAX), turned)
    for a, b in zip(ours, theirs, strict=True):
        assert (a.value is None) == (b.value is None)
        if a.value is not None:
            assert b.value == -3 * a.value
            assert b.trial.id == a.trial.id
        if a.spread is not None:
            assert math.isclose(b.spread, 3 * a.spread, rel_tol=1e-9, abs_tol=1e-9)
    slices = buckets(WD, plain[KEYS[0]], MIN, 3)
    assert [b.trial and b.trial.id for b in buckets(WD, turned[KEYS[0]], MAX, 3)] == [
        b.trial and b.trial.id for b in slices
    ]


def a_joint_round(direction=MIN):
    study = Study("wd", {}, (Range("lr", 1e-4, 1, Scale.LOG),), axes=(WD,))
    objective = Objective("e", direction)
    return Round("r", "g", Phase.EXPLORATION, Command(("t",)), objective, 1, 9, (study,))


def joint_trials(effect, seed=0, count=60, sign=1, noise=0.0):
    """A bowl in the nuisance value, and one of a given depth around the middle of the range."""
    draw = np.random.default_rng(seed)
    for number in range(count):
        unit = halton.point(number, 2, seed)
        value = effect * (unit[0] - 0.5) ** 2 + (unit[1] - 0.4) ** 2 + noise * draw.normal()
        yield trial("wd", number, sign * value, wd=WD.at(unit[0]))


def test_the_part_of_a_scientific_range_where_the_best_values_are_is_named():
    (along,) = range_isolation(a_joint_round(), {"wd": list(joint_trials(3.0))})
    assert (along.study, along.hyperparameter, along.undivided) == ("wd", "wd", False)
    first, last = along.best
    assert along.buckets[first].low < 1e-4 < along.buckets[last].high
    assert along.buckets[first].low > 1e-6
    assert along.buckets[last].high < 1e-2


def test_a_range_without_effect_has_no_better_part():
    parts = 0
    for seed in range(20):
        trials = list(joint_trials(0.0, seed, noise=0.05))
        parts += not range_isolation(a_joint_round(), {"wd": trials})[0].undivided
    assert parts <= 3


def test_a_trial_variance_that_is_known_makes_it_more_careful():
    trials = {"wd": list(joint_trials(3.0))}
    assert range_isolation(a_joint_round(), trials, trial_sd=10.0)[0].undivided


def test_maximizing_the_negated_metric_says_the_same():
    less, more = (
        range_isolation(a_joint_round(d), {"wd": list(joint_trials(3.0, sign=d.sign))})[0]
        for d in (MIN, MAX)
    )
    assert less.best == more.best


def test_a_range_without_a_feasible_trial_has_no_best_part():
    (along,) = range_isolation(a_joint_round(), {"wd": [trial("wd", 0, None)]})
    assert along.best is None
    assert not along.undivided


def test_a_part_in_which_everything_diverged_is_worse_and_not_like_the_best():
    trials = [t if t.hyperparameters["wd"] < 1e-3 else trial("wd", t.id.number, None, wd=t.hyperparameters["wd"])
              for t in joint_trials(0.0)]  # fmt: skip
    (along,) = range_isolation(a_joint_round(), {"wd": trials})
    assert along.buckets[-1].infeasible > 0
    assert along.best[1] < len(along.buckets) - 1
    assert not along.undivided


def test_a_few_whole_numbers_are_slices_of_their_own():
    depth = Range("depth", 1, 5, kind="int")
    trials = [
        Trial(TrialId("d", k), k, {"depth": 1 + k % 5}, Outcome(State.FEASIBLE, "", 1.0 + k % 5, 1))
        for k in range(25)
    ]
    slices = buckets(depth, trials, MIN)
    assert [(b.low, b.high, b.feasible) for b in slices] == [(v, v, 5) for v in range(1, 6)]
    assert [b.value for b in slices] == [1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.mark.parametrize(
    ("study", "name", "side", "found"),
    [
        ("wd", "wd", "high", "high"),
        ("wd", "lr", "high", None),
        ("other", "wd", "low", None),
        ("wd", "wd", None, None),
    ],
)
def test_an_edge_of_a_scientific_range_is_that_of_its_own_finding(study, name, side, found):
    (along,) = range_isolation(a_joint_round(), {"wd": list(joint_trials(3.0))})
    finding = Finding(
        kind=Kind.BOUNDARY,
        severity=Severity.WARNING,
        study=study,
        hyperparameter=name,
        side=side,
        evidence=Evidence(),
    )
    assert edge_of(along, [finding]) == found
