"""The plan: known before anything starts, the same for ever, and what the studies hand out."""

import dataclasses
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Choice, Range, Scale
from tuneplay.domain.round import Objective, Phase, Round, Study
from tuneplay.domain.trial import Outcome, State, TrialId
from tuneplay.search.plan import (
    STARTUP_TRIALS,
    hyperparameters,
    planned_units,
    seed_of,
    turns,
    values_at,
)
from tuneplay.studies.book import StudyBook

#: No deadline: a busy machine is no defect.
rule = settings(deadline=None, max_examples=25)

SHARED = (
    Range("learning_rate", 1e-4, 1.0, Scale.LOG),
    Range("momentum", 0.5, 0.999, Scale.REVERSE_LOG),
    Choice("activation", ("relu", "tanh", None, False)),
)
CONDITIONAL = (
    Range("layers", 1.0, 5.0, kind="int"),
    Range("width", 16.0, 512.0, Scale.LOG, "int"),
    Range("dropout", 0.0, 0.7, step=0.1),
    Range("label_smoothing", 0.0, 0.2),
)
SGD = Study("optimizer=sgd", {"optimizer": "sgd"}, SHARED, (), {"nesterov": True})
ADAM = Study("optimizer=adam", {"optimizer": "adam"}, SHARED, CONDITIONAL, {"beta1": 0.9})


def a_round(**changes):
    round_ = Round(
        name="r",
        goal="Is adam better than sgd?",
        phase=Phase.EXPLORATION,
        command=Command(("train", "{args}")),
        objective=Objective("val_error", Direction.MINIMIZE),
        epochs=3,
        trials=6,
        studies=(SGD, ADAM),
        baseline=SGD.key,
    )
    return dataclasses.replace(round_, **changes)


def plan_of(round_):
    """Every trial of the search in order, with its seed and nuisance values."""
    return [
        (trial, seed_of(round_, trial), values_at(study, planned_units(round_, study, n)))
        for trial in turns(round_)
        for study, n in [(round_.study(trial.study), trial.number)]
    ]


rounds = st.builds(
    a_round,
    seed=st.integers(0, 2**40),
    trials=st.integers(1, 12),
    studies=st.sampled_from([(SGD,), (ADAM,), (SGD, ADAM), (ADAM, SGD)]),
)


@rule
@given(rounds)
def test_the_same_round_has_the_same_plan(round_):
    again = dataclasses.replace(round_, name="another name", goal="another goal")
    assert plan_of(round_) == plan_of(again)


@rule
@given(rounds)
def test_another_seed_makes_another_plan(round_):
    other = dataclasses.replace(round_, seed=round_.seed + 1)
    values = [values for _, _, values in plan_of(round_)]
    assert values != [values for _, _, values in plan_of(other)]


@rule
@given(rounds, st.integers(1, 10))
def test_raising_trials_only_appends(round_, more):
    raised = dataclasses.replace(round_, trials=round_.trials + more)
    before, after = plan_of(round_), plan_of(raised)
    assert after[: len(before)] == before
    assert len(after) == (round_.trials + more) * len(round_.studies)


@rule
@given(rounds)
def test_studies_take_turns(round_):
    order = list(turns(round_))
    assert len(set(order)) == len(order) == round_.trials * len(round_.studies)
    for end in range(len(order) + 1):
        begun = [sum(t.study == study.key for t in order[:end]) for study in round_.studies]
        assert max(begun) - min(begun) <= 1


@rule
@given(rounds)
def test_shared_hyperparameters_lie_on_the_same_points_in_every_study(round_):
    by_number = {}
    for trial, _, values in plan_of(round_):
        by_number.setdefault(trial.number, []).append([values[h.name] for h in SHARED])
    assert all(all(point == points[0] for point in points) for points in by_number.values())


@rule
@given(rounds)
def test_a_trial_trains_with_the_same_seed_in_every_study_and_no_two_numbers_share_one(round_):
    seeds = {}
    for trial, seed, _ in plan_of(round_):
        seeds.setdefault(trial.number, set()).add(seed)
    assert all(len(same) == 1 for same in seeds.values())
    assert len(set.union(*seeds.values())) == round_.trials


@rule
@given(
    seed=st.integers(0, 2**40),
    number=st.integers(0, 1_000_000),
    other=st.integers(0, 1_000_000),
    rerun=st.integers(1, 10_000),
)
def test_a_rerun_never_repeats_a_seed_of_the_search(seed, number, other, rerun):
    round_ = a_round(seed=seed)
    again = seed_of(round_, TrialId(SGD.key, number, rerun))
    assert again != seed_of(round_, TrialId(ADAM.key, other))


@rule
@given(st.integers(1, 100), st.integers(1, 100))
def test_reruns_of_all_studies_are_paired_and_differ_among_themselves(first, second):
    round_ = a_round()
    seeds = [
        seed_of(round_, TrialId(SGD.key, 4, first)),
        seed_of(round_, TrialId(ADAM.key, 9, first)),
    ]
    assert seeds[0] == seeds[1]
    assert (seed_of(round_, TrialId(SGD.key, 4, second)) == seeds[0]) == (first == second)


def test_a_trial_has_its_scientific_nuisance_and_fixed_hyperparameters():
    sampled = values_at(ADAM, planned_units(a_round(), ADAM, 0))
    values = hyperparameters(ADAM, sampled)
    assert list(values) == ["optimizer", *(h.name for h in ADAM.space), "beta1"]
    assert (values["optimizer"], values["beta1"]) == ("adam", 0.9)
    assert frozenset(values) == ADAM.names


def test_the_plan_of_today_is_the_plan_of_all_years():
    # A round begun today is continued by a later tuneplay: these values may never change.
    values = values_at(ADAM, planned_units(a_round(seed=1), ADAM, 3))
    assert values == {
        "learning_rate": 0.001791856,
        "momentum": 0.986689544,
        "activation": False,
        "layers": 1,
        "width": 23,
        "dropout": 0.6,
        "label_smoothing": 0.19578155,
    }


def test_exploitation_starts_on_the_plan_and_then_leaves_it():
    exploration, exploitation = a_round(), a_round(phase=Phase.EXPLOITATION)
    for number in range(STARTUP_TRIALS):
        assert planned_units(exploitation, ADAM, number) == planned_units(exploration, ADAM, number)
    assert planned_units(exploitation, ADAM, STARTUP_TRIALS) is None


# The studies of Optuna hand out what the plan says.


def assert_same_values(asked, planned):
    assert asked.keys() == planned.keys()
    for name, value in planned.items():
        assert type(asked[name]) is type(value), name
        # The study holds 1 - x on the reverse_log scale: the last bit may differ.
        assert asked[name] == (pytest.approx(value, abs=1e-12) if name == "momentum" else value)


def begin(book, round_, trials):
    """Ask for trials and return what was begun, none of them ended."""
    return {
        trial: (hyperparameters(round_.study(trial.study), book.ask(trial)), None)
        for trial in trials
    }


@pytest.mark.parametrize("seed", range(4))
def test_the_studies_of_exploration_hand_out_exactly_the_plan(seed):
    round_ = a_round(trials=12, seed=seed)
    book = StudyBook(round_, {})
    for trial, _, values in plan_of(round_):
        assert_same_values(book.ask(trial), values)


@pytest.mark.parametrize("begun_before", [0, 1, 5, 11])
def test_resumed_studies_go_on_where_they_were(begun_before):
    round_ = a_round(trials=6)
    order = plan_of(round_)
    begun = begin(StudyBook(round_, {}), round_, [t for t, _, _ in order[:begun_before]])
    book = StudyBook(round_, begun)
    for trial, _, values in order[begun_before:]:
        assert_same_values(book.ask(trial), values)
    for study in round_.studies:
        assert [t.number for t in book.study(study.key).trials] == list(range(6))


def test_reruns_are_no_trials_of_a_study():
    round_ = a_round()
    begun = begin(StudyBook(round_, {}), round_, [TrialId(SGD.key, 0)])
    values = begun[TrialId(SGD.key, 0)]
    book = StudyBook(round_, begun | {TrialId(SGD.key, 0, rerun): values for rerun in (1, 2)})
    assert len(book.study(SGD.key).trials) == 1


def outcome(number, state=State.FEASIBLE):
    """Some outcome that a value of its own tells from others."""
    if state is State.FEASIBLE:
        return Outcome(state, "", ((number * 7) % 11) / 10, 1)
    return Outcome(state, "because")


def exploit(round_, states, count):
    """Ask and tell `count` trials of the first study; what was begun, with outcomes."""
    study, book, begun = round_.studies[0], StudyBook(round_, {}), {}
    for number, state in zip(range(count), states, strict=False):
        trial = TrialId(study.key, number)
        begun[trial] = (hyperparameters(study, book.ask(trial)), outcome(number, state))
        book.tell(trial, begun[trial][1])
    return book, begun


MIXED = list(itertools.islice(itertools.cycle(State), 30))


def within(study, values):
    return all(
        values[h.name] in h.choices
        if isinstance(h, Choice)
        else h.low <= values[h.name] <= h.high
        and type(values[h.name]) is (int if h.kind == "int" else float)
        for h in study.space
    )


@pytest.mark.parametrize(
    "states", [[State.FEASIBLE] * 30, [State.INFEASIBLE] * 30, [State.FAILED] * 30, MIXED]
)
@pytest.mark.parametrize("direction", Direction)
def test_exploitation_stays_within_its_ranges_however_trials_end(states, direction):
    round_ = a_round(
        phase=Phase.EXPLOITATION, studies=(ADAM,), objective=Objective("val_error", direction)
    )
    _, begun = exploit(round_, states, STARTUP_TRIALS + 8)
    assert all(within(ADAM, values) for values, _ in begun.values())
    points = [tuple(values[h.name] for h in ADAM.space) for values, _ in begun.values()]
    assert len(set(points)) == len(points)


def test_exploitation_starts_with_the_points_of_the_plan():
    round_ = a_round(phase=Phase.EXPLOITATION)
    book = StudyBook(round_, {})
    for number in range(STARTUP_TRIALS):
        planned = values_at(SGD, planned_units(round_, SGD, number))
        assert_same_values(book.ask(TrialId(SGD.key, number)), planned)


@pytest.mark.parametrize("lost", [0, 4, STARTUP_TRIALS + 2])
def test_what_a_repaired_ledger_has_lost_is_asked_for_in_its_own_place(lost):
    round_ = a_round(phase=Phase.EXPLOITATION, studies=(ADAM,))
    _, begun = exploit(round_, [State.FEASIBLE] * 30, STARTUP_TRIALS + 5)
    missing, last = TrialId(ADAM.key, lost), TrialId(ADAM.key, STARTUP_TRIALS + 4)
    known = {**begun, last: (begun[last][0], None)}
    before = known.pop(missing)[0]
    book = StudyBook(round_, known)
    values = book.ask(missing)
    if lost < STARTUP_TRIALS:
        assert values == {h.name: before[h.name] for h in ADAM.space}
    assert within(ADAM, values)
    # Each is told of its own end, though those behind the lost one have moved up.
    for trial, number in ((last, 1), (missing, 2)):
        book.tell(trial, outcome(number))
    told = [t.value for t in book.study(ADAM.key).trials]
    assert told[-2:] == [outcome(1).value, outcome(2).value]
    assert within(ADAM, book.ask(TrialId(ADAM.key, STARTUP_TRIALS + 5)))


def test_exploitation_hands_out_the_very_grid_points_of_the_plan():
    # 0.3, not 0.30000000000000004: two spellings of one configuration are two configurations.
    h = Range("dropout", 0.0, 0.7, step=0.1)
    study = Study("all", {}, (h,))
    round_ = a_round(phase=Phase.EXPLOITATION, studies=(study,))
    _, begun = exploit(round_, [State.FEASIBLE] * 40, 40)
    grid = {h.at((index + 0.5) / 8) for index in range(8)}
    assert {values["dropout"] for values, _ in begun.values()} <= grid


def test_exploitation_is_the_same_for_the_same_history():
    round_ = a_round(phase=Phase.EXPLOITATION, studies=(ADAM,))
    live, begun = exploit(round_, MIXED, STARTUP_TRIALS + 5)
    following = TrialId(ADAM.key, STARTUP_TRIALS + 5)
    asked = [StudyBook(round_, begun).ask(following) for _ in range(2)]
    assert asked[0] == asked[1]
    # A coordinator that lived on asks for the same as one that was resumed, but for the last bits.
    lived_on = live.ask(following)
    assert lived_on.keys() == asked[0].keys()
    for name, value in lived_on.items():
        assert asked[0][name] == (pytest.approx(value, 1e-9) if type(value) is float else value)


def test_exploitation_learns_from_the_values_it_was_given():
    round_ = a_round(phase=Phase.EXPLOITATION, studies=(SGD,))

    def asked_after(better):
        begun = {}
        book = StudyBook(round_, {})
        for number in range(STARTUP_TRIALS):
            trial = TrialId(SGD.key, number)
            values = hyperparameters(SGD, book.ask(trial))
            begun[trial] = (values, Outcome(State.FEASIBLE, "", better(values), 1))
        later = StudyBook(round_, begun)
        numbers = range(STARTUP_TRIALS, STARTUP_TRIALS + 8)
        return [later.ask(TrialId(SGD.key, number))["learning_rate"] for number in numbers]

    low = asked_after(lambda values: values["learning_rate"])
    high = asked_after(lambda values: -values["learning_rate"])
    assert sorted(low)[4] < sorted(high)[3]


def test_an_infeasible_trial_teaches_and_a_failed_one_does_not():
    round_ = a_round(phase=Phase.EXPLOITATION, studies=(SGD,))
    book, begun = exploit(round_, [State.FEASIBLE] * 12, 12)
    following = TrialId(SGD.key, 12)
    last = TrialId(SGD.key, 11)

    def asked_when_the_last_one_is(state):
        ended = begun | {last: (begun[last][0], outcome(11, state))}
        return StudyBook(round_, ended).ask(following)

    assert len(book.study(SGD.key).trials) == 12
    feasible, infeasible, failed = map(asked_when_the_last_one_is, State)
    assert infeasible != failed
    assert feasible != failed


@pytest.mark.parametrize("state", State)
def test_telling_once_more_changes_nothing(state):
    round_ = a_round()
    book = StudyBook(round_, {})
    trial = TrialId(SGD.key, 0)
    book.ask(trial)
    book.tell(trial, outcome(3, state))
    told = book.study(SGD.key).trials
    book.tell(trial, outcome(4, State.FEASIBLE))
    assert book.study(SGD.key).trials == told


def test_values_that_python_calls_equal_stay_apart():
    # 1, 1.0 and True are three values to a program.
    choice = Choice("x", (True, 1, 1.0, 0, False))
    round_ = a_round(trials=20, studies=(Study("all", {}, (choice,)),))
    book = StudyBook(round_, {})
    for trial, _, values in plan_of(round_):
        assert repr(book.ask(trial)) == repr(values)
