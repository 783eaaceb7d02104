"""Would another draw have put another study ahead? Checked against draws from known studies."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Direction
from tuneplay.domain.round import Objective, Phase, Round, Study
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.fairness.sampling import (
    FLIP_NOTE,
    LeadByFewPoints,
    check,
    flip_probability,
    resample,
)
from tuneplay.judge.finding import Severity

KEYS = ("x=a", "x=b", "x=c")


def a_round(studies=2, direction=Direction.MINIMIZE, phase=Phase.EXPLORATION, trials=20):
    made = tuple(Study(key, {"x": key[-1]}) for key in KEYS[:studies])
    objective = Objective("e", direction)
    return Round("r", "g", phase, Command(("t",)), objective, 1, trials, made, KEYS[0])


def drawn(*columns, rerun=0):
    """Trials by study; None is an infeasible trial."""
    return {
        key: [
            Trial(
                TrialId(key, k, rerun),
                k,
                {},
                Outcome(State.INFEASIBLE, "diverged")
                if value is None
                else Outcome(State.FEASIBLE, "", float(value), 1),
            )
            for k, value in enumerate(column)
        ]
        for key, column in zip(KEYS, columns, strict=False)
    }


def sampling_findings(round_, by_study):
    studies = {
        study.key: StudyCase(round=round_, study=study, trials=by_study.get(study.key, ()))
        for study in round_.studies
    }
    return list(check(RoundCase(round=round_, studies=studies)))


def test_a_study_that_is_better_at_every_point_is_settled():
    values = np.random.default_rng(0).random(20)
    found = resample(a_round(), drawn(values, values + 0.1))
    assert found.leader == "x=a"
    assert found.flip_probability < FLIP_NOTE
    assert sampling_findings(a_round(), drawn(values, values + 0.1)) == []


def test_a_study_that_is_better_by_one_lucky_point_is_not():
    values = np.random.default_rng(0).random(20) + 0.5
    lucky = values + 0.1
    lucky[3] = 0.0
    found = resample(a_round(), drawn(values, lucky))
    assert found.leader == "x=b"
    assert found.flip_probability > 0.9
    (finding,) = sampling_findings(a_round(), drawn(values, lucky))
    assert finding.severity is Severity.WARNING
    assert finding.evidence == LeadByFewPoints(
        flip_probability=found.flip_probability, points=20, leader="x=b", rival="x=a"
    )


def test_of_several_other_studies_none_is_named():
    values = np.random.default_rng(0).random(20)
    (finding,) = sampling_findings(a_round(3), drawn(values, values[::-1], values + 0.001))
    assert finding.evidence.rival is None
    (finding,) = sampling_findings(a_round(3), drawn(values, values[::-1], [None] * 20))
    assert finding.evidence.rival in KEYS
    assert finding.evidence.rival != finding.evidence.leader


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.8])
def test_the_probability_is_that_of_new_draws(shift):
    rng = np.random.default_rng(1)
    leads, stated = [], []
    for _ in range(400):
        first, second = rng.random((2, 20)) ** 0.5
        second = second * (1 + shift)
        leads.append(bool(first.min() <= second.min()))
        stated.append(resample(a_round(), drawn(first, second)).flip_probability)
    share = float(np.mean(leads))
    assert np.mean(stated) == pytest.approx(2 * share * (1 - share), abs=0.07)


def test_a_probability_is_never_nought_nor_one():
    assert 0 < flip_probability(np.zeros(1000)) < FLIP_NOTE
    assert 1 > flip_probability(np.ones(1000)) > 1 - FLIP_NOTE


def test_no_number_of_trials_is_promised_however_clear_the_trend():
    # The nearer to the best, the more often the same study leads.
    points = np.arange(60.0)
    ahead = (points < 12) & (points % 4 != 2) | (points < 30) & (points % 3 == 0)
    columns = points, points + np.where(ahead, 0.5, -0.5)
    (finding,) = sampling_findings(a_round(trials=60), drawn(*columns))
    assert finding.suggestion == {}
    assert set(finding.evidence.known()) == {"flip_probability", "points", "leader", "rival"}


@pytest.mark.parametrize(
    ("round_", "columns"),
    [
        (a_round(), ([1, 2, 3, 4, 5, 6], [None] * 6)),
        (a_round(), ([1, 2, 3], [2, 3, 4])),
        (a_round(1), ([1, 2, 3, 4, 5, 6],)),
        (a_round(phase=Phase.EXPLOITATION), ([1, 2, 3, 4, 5, 6], [2, 1, 1, 1, 1, 1])),
    ],
)
def test_nothing_is_said_without_two_studies_enough_points_and_a_draw(round_, columns):
    assert resample(round_, drawn(*columns)) is None
    assert sampling_findings(round_, drawn(*columns)) == []


def test_infeasible_trials_are_never_the_best_and_level_studies_share_a_point():
    column = [1, 2, 3, 4, 5, 6]
    ahead = resample(a_round(), drawn(column, [None, *column[1:]])).flip_probability
    against = resample(a_round(), drawn(column, [None, *[v - 0.5 for v in column[1:]]]))
    assert resample(a_round(), drawn(column, column)).flip_probability == pytest.approx(0.5)
    assert FLIP_NOTE < ahead == pytest.approx(0.5)
    assert against.flip_probability > ahead


numbers = st.one_of(st.none(), st.integers(-50, 50))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(numbers, numbers, numbers), min_size=2, max_size=30),
    st.randoms(use_true_random=False),
)
def test_direction_unit_order_and_reruns_change_nothing(rows, random):
    columns = list(zip(*rows, strict=True))
    plain = drawn(*columns)
    turned = drawn(*[[None if v is None else -8 * v for v in c] for c in columns])
    reruns = drawn(*[[-999] * len(c) for c in columns], rerun=1)
    for key, trials in turned.items():
        random.shuffle(trials)
        trials.extend(reruns[key])
    flipped = a_round(3, Direction.MAXIMIZE)
    assert resample(flipped, turned) == resample(a_round(3), plain)
    assert sampling_findings(flipped, turned) == sampling_findings(a_round(3), plain)
    found = resample(a_round(3), plain)
    round_ = a_round(3)
    turned_round = dataclasses.replace(round_, studies=round_.studies[::-1])
    other = resample(turned_round, plain)
    assert (other is None) == (found is None)
    if found is not None:
        assert other.leader == found.leader
        assert other.flip_probability == pytest.approx(found.flip_probability)
        assert 0 < found.flip_probability < 1
