"""The judgement on a round: what it rests on, and what must not change it."""

import dataclasses
import itertools
import math
import re
import statistics

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Curves, Direction
from tuneplay.domain.hyperparameter import Choice, Range, Scale
from tuneplay.domain.round import Objective, Phase, Round, Study
from tuneplay.domain.trial import Cause, Outcome, Reruns, State, Trial, TrialId
from tuneplay.judge.finding import Kind, Severity
from tuneplay.judge.judgement import judge_round
from tuneplay.judge.measures.best_of import best_of
from tuneplay.judge.measures.selection import better_part, ranked
from tuneplay.judge.verdict.facts import Ground, Verdict
from tuneplay.search.plan import hyperparameters, planned_units, values_at
from tuneplay.spec.load import loads
from tuneplay.words.findings import say
from tuneplay.words.naming import naming_of
from tuneplay.words.verdict import say_verdict

#: No deadline: a busy machine is no defect.
rule = settings(deadline=None, max_examples=60)

#: For rules about whole rounds, each of which is judged several times.
dear_rule = settings(deadline=None, max_examples=6)

SHARED = (Range("learning_rate", 1e-4, 1.0, Scale.LOG), Choice("activation", ("relu", "tanh")))
SGD = Study("optimizer=sgd", {"optimizer": "sgd"}, SHARED)
ADAM = Study("optimizer=adam", {"optimizer": "adam"}, SHARED, (Range("layers", 1, 5, kind="int"),))
EPOCHS = 20


def a_round(**changes):
    round_ = Round(
        name="r",
        goal="Is adam better than sgd?",
        phase=Phase.EXPLORATION,
        command=Command(("train", "{args}")),
        objective=Objective("val_error", Direction.MINIMIZE),
        epochs=EPOCHS,
        trials=16,
        studies=(SGD, ADAM),
        baseline=SGD.key,
    )
    return dataclasses.replace(round_, **changes)


MINIMIZE, MAXIMIZE = (a_round(objective=Objective("val_error", d)) for d in Direction)


def trial(
    study,
    number,
    value=None,
    *,
    state=State.FEASIBLE,
    reason="",
    cause=None,
    epoch=10,
    epochs=EPOCHS,
    **given,
):
    """An ended trial at its planned point, or with the nuisance values that are given.

    It gets better up to its best epoch, and stays as it is from then on.
    """
    values = given or values_at(study, planned_units(MINIMIZE, study, number))
    curves, best_epoch = Curves(), None
    if value is not None:
        column = [value + max(0, epoch - e) / 8 for e in range(1, epochs + 1)]
        curves, best_epoch = Curves(list(range(1, epochs + 1)), {"val_error": column}), epoch
    outcome = Outcome(state, reason, value, best_epoch, cause=cause)
    configuration = hyperparameters(study, values)
    return Trial(TrialId(study.key, number), number, configuration, outcome, curves)


def rerun(of, number, value):
    """The same configuration with a new seed."""
    again = trial(SGD, of, value, epoch=EPOCHS)
    return dataclasses.replace(again, id=TrialId(SGD.key, of, number), seed=10_000 + number)


def diverged(study, number, reason="diverged: val_error is not finite from epoch 3 on", **given):
    given = {"cause": Cause.DIVERGED} | given
    return trial(study, number, state=State.INFEASIBLE, reason=reason, **given)


def crashed(study, number):
    return trial(study, number, 0.0, state=State.FAILED, reason="exit code 1")


#: Few different values, so that ties are common; quarters, so that arithmetic on them is exact.
objectives = st.integers(-20, 20).map(lambda n: n / 4)


@st.composite
def some_trials(draw, epochs=EPOCHS):
    """Trials of both studies, in every state."""
    found = []
    for study in (SGD, ADAM):
        for number in range(draw(st.integers(0, 16))):
            state = draw(st.sampled_from([State.FEASIBLE] * 4 + [State.INFEASIBLE, State.FAILED]))
            value = draw(objectives) if state is State.FEASIBLE else None
            best = {"epoch": draw(st.integers(1, epochs)), "epochs": epochs}
            found.append(trial(study, number, value, state=state, reason=state.value, **best))
    return found


def with_values(trials, change):
    """The same trials, measured in another way."""

    def changed(trial):
        if trial.outcome.value is None:
            return trial
        outcome = dataclasses.replace(trial.outcome, value=change(trial.outcome.value))
        metrics = {name: list(map(change, column)) for name, column in trial.curves.metrics.items()}
        curves = dataclasses.replace(trial.curves, metrics=metrics)
        return dataclasses.replace(trial, outcome=outcome, curves=curves)

    return list(map(changed, trials))


# Selection.


def test_trials_are_ranked_by_value_then_by_number():
    trials = [trial(SGD, n, value) for n, value in enumerate([0.5, 0.25, 0.75, 0.25])]
    assert [t.id.number for t in ranked(trials, Direction.MINIMIZE)] == [1, 3, 0, 2]
    assert [t.id.number for t in ranked(trials, Direction.MAXIMIZE)] == [2, 0, 1, 3]


def test_only_feasible_trials_of_the_search_are_ranked():
    trials = [trial(SGD, 0, 0.5), diverged(SGD, 1), crashed(SGD, 2), rerun(0, 1, 0.25)]
    assert ranked(trials, Direction.MINIMIZE) == trials[:1]


@rule
@given(st.lists(objectives, max_size=40))
def test_the_better_part_is_a_quarter_but_three_where_there_are_three(values):
    best_first = ranked([trial(SGD, n, v) for n, v in enumerate(values)], Direction.MINIMIZE)
    part = better_part(best_first)
    assert list(part) == best_first[: len(part)]
    assert len(part) == min(len(values), max(3, math.ceil(len(values) / 4)))


# What must not change a judgement.


def advice(judgement):
    """What a judgement advises, without the numbers that have the metric's unit."""
    budget = judgement.epoch_budget
    return [
        (budget.advice, budget.suggested, budget.share_early, budget.share_late),
        *((f.kind, f.severity, f.study, f.hyperparameter, f.side) for f in judgement.findings),
        *(f.suggestion for f in judgement.findings),
    ]


@dear_rule
@given(some_trials(), st.randoms(use_true_random=False))
def test_the_order_of_trials_does_not_matter(trials, random):
    shuffled = list(trials)
    random.shuffle(shuffled)
    assert judge_round(MINIMIZE, shuffled) == judge_round(MINIMIZE, trials)


def mirrored(value):
    return None if value is None else -value


@dear_rule
@given(some_trials())
def test_maximizing_the_negative_is_minimizing(trials):
    one = judge_round(MINIMIZE, trials)
    other = judge_round(MAXIMIZE, with_values(trials, mirrored))
    assert advice(other) == advice(one)
    for a, b in zip(one.comparisons, other.comparisons, strict=True):
        assert b == dataclasses.replace(a, difference=mirrored(a.difference))
    for a, b in zip(one.studies, other.studies, strict=True):
        assert (b.feasible, b.infeasible, b.failed) == (a.feasible, a.infeasible, a.failed)
        assert getattr(b.best, "id", None) == getattr(a.best, "id", None)
        assert b.expected_best == {n: -value for n, value in a.expected_best.items()}
        assert b.study_sd == a.study_sd


@dear_rule
@given(some_trials(), st.integers(-10, 10))
def test_the_unit_of_the_metric_does_not_matter(trials, power):
    factor = 2.0**power
    one = judge_round(MINIMIZE, trials)
    other = judge_round(MINIMIZE, with_values(trials, lambda value: value * factor))
    assert advice(other) == advice(one)
    for a, b in zip(one.comparisons, other.comparisons, strict=True):
        assert b.verdict == a.verdict
        assert b.difference == (None if a.difference is None else a.difference * factor)
    for a, b in zip(one.studies, other.studies, strict=True):
        assert getattr(b.best, "id", None) == getattr(a.best, "id", None)
        assert b.study_sd == (None if a.study_sd is None else pytest.approx(a.study_sd * factor))


def printed(draw, epochs):
    """A column as programs print it: in steps of a hundredth, of some common shape."""
    shape = draw(st.sampled_from(["late", "early", "overfits", "flat", "repeats"]))
    start, noise = draw(st.integers(20, 60)), draw(st.sampled_from([0, 1, 4]))
    jitter = draw(st.lists(st.integers(-noise, noise), min_size=epochs, max_size=epochs))
    falls = {
        "late": [-e // 2 for e in range(epochs)],
        "early": [-10 * (e > 1) for e in range(epochs)],
        "overfits": [-3 * min(e, 4) + max(0, e - 6) for e in range(epochs)],
        "flat": [0] * epochs,
        "repeats": [3 * (e % 5 == 0) for e in range(epochs)],
    }[shape]
    return [(start + fall + odd) / 100 for fall, odd in zip(falls, jitter, strict=True)]


@st.composite
def printed_trials(draw, epochs=30):
    """Trials of one study each with curves of a validation error and a training loss."""
    found = []
    for study in (SGD, ADAM):
        for number in range(draw(st.integers(3, 6))):
            columns = {name: printed(draw, epochs) for name in ("val_error", "train_loss")}
            curves = Curves(list(range(1, epochs + 1)), columns)
            epoch, value = curves.best("val_error", Direction.MINIMIZE)
            one = trial(study, number, 0.0)
            outcome = Outcome(State.FEASIBLE, "", value, epoch)
            found.append(dataclasses.replace(one, outcome=outcome, curves=curves))
    return found


def words(judgement):
    """All that a judgement says, but for the numbers in its sentences."""
    numbers = re.compile(r"-?[0-9]+([.][0-9]+)?(e[-+]?[0-9]+)?%?")
    naming = naming_of(MINIMIZE)
    said = [numbers.sub("#", say(finding, naming).text) for finding in judgement.findings]
    said += [(c.kind, c.study) for one in judgement.comparisons for c in one.cautions]
    return said, [budget.advice for budget in judgement.epoch_budgets.values()]


@dear_rule
@given(printed_trials(), st.floats(1e-6, 1e6), st.randoms(use_true_random=False))
def test_what_is_said_depends_on_no_unit_direction_or_order(trials, factor, random):
    """Also where the new unit is no power of two, so that printed hundredths are not exact."""
    round_ = dataclasses.replace(MINIMIZE, epochs=30)
    negated = dataclasses.replace(MAXIMIZE, epochs=30)
    one = judge_round(round_, trials)

    def measured(change):
        changed = []
        for t in trials:
            column = list(map(change, t.curves.metrics["val_error"]))
            curves = Curves(t.curves.epochs, {**t.curves.metrics, "val_error": column})
            outcome = dataclasses.replace(t.outcome, value=change(t.outcome.value))
            changed.append(dataclasses.replace(t, outcome=outcome, curves=curves))
        random.shuffle(changed)
        return changed

    for other in (
        judge_round(round_, measured(lambda value: value * factor)),
        judge_round(negated, measured(lambda value: -value * factor)),
    ):
        assert words(other) == words(one)
        assert advice(other) == advice(one)


@dear_rule
@given(some_trials(), st.integers(-100, 100))
def test_a_constant_added_to_the_metric_moves_no_difference(trials, constant):
    one = judge_round(MINIMIZE, trials)
    other = judge_round(MINIMIZE, with_values(trials, lambda value: value + constant))
    assert other.comparisons == one.comparisons
    assert advice(other) == advice(one)


@dear_rule
@given(some_trials())
def test_the_order_of_studies_changes_nothing_but_the_order(trials):
    one = judge_round(MINIMIZE, trials)
    other = judge_round(dataclasses.replace(MINIMIZE, studies=(ADAM, SGD)), trials)
    assert other.comparisons == one.comparisons
    assert other.studies == one.studies[::-1]
    assert sorted(map(repr, advice(other))) == sorted(map(repr, advice(one)))


@dear_rule
@given(some_trials(), objectives)
def test_reruns_that_nobody_asked_for_are_no_trials_of_the_search(trials, value):
    extra = [rerun(of, number, value) for of in range(3) for number in (1, 2)]
    assert judge_round(MINIMIZE, trials + extra) == judge_round(MINIMIZE, trials)


@dear_rule
@given(some_trials(), some_trials())
def test_one_study_is_judged_by_its_own_trials(trials, others):
    def about(trials, study):
        judgement = judge_round(MINIMIZE, trials)
        (summary,) = [s for s in judgement.studies if s.study == study]
        # These are about a study beside the others, or beside the whole round.
        compared = (Kind.UNFAIR_COMPARISON, Kind.NOISY_TRAINING, Kind.EPOCH_BUDGET)
        own = [f for f in judgement.findings if f.study == study.key and f.kind not in compared]
        return summary, own

    mixed = [t for t in trials if t.id.study == SGD.key]
    mixed += [t for t in others if t.id.study == ADAM.key]
    assert about(mixed, SGD) == about(trials, SGD)
    assert about(mixed, ADAM) == about(others, ADAM)


# Summaries and comparisons.


def test_a_study_counts_how_its_trials_ended():
    trials = [trial(SGD, 0, 0.5), trial(SGD, 1, 0.25), diverged(SGD, 2), crashed(SGD, 3)]
    sgd, adam = judge_round(MINIMIZE, trials).studies
    assert (sgd.feasible, sgd.infeasible, sgd.failed, sgd.ended) == (2, 1, 1, 4)
    assert sgd.best == trials[1]
    assert (adam.ended, adam.best, adam.expected_best) == (0, None, {})


def compared(sgd, adam, round_=MINIMIZE):
    trials = [trial(SGD, n, value) for n, value in enumerate(sgd)]
    trials += [trial(ADAM, n, value) for n, value in enumerate(adam)]
    (comparison,) = judge_round(round_, trials).comparisons
    return comparison


@pytest.mark.parametrize(
    ("round_", "words"),
    [(MINIMIZE, "adam is ahead by 0.25"), (MAXIMIZE, "adam is behind by 0.5")],
)
def test_the_best_trials_are_compared_in_the_stated_direction(round_, words):
    comparison = compared([0.75, 1.0], [0.5, 0.5], round_)
    assert words in say_verdict(comparison, naming_of(round_)).what
    assert (comparison.study, comparison.baseline) == (ADAM.key, SGD.key)


@dear_rule
@given(st.lists(objectives, min_size=1, max_size=9), st.lists(objectives, min_size=1, max_size=9))
def test_one_training_of_each_never_decides(sgd, adam):
    comparison = compared(sgd, adam)
    assert comparison.verdict is Verdict.NEEDS_RERUNS
    assert comparison.difference == min(adam) - min(sgd)


@pytest.mark.parametrize(
    ("sgd", "adam", "missing"),
    [([], [0.5], [SGD.key]), ([0.5], [], [ADAM.key]), ([], [], [ADAM.key, SGD.key])],
)
def test_a_study_without_a_feasible_trial_is_compared_with_nothing(sgd, adam, missing):
    comparison = compared(sgd, adam)
    assert comparison.verdict is Verdict.NO_FEASIBLE_TRIAL
    assert comparison.difference is None
    assert comparison.ground is Ground.NO_FEASIBLE_TRIAL
    assert set(comparison.missing) == set(missing)


def test_a_round_that_only_tunes_compares_nothing():
    round_ = a_round(studies=(SGD,), baseline=None)
    assert judge_round(round_, [trial(SGD, 0, 0.5)]).comparisons == ()


def test_nothing_trained_is_nothing_found():
    judgement = judge_round(MINIMIZE, [])
    assert judgement.findings == ()
    assert judgement.epoch_budget.advice == "unknown"
    assert [c.verdict for c in judgement.comparisons] == [Verdict.NO_FEASIBLE_TRIAL]


@settings(deadline=None, max_examples=40)
@given(st.lists(objectives, min_size=1, max_size=4), st.integers(1, 4))
def test_the_expected_best_is_that_of_all_draws_there_are(values, count):
    bests = [min(draw) for draw in itertools.product(values, repeat=count)]
    drawn = best_of(sorted(values), count)
    assert drawn.mean == pytest.approx(statistics.fmean(bests))
    assert drawn.sd == pytest.approx(statistics.pstdev(bests), abs=1e-9)


@dear_rule
@given(some_trials())
def test_more_trials_are_never_expected_to_find_a_worse_best(trials):
    for summary in judge_round(MINIMIZE, trials).studies:
        expected = [summary.expected_best[count] for count in sorted(summary.expected_best)]
        assert all(b <= a + 1e-12 for a, b in itertools.pairwise(expected))
        if expected:
            assert max(summary.expected_best) == summary.feasible
            assert summary.best.outcome.value <= expected[-1]


# The epoch budget.


def budget_of(epochs, current=EPOCHS):
    """The advice where the best trials of one study peak at these epochs."""
    round_ = a_round(epochs=current, studies=(SGD,), baseline=None)
    trials = [trial(SGD, n, n / 4, epoch=e, epochs=current) for n, e in enumerate(epochs)]
    judgement = judge_round(round_, trials)
    return judgement.epoch_budget, [f for f in judgement.findings if f.kind is Kind.EPOCH_BUDGET]


def test_best_epochs_in_the_first_fifth_ask_for_fewer_epochs():
    budget, (finding,) = budget_of([2, 4, 3])
    assert budget.advice == "decrease"
    assert 4 <= budget.suggested < EPOCHS
    assert finding.suggestion == {"epochs": budget.suggested}
    assert finding.severity is Severity.NOTE


def test_best_epochs_in_the_last_fifth_ask_for_more_epochs():
    budget, (finding,) = budget_of([20, 19, 17])
    assert budget.advice == "increase"
    assert budget.suggested > EPOCHS
    assert finding.suggestion == {"epochs": budget.suggested}
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize("epochs", [[10, 11, 12], [2, 3, 12], [20, 10, 11], [4, 5, 4]])
def test_best_epochs_in_between_ask_for_nothing(epochs):
    budget, findings = budget_of(epochs)
    assert (budget.advice, budget.suggested, findings) == ("keep", None, [])


@pytest.mark.parametrize(("epochs", "current"), [([], 20), ([20, 20], 20), ([1, 1, 1], 3)])
def test_too_little_to_tell_is_said_to_be_so(epochs, current):
    budget, findings = budget_of(epochs, current)
    assert (budget.advice, budget.suggested, findings) == ("unknown", None, [])


def test_only_the_better_trials_have_a_say_on_epochs():
    # The best quarter of 16 peaks in the middle, all the others at the end.
    budget, _ = budget_of([10] * 4 + [20] * 12)
    assert budget.advice == "keep"
    assert budget_of([20] * 4 + [10] * 12)[0].advice == "increase"


@dear_rule
@given(st.data(), st.integers(5, 100))
def test_advice_on_epochs_is_always_another_number_in_its_own_direction(data, current):
    trials = data.draw(some_trials(current))
    budget = judge_round(a_round(epochs=current), trials).epoch_budget
    if budget.advice == "increase":
        assert budget.suggested > current
    elif budget.advice == "decrease":
        assert 1 <= budget.suggested < current
    else:
        assert budget.suggested is None


# Infeasible trials.


@pytest.mark.parametrize(
    ("bad", "severity"), [(1, Severity.NOTE), (7, Severity.NOTE), (8, Severity.WARNING)]
)
def test_infeasible_trials_are_counted_and_a_large_share_is_a_warning(bad, severity):
    trials = [diverged(SGD, n) if n < bad else trial(SGD, n, 0.5) for n in range(16)]
    (finding,) = [f for f in judge_round(MINIMIZE, trials).findings if f.kind is Kind.INFEASIBLE]
    assert (finding.study, finding.severity) == (SGD.key, severity)
    assert (finding.evidence.infeasible, finding.evidence.trials) == (bad, 16)
    assert finding.evidence.share == bad / 16


def test_of_the_reasons_for_infeasible_trials_the_most_frequent_comes_first():
    oom = diverged(SGD, 0, "out of memory", cause=Cause.OUT_OF_MEMORY)
    trials = [oom, diverged(SGD, 1), diverged(SGD, 2)]
    trials += [trial(SGD, number, 0.5) for number in range(3, 12)]
    (finding,) = [f for f in judge_round(MINIMIZE, trials).findings if f.kind is Kind.INFEASIBLE]
    assert finding.evidence.reasons == ((Cause.DIVERGED, 2), (Cause.OUT_OF_MEMORY, 1))


def test_without_infeasible_trials_there_is_nothing_to_say_of_them():
    trials = [trial(SGD, 0, 0.5), trial(SGD, 1, 0.5), crashed(SGD, 2)]
    assert all(f.kind is not Kind.INFEASIBLE for f in judge_round(MINIMIZE, trials).findings)


@pytest.mark.parametrize("ended", [diverged, crashed])
def test_a_study_in_which_nothing_was_usable_is_warned_of(ended):
    trials = [ended(SGD, number) for number in range(4)]
    (finding,) = [f for f in judge_round(MINIMIZE, trials).findings if f.kind is Kind.INFEASIBLE]
    assert (finding.study, finding.severity) == (SGD.key, Severity.WARNING)


# Boundaries.


def findings_on(h, values):
    """What is found on one hyperparameter that was trained at coordinates with these values."""
    study = Study("all", {}, (h,))
    trials = [
        diverged(study, number, **{h.name: h.at(unit)})
        if value is None
        else trial(study, number, value, **{h.name: h.at(unit)})
        for number, (unit, value) in enumerate(values)
    ]
    findings = judge_round(a_round(studies=(study,), baseline=None), trials).findings
    kinds = (Kind.BOUNDARY, Kind.WIDE_RANGE, Kind.INSTABILITY_EDGE, Kind.UNDERSAMPLED)
    return [finding for finding in findings if finding.kind in kinds]


def slope(best_at, count=16):
    """Coordinates and values that are the better the nearer to one coordinate."""
    units = [(number + 0.5) / count for number in range(count)]
    return [(unit, abs(unit - best_at)) for unit in units]


def edge_finding(h, best_at):
    """The finding on an edge of a hyperparameter whose trials get better towards a coordinate."""
    found = [f for f in findings_on(h, slope(best_at)) if f.kind is Kind.BOUNDARY and f.side]
    assert len(found) <= 1
    return found[0] if found else None


LEARNING_RATE = Range("learning_rate", 1e-4, 1e-1, Scale.LOG)


@pytest.mark.parametrize(("best_at", "side"), [(0, "low"), (1, "high")])
def test_the_best_trials_at_an_edge_ask_for_a_wider_range(best_at, side):
    finding = edge_finding(LEARNING_RATE, best_at)
    assert (finding.hyperparameter, finding.side) == ("learning_rate", side)
    assert finding.severity is Severity.WARNING
    assert 0 <= finding.evidence.margin < 0.1


def test_the_best_trials_in_the_middle_ask_for_no_wider_range():
    assert edge_finding(LEARNING_RATE, 0.5) is None


def test_a_range_may_be_narrowed_to_where_all_good_trials_are():
    (finding,) = findings_on(LEARNING_RATE, slope(0.5))
    assert finding.severity is Severity.NOTE
    low, high = finding.suggestion["low"], finding.suggestion["high"]
    assert LEARNING_RATE.low < low < LEARNING_RATE.at(0.5) < high < LEARNING_RATE.high


def test_too_few_trials_say_how_many_would_do():
    (finding,) = findings_on(LEARNING_RATE, slope(0, count=3))
    assert (finding.kind, finding.severity) == (Kind.UNDERSAMPLED, Severity.NOTE)
    assert finding.suggestion["trials"] > 3


def test_an_edge_of_what_is_feasible_asks_for_stability_not_for_a_wider_range():
    cliff = [(unit, -unit if unit < 0.7 else None) for unit, _ in slope(1, count=24)]
    found = findings_on(LEARNING_RATE, cliff)
    (finding,) = [f for f in found if f.kind is Kind.INSTABILITY_EDGE]
    assert not any(f.side for f in found if f.kind is Kind.BOUNDARY)
    assert finding.side == "high"
    assert 0.5 < finding.evidence.probability <= 1
    assert "warmup" in say(finding, naming_of(MINIMIZE)).fix
    assert finding.suggestion == {}


def test_a_choice_of_words_has_no_edge():
    h = Choice("activation", ("relu", "tanh", "gelu", "selu"))
    assert findings_on(h, slope(1)) == []


@pytest.mark.parametrize(
    ("best_at", "new"), [(1, "[64, 128, 256, 512, 1024]"), (0, "[32, 64, 128, 256, 512]")]
)
def test_a_series_of_numbers_goes_on(best_at, new):
    h = Choice("width", (64, 128, 256, 512))
    assert edge_finding(h, best_at).suggestion == {"choices": new}


@st.composite
def searched_ranges(draw):
    """Ranges as people write them."""
    scale = draw(st.sampled_from(Scale))
    if scale is Scale.LOG:
        low = draw(st.sampled_from([1e-8, 1e-5, 3e-4, 0.02, 1.0, 16.0]))
        return Range("x", low, low * draw(st.sampled_from([1.5, 4.0, 100.0, 1e4])), scale)
    if scale is Scale.REVERSE_LOG:
        low = draw(st.sampled_from([0.0, 0.5, 0.8, 0.9]))
        return Range("x", low, draw(st.sampled_from([0.93, 0.99, 0.999, 0.99999])), scale)
    low = draw(st.sampled_from([-10.0, 0.0, 0.1, 1.0, 128.0, 1000.0]))
    return Range("x", low, low + draw(st.sampled_from([0.01, 0.2, 1.0, 50.0, 3000.0])))


@st.composite
def searched_ints(draw):
    scale = draw(st.sampled_from([Scale.LINEAR, Scale.LOG]))
    low = draw(st.sampled_from([1, 2, 16, 100]))
    high = low + draw(st.sampled_from([1, 2, 7, 100]))
    return Range("x", float(low), float(high), scale, "int")


every_range = st.one_of(searched_ranges(), searched_ints())


@dear_rule
@given(every_range, st.sampled_from([0, 1]))
def test_a_suggested_range_holds_the_old_one_and_reaches_beyond_the_edge(h, best_at):
    finding = edge_finding(h, best_at)
    assume(finding is not None and finding.suggestion)
    low, high = finding.suggestion["low"], finding.suggestion["high"]
    if finding.side == "low":
        assert low < h.low
        assert high == h.high
    else:
        assert low == h.low
        assert high > h.high


SPEC = """\
goal: g
phase: exploration
command: train {{args}}
objective: {{metric: e, direction: minimize}}
epochs: 2
trials: 3
nuisance: {{x: {{low: {low!r}, high: {high!r}, scale: {scale}, type: {kind}}}}}
"""


@dear_rule
@given(every_range, st.sampled_from([0, 1]))
def test_a_suggested_range_can_be_pasted_into_the_next_spec(h, best_at):
    finding = edge_finding(h, best_at)
    assume(finding is not None and finding.suggestion)
    text = SPEC.format(**finding.suggestion, scale=h.scale, kind=h.kind)
    ((found,),) = [study.space for study in loads(text, "r", "r.yaml").round.studies]
    assert (found.low, found.high) == (finding.suggestion["low"], finding.suggestion["high"])


@pytest.mark.parametrize(
    ("h", "best_at"),
    [
        (Range("dropout", 0.1, 0.3), 1),
        (Range("learning_rate", 3e-5, 0.007, Scale.LOG), 0),
        (Range("width", 24.0, 700.0, Scale.LOG, "int"), 1),
        (Range("momentum", 0.8, 0.93, Scale.REVERSE_LOG), 0),
        (Range("momentum", 0.8, 0.93, Scale.REVERSE_LOG), 1),
    ],
)
def test_a_suggested_edge_is_short_enough_to_type(h, best_at):
    finding = edge_finding(h, best_at)
    assert len(repr(finding.suggestion[finding.side])) <= 8


@pytest.mark.parametrize(
    ("h", "best_at"),
    [
        (Range("dropout", 0.1, 0.6, limits=(0, 1)), 0),
        (Range("dropout", 0.1, 0.6, limits=(0, 1)), 1),
        (Range("dropout", 0.001, 0.5, Scale.LOG, limits=(0, 1)), 1),
        (Range("momentum", 0.2, 0.9, Scale.REVERSE_LOG, limits=(0, 1)), 0),
        (Range("heads", 2.0, 6.0, kind="int", limits=(1, 8)), 0),
        (Range("heads", 2.0, 6.0, kind="int", limits=(1, 8)), 1),
    ],
)
def test_advice_goes_up_to_the_limits_and_never_beyond(h, best_at):
    finding = edge_finding(h, best_at)
    low, high = finding.suggestion["low"], finding.suggestion["high"]
    assert h.limits[0] <= low
    assert high <= h.limits[1]
    assert (low < h.low) != (high > h.high)


@pytest.mark.parametrize(
    ("h", "best_at"),
    [
        (Range("dropout", 0.0, 0.6, limits=(0, 1)), 0),
        (Range("fraction", 0.5, 1.0, limits=(0, 1)), 1),
        (Range("layers", 1.0, 8.0, kind="int", limits=(1, None)), 0),
    ],
)
def test_at_its_limit_a_range_is_as_wide_as_can_be(h, best_at):
    assert edge_finding(h, best_at) is None


def test_warnings_come_before_notes():
    trials = [trial(SGD, n, n / 4, epoch=20) for n in range(12)]
    trials += [diverged(SGD, n) for n in range(12, 16)]
    severities = [f.severity for f in judge_round(MINIMIZE, trials).findings]
    assert set(severities) == set(Severity)
    assert severities == sorted(severities, key=[Severity.WARNING, Severity.NOTE].index)


@pytest.mark.parametrize("power", [-990, -600, 500, 900])
@pytest.mark.parametrize("spread", [0.0, 0.25])
def test_values_whose_squares_have_no_float_are_judged_like_any_other(power, spread):
    values = [1.0, 1.5, 2.0, 0.5, 1.25, 3.0, 0.75, 1.0, 2.5, 2.25, 1.75, 0.625]
    trials = [
        trial(study, n, v, epoch=EPOCHS) for study in (SGD, ADAM) for n, v in enumerate(values)
    ]
    for study, better in ((SGD, 0.0), (ADAM, 0.25)):
        for k in range(1, 6):
            again = trial(study, 3, 0.5 + k % 3 * spread - better, epoch=EPOCHS)
            trials.append(dataclasses.replace(again, id=TrialId(study.key, 3, k)))
    asked = [Reruns({SGD.key: (3,), ADAM.key: (3,)}, 5)]
    factor = 2.0**power
    one = judge_round(MINIMIZE, trials, asked)
    other = judge_round(MINIMIZE, with_values(trials, lambda value: value * factor), asked)
    assert advice(other) == advice(one)
    (a,), (b,) = one.comparisons, other.comparisons
    assert (b.verdict, b.seeds_needed) == (a.verdict, a.seeds_needed)
    assert b.difference == a.difference * factor
    for mine, theirs in zip(a.interval95 or (), b.interval95 or (), strict=True):
        assert theirs == pytest.approx(mine * factor)


def test_a_hyperparameter_that_had_one_value_in_all_trials_has_no_infeasible_side():
    trials = [
        trial(ADAM, n, 1.0, learning_rate=10**-n, activation="relu", layers=3) for n in (0, 1, 2)
    ]
    trials += [diverged(ADAM, n, learning_rate=0.9, activation="tanh", layers=3) for n in (3, 4, 5)]
    found = judge_round(MINIMIZE, trials).findings
    assert all(f.hyperparameter != "layers" for f in found if f.kind is Kind.INFEASIBLE)
