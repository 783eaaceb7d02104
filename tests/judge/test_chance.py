"""Trials that learned nothing: studies whose truth is known, and what must not change a finding."""

import dataclasses
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Curves, Direction
from tuneplay.domain.round import Objective, Phase, Round, Study
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.training.chance import NotBeyondChance, check
from tuneplay.words.findings import say
from tuneplay.words.naming import Naming, naming_of

MINIMIZE, MAXIMIZE = Direction.MINIMIZE, Direction.MAXIMIZE
rule = settings(deadline=None, max_examples=60)


def trial(study, number, column, direction=MINIMIZE):
    curves = Curves(list(range(1, len(column) + 1)), {"val_error": column})
    best = curves.best("val_error", direction)
    state = State.FEASIBLE if best else State.INFEASIBLE
    outcome = Outcome(state, "", *((best[1], best[0]) if best else (None, None)))
    return Trial(TrialId(study, number), number, {}, outcome, curves)


def found(studies, chance=0.9, direction=MINIMIZE, mix=None):
    """What is found, with these columns by study."""
    round_ = Round(
        name="r",
        goal="Is it better?",
        phase=Phase.EXPLORATION,
        command=Command(("train", "{args}")),
        objective=Objective("val_error", direction, chance=chance),
        epochs=20,
        trials=20,
        studies=tuple(Study(key, {}) for key in studies),
    )
    cases = {}
    for study, columns in zip(round_.studies, studies.values(), strict=True):
        trials = [trial(study.key, n, column, direction) for n, column in enumerate(columns)]
        if mix is not None:
            mix.shuffle(trials)
        cases[study.key] = StudyCase(round=round_, study=study, trials=trials)
    findings = list(check(RoundCase(round=round_, studies=cases)))
    for finding in findings:
        assert (finding.kind, finding.severity) == (Kind.CHANCE, Severity.WARNING)
        assert "not clearly better than guessing" in say(finding, naming_of(round_)).what
    return findings


def columns(gain, *, trials=10, epochs=20, noise=0.005, seed=0, chance=0.9):
    """Curves from what guessing gives towards a gain, which each next trial reaches less of."""
    rng = random.Random(seed)
    return [
        [
            chance - gain * 0.8**n * (1 - math.exp(-5 * e / epochs)) + rng.gauss(0, noise)
            for e in range(1, epochs + 1)
        ]
        for n in range(trials)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_a_round_that_learned_nothing_is_one_warning(seed):
    studies = {"a": columns(0, seed=seed), "b": columns(0, seed=seed + 100)}
    (finding,) = found(studies)
    assert (finding.study, finding.evidence.chance, finding.evidence.trials) == (None, 0.9, 20)
    assert finding.evidence.best == min(min(map(min, one)) for one in studies.values())
    assert 0 < 0.9 - finding.evidence.best < finding.evidence.least_gain


def test_values_of_one_sentence_have_the_same_number_of_digits():
    evidence = NotBeyondChance(chance=0.9, best=0.89361, least_gain=0.018, trials=40)
    finding = Finding(kind=Kind.CHANCE, severity=Severity.WARNING, evidence=evidence)
    assert say(finding, Naming("val_error")).text == (
        "The best val_error of 40 trials is 0.894. That is not clearly better than guessing "
        "(0.900). Do not compare anything yet. Check the data, the labels and the loss, then try "
        "other learning rates."
    )
    one = dataclasses.replace(finding, study="a")
    assert "Do not compare this study yet." in say(one, Naming("val_error")).text


@pytest.mark.parametrize("gain", [0.05, 0.2, 0.8])
def test_a_round_that_learned_is_left_alone(gain):
    for seed in range(20):
        assert found({"a": columns(gain, seed=seed), "b": columns(gain, seed=seed + 100)}) == []


def test_a_study_that_learned_nothing_where_others_did_is_a_warning_of_its_own():
    (finding,) = found({"a": columns(0), "b": columns(0.4), "c": columns(0, trials=2), "d": []})
    assert (finding.study, finding.evidence.trials) == ("a", 10)


def test_one_trial_that_learned_is_enough():
    assert found({"a": [*columns(0), columns(0.4)[0]]}) == []


def test_without_a_stated_chance_nothing_is_said():
    assert found({"a": columns(0)}, None) == []
    assert found({"a": columns(0)}, math.nan) == []


@pytest.mark.parametrize("trials", [0, 1, 2])
def test_too_few_trials_have_not_looked_far_enough(trials):
    assert found({"a": columns(0, trials=trials)}) == []


@pytest.mark.parametrize(("value", "warnings"), [(0.9, 1), (0.95, 1), (0.897, 1), (0.89, 0)])
def test_single_epochs_and_constant_curves_count_by_their_values(value, warnings):
    assert len(found({"a": [[value]] * 5})) == warnings
    assert len(found({"a": [[value] * 20] * 5})) == warnings


@pytest.mark.parametrize(("value", "warnings"), [(0.0, 1), (0.1, 1), (-0.1, 0)])
def test_guessing_may_give_0(value, warnings):
    assert len(found({"a": [[value]] * 5}, chance=0.0)) == warnings


def test_values_that_are_not_finite_have_no_say():
    gaps = [[math.nan, None, *column, math.inf, math.nan] for column in columns(0)]
    assert len(found({"a": [*gaps, [math.nan] * 20]})) == 1
    learned = [[math.nan, None, *column, -math.inf, math.nan] for column in columns(0.4)]
    assert found({"a": learned}) == []


# What must not change a finding.

studies_of_any_kind = st.dictionaries(
    st.sampled_from("abc"),
    st.tuples(st.sampled_from([0.0, 0.01, 0.03, 0.1, 0.5]), st.integers(0, 6), st.integers(1, 20)),
    min_size=1,
).map(
    lambda kinds: {
        key: columns(gain, trials=trials, epochs=epochs, seed=trials)
        for key, (gain, trials, epochs) in kinds.items()
    }
)


def names(findings):
    return [(finding.study, finding.evidence.trials) for finding in findings]


@rule
@given(studies_of_any_kind, st.sampled_from([2.0**k for k in (-20, -3, 1, 30)]))
def test_the_unit_changes_nothing(studies, factor):
    scaled = {key: [[factor * v for v in c] for c in some] for key, some in studies.items()}
    assert names(found(scaled, 0.9 * factor)) == names(found(studies))


@rule
@given(studies_of_any_kind)
def test_negating_the_metric_and_its_direction_changes_nothing(studies):
    negated = {key: [[-v for v in c] for c in some] for key, some in studies.items()}
    assert names(found(negated, -0.9, MAXIMIZE)) == names(found(studies))


@rule
@given(studies_of_any_kind, st.randoms(use_true_random=False))
def test_the_order_of_trials_changes_nothing(studies, rng):
    assert found(studies, mix=rng) == found(studies)
