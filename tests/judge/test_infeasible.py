"""Where infeasible trials lie: regions of known truth, and what must not change the answer."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Choice, Range, Scale
from tuneplay.domain.round import Infeasibility, Objective, Phase, Round, Study
from tuneplay.domain.trial import Cause, Outcome, State, Trial, TrialId
from tuneplay.judge.case import StudyCase
from tuneplay.judge.finding import Severity
from tuneplay.judge.space.infeasible import Beyond, InfeasiblePart, check
from tuneplay.search import halton
from tuneplay.words.findings import say
from tuneplay.words.naming import Naming

MIN, MAX = Direction.MINIMIZE, Direction.MAXIMIZE
LR = Range("learning_rate", 1e-3, 1.0, Scale.LOG)
MOMENTUM = Range("momentum", 0.8, 0.999, Scale.REVERSE_LOG)
DECAY = Range("weight_decay", 1e-6, 1e-2, Scale.LOG)
SPACE = (LR, MOMENTUM, DECAY)


def study(*space):
    return Study("all", {}, space)


def infeasible_findings(study, trials, direction=MIN, limit=None):
    round_ = Round(
        name="r",
        goal="g",
        phase=Phase.EXPLORATION,
        command=Command(("train",)),
        objective=Objective("val_error", direction),
        epochs=1,
        trials=1,
        studies=(study,),
        infeasible=Infeasibility(worse_than=limit),
    )
    return list(check(StudyCase(round=round_, study=study, trials=trials)))


def what(finding):
    return say(finding, Naming("val_error")).what


def trial(number, values, result, rerun=0):
    """NaN is an infeasible trial, None a failed one."""
    if result is None:
        outcome = Outcome(State.FAILED, "exit code 1")
    elif math.isnan(result):
        outcome = Outcome(State.INFEASIBLE, "diverged: train_loss")
    else:
        outcome = Outcome(State.FEASIBLE, "", result, 1)
    return Trial(TrialId("all", number, rerun), number, values, outcome)


def planned(space, count, result, seed=0):
    made = []
    for number in range(count):
        units = halton.point(number, len(space), seed)
        values = {h.name: h.at(unit) for h, unit in zip(space, units, strict=True)}
        made.append(trial(number, values, result(*units)))
    return made


def regions(findings):
    return [f for f in findings if f.hyperparameter is not None]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("side", ["low", "high"])
def test_a_half_line_is_found_with_a_bound_between_the_two_trials_around_it(side, seed):
    edge = 0.3 if side == "low" else 0.7
    lost = (lambda u: u < edge) if side == "low" else (lambda u: u > edge)
    trials = planned(SPACE, 20, lambda u, v, w: math.nan if lost(u) else v + w, seed)
    (finding,) = infeasible_findings(study(*SPACE), trials, MIN)
    assert (finding.hyperparameter, finding.side) == ("learning_rate", side)
    bound = finding.suggestion[side]
    feasible = [LR.unit(t.hyperparameters["learning_rate"]) for t in trials if t.feasible]
    gone = [LR.unit(t.hyperparameters["learning_rate"]) for t in trials if not t.feasible]
    if side == "high":
        assert max(feasible) <= LR.unit(bound) <= min(gone)
    else:
        assert max(gone) <= LR.unit(bound) <= min(feasible)


def test_a_reverse_log_bound_is_short():
    trials = planned((MOMENTUM,), 20, lambda u: math.nan if u > 0.6 else u)
    (finding,) = infeasible_findings(study(MOMENTUM), trials, MIN)
    assert len(str(finding.suggestion["high"])) <= 6


def test_an_integer_bound_is_the_last_value_that_works():
    layers = Range("layers", 1, 8, kind="int")
    trials = planned((layers, DECAY), 24, lambda u, v: math.nan if layers.at(u) > 5 else v)
    (finding,) = infeasible_findings(study(layers, DECAY), trials, MIN)
    assert finding.suggestion == {"high": 5}


def test_both_sides_are_named_when_both_diverge():
    trials = planned((LR,), 30, lambda u: math.nan if abs(u - 0.5) > 0.25 else u)
    found = infeasible_findings(study(LR), trials, MIN)
    assert {side for f in found for side in f.suggestion} == {"low", "high"}


def test_a_choice_that_holds_them_is_named():
    norm = Choice("norm", ("batch", "layer", None))
    trials = planned((DECAY, norm), 24, lambda u, v: math.nan if v >= 2 / 3 else u)
    (finding,) = infeasible_findings(study(DECAY, norm), trials, MIN)
    assert (finding.hyperparameter, finding.suggestion) == (
        "norm",
        {"choices": "[batch, layer]"},
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_corner_of_two_is_not_taken_for_a_part_of_one_range(seed):
    corner = planned(SPACE, 60, lambda u, v, w: math.nan if min(u, v) > 0.5 else w, seed)
    line = planned(SPACE, 60, lambda u, v, w: math.nan if u > 0.7 else v + w, seed)
    (scattered,) = infeasible_findings(study(*SPACE), corner, MIN)
    (half,) = infeasible_findings(study(*SPACE), line, MIN)
    assert scattered.hyperparameter is None
    assert not scattered.suggestion
    assert isinstance(half.evidence, InfeasiblePart)
    assert half.evidence.where == Beyond(half.suggestion["high"])
    assert f"above {half.suggestion['high']:g}" in what(half)


def test_scattered_divergence_points_nowhere_but_in_one_study_of_a_hundred():
    rng = np.random.default_rng(5)
    named = 0
    for _ in range(60):
        units = rng.random((20, 3))
        bad = rng.random(20) < 0.4
        trials = [
            trial(k, {h.name: h.at(x) for h, x in zip(SPACE, row, strict=True)}, value)
            for k, (row, value) in enumerate(
                zip(units, np.where(bad, np.nan, units[:, 0]).tolist(), strict=True)
            )
        ]
        named += bool(regions(infeasible_findings(study(*SPACE), trials, MIN)))
    assert named <= 3  # 60 studies at 1 %: more than 3 have a chance of 0.3 %


def test_a_range_that_would_lose_the_best_trial_is_not_suggested():
    trials = planned((LR,), 20, lambda u: math.nan if u > 0.5 else u)
    outlier = max(trials, key=lambda t: t.hyperparameters["learning_rate"])
    for value, stays in ((-1.0, True), (9.0, False)):
        changed = [
            trial(t.id.number, t.hyperparameters, value) if t is outlier else t for t in trials
        ]
        found = infeasible_findings(study(LR), changed, MIN)
        lost = [f for f in found if f.suggestion and f.suggestion["high"] < 0.5]
        assert bool(lost) is not stays


def test_a_range_that_would_lose_many_feasible_trials_is_not_suggested():
    rows = planned((LR,), 40, lambda u: u)
    mixed = [
        trial(t.id.number, t.hyperparameters, math.nan)
        if t.hyperparameters["learning_rate"] > 0.03 and t.id.number % 3
        else t
        for t in rows
    ]
    assert not regions(infeasible_findings(study(LR), mixed, MIN))


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ([math.nan] * 4, "Nothing in this search space trains"),
        ([None] * 4, "All 4 trials failed"),
        ([math.nan, None, None, math.nan], "None of the 4 trials is feasible"),
    ],
)
def test_without_a_feasible_trial_there_is_one_clear_warning(results, words):
    trials = [trial(k, {"learning_rate": 0.1}, result) for k, result in enumerate(results)]
    (finding,) = infeasible_findings(study(LR), trials, MIN)
    assert finding.severity is Severity.WARNING
    assert what(finding).startswith(words)
    counts = (results.count(None), len(results) - results.count(None))
    assert (finding.evidence.failed, finding.evidence.infeasible) == counts


@pytest.mark.parametrize(
    ("bad", "severity"), [(9, Severity.NOTE), (10, Severity.WARNING), (15, Severity.WARNING)]
)
def test_from_half_on_it_is_a_warning(bad, severity):
    trials = planned((LR,), 20, lambda u: u)
    trials = [trial(t.id.number, t.hyperparameters, math.nan) for t in trials[:bad]] + trials[bad:]
    assert infeasible_findings(study(LR), trials, MIN)[0].severity is severity


def test_many_failed_trials_are_a_warning_and_no_evidence_about_the_space():
    trials = planned((LR,), 20, lambda u: None if u > 0.4 else u)
    (finding,) = infeasible_findings(study(LR), trials, MIN)
    assert finding.severity is Severity.WARNING
    assert finding.hyperparameter is None


def test_trials_worse_than_the_limit_are_counted_together():
    cause = Cause.WORSE_THAN_LIMIT
    bad = [
        Outcome(State.INFEASIBLE, f"best val_error {k} is worse than 1", cause=cause)
        for k in (2, 3)
    ]
    rows = [Trial(TrialId("all", k), k, {}, one) for k, one in enumerate(bad)]
    fine = Trial(TrialId("all", 2), 2, {}, Outcome(State.FEASIBLE, "", 0.1, 1))
    (finding,) = infeasible_findings(study(), [*rows, fine], MIN, limit=1.0)
    assert finding.evidence.reasons == ((cause, 2),)
    assert finding.evidence.limit == 1
    assert what(finding).endswith("infeasible: all did worse than the limit of 1.")


def test_reasons_from_which_no_cause_follows_are_counted_together_the_most_frequent_first():
    reasons = [("burnt", None), ("out of memory", Cause.OUT_OF_MEMORY), ("melted", None)]
    rows = [
        Trial(TrialId("all", k), k, {}, Outcome(State.INFEASIBLE, why, cause=cause))
        for k, (why, cause) in enumerate(reasons)
    ]
    (finding,) = infeasible_findings(study(), rows, MIN)
    assert finding.evidence.reasons == ((None, 2), (Cause.OUT_OF_MEMORY, 1))
    assert "2 ended for a reason that is not known, 1 ran out of memory" in what(finding)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from([math.nan, 0.1, 0.2, 0.5]), min_size=12, max_size=40),
    st.floats(0.2, 0.9),
    st.randoms(use_true_random=False),
)
def test_direction_unit_order_and_reruns_change_nothing(values, edge, random):
    units = [halton.point(k, 2, 1) for k in range(len(values))]
    rows = [
        (k, {"learning_rate": LR.at(u), "momentum": MOMENTUM.at(v)}, math.nan if u > edge else y)
        for k, ((u, v), y) in enumerate(zip(units, values, strict=True))
    ]
    space = study(LR, MOMENTUM)
    plain = infeasible_findings(space, [trial(*row) for row in rows], MIN)
    negated = [trial(k, h, -3 * y) for k, h, y in rows]
    reruns = [trial(k, h, math.nan, rerun=1) for k, h, _ in rows]
    random.shuffle(negated)
    assert infeasible_findings(space, [*reruns, *negated], MAX) == plain
    for finding in regions(plain):
        if len(finding.suggestion) == 1:
            ((side, bound),) = finding.suggestion.items()
            h = next(h for h in space.space if h.name == finding.hyperparameter)
            assert h.low < bound < h.high
            assert finding.side == side


def test_a_half_line_is_found_in_ten_trials_of_one_dimension_where_three_are_infeasible():
    for seed in range(20):
        trials = planned((LR,), 10, lambda u: math.nan if u > 0.7 else u, seed)
        bad = sum(not t.feasible for t in trials)
        assert bool(regions(infeasible_findings(study(LR), trials, MIN))) == (bad >= 3)
