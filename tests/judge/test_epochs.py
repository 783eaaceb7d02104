"""Advice on the epoch budget: synthetic curves whose truth is known, and what must not change it."""

import dataclasses
import itertools
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
from tuneplay.judge.finding import Kind, Severity
from tuneplay.judge.measures.metric_names import direction_of, is_validation, training_loss
from tuneplay.judge.training.best_epochs import MetricsDisagree
from tuneplay.judge.training.epoch_budget import Advice, Because, epoch_budget, epoch_budgets
from tuneplay.judge.training.epochs import (
    FewerEpochs,
    MoreEpochs,
    ObjectiveNeverChanged,
    SettledEarly,
    check,
)
from tuneplay.judge.training.shape import level, noise_of
from tuneplay.words.epoch_advice import say_budget
from tuneplay.words.findings import say
from tuneplay.words.naming import Naming

MINIMIZE, MAXIMIZE = Direction.MINIMIZE, Direction.MAXIMIZE
rule = settings(deadline=None, max_examples=60)


def a_round(epochs, direction=MINIMIZE, **more):
    return Round(
        name="r",
        goal="Is it better?",
        phase=Phase.EXPLORATION,
        command=Command(("train", "{args}")),
        objective=Objective("val_error", direction, **more),
        epochs=epochs,
        trials=20,
        studies=(Study("all", {}),),
    )


def trial(number, column, *, first=1, spacing=1, direction=MINIMIZE, **others):
    """A feasible trial with this objective and these other metrics."""
    epochs = range(first, first + spacing * len(column), spacing)
    curves = Curves(list(epochs), {"val_error": column, **others})
    best = curves.best("val_error", direction)
    outcome = Outcome(State.FEASIBLE, "", best[1], best[0])
    return Trial(TrialId("all", number), number, {}, outcome, curves)


def curves_of(shape, epochs=50, *, trials=16, noise=0.0, seed=0):
    """One column a trial: a shape over (0, 1] with an own offset, and white noise."""
    rng = random.Random(seed)
    return [
        [shape((e + 1) / epochs) + 0.05 * n + rng.gauss(0, noise) for e in range(epochs)]
        for n in range(trials)
    ]


def case_of(round_, *studies, trial_sd=None, final_epochs=None):
    """The case of a round with these lists of trials, one a study: `0`, `1` ..."""
    keys = {str(number): Study(str(number), {}) for number in range(len(studies))}
    cases = {
        key: StudyCase(round=round_, study=study, trials=trials)
        for (key, study), trials in zip(keys.items(), studies, strict=True)
    }
    return RoundCase(round=round_, studies=cases, trial_sd=trial_sd, final_epochs=final_epochs)


def case_with(columns, epochs=50, trial_sd=None, objective=None, final_epochs=None, **more):
    trials = [trial(n, column, **more) for n, column in enumerate(columns)]
    round_ = a_round(epochs, **(objective or {}))
    return case_of(round_, trials, trial_sd=trial_sd, final_epochs=final_epochs)


def budget_of(*args, **more):
    return epoch_budget(case_with(*args, **more))


def findings_of(*args, **more):
    return list(check(case_with(*args, **more)))


def said(finding, epochs=50):
    return say(finding, NAMES[epochs]).text


NAMES = {epochs: Naming("val_error", epochs=epochs) for epochs in (20, 50, 100)}


def falling(x):
    return 3 - 2 * x


def settled(x):
    return math.exp(-12 * x)


def early_best(x):
    return abs(x - 0.1)


# What the advice is.


@pytest.mark.parametrize("noise", [0, 0.02, 0.1])
def test_curves_that_fall_to_the_end_ask_for_more_epochs(noise):
    budget = budget_of(curves_of(falling, noise=noise))
    assert budget.advice is Advice.INCREASE
    assert 1.25 * 50 <= budget.suggested <= 2 * 50
    assert budget.because is Because.STILL_IMPROVING
    (finding,) = findings_of(curves_of(falling, noise=noise))
    assert (finding.kind, finding.severity) == (Kind.EPOCH_BUDGET, Severity.WARNING)
    assert (finding.study, finding.suggestion) == (None, {"epochs": budget.suggested})
    assert isinstance(finding.evidence, MoreEpochs)
    assert (finding.evidence.late, finding.evidence.trials) == (budget.late, 4)
    assert finding.evidence.gain == budget.ends.gain
    assert said(finding) == say_budget(budget, NAMES[50]).text
    assert "best trials were still improving at the end (0." in said(finding)
    assert said(finding).endswith(f"Train {budget.suggested} epochs.")


def test_a_gain_that_shrinks_fast_asks_for_fewer_more_epochs_than_a_steady_one():
    steady = budget_of(curves_of(falling, noise=0.01))
    shrinking = budget_of(curves_of(lambda x: math.exp(-5 * x), noise=0.002))
    assert shrinking.advice is Advice.INCREASE
    assert shrinking.suggested < steady.suggested


def test_best_epochs_always_early_ask_for_a_number_that_contains_them():
    budget = budget_of(curves_of(early_best, noise=0.01))
    assert budget.advice is Advice.DECREASE
    assert max(budget.best_epochs) < budget.suggested < 50
    (finding,) = findings_of(curves_of(early_best, noise=0.01))
    assert (finding.severity, finding.study) == (Severity.NOTE, None)
    assert isinstance(finding.evidence, FewerEpochs)
    assert (finding.evidence.early, finding.evidence.trials) == (4, 4)
    assert finding.evidence.latest == max(budget.best_epochs)
    assert said(finding) == say_budget(budget, NAMES[50]).text


def test_a_study_that_needs_another_number_of_epochs_is_a_finding_of_its_own():
    """Also where the round is short on purpose, which makes a note of the round's own warning."""
    early = [trial(n, c) for n, c in enumerate(curves_of(early_best, noise=0.01))]
    late = [trial(n, c) for n, c in enumerate(curves_of(falling, noise=0.01))]
    for final_epochs in (None, 500):
        case = case_of(a_round(50), early, late, final_epochs=final_epochs)
        assert epoch_budget(case).advice is Advice.KEEP
        first, second = check(case)
        assert (first.study, first.severity) == ("0", Severity.NOTE)
        assert isinstance(first.evidence, FewerEpochs)
        assert (second.study, second.severity) == ("1", Severity.WARNING)
        assert isinstance(second.evidence, MoreEpochs)
        assert second.suggestion == {"epochs": epoch_budgets(case)["1"].suggested}
        assert "Train all studies for" in said(second)


def test_a_round_that_is_short_on_purpose_is_not_warned_about():
    (finding,) = findings_of(curves_of(falling), final_epochs=100)
    assert (finding.severity, finding.suggestion) == (Severity.NOTE, {"epochs": 100})
    (finding,) = findings_of(curves_of(falling), final_epochs=99)
    assert finding.severity is Severity.WARNING
    (finding,) = findings_of([[0.9] * 50] * 6, final_epochs=100)
    assert (type(finding.evidence), finding.severity) == (ObjectiveNeverChanged, Severity.NOTE)


def test_flat_noise_is_not_advice_however_late_its_best_epochs():
    """Draws of three trials that matter: by luck most of them are late in a tenth of the draws."""
    late, advised = 0, 0
    for seed in range(150):
        budget = budget_of(curves_of(settled, noise=0.05, trials=12, seed=seed))
        late += budget.share_late > 0.5
        advised += budget.advice is not Advice.KEEP
    assert late >= 8
    assert advised <= 6


def test_noise_free_curves_that_settled_long_ago_need_no_more_epochs():
    budget = budget_of(curves_of(lambda x: math.exp(-30 * x)))
    assert (budget.share_late, budget.advice) == (1, Advice.KEEP)


def test_a_gain_below_the_trial_variance_is_no_reason_for_more_epochs():
    columns = curves_of(falling, noise=0.02)
    assert budget_of(columns, trial_sd=0.3).advice is Advice.INCREASE
    assert budget_of(columns, trial_sd=0.5).advice is Advice.KEEP
    assert budget_of(columns, trial_sd=math.nan) == budget_of(columns)


def test_more_epochs_that_promise_less_than_is_worthwhile_are_not_advised():
    columns = curves_of(falling, noise=0.02)
    assert budget_of(columns, objective={"worthwhile": 1}).advice is Advice.INCREASE
    assert budget_of(columns, objective={"worthwhile": 3}).advice is Advice.KEEP


def test_curves_that_improve_again_are_not_cut():
    columns = curves_of(lambda x: 0.0 if x <= 0.1 else 1.2 - x)
    budget = budget_of(columns)
    assert (budget.share_early, budget.advice) == (1, Advice.KEEP)


def test_one_odd_epoch_changes_nothing():
    columns = curves_of(falling, noise=0.02)
    odd = [[9.0 if e == 44 else v for e, v in enumerate(column)] for column in columns]
    one, other = budget_of(columns), budget_of(odd)
    assert (one.advice, one.best_epochs) == (other.advice, other.best_epochs)
    assert abs(one.suggested - other.suggested) <= 10


# What is evidence.


def test_trials_that_ended_early_are_no_evidence():
    full = curves_of(settled, noise=0.05)
    short = [[value - 1 for value in column[:10]] for column in full]
    budget = budget_of(short)
    assert budget.advice is Advice.UNKNOWN
    assert (budget.because, budget.better, budget.trials) == (Because.OTHER_LENGTH, 4, 0)
    assert "All 4 best trials did not end at epoch 50." in say_budget(budget, NAMES[50]).text
    # They do not count among the others either.
    mixed = budget_of([*short[:1], *full])
    assert mixed.trials == 4
    assert mixed.shares.all_trials == 16


def test_trials_that_report_beyond_the_budget_are_no_evidence():
    assert budget_of(curves_of(falling), epochs=20).advice is Advice.UNKNOWN


@pytest.mark.parametrize(("first", "spacing"), [(0, 1), (1, 1), (5, 5), (0, 5)])
def test_epochs_may_count_from_0_and_be_reported_now_and_then(first, spacing):
    columns = curves_of(falling, 50 // spacing, noise=0.01)
    assert budget_of(columns, first=first, spacing=spacing).advice is Advice.INCREASE


def test_a_first_fifth_is_counted_alike_from_0_and_from_1():
    columns = [[1.0] * 9 + [0.0] + [1.0] * 40] * 3
    assert budget_of(columns, first=1).advice is Advice.DECREASE
    assert budget_of(columns, first=0).advice is Advice.DECREASE
    later = [[1.0] * 10 + [0.0] + [1.0] * 39] * 3
    assert budget_of(later, first=1).advice is Advice.KEEP
    assert budget_of(later, first=0).advice is Advice.KEEP


@pytest.mark.parametrize(
    ("trials", "epochs", "because", "words"),
    [
        (0, 50, Because.TOO_FEW, "No trial is feasible so far. 3 feasible trials are needed"),
        (1, 50, Because.TOO_FEW, "Only 1 trial is feasible so far."),
        (2, 50, Because.TOO_FEW, "Only 2 trials are feasible so far."),
        (16, 4, Because.TOO_SHORT, "With 4 epochs for each trial"),
    ],
)
def test_too_little_is_said_to_be_so(trials, epochs, because, words):
    budget = budget_of(curves_of(falling, epochs, trials=trials), epochs)
    assert (budget.advice, budget.suggested) == (Advice.UNKNOWN, None)
    assert (budget.because, budget.share_early, budget.share_late) == (because, None, None)
    assert say_budget(budget, NAMES[50]).text.startswith(words)
    assert findings_of(curves_of(falling, epochs, trials=trials), epochs) == []


def test_the_playbooks_own_shares_are_in_the_evidence():
    places = [5, 6, 38, 50]
    columns = [[1.0 - (e == best) for e in range(1, 51)] for best in places]
    shares = epoch_budget(case_of(a_round(50), *[[trial(0, c)] for c in columns])).shares
    assert (shares.share_first_tenth, shares.share_last_quarter) == (0.25, 0.5)


# Another validation metric.


def test_a_validation_metric_that_is_best_elsewhere_is_shown_next_to_the_objective():
    error, loss = curves_of(falling, noise=0.01), curves_of(early_best, noise=0.01)
    trials = [
        trial(n, e, val_loss=v, train_loss=v, val_speed=v)
        for n, (e, v) in enumerate(zip(error, loss, strict=True))
    ]
    more, note = check(case_of(a_round(50), trials))
    assert more.severity is Severity.WARNING
    assert (note.kind, note.severity, note.suggestion) == (Kind.EPOCH_BUDGET, Severity.NOTE, {})
    assert isinstance(note.evidence, MetricsDisagree)
    assert note.evidence.metric == "val_loss"
    assert note.evidence.objective_epoch > 25
    assert note.evidence.metric_epoch <= 10
    assert said(note).startswith("val_error is best at epoch ")
    assert ", val_loss at epoch " in said(note)


def test_metrics_that_agree_make_no_note():
    columns = curves_of(falling, noise=0.01)
    trials = [trial(n, c, val_loss=c, val_accuracy=[-v for v in c]) for n, c in enumerate(columns)]
    assert epoch_budget(case_of(a_round(50), trials)).disagreements == ()


@pytest.mark.parametrize(("place", "notes"), [(12, 0), (24, 0), (30, 1), (45, 1)])
def test_metrics_disagree_only_across_the_middle_of_training(place, notes):
    error = [float(e != 5) for e in range(1, 51)]
    loss = [float(e != place) for e in range(1, 51)]
    trials = [trial(n, error, val_loss=loss) for n in range(4)]
    assert len(epoch_budget(case_of(a_round(50), trials)).disagreements) == notes


@pytest.mark.parametrize(
    ("name", "validation", "direction"),
    [
        ("val_loss", True, MINIMIZE),
        ("eval/loss", True, MINIMIZE),
        ("validation_accuracy", True, MAXIMIZE),
        ("valid.f1", True, MAXIMIZE),
        ("Val-Perplexity", True, MINIMIZE),
        ("dev_acc5", True, MAXIMIZE),
        ("val_score_thing", True, None),
        ("interval_loss", False, MINIMIZE),
        ("val_accuracy_loss", True, None),
    ],
)
def test_names_of_metrics(name, validation, direction):
    assert (is_validation(name), direction_of(name)) == (validation, direction)


@pytest.mark.parametrize(
    ("names", "loss"),
    [
        (["val_loss", "train_loss", "loss"], "train_loss"),
        (["val_loss", "loss"], "loss"),
        (["train/loss", "eval/loss"], "train/loss"),
        (["val_loss", "test_loss", "train_error"], None),
        (["training_loss_smoothed", "training_loss"], "training_loss"),
    ],
)
def test_the_training_loss_is_known_by_its_name(names, loss):
    assert training_loss(names) == loss
    assert training_loss(names[::-1]) == loss


# The shape of a curve.


def test_noise_is_measured_despite_a_slope_and_an_odd_epoch():
    rng = random.Random(1)
    values = [3 * k + rng.gauss(0, 1) for k in range(400)]
    assert noise_of(values) == pytest.approx(1, rel=0.2)
    values[200] = 1e9
    assert noise_of(values) == pytest.approx(1, rel=0.2)
    assert noise_of([2.0 * k for k in range(9)]) == pytest.approx(0)
    assert noise_of([1.0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1]) > 0


def test_a_level_does_not_see_one_odd_epoch_of_three():
    assert level([1, 1e9, 1]) == 1
    assert level([1, 2]) == 1.5


# What must not change the advice.

values = st.integers(-64, 64).map(lambda n: n / 8)
gaps = st.one_of(values, values, values, values, st.sampled_from([None, math.nan, math.inf]))


@st.composite
def some_columns(draw):
    """Trials of one length with gaps, the shapes and levels of which differ widely."""
    length = draw(st.integers(5, 24))
    slope, count = draw(st.sampled_from([-1.0, 0.0, 1.0])), draw(st.integers(0, 12))
    found = []
    for _ in range(count):
        column = draw(st.lists(gaps, min_size=length, max_size=length))
        if any(v is not None and math.isfinite(v) for v in column):
            found.append([None if v is None else v + slope * e for e, v in enumerate(column)])
    return length, found


def advice(length, columns, direction=MINIMIZE, trial_sd=None):
    trials = [
        trial(n, c, direction=direction, val_loss=[None if v is None else v * v for v in c])
        for n, c in enumerate(columns)
    ]
    case = case_of(a_round(length, direction), trials[::2], trials[1::2], trial_sd=trial_sd)
    return epoch_budget(case), trials


def bare(budget):
    """All of the advice but what is in the metric's unit."""
    return dataclasses.replace(budget, ends=None, disagreements=())


@rule
@given(some_columns())
def test_negating_the_metric_and_its_direction_changes_nothing(case):
    length, columns = case
    negated = [[None if v is None else -v for v in column] for column in columns]
    assert advice(length, negated, MAXIMIZE)[0] == advice(length, columns)[0]


@rule
@given(some_columns(), st.sampled_from([2.0**k for k in (-20, -3, 1, 30)]))
def test_the_unit_of_the_metric_changes_nothing(case, factor):
    length, columns = case
    scaled = [[None if v is None else factor * v for v in column] for column in columns]
    one, other = (
        advice(length, columns, trial_sd=0.25),
        advice(length, scaled, trial_sd=0.25 * factor),
    )
    assert bare(other[0]) == bare(one[0])


@rule
@given(some_columns(), st.randoms(use_true_random=False))
def test_the_order_of_trials_and_studies_changes_nothing(case, rng):
    length, columns = case
    budget, trials = advice(length, columns)
    mixed = rng.sample(trials, len(trials))
    halves = [[t for t in mixed if t.id.number % 2 == k] for k in (1, 0)]
    other = epoch_budget(case_of(a_round(length), *halves))
    assert sorted(other.best_epochs) == sorted(budget.best_epochs)
    assert dataclasses.replace(other, best_epochs=budget.best_epochs) == budget


@rule
@given(some_columns())
def test_advice_is_a_number_in_its_own_direction(case):
    length, columns = case
    budget, _ = advice(length, columns)
    if budget.advice is Advice.INCREASE:
        assert length < budget.suggested <= 2.2 * length + 1
    elif budget.advice is Advice.DECREASE:
        assert max(budget.best_epochs) <= budget.suggested < length
    else:
        assert budget.suggested is None


def test_reruns_have_no_say():
    columns = curves_of(settled, noise=0.05)
    trials = [trial(n, c) for n, c in enumerate(columns)]
    reruns = [
        dataclasses.replace(t, id=TrialId("all", t.id.number, 1))
        for t in itertools.starmap(trial, enumerate(curves_of(lambda x: -falling(x))))
    ]
    alone = epoch_budget(case_of(a_round(50), trials))
    assert epoch_budget(case_of(a_round(50), trials + reruns)) == alone


# Settled long before the end.


@pytest.mark.parametrize("seed", range(5))
def test_curves_that_settled_long_ago_are_said_to_be_so_however_late_their_best_epochs(seed):
    columns = curves_of(lambda x: math.exp(-25 * x), noise=0.02, trials=40, seed=seed)
    budget = budget_of(columns)
    assert budget.advice is Advice.KEEP
    assert budget.settled_share <= 0.5
    (note,) = findings_of(columns)
    assert (note.kind, note.severity, note.suggestion) == (Kind.EPOCH_BUDGET, Severity.NOTE, {})
    assert isinstance(note.evidence, SettledEarly)
    assert note.evidence.settled_epoch == round(50 * budget.settled_share) <= 25
    assert f"nothing beyond noise after epoch {note.evidence.settled_epoch} of 50" in said(note)


@pytest.mark.parametrize("shape", [falling, lambda x: math.exp(-5 * x), lambda x: float(x < 0.7)])
def test_curves_that_gain_in_the_second_half_have_not_settled(shape):
    budget = budget_of(curves_of(shape, noise=0.01))
    assert budget.settled_share is None


@pytest.mark.parametrize("place", [0.68, 0.72, 0.76])
def test_a_step_that_has_settled_is_no_reason_for_more_epochs(place):
    """As of the learning rate: the last fifth gained much over the one before."""
    budget = budget_of(curves_of(lambda x: 1.0 if x < place else 0.5, 100, noise=0.01), 100)
    assert budget.ends.gain > budget.ends.least
    assert budget.advice is Advice.KEEP


def test_progress_that_goes_on_after_a_step_does_ask_for_more_epochs():
    columns = curves_of(lambda x: (1.0 if x < 0.7 else 0.5) - x, 100, noise=0.01)
    assert budget_of(columns, 100).advice is Advice.INCREASE


def test_one_trial_of_many_may_be_best_later():
    columns = [[float(e != (30 if n == 7 else 5)) for e in range(50)] for n in range(40)]
    budget = budget_of(columns)
    assert (budget.trials, budget.advice) == (10, Advice.DECREASE)
    assert budget.suggested == 31
    three = budget_of([*columns[7:8], *columns[:2]])
    assert three.advice is Advice.KEEP


def test_a_slow_wander_is_seldom_taken_for_progress():
    advised = 0
    for seed in range(100):
        rng = random.Random(seed)
        columns, at = [], 0.0
        for _ in range(10):
            column = []
            for e in range(50):
                at = 0.9 * at + rng.gauss(0, 0.0436)
                column.append(math.exp(-25 * e / 50) + rng.gauss(0, 0.05) + at)
            columns.append(column)
        advised += budget_of(columns).advice is Advice.INCREASE
    assert advised <= 8


def test_curves_that_never_change_are_no_reason_for_fewer_epochs():
    trials = [trial(k, [0.9] * 50) for k in range(6)]
    budget = epoch_budget(case_of(a_round(50), trials))
    assert (budget.advice, budget.because) == (Advice.UNKNOWN, Because.NEVER_CHANGED)
    assert budget.suggested is None
    (finding,) = check(case_of(a_round(50), trials))
    assert finding.severity is Severity.WARNING
    assert finding.evidence == ObjectiveNeverChanged(trials=3)
    assert finding.evidence.known() == {"constant": 1, "trials": 3}
    assert said(finding).startswith("val_error never changed during training.")


# How the reasons are said.


@pytest.mark.parametrize(
    ("columns", "more", "because", "words"),
    [
        (
            curves_of(falling),
            {"objective": {"worthwhile": 9}},
            Because.NOT_WORTHWHILE,
            "More epochs promise 2, which is less than is worthwhile.",
        ),
        (
            curves_of(falling),
            {"trial_sd": 9.0},
            Because.WITHIN_NOISE,
            "That fifth gained 0.4, which is within noise and trial variance (9).",
        ),
        (
            curves_of(lambda x: 0.0 if x <= 0.1 else 1.2 - x),
            {},
            Because.IMPROVES_AGAIN,
            "All 4 best trials were at their best early, but improved again later.",
        ),
        (
            curves_of(lambda x: abs(x - 0.5)),
            {},
            Because.SPREAD_OUT,
            "Best epochs of the 4 best trials: 0 in the first fifth of training, 0 in the last fifth, 4 between them.",
        ),
    ],
)
def test_why_the_epochs_are_kept(columns, more, because, words):
    budget = budget_of(columns, **more)
    assert (budget.advice, budget.because) == (Advice.KEEP, because)
    message = say_budget(budget, NAMES[50])
    assert message.what.endswith(words)
    assert message.fix == "Keep 50 epochs."


def test_a_last_fifth_that_stalled_or_helped_few_trials_is_said_to_have():
    budget = budget_of(curves_of(falling), trial_sd=9.0)
    stalled = dataclasses.replace(budget, because=Because.STALLED)
    assert "That fifth gained nothing more towards its end." in say_budget(stalled, NAMES[50]).text
    ends = dataclasses.replace(budget.ends, agreeing=0.5)
    few = dataclasses.replace(budget, because=Because.FEW_AGREE, ends=ends)
    assert "Only 50 % of the trials did better in that fifth" in say_budget(few, NAMES[50]).text


def test_the_budget_is_measured_once_for_all_who_ask():
    case = case_with(curves_of(falling))
    list(check(case))
    assert case.once(epoch_budget) is case.once(epoch_budget)
    assert case.once(epoch_budget).advice is Advice.INCREASE
