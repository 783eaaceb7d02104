"""Suggested values: within their meaning, round, and what a spec takes when it is pasted."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Choice, Range, Scale
from tuneplay.domain.meaning import meaning_of
from tuneplay.domain.round import Objective, Phase, Round, Study
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge.case import StudyCase
from tuneplay.judge.space import infeasible, instability
from tuneplay.judge.suggestions.new_ranges import beyond, point_at, value_at, wider
from tuneplay.search import halton
from tuneplay.spec.load import loads
from tuneplay.words.findings import say
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import exact, setting
from tuneplay.words.text import suggestion

HEAD = (
    "goal: What is best?\ncommand: train {args} {epochs} {seed}\nepochs: 3\ntrials: 9\nphase: exploration\n"
    "objective: {metric: e, direction: minimize}\nnuisance:\n  "
)


def in_a_spec(name, given_, more=""):
    """The hyperparameter that a spec has when a suggestion is pasted as it is printed."""
    text = suggestion(name, given_)
    line = text if "choices" in given_ else f"{name}: {{{text}{more}}}"
    round_ = loads(HEAD + line + "\n", "r", "r").round
    return round_.studies[0].space[0]


def suggested(h, side, bound):
    return wider(h, side, bound, meaning_of(h.name))


FLOATS = [
    Range("t", 1.5, 3.0),
    Range("w", -1.0, 1.0),
    Range("dropout", 0.0, 0.4, limits=(0, 1)),
    Range("w", 123456.0, 123556.5),
    Range("w", 1000.0, 1010.0),
    Range("w", 0.99, 0.999),
    Range("lr", 0.1, 1.0, Scale.LOG),
    Range("beta2", 0.99, 0.99999, Scale.REVERSE_LOG),
    Range("beta2", 0.999, 0.99999999, Scale.REVERSE_LOG),
    Range("x", 0.1, 0.55, step=0.15),
]
INTS = [
    Range("layers", 2, 6, kind="int"),
    Range("units", 2, 64, Scale.LOG, kind="int"),
    Range("units", 64, 256, kind="int", step=32),
]
sides = pytest.mark.parametrize(("side", "bound"), [("low", -1.5), ("high", 2.5)])


@sides
@pytest.mark.parametrize("h", FLOATS + INTS, ids=str)
def test_a_suggestion_in_the_next_spec_is_the_range_that_was_meant(h, side, bound):
    new = suggested(h, side, bound)
    if not new:
        return
    more = f", scale: {h.scale}" + (f", step: {h.step:g}" if h.step else "")
    back = in_a_spec(h.name, new, more)
    assert (back.low, back.high, back.kind) == (new["low"], new["high"], h.kind)
    kinds = {type(end) for end in new.values()}
    assert kinds == {int if h.kind == "int" else float}
    assert (back.low, back.high) != (h.low, h.high)


@pytest.mark.parametrize(
    ("low", "high"), [(1000.0, 1010.0), (123456.0, 123556.5), (0.99, 0.999), (0.4, 0.6)]
)
def test_an_edge_is_rounded_by_the_width_of_the_range_not_by_its_size(low, high):
    h = Range("w", low, high)
    assert suggested(h, "high", 1.5)["high"] == pytest.approx(low + 1.5 * (high - low), rel=1e-3)
    for unit in (0.13, 0.5, 0.87):
        assert abs(h.unit(beyond(h, unit)) - unit) <= 0.03


@pytest.mark.parametrize("scale", [Scale.LOG, Scale.REVERSE_LOG])
def test_a_narrow_logarithmic_range_gets_the_digits_that_it_needs(scale):
    h = Range("w", 0.1, 0.11, scale)
    for unit in (0.13, 0.5, 0.87):
        assert abs(h.unit(beyond(h, unit)) - unit) <= 0.03


@pytest.mark.parametrize(
    ("low", "high", "new"),
    [
        (1e-5, 1e-4, 1e-2),  # two ranges
        (1e-5, 4e-5, 6.4e-4),
        (1e-5, 1e-3, 1e-1),  # as far as the trend says, which is two decades as well
        (1e-6, 1e-2, 10),  # three decades, no more
    ],
)
def test_a_short_logarithmic_range_is_widened_by_two_of_its_kind(low, high, new):
    h = Range("x", low, high, Scale.LOG)
    assert wider(h, "high", 2.0) == {"low": low, "high": pytest.approx(new)}


@pytest.mark.parametrize("side", ["low", "high"])
@pytest.mark.parametrize("bound", [0.6, 1.4, 2.5])
def test_a_range_with_a_step_keeps_its_grid(side, bound):
    for h in (Range("w", 10.0, 20.0, step=0.5), Range("n", 32, 256, kind="int", step=32)):
        new = suggested(h, side, 1 - bound if side == "low" else bound)
        assert all(h.on_grid(end) == end for end in new.values())


def test_a_step_stays_within_the_limits():
    h = Range("dropconnect", 0.1, 0.55, step=0.15)
    assert suggested(h, "high", 2.5) == {"low": 0.1, "high": 0.85}
    assert suggested(Range("units", 32, 256, kind="int", step=32), "low", -1.5) == {}


MEANT = [
    (Range("dropout", 0.0, 0.5), "high", {"low": 0.0, "high": 0.9}),
    (Range("label_smoothing", 0.0, 0.95), "high", {"low": 0.0, "high": 0.99}),
    (Range("mixup_prob", 0.1, 0.5), "high", {"low": 0.1, "high": 0.9}),
    (Range("mixup_alpha", 0.1, 0.5), "high", {"low": 0.1, "high": 1.1}),
    (Range("momentum", 0.8, 0.99), "high", {"low": 0.8, "high": 0.999}),
    (Range("beta1", 0.1, 0.5), "low", {"low": 0.0, "high": 0.5}),
    (Range("dropout", 0.2, 1.0), "high", {}),
    (Range("num_layers", 1, 6, kind="int"), "low", {}),
    (Range("anything", 3, 6, kind="int"), "low", {"low": 1, "high": 6}),
    (Range("anything", 0, 6, kind="int"), "low", {}),
    (Range("learning_rate", 1e-3, 0.1), "low", {"low": 1e-4, "high": 0.1}),
    (Range("weight_decay", 1e-3, 0.1), "low", {"low": 1e-4, "high": 0.1}),
    (Range("eps", 1e-3, 0.1), "low", {"low": 1e-4, "high": 0.1}),
    (Range("weight_decay", 1e-3, 0.5, Scale.LOG), "high", {"low": 1e-3, "high": 1.0}),
    (Range("l1", 0.1, 1.0, Scale.LOG), "high", {"low": 0.1, "high": 10.0}),
    (Range("lr", 0.1, 5.0, Scale.LOG), "high", {"low": 0.1, "high": 10.0}),
    (Range("lr", 0.1, 20.0, Scale.LOG), "high", {"low": 0.1, "high": 200.0}),
    (Range("ema_decay", 0.5, 0.9), "high", {"low": 0.5, "high": 0.99}),
]


@pytest.mark.parametrize(("h", "side", "new"), MEANT, ids=str)
def test_a_new_edge_has_a_meaning(h, side, new):
    assert suggested(h, side, -1.5 if side == "low" else 2.5) == new


def test_the_limits_of_the_spec_go_before_those_of_the_meaning():
    assert suggested(Range("dropout", 0.0, 0.4, limits=(0, 1)), "high", 4.0)["high"] == 1.0
    assert suggested(Range("layers", 2, 6, kind="int", limits=(0, 8)), "low", -2)["low"] == 0
    assert suggested(Range("lr", 0.1, 1.0, limits=(0, 0.5 + 0.6)), "high", 4.0)["high"] == 1.1


LISTS = [
    ("layers", (1, 2, 4), "high", "[1, 2, 4, 8]"),
    ("layers", (1, 2, 4), "low", None),
    ("layers", (1, 2, 3, 4), "low", None),
    ("layers", (1, 2, 3, 4), "high", "[1, 2, 3, 4, 5]"),
    ("width", (512, 256, 128), "high", "[1024, 512, 256, 128]"),
    ("width", (512, 128, 256), "low", "[512, 128, 256, 64]"),
    ("width", (10, 30, 100), "high", "[10, 30, 100, 300]"),
    ("size", (10, 20, 30), "low", "[5, 10, 20, 30]"),
    ("dropout", (0, 0.1, 0.2, 0.3), "low", None),
    ("dropout", (0.0, 0.1, 0.2, 0.3), "high", "[0.0, 0.1, 0.2, 0.3, 0.4]"),
    ("dropout", (0.1, 0.2, 0.3), "low", "[0.0, 0.1, 0.2, 0.3]"),
    ("dropout", (0.1, 0.3, 0.5, 0.7, 0.9), "high", "[0.1, 0.3, 0.5, 0.7, 0.9, 0.97]"),
    ("momentum", (0.5, 0.9, 0.99, 0.999), "high", "[0.5, 0.9, 0.99, 0.999, 0.9999]"),
    ("momentum", (0.9, 0.99), "low", "[0.82, 0.9, 0.99]"),
    ("weight_decay", (0, 1e-4, 1e-3), "low", None),
    ("weight_decay", (0, 1e-4, 1e-3), "high", "[0, 0.0001, 0.001, 0.01]"),
    ("weight_decay", (0.01, 0.1, 0.5), "high", None),
    ("lr", (0.001, 0.002, 0.003), "low", "[0.0005, 0.001, 0.002, 0.003]"),
    ("lr", (0.001, 0.003, 0.01), "high", "[0.001, 0.003, 0.01, 0.03]"),
    ("use_bias", (0, 1), "high", None),
    ("t", (-2, -1, 0), "high", "[-2, -1, 0, 1]"),
]


@pytest.mark.parametrize(("name", "choices", "side", "new"), LISTS, ids=str)
def test_a_list_goes_on_in_its_spirit_and_can_be_pasted(name, choices, side, new):
    found = suggested(Choice(name, choices), side, math.nan)
    assert found == ({} if new is None else {"choices": new})
    if new is not None:
        back = in_a_spec(name, found).choices
        assert set(choices) < set(back)
        assert {type(choice) for choice in back} == {type(choice) for choice in choices}


@given(
    st.sampled_from(["dropout", "momentum", "weight_decay", "layers", "lr", "other"]),
    st.lists(st.integers(1, 99), min_size=2, max_size=5, unique=True),
    st.sampled_from(["low", "high"]),
)
def test_no_new_choice_lies_beyond_its_meaning(name, numbers, side):
    choices = tuple(numbers if name == "layers" else [number / 100 for number in numbers])
    found = suggested(Choice(name, choices), side, math.nan)
    (new,) = set(in_a_spec(name, found).choices) - set(choices) if found else (None,)
    if new is not None:
        assert new < min(choices) if side == "low" else new > max(choices)
        assert new >= (1 if name == "layers" else 0)
        assert name not in ("dropout", "momentum") or new < 1
        assert name != "weight_decay" or 0 < new <= 1
        assert name != "lr" or 0 < new <= 10


def test_numbers_near_one_are_printed_with_the_digits_of_what_is_missing():
    assert setting(0.99999999) == exact(0.99999999) == "0.99999999"
    assert setting(0.123456789) == "0.123457"
    assert suggestion("x", {"low": 0.0, "high": 1.0}) == "low: 0.0, high: 1.0"
    assert suggestion("x", {"low": 1, "high": 6}) == "low: 1, high: 6"


def a_case(h, trials):
    study = Study("all", {}, (h,))
    objective = Objective("e", Direction.MINIMIZE)
    round_ = Round("r", "g", Phase.EXPLORATION, Command(("t",)), objective, 1, 1, (study,))
    return StudyCase(round=round_, study=study, trials=trials)


@pytest.mark.parametrize(
    ("name", "remedy"), [("lr", True), ("optim.learning_rate", True), ("lr_decay", False)]
)
def test_warmup_is_the_remedy_for_a_learning_rate_alone(name, remedy):
    h = Range(name, 1e-3, 1.0, Scale.LOG)
    trials = []
    for k in range(25):
        unit = halton.point(k, 1, 0)[0]
        outcome = Outcome(State.INFEASIBLE, "diverged")
        if unit < 0.7:
            outcome = Outcome(State.FEASIBLE, "", 1 - unit, 1)
        trials.append(Trial(TrialId("all", k), k, {name: h.at(unit)}, outcome))
    (finding,) = instability.check(a_case(h, trials))
    assert ("warmup" in say(finding, Naming("e")).fix) is remedy


# Infeasible parts of ranges that are not a continuum.

GRIDS = [
    (Range("units", 1, 1000, Scale.LOG, kind="int"), 100),
    (Range("units", 1, 1000, Scale.LOG, kind="int"), 10),
    (Range("units", 1, 64, Scale.LOG, kind="int"), 8),
    (Range("units", 1, 30, kind="int"), 15),
    (Range("units", 8, 64, kind="int", step=8), 40),
    (Range("units", 0.0, 2.0, step=0.25), 1.25),
]


@pytest.mark.parametrize("h", [h for h, _ in GRIDS], ids=str)
def test_a_coordinate_of_a_value_gives_that_value_back(h):
    for k in range(200):
        assert point_at(h, h.unit(h.at(k / 200))) == h.at(k / 200)
    assert value_at(FLOATS[7], FLOATS[7].unit(0.999)) == pytest.approx(0.999)


@pytest.mark.parametrize("side", ["low", "high"])
@pytest.mark.parametrize(("h", "edge"), GRIDS, ids=str)
def test_the_bound_of_an_infeasible_part_is_the_outermost_value_that_works(h, edge, side):
    trials = []
    for k in range(40):
        given_ = h.at(halton.point(k, 1, 0)[0])
        bad = given_ > edge if side == "high" else given_ < edge
        off = abs(given_ - edge)
        outcome = (
            Outcome(State.INFEASIBLE, "diverged")
            if bad
            else Outcome(State.FEASIBLE, "", float(off), 3)
        )
        trials.append(Trial(TrialId("all", k), k, {h.name: given_}, outcome))
    works = [t.hyperparameters[h.name] for t in trials if t.feasible]
    last = max(works) if side == "high" else min(works)
    for finding in infeasible.check(a_case(h, trials)):
        assert finding.suggestion == {side: last}
        assert finding.evidence.where.bound == last
        assert f" {last:g}" in say(finding, Naming("e")).what
        assert type(finding.suggestion[side]) is (int if h.kind == "int" else float)
