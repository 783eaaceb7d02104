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
from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.fairness import feasible_counts, fixed_values, one_sided, unequal_spaces
from tuneplay.judge.fairness.feasible_counts import FewerFeasible
from tuneplay.judge.fairness.one_sided import (
    AheadDespiteOverfitting,
    AheadDespiteRange,
    HeldBackByOverfitting,
    HeldBackByRange,
)
from tuneplay.judge.fairness.unequal_spaces import (
    MoreHyperparameters,
    NarrowerRange,
    NothingTuned,
)
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.measures.chances import fisher_tail
from tuneplay.judge.training.overfitting import BestTrialWorsens

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


def fairness_findings(round_, by_study, known):
    """What the checks and the review of this room add to the findings that are known."""
    studies = {
        study.key: StudyCase(round=round_, study=study, trials=by_study.get(study.key, ()))
        for study in round_.studies
    }
    case = RoundCase(round=round_, studies=studies)
    checks = (feasible_counts.check, unequal_spaces.check, fixed_values.check)
    found = [finding for check in checks for finding in check(case)]
    reviewed = one_sided.review(case, known)
    assert list(reviewed[: len(known)]) == known, "a review keeps what is known"
    return [*found, *reviewed[len(known) :]]


def edge(key, severity=WARNING, name="learning_rate"):
    return Finding(
        kind=Kind.BOUNDARY,
        severity=severity,
        study=key,
        hyperparameter=name,
        evidence=Evidence(),
    )


def overfitting(key, evidence):
    return Finding(kind=Kind.OVERFITTING, severity=WARNING, study=key, evidence=evidence)


#: Only its class matters, so that it does not concern this test which facts it has.
OF_THE_BEST = object.__new__(BestTrialWorsens)


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


def test_the_evidence_of_fewer_feasible_trials_is_their_counts():
    (found,) = fairness_findings(a_round(), {"x=a": trials("x=a", 20), "x=b": trials("x=b", 6)}, [])
    chance = found.evidence.chance
    assert found.evidence == FewerFeasible(
        feasible=6, ended=20, others=20, others_ended=20, rival="x=a", chance=chance
    )
    assert chance == pytest.approx(stats.fisher_exact([[6, 14], [20, 0]], "less").pvalue)


def test_nothing_is_unfair_before_any_trial_is_feasible():
    bare = a_round(a_study("a", shared=()), a_study("b", fixed={"momentum": 0.9}))
    by_study = {"x=a": trials("x=a", 0), "x=b": trials("x=b", 0)}
    assert fairness_findings(bare, by_study, [edge("x=a")]) == []


def test_few_trials_may_differ_by_chance():
    small = {"x=a": trials("x=a", 4, 4), "x=b": trials("x=b", 2, 4)}
    assert fairness_findings(a_round(), small, []) == []


@given(st.integers(0, 12), st.integers(0, 12), st.integers(1, 9), st.integers(1, 9))
def test_the_chance_is_fishers(few, top, bad, worse):
    ours = fisher_tail(bad, few + bad, worse, top + worse)
    theirs = stats.fisher_exact([[few, bad], [top, worse]], alternative="less").pvalue
    assert ours == pytest.approx(theirs, rel=1e-9)


def test_fishers_chance_of_nothing_is_certain_and_of_thousands_is_quick():
    assert fisher_tail(0, 0, 3, 5) == fisher_tail(0, 5, 3, 5) == fisher_tail(0, 0, 0, 0) == 1.0
    theirs = stats.fisher_exact([[2600, 2400], [2500, 2500]], alternative="greater").pvalue
    assert fisher_tail(2600, 5000, 2500, 5000) == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize(
    ("key", "severity", "found"),
    [("x=a", NOTE, AheadDespiteRange), ("x=b", WARNING, HeldBackByRange)],
)
def test_an_edge_in_one_study_only_matters_most_where_it_is_behind(key, severity, found):
    (finding,) = fairness_findings(a_round(), even(), [edge(key)])
    assert (finding.study, finding.severity) == (key, severity)
    assert finding.evidence == found(names=("learning_rate",))


def test_several_edges_of_one_study_are_one_finding():
    edges = [edge("x=b"), edge("x=b", name="beta1"), edge("x=b")]
    (finding,) = fairness_findings(a_round(), even(), edges)
    assert finding.evidence == HeldBackByRange(names=("beta1", "learning_rate"))
    assert finding.evidence.known() == {"edges": 2, "names": ("beta1", "learning_rate")}


def test_an_edge_in_every_study_or_a_mere_note_is_not_one_sided():
    assert fairness_findings(a_round(), even(), [edge("x=a"), edge("x=b")]) == []
    assert fairness_findings(a_round(), even(), [edge("x=a", NOTE)]) == []


@pytest.mark.parametrize(
    ("key", "severity", "found"),
    [("x=a", NOTE, AheadDespiteOverfitting), ("x=b", WARNING, HeldBackByOverfitting)],
)
def test_overfitting_counts_where_it_is_that_of_the_best_trial(key, severity, found):
    best, other = (overfitting(name, OF_THE_BEST) for name in ("x=a", "x=b"))
    (finding,) = fairness_findings(a_round(), even(), [best if key == "x=a" else other])
    assert (finding.study, finding.severity) == (key, severity)
    assert finding.evidence == found(overfitting=1)
    assert fairness_findings(a_round(), even(), [overfitting(key, Evidence())]) == []
    assert fairness_findings(a_round(), even(), [best, other]) == []


def test_more_hyperparameters_and_narrower_ranges_are_different_searches():
    wide = Range("lr", 1e-4, 1, Scale.LOG)
    narrow = Range("lr", 1e-3, 1e-2, Scale.LOG)
    beta = Range("beta", 0.8, 0.99, Scale.REVERSE_LOG)
    first = a_study("a", conditional=(wide,))
    second = a_study("b", conditional=(narrow, beta))
    found = fairness_findings(a_round(first, second), even(), [])
    assert [(f.study, f.severity) for f in found] == [("x=b", NOTE)] * 2
    assert found[0].evidence == MoreHyperparameters(dimensions=3, others=2, rival="x=a")
    assert found[1].hyperparameter == "lr"
    assert found[1].evidence == NarrowerRange(
        width=pytest.approx(1), others=pytest.approx(4), rival="x=a"
    )


def test_ranges_of_equal_width_at_other_places_are_fair():
    first = a_study("a", conditional=(Range("lr", 1e-3, 1, Scale.LOG),))
    second = a_study("b", conditional=(Range("lr", 1e-5, 1e-2, Scale.LOG),))
    assert fairness_findings(a_round(first, second), even(), []) == []


def test_a_study_without_nuisance_hyperparameters_is_a_warning():
    (finding,) = fairness_findings(a_round(a_study("a", shared=()), a_study("b")), even(), [])
    assert (finding.study, finding.severity) == ("x=a", WARNING)
    assert finding.evidence == NothingTuned()
    assert finding.evidence.known() == {"dimensions": 0}


def test_fixed_optimizer_hyperparameters_are_one_caveat():
    first = a_study("a", fixed={"momentum": 0.9, "hidden": 64})
    second = a_study("b", fixed={"momentum": 0.99, "optim.wd": 0.0})
    (finding,) = fairness_findings(a_round(first, second), even(), [])
    assert (finding.kind, finding.severity, finding.study) == (Kind.FIXED_CAVEAT, NOTE, None)
    assert finding.hyperparameter is None
    assert finding.evidence.fixed == {"momentum": (0.9, 0.99), "optim.wd": (0.0,)}


def test_a_single_fixed_hyperparameter_is_named_with_each_value_once():
    first, second = a_study("a", fixed={"nesterov": True}), a_study("b", fixed={"nesterov": True})
    third = a_study("c", fixed={"nesterov": 1})
    by_study = even() | {"x=c": trials("x=c", 20)}
    (finding,) = fairness_findings(a_round(first, second, third), by_study, [])
    assert finding.hyperparameter == "nesterov"
    assert [repr(value) for value in finding.evidence.fixed["nesterov"]] == ["True", "1"]


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
