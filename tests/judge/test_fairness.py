"""What makes a comparison unfair, in rounds where it is known."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Range, Scale
from tuneplay.domain.round import Objective, Phase, Round, Study
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge.fairness.unequal import fairness_findings, fewer_by_chance
from tuneplay.judge.finding import Finding, Kind, Severity

LR = Range("learning_rate", 1e-4, 1e-1, Scale.LOG)
WARNING, NOTE = Severity.WARNING, Severity.NOTE


def a_study(name, *, shared=(LR,), conditional=(), fixed=None):
    return Study(f"x={name}", {"x": name}, tuple(shared), tuple(conditional), fixed or {})


def a_round(*studies, direction=Direction.MINIMIZE):
    studies = studies or (a_study("a"), a_study("b"))
    objective = Objective("e", direction)
    command = Command(("t",))
    return Round("r", "g", Phase.EXPLORATION, command, objective, 1, 20, studies, studies[0].key)


def trials(key, feasible, ended=20, best=0.1, rerun=0):
    return [
        Trial(
            TrialId(key, k, rerun),
            k,
            {},
            Outcome(State.FEASIBLE, "", best * (1 + k), 1)
            if k < feasible
            else Outcome(State.INFEASIBLE, "diverged"),
        )
        for k in range(ended)
    ]


def even(a=0.1, b=0.2):
    return {"x=a": trials("x=a", 20, best=a), "x=b": trials("x=b", 20, best=b)}


def edge(key, severity=WARNING):
    return Finding(Kind.BOUNDARY, severity, "m", study=key, hyperparameter="learning_rate")


def overfitting(key, **evidence):
    return Finding(Kind.OVERFITTING, WARNING, "m", study=key, evidence=evidence)


def test_a_fair_round_gets_no_finding():
    assert fairness_findings(a_round(), even(), []) == []


def test_a_round_of_one_study_compares_nothing():
    alone = a_study("a", shared=(), fixed={"lr": 0.1})
    assert fairness_findings(a_round(alone), {"x=a": trials("x=a", 3)}, []) == []


@pytest.mark.parametrize(("few", "named"), [(6, True), (12, True), (14, False), (20, False)])
def test_clearly_fewer_feasible_trials_are_unfair(few, named):
    found = fairness_findings(a_round(), {"x=a": trials("x=a", 20), "x=b": trials("x=b", few)}, [])
    assert [f.study for f in found] == (["x=b"] if named else [])
    assert all(f.severity is WARNING for f in found)


def test_few_trials_may_differ_by_chance():
    small = {"x=a": trials("x=a", 4, 4), "x=b": trials("x=b", 2, 4)}
    assert fairness_findings(a_round(), small, []) == []


@given(st.integers(0, 12), st.integers(0, 12), st.integers(1, 9), st.integers(1, 9))
def test_the_chance_is_fishers(few, top, bad, worse):
    ours = fewer_by_chance(few, few + bad, top, top + worse)
    theirs = stats.fisher_exact([[few, bad], [top, worse]], alternative="less").pvalue
    assert ours == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize(("key", "severity"), [("x=a", NOTE), ("x=b", WARNING)])
def test_an_edge_in_one_study_only_matters_most_where_it_is_behind(key, severity):
    (finding,) = fairness_findings(a_round(), even(), [edge(key)])
    assert (finding.study, finding.severity) == (key, severity)
    assert "learning_rate" in finding.message


def test_an_edge_in_every_study_or_a_mere_note_is_not_one_sided():
    assert fairness_findings(a_round(), even(), [edge("x=a"), edge("x=b")]) == []
    assert fairness_findings(a_round(), even(), [edge("x=a", NOTE)]) == []


def test_overfitting_counts_where_it_is_that_of_the_best_trial():
    best = overfitting("x=b", rise=0.3)
    (finding,) = fairness_findings(a_round(), even(), [best])
    assert (finding.study, finding.severity) == ("x=b", WARNING)
    assert fairness_findings(a_round(), even(), [overfitting("x=b")]) == []
    assert fairness_findings(a_round(), even(), [best, overfitting("x=a", rise=0.1)]) == []


def test_more_hyperparameters_and_narrower_ranges_are_different_searches():
    wide = Range("lr", 1e-4, 1, Scale.LOG)
    narrow = Range("lr", 1e-3, 1e-2, Scale.LOG)
    beta = Range("beta", 0.8, 0.99, Scale.REVERSE_LOG)
    first = a_study("a", conditional=(wide,))
    second = a_study("b", conditional=(narrow, beta))
    found = fairness_findings(a_round(first, second), even(), [])
    assert [(f.study, f.severity) for f in found] == [("x=b", NOTE)] * 2
    assert found[0].evidence == {"dimensions": 3, "others": 2}
    assert "25%" in found[1].message


def test_ranges_of_equal_width_at_other_places_are_fair():
    first = a_study("a", conditional=(Range("lr", 1e-3, 1, Scale.LOG),))
    second = a_study("b", conditional=(Range("lr", 1e-5, 1e-2, Scale.LOG),))
    assert fairness_findings(a_round(first, second), even(), []) == []


def test_a_study_without_nuisance_hyperparameters_is_a_warning():
    (finding,) = fairness_findings(a_round(a_study("a", shared=()), a_study("b")), even(), [])
    assert (finding.study, finding.severity) == ("x=a", WARNING)


def test_fixed_optimizer_hyperparameters_are_one_caveat():
    first = a_study("a", fixed={"momentum": 0.9, "hidden": 64})
    second = a_study("b", fixed={"momentum": 0.99, "optim.wd": 0.0})
    (finding,) = fairness_findings(a_round(first, second), even(), [])
    assert (finding.kind, finding.severity, finding.study) == (Kind.FIXED_CAVEAT, NOTE, None)
    assert "momentum at 0.9 or 0.99, optim.wd at 0.0 were not tuned" in finding.message


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 20),
    st.integers(1, 20),
    st.sampled_from([[], ["x=a"], ["x=b"]]),
    st.randoms(use_true_random=False),
)
def test_direction_unit_order_and_reruns_change_nothing(first, second, edges, random):
    counts = {"x=a": first, "x=b": second}
    known = [edge(key) for key in edges]
    plain = {key: trials(key, n, best=0.1) for key, n in counts.items()}
    turned = {key: trials(key, n, best=-0.7) for key, n in counts.items()}
    for key, rows in turned.items():
        random.shuffle(rows)
        rows.extend(trials(key, 5, best=-99, rerun=1))
    flipped = a_round(direction=Direction.MAXIMIZE)
    # Both lists begin with one and the same best value: the study of the spec's order leads.
    assert fairness_findings(flipped, turned, known) == fairness_findings(a_round(), plain, known)
