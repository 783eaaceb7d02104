"""Advice on the edges of a search space: given where it is due, and never from noise."""

import dataclasses
import json
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.places import ROOT

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Choice, Range, Scale
from tuneplay.domain.round import Objective, Phase, Round, Study
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.checks import findings_of
from tuneplay.judge.finding import Kind, Severity
from tuneplay.judge.measures.positions import unit_of
from tuneplay.judge.space.boundary import BeyondCrowdedRange, BeyondRange
from tuneplay.judge.space.edges import narrowing, study_fit, widening
from tuneplay.judge.suggestions.new_ranges import beyond
from tuneplay.search import halton
from tuneplay.spec.load import loads
from tuneplay.words.findings import say
from tuneplay.words.naming import naming_of

sys.path.insert(0, str(ROOT / "scripts" / "bench"))
from pieces import known_studies

#: No deadline: a busy machine is not a defect.
prop = settings(deadline=None, max_examples=20)
quick = settings(deadline=None, max_examples=40)

LINEAR = Range("x", 0.4, 0.6)
LOG = Range("x", 1e-3, 1e-1, Scale.LOG)
REVERSE_LOG = Range("x", 0.9, 0.99, Scale.REVERSE_LOG)
INT = Range("x", 100, 200, kind="int")
LOG_INT = Range("x", 100, 10_000, Scale.LOG, kind="int")
STEP = Range("x", 10.0, 20.0, step=0.5)
ORDERED = Choice("x", (512, 128, 64, 256))
NUMERIC = [LINEAR, LOG, REVERSE_LOG, INT, LOG_INT, STEP]
numeric = st.sampled_from(NUMERIC)

BEYOND_LOW, BEYOND_HIGH = st.floats(-0.9, -0.25), st.floats(1.25, 1.9)
JUDGED = {Kind.BOUNDARY, Kind.WIDE_RANGE, Kind.INSTABILITY_EDGE, Kind.UNDERSAMPLED}


# Rounds of one study, whose trials lie where a test wants them.


def a_round(space, *, direction=Direction.MINIMIZE, phase=Phase.EXPLORATION):
    return Round(
        name="r",
        goal="Was the search space large enough?",
        phase=phase,
        command=Command(("train", "{args}")),
        objective=Objective("val_error", direction),
        epochs=10,
        trials=10,
        studies=(Study("all", {}, tuple(space)),),
    )


def trial(number, configuration, value, *, rerun=0, state=State.FEASIBLE):
    """An ended trial; without a value it is infeasible."""
    if value is None and state is State.FEASIBLE:
        state = State.INFEASIBLE
    outcome = Outcome(state, "" if value is not None else "diverged", value, value and 5)
    return Trial(TrialId("all", number, rerun), number, configuration, outcome)


def trials_at(space, units, values):
    """Trials at unit coordinates; NaN stands for an infeasible one."""
    return [
        trial(
            number,
            {h.name: h.at(unit) for h, unit in zip(space, point, strict=True)},
            float(value) if np.isfinite(value) else None,
        )
        for number, (point, value) in enumerate(zip(units, values, strict=True))
    ]


def all_findings(round_, trials):
    """What all checks together say about a round of one study."""
    (study,) = round_.studies
    case = StudyCase(round=round_, study=study, trials=trials)
    return findings_of(RoundCase(round=round_, studies={study.key: case}))


def judged(space, trials, **round_):
    """What all checks together say about the edges."""
    findings = all_findings(a_round(space, **round_), trials)
    return [finding for finding in findings if finding.kind in JUDGED]


def words(finding):
    """What is said of a finding."""
    return say(finding, naming_of(a_round([LOG])))


def points(count, dims, seed=0):
    return np.array([halton.point(index, dims, seed) for index in range(count)])


def towards(h, optimum, count=12):
    """Findings on one hyperparameter whose trials are the better the nearer to a coordinate."""
    values = [abs(unit_of(h, h.at(unit)) - optimum) for (unit,) in points(count, 1)]
    return judged([h], trials_at([h], points(count, 1), values))


def changed(trials, change):
    """The same trials with other objective values."""
    return [
        dataclasses.replace(
            t, outcome=dataclasses.replace(t.outcome, value=change(t.outcome.value))
        )
        if t.feasible
        else t
        for t in trials
    ]


@st.composite
def synthetic(draw, max_dims=2):
    """A search space of any kinds of hyperparameters, and trials of a synthetic study in it."""
    dims = draw(st.integers(1, max_dims))
    kinds = draw(st.lists(st.sampled_from([*NUMERIC, ORDERED]), min_size=dims, max_size=dims))
    space = [dataclasses.replace(h, name=f"x{j}") for j, h in enumerate(kinds)]
    count = dims * draw(st.sampled_from([4, 5, 8, 12]))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    study = known_studies.random_study(rng, dims, count)
    return space, trials_at(space, study.units, study.values)


def said(findings):
    """What a reader acts on."""
    return [(f.kind, f.severity, f.hyperparameter, f.side, dict(f.suggestion)) for f in findings]


# What must not change a finding.


@prop
@given(synthetic())
def test_maximizing_the_negative_is_minimizing(study):
    space, trials = study
    negated = changed(trials, lambda value: -value)
    assert judged(space, negated, direction=Direction.MAXIMIZE) == judged(space, trials)


@prop
@given(synthetic(), st.floats(1e-6, 1e6))
def test_the_unit_of_the_objective_does_not_matter(study, factor):
    space, trials = study
    scaled = judged(space, changed(trials, lambda value: value * factor))
    assert said(scaled) == said(judged(space, trials))


@prop
@given(synthetic(), st.randoms(use_true_random=False))
def test_the_order_of_the_trials_does_not_matter(study, random):
    space, trials = study
    numbers = random.sample(range(len(trials)), len(trials))
    renumbered = [
        dataclasses.replace(t, id=dataclasses.replace(t.id, number=number))
        for t, number in zip(trials, numbers, strict=True)
    ]
    assert judged(space, renumbered) == judged(space, trials)


@prop
@given(synthetic(), st.data())
def test_infeasible_trials_at_the_far_side_take_no_alarm_away(study, data):
    space, trials = study
    alarms = [f for f in judged(space, trials) if f.kind is Kind.BOUNDARY and f.side]
    for alarm in alarms[:1]:
        far = st.floats(0.85, 0.999) if alarm.side == "low" else st.floats(0.001, 0.15)
        extra = [
            trial(
                len(trials) + number,
                {
                    h.name: h.at(data.draw(far if h.name == alarm.hyperparameter else UNIT))
                    for h in space
                },
                None,
            )
            for number in range(data.draw(st.integers(1, 10)))
        ]
        after = judged(space, trials + extra)
        assert (alarm.hyperparameter, alarm.side) in [(f.hyperparameter, f.side) for f in after]


UNIT = st.floats(0.001, 0.999)


@prop
@given(synthetic())
def test_failed_trials_and_reruns_are_not_evidence(study):
    space, trials = study
    n = len(trials)
    more = [
        trial(n, trials[0].hyperparameters, None, state=State.FAILED),
        trial(0, trials[0].hyperparameters, -1e9, rerun=1),
    ]
    assert judged(space, trials + more) == judged(space, trials)


@prop
@given(st.integers(0, 10_000))
def test_a_mirrored_range_has_the_mirrored_evidence(seed):
    study = known_studies.random_study(np.random.default_rng(seed), 2, 16)
    one = widening.judge_edges(study.units, study.values)
    other = widening.judge_edges(1 - study.units, study.values)
    for dim in range(2):
        for side in range(2):
            a, b = one[2 * dim + side], other[2 * dim + 1 - side]
            assert a.margin == pytest.approx(b.margin, nan_ok=True)
            assert a.probability == pytest.approx(b.probability, abs=0.15, nan_ok=True)


# Too few trials, and nothing to see.


@quick
@given(st.integers(1, 4), st.data())
def test_too_few_trials_are_said_to_be_too_few(dims, data):
    space = [dataclasses.replace(LINEAR, name=f"x{j}") for j in range(dims)]
    units = points(data.draw(st.integers(1, 5 * dims - 1)), dims)
    (finding,) = judged(space, trials_at(space, units, units[:, 0]))
    assert (finding.kind, finding.severity) == (Kind.UNDERSAMPLED, Severity.NOTE)
    assert finding.suggestion == {"trials": 10 * dims}


def test_as_many_trials_are_asked_for_as_give_enough_feasible_ones():
    values = np.full(12, np.nan)
    values[:3] = [3, 1, 2]
    trials = trials_at([LOG], points(12, 1), values)
    (finding,) = judged([LOG], [*trials, trial(12, {"x": 0.01}, None, state=State.FAILED)])
    assert (finding.evidence.feasible, finding.evidence.wanted) == (3, 10)
    assert words(finding).what.startswith("3 feasible trials are too few")
    assert words(finding).fix == "Run 40 trials: about 10 of them should be feasible."
    assert finding.suggestion == {"trials": 40}  # 10 of 40 are as many as 3 of 12


def test_without_trials_or_without_an_order_nothing_is_said():
    unordered = Choice("x", ("relu", "tanh"))
    trials = trials_at([unordered], points(12, 1), np.arange(12.0))
    assert judged([LOG], []) == []
    assert judged([unordered], trials) == []


def test_where_all_are_infeasible_there_is_too_little_to_judge():
    space = [LOG, dataclasses.replace(LINEAR, name="y")]
    (finding,) = judged(space, trials_at(space, points(20, 2), np.full(20, np.nan)))
    assert (finding.kind, finding.evidence.feasible) == (Kind.UNDERSAMPLED, 0)
    assert finding.suggestion == {}  # more of what does not train is not the advice


@quick
@given(numeric, st.integers(5, 40), st.floats(-1e6, 1e6))
def test_a_constant_objective_has_no_edge(h, count, value):
    assert judged([h], trials_at([h], points(count, 1), np.full(count, value))) == []


def test_a_hyperparameter_that_did_not_vary_has_no_edge():
    space = [LOG, dataclasses.replace(LINEAR, name="y")]
    units = points(20, 2)
    units[:, 1] = 0.99
    findings = judged(space, trials_at(space, units, units[:, 0]))
    assert [(f.hyperparameter, f.side) for f in findings] == [("x", "low")]


def test_a_plateau_that_reaches_an_edge_is_not_a_trend():
    alarms = 0
    for seed in range(30):
        units = points(30, 1, seed)
        noise = 0.01 * np.random.default_rng(seed).standard_normal(30)
        values = np.maximum(0.5 - units[:, 0], 0) + noise
        alarms += any(f.side for f in judged([LINEAR], trials_at([LINEAR], units, values)))
    assert alarms <= 5  # of 30 studies


def test_noise_is_not_a_trend():
    space = [LOG, dataclasses.replace(LINEAR, name="y")]
    alarms = 0
    for seed in range(30):
        values = np.random.default_rng(seed).standard_normal(20)
        found = judged(space, trials_at(space, points(20, 2, seed), values))
        alarms += sum(f.side is not None for f in found)
    assert alarms <= 5  # of 120 edges


def test_no_advice_where_no_trial_has_been():
    units = 0.6 * points(20, 1)
    assert not any(f.side == "high" for f in judged([LOG], trials_at([LOG], units, -units[:, 0])))


# Edges that are clear.


@quick
@given(numeric, st.one_of(BEYOND_LOW, BEYOND_HIGH), st.sampled_from([8, 12, 20, 40]))
def test_the_suggested_range_holds_an_optimum_beyond_the_edge(h, optimum, count):
    (finding,) = [f for f in towards(h, optimum, count) if f.side]
    assert (finding.kind, finding.severity) == (Kind.BOUNDARY, Severity.WARNING)
    assert finding.side == ("low" if optimum < 0 else "high")
    wider = dataclasses.replace(h, **finding.suggestion)
    assert wider.low <= beyond(h, optimum) <= wider.high
    other = "high" if finding.side == "low" else "low"
    assert getattr(wider, other) == getattr(h, other)


@quick
@given(numeric, st.floats(0.3, 0.7), st.sampled_from([8, 12, 20, 40]))
def test_an_optimum_inside_gives_no_alarm(h, optimum, count):
    assert not [f for f in towards(h, optimum, count) if f.side]


@pytest.mark.parametrize(
    ("optimum", "side", "new"),
    [(-0.5, "low", "[512, 128, 64, 256, 32]"), (1.5, "high", "[512, 128, 64, 256, 1024]")],
)
def test_ordered_choices_go_on_with_the_next_value(optimum, side, new):
    (finding,) = towards(ORDERED, optimum)
    assert (finding.kind, finding.side) == (Kind.BOUNDARY, side)
    assert finding.suggestion == {"choices": new}
    assert finding.evidence.margin == 0
    assert finding.evidence.end == (64 if side == "low" else 512)
    assert new in words(finding).fix


def test_a_clear_edge_is_found_next_to_a_dimension_that_does_nothing():
    space = [LOG, dataclasses.replace(LINEAR, name="y")]
    units = points(20, 2)
    findings = judged(space, trials_at(space, units, (units[:, 0] - 1.5) ** 2))
    assert [(f.hyperparameter, f.side) for f in findings] == [("x", "high")]


def test_what_a_choice_without_order_does_hides_no_edge():
    """The better activation is worth more than the entire range of what has an edge."""
    activation = Choice("activation", ("relu", "tanh", "gelu"))
    space = [LOG, dataclasses.replace(LINEAR, name="y"), activation]
    found, false = 0, 0
    for seed in range(10):
        units = points(20, 3, seed)
        noise = 0.1 * np.random.default_rng(seed).standard_normal(20)
        values = 1.4 - units[:, 0] + np.floor(3 * units[:, 2]) + noise
        findings = judged(space, trials_at(space, units, values))
        edges = {(f.hyperparameter, f.side) for f in findings if f.side}
        found += ("x", "high") in edges
        false += bool(edges - {("x", "high")})
    assert found >= 8
    assert false <= 1


@prop
@given(synthetic())
def test_exploitation_asks_for_more_evidence(study):
    space, trials = study
    alarms = {(f.hyperparameter, f.side) for f in judged(space, trials) if f.side}
    found = judged(space, trials, phase=Phase.EXPLOITATION)
    assert {(f.hyperparameter, f.side) for f in found if f.side} <= alarms


def test_that_exploitation_is_judged_more_strictly_is_said():
    trials = trials_at([LOG], points(20, 1), (points(20, 1)[:, 0] - 1.5) ** 2)
    (plain,) = judged([LOG], trials)
    (strict,) = judged([LOG], trials, phase=Phase.EXPLOITATION)
    assert (type(plain.evidence), type(strict.evidence)) == (BeyondRange, BeyondCrowdedRange)
    assert words(strict).what.startswith(words(plain).what)
    assert "exploration" in words(strict).what[len(words(plain).what) :]


# Limits.

LIMITED = [
    (Range("dropout", 0.05, 0.6, limits=(0, 1)), 0.0, 1.0),
    (Range("dropout", 0.0, 0.5, limits=(0, 1)), 0.0, 1.0),
    (Range("label_smoothing", 0.1, 0.3), 0.0, np.inf),
    (Range("layers", 2, 6, kind="int", limits=(1, 8)), 1, 8),
    (Range("learning_rate", 1e-3, 1e-1, Scale.LOG, limits=(1e-4, 0.5)), 1e-4, 0.5),
    (Range("momentum", 0.8, 0.99, Scale.REVERSE_LOG, limits=(0.5, 1)), 0.5, np.nextafter(1, 0)),
    (Range("momentum", 0.3, 0.99, Scale.REVERSE_LOG), 0.0, np.nextafter(1, 0)),
]


@quick
@given(st.sampled_from(LIMITED), st.one_of(BEYOND_LOW, BEYOND_HIGH))
def test_no_advice_points_beyond_the_limits(limited, optimum):
    h, least, most = limited
    for finding in towards(h, optimum, 20):
        wider = dataclasses.replace(h, **finding.suggestion)
        assert least <= wider.low < wider.high <= most
        assert (wider.low, wider.high) != (h.low, h.high)


@pytest.mark.parametrize(
    ("h", "optimum"),
    [
        (Range("dropout", 0.0, 0.5, limits=(0, 1)), -0.5),
        (Range("dropout", 0.2, 1.0, limits=(0, 1)), 1.5),
        (Range("weight_decay", 0.0, 0.1), -0.5),
    ],
)
def test_a_natural_end_of_a_range_is_not_an_edge(h, optimum):
    assert not [f for f in towards(h, optimum, 20) if f.side]


# Instability edges.


@quick
@given(st.sampled_from([LINEAR, LOG, REVERSE_LOG]), st.floats(0.55, 0.8), st.booleans())
def test_the_best_right_before_the_infeasible_part_is_an_instability_edge(h, cliff, mirror):
    towards_cliff = points(25, 1)[:, 0]
    values = np.where(towards_cliff < cliff, 1 - towards_cliff, np.nan)
    units = 1 - towards_cliff if mirror else towards_cliff
    (finding,) = [f for f in judged([h], trials_at([h], units[:, None], values)) if f.side]
    assert (finding.kind, finding.side) == (Kind.INSTABILITY_EDGE, "low" if mirror else "high")
    assert finding.suggestion == {}
    threshold = h.unit(finding.evidence.threshold)
    assert threshold == pytest.approx(1 - cliff if mirror else cliff, abs=0.06)


@pytest.mark.parametrize(("name", "advice"), [("learning_rate", "warmup"), ("depth", "diverge")])
def test_an_instability_edge_comes_with_a_remedy(name, advice):
    h = dataclasses.replace(LOG, name=name)
    units = points(25, 1)
    values = np.where(units[:, 0] < 0.7, 1 - units[:, 0], np.nan)
    (finding,) = judged([h], trials_at([h], units, values))
    assert advice in words(finding).fix
    assert "wider range" in words(finding).fix


def test_an_infeasible_part_far_from_the_best_is_not_an_instability_edge():
    units = points(25, 1)
    values = np.where(units[:, 0] < 0.8, units[:, 0], np.nan)
    findings = judged([LOG], trials_at([LOG], units, values))
    assert [(f.kind, f.side) for f in findings] == [(Kind.BOUNDARY, "low")]


def before_a_cliff(cliff, seed, *, mirror=False, count=40):
    """Findings at edges where the objective improves up to a cliff, with a little noise."""
    towards_cliff = points(count, 1, seed)[:, 0]
    noise = 0.02 * np.random.default_rng(seed).standard_normal(count)
    improving = 1 - towards_cliff / cliff + noise
    values = np.where(towards_cliff < cliff, improving, np.nan)
    units = 1 - towards_cliff if mirror else towards_cliff
    return [
        (f.kind, f.side) for f in judged([LOG], trials_at([LOG], units[:, None], values)) if f.side
    ]


@pytest.mark.parametrize(("cliff", "count"), [(0.15, 80), (0.2, 40), (0.3, 40), (0.4, 40)])
@pytest.mark.parametrize("mirror", [False, True])
def test_an_instability_edge_is_found_however_much_is_infeasible(cliff, count, mirror):
    judged_ = [before_a_cliff(cliff, seed, mirror=mirror, count=count) for seed in range(10)]
    side = "low" if mirror else "high"
    assert sum(findings == [(Kind.INSTABILITY_EDGE, side)] for findings in judged_) >= 8


@pytest.mark.parametrize("mirror", [False, True])
def test_a_narrow_feasible_part_is_not_all_edge(mirror):
    judged_ = [before_a_cliff(0.15, seed, mirror=mirror) for seed in range(20)]
    right = (Kind.INSTABILITY_EDGE, "low" if mirror else "high")
    assert sum(findings not in ([], [right]) for findings in judged_) <= 1


def test_the_margin_of_an_instability_edge_is_that_to_the_threshold():
    units = points(40, 1)
    values = np.where(units[:, 0] < 0.3, 1 - units[:, 0], np.nan)
    edge = widening.judge_edges(units, values)[1]
    assert edge.verdict == "instability-edge"
    assert 0 <= edge.margin <= 0.05


def test_noise_in_a_narrow_feasible_part_is_not_an_edge():
    alarms = 0
    for seed in range(20):
        units = points(40, 1, seed)
        values = np.random.default_rng(seed).standard_normal(40)
        values[units[:, 0] > 0.3] = np.nan
        alarms += sum(f.side is not None for f in judged([LOG], trials_at([LOG], units, values)))
    assert alarms <= 3  # of 40 edges


# Narrower ranges.


def test_a_narrower_range_does_not_reach_into_the_infeasible_part():
    space = [LOG, dataclasses.replace(LINEAR, name="y")]
    narrowed = 0
    for seed in range(10):
        units = points(40, 2, seed)
        noise = 0.003 * np.random.default_rng(seed).standard_normal(40)
        values = (units[:, 0] - 0.6) ** 2 / 2 + (units[:, 1] - 0.5) ** 2 / 2 + noise
        values[units[:, 0] > 0.8] = np.nan
        trials = trials_at(space, units, values)
        found = [f for f in all_findings(a_round(space), trials) if f.hyperparameter == "x"]
        ends = [f.suggestion["high"] for f in found if f.kind is Kind.WIDE_RANGE]
        cuts = [f.suggestion["high"] for f in found if f.kind is Kind.INFEASIBLE]
        narrowed += len(ends)
        assert all(LOG.unit(end) <= 0.81 for end in ends)
        assert all(end <= cut for end in ends for cut in cuts)
    assert narrowed >= 5


@pytest.mark.parametrize("side", ["low", "high"])
def test_a_wider_range_does_not_keep_an_infeasible_part_at_its_other_end(side):
    units = points(40, 2)
    toward = units[:, 0] if side == "low" else 1 - units[:, 0]
    values = np.where(toward > 0.6, np.nan, toward)
    found = all_findings(a_round([LOG]), trials_at([LOG], units[:, :1], values))
    wider, infeasible = (
        next(f for f in found if f.kind is kind) for kind in (Kind.BOUNDARY, Kind.INFEASIBLE)
    )
    far = "high" if side == "low" else "low"
    assert wider.side == side
    assert f"and {'end' if side == 'low' else 'start'} it at" in words(wider).fix
    assert wider.suggestion[far] == infeasible.suggestion[far]
    assert LOG.low < wider.suggestion[far] < LOG.high
    wide = dataclasses.replace(LOG, **wider.suggestion)
    assert wide.low < LOG.low if side == "low" else wide.high > LOG.high


@quick
@given(numeric, st.floats(0.3, 0.7))
def test_a_small_good_region_asks_for_a_narrower_range_that_holds_it(h, optimum):
    units = points(40, 1)
    at = np.array([unit_of(h, h.at(unit)) for (unit,) in units])
    (finding,) = judged([h], trials_at([h], units, np.abs(at - optimum)))
    assert (finding.kind, finding.severity, finding.side) == (Kind.WIDE_RANGE, Severity.NOTE, None)
    narrower = dataclasses.replace(h, **finding.suggestion)
    assert h.low <= narrower.low <= beyond(h, optimum) <= narrower.high <= h.high
    assert h.unit(narrower.high) - h.unit(narrower.low) <= narrowing.NARROW_WIDTH + 0.05


@prop
@given(synthetic())
def test_a_range_is_never_to_be_both_wider_and_narrower(study):
    space, trials = study
    found = [f for f in judged(space, trials) if f.kind in {Kind.BOUNDARY, Kind.WIDE_RANGE}]
    assert len({f.hyperparameter for f in found}) == len(found)


# What is said can be used.


@prop
@given(synthetic())
def test_findings_are_plain_json_without_nan(study):
    space, trials = study
    for finding in judged(space, trials):
        json.dumps([finding.evidence.known(), dict(finding.suggestion)], allow_nan=False)
        said_ = words(finding).text
        assert said_
        assert "nan" not in said_.casefold().replace("-", " ").split()


SPEC = """\
goal: a question
phase: exploration
command: train {{x}} {{epochs}} {{seed}}
objective: {{metric: val_error, direction: minimize}}
epochs: 3
trials: 3
nuisance:
  x: {{low: {low!r}, high: {high!r}, scale: {scale}, type: {kind}}}
"""


@quick
@given(st.sampled_from([LINEAR, LOG, REVERSE_LOG, INT, LOG_INT]), st.floats(-0.9, 1.9))
def test_a_suggested_range_can_be_pasted(h, optimum):
    for finding in towards(h, optimum, 20):
        text = SPEC.format(**finding.suggestion, scale=h.scale, kind=h.kind)
        new = loads(text, "r", "r.yaml").round.studies[0].space[0]
        assert (new.low, new.high) == tuple(finding.suggestion.values())


# Measured: scripts/bench/advice.py has the numbers, these bounds are generous.


def test_clear_edges_are_found_and_others_left_alone():
    found, false = [], []
    for dims in (1, 2, 3):
        for study in known_studies.family(11, 20, dims, 10 * dims):
            edges = widening.judge_edges(study.units, study.values)
            for dim, truth in enumerate(study.truth):
                wider = {e.side for e in edges[2 * dim : 2 * dim + 2] if e.verdict == "widen"}
                if study.cliff is not None and study.cliff.dim == dim:
                    continue
                if truth in ("low", "high") and study.share[dim] >= 0.05:
                    found.append(truth in wider)
                elif truth in ("inside", "dead"):
                    false.append(bool(wider))
    assert len(found) >= 20
    assert len(false) >= 50
    assert np.mean(found) >= 0.85
    assert np.mean(false) <= 0.12


def test_drawing_twice_gives_the_same_study():
    first, again = (next(iter(known_studies.family(5, 1, 3, 12))) for _ in range(2))
    np.testing.assert_array_equal(first.units, again.units)
    np.testing.assert_array_equal(first.values, again.values)


def test_a_study_is_fitted_once_for_both_judgements():
    units, values = points(20, 2), points(20, 2)[:, 0]
    shared = study_fit.fit_study(units, values)
    assert widening.judge_edges(units, values, fit=shared) == widening.judge_edges(units, values)
    assert narrowing.judge_narrow(units, values, fit=shared) == narrowing.judge_narrow(
        units, values
    )
