"""What curves show: synthetic curves whose truth is known, and what must not change it."""

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
from tuneplay.judge.case import StudyCase
from tuneplay.judge.finding import Kind, Severity
from tuneplay.judge.training import noisy_training, periodicity, rising_loss
from tuneplay.judge.training import overfitting as overfits
from tuneplay.judge.training.noisy_training import NoiseAboveDifference
from tuneplay.judge.training.overfitting import (
    BestTrialOverfits,
    BestTrialWorsens,
    OthersOverfit,
)
from tuneplay.judge.training.periodicity import period_of
from tuneplay.judge.training.shape import late_noise
from tuneplay.words.findings import say
from tuneplay.words.naming import Naming

MINIMIZE, MAXIMIZE = Direction.MINIMIZE, Direction.MAXIMIZE
STUDY = Study("optimizer=adam", {"optimizer": "adam"})
NAMES = Naming("val_error", epochs=50)
rule = settings(deadline=None, max_examples=60)


def a_round(direction=MINIMIZE):
    return Round(
        name="r",
        goal="Is it better?",
        phase=Phase.EXPLORATION,
        command=Command(("train", "{args}")),
        objective=Objective("val_error", direction),
        epochs=50,
        trials=20,
        studies=(STUDY,),
    )


def trial(number, column, loss=None, *, direction=MINIMIZE, **others):
    metrics = {"val_error": column, **({} if loss is None else {"train_loss": loss}), **others}
    curves = Curves(list(range(1, len(column) + 1)), metrics)
    best = curves.best("val_error", direction)
    state = State.FEASIBLE if best else State.FAILED
    outcome = Outcome(state, "", *((best[1], best[0]) if best else (None, None)))
    return Trial(TrialId(STUDY.key, number), number, {}, outcome, curves)


def curve(shape, *, noise=0.0, seed=0, epochs=50, level=0.0):
    rng = random.Random(seed)
    return [level + shape((e + 1) / epochs) + rng.gauss(0, noise) for e in range(epochs)]


def healthy(x):
    return math.exp(-4 * x)


def overfitting(x):
    """Best at two fifths, then worse by a third of what was gained."""
    return math.exp(-8 * x) + max(0.0, x - 0.4) / 2


def study_of(shapes, *, noise=0.01, loss=healthy, **more):
    """One trial a shape; the first is the best, for each next one is worse throughout."""
    return [
        trial(n, curve(s, noise=noise, seed=n, level=2 * n), loss and curve(loss), **more)
        for n, s in enumerate(shapes)
    ]


def curve_findings(trials, difference=None, direction=MINIMIZE):
    round_ = a_round(direction)
    case = StudyCase(round=round_, study=STUDY, trials=trials, difference=difference)
    checks = (
        overfits.check,
        noisy_training.check,
        rising_loss.check,
        periodicity.check,
    )
    return [finding for check in checks for finding in check(case)]


def findings(trials, kind, difference=None, direction=MINIMIZE):
    found = curve_findings(trials, difference, direction)
    return [f for f in found if f.kind is kind]


# Overfitting.


def test_overfitting_of_the_best_trial_is_a_warning():
    (finding,) = findings(study_of([overfitting] + [healthy] * 9), Kind.OVERFITTING)
    assert (finding.severity, finding.study) == (Severity.WARNING, STUDY.key)
    assert isinstance(finding.evidence, BestTrialOverfits)
    assert 10 <= finding.evidence.best_epoch <= 25
    assert finding.evidence.rise == pytest.approx(0.25, abs=0.06)
    assert (finding.evidence.overfitting, finding.evidence.feasible) == (1, 10)
    assert finding.evidence.loss == "train_loss"
    assert say(finding, NAMES).text.startswith(
        "The best trial overfits: val_error ends worse by 0.2"
    )


def test_overfitting_of_others_alone_is_a_note():
    (finding,) = findings(study_of([healthy] * 6 + [overfitting] * 4), Kind.OVERFITTING)
    assert finding.severity is Severity.NOTE
    assert finding.evidence == OthersOverfit(overfitting=4, feasible=10)
    assert say(finding, NAMES).what.startswith("4 of 10 feasible trials overfit, but not the best")


def test_one_other_trial_that_overfits_is_no_pattern():
    assert findings(study_of([healthy] * 6 + [overfitting]), Kind.OVERFITTING) == []


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.2])
def test_healthy_and_flat_curves_do_not_overfit(noise):
    for shape in (healthy, lambda x: math.exp(-30 * x), lambda _: 0.0):
        assert findings(study_of([shape] * 20, noise=noise), Kind.OVERFITTING) == []


def test_an_objective_that_worsens_with_the_training_loss_is_not_overfitting():
    assert findings(study_of([overfitting] * 5, loss=overfitting), Kind.OVERFITTING) == []


def test_without_a_training_loss_it_is_only_a_note():
    (finding,) = findings(study_of([overfitting] * 5, loss=None), Kind.OVERFITTING)
    assert finding.severity is Severity.NOTE
    assert type(finding.evidence) is BestTrialWorsens
    assert "This is overfitting or instability." in say(finding, NAMES).what


def test_one_odd_epoch_is_no_overfitting_and_hides_none():
    odd = {44: 5.0, 20: -5.0}
    for shape, expected in ((healthy, 0), (overfitting, 1)):
        for epoch, value in odd.items():
            trials = [
                trial(
                    n,
                    [
                        value if e == epoch else v
                        for e, v in enumerate(t.curves.column("val_error"))
                    ],
                    t.curves.column("train_loss"),
                )
                for n, t in enumerate(study_of([shape] * 5))
            ]
            assert len(findings(trials, Kind.OVERFITTING)) == expected


# Late noise.


@pytest.mark.parametrize(
    ("noise", "difference", "severity"),
    [
        (0.03, 0.01, Severity.WARNING),
        (0.03, -0.01, Severity.WARNING),
        (0.03, 0.1, None),
        (0.03, None, None),
        (0.03, 0.0, None),
        (0.03, math.nan, None),
        (0.5, None, Severity.NOTE),
        (0.5, 10.0, Severity.NOTE),
    ],
)
def test_late_noise_is_compared_with_the_difference_or_the_improvement(noise, difference, severity):
    found = findings(study_of([healthy] * 8, noise=noise), Kind.NOISY_TRAINING, difference)
    assert [f.severity for f in found] == ([] if severity is None else [severity])
    for finding in found:
        assert finding.evidence.noise == pytest.approx(noise, rel=0.5)
        above = isinstance(finding.evidence, NoiseAboveDifference)
        assert above is (severity is Severity.WARNING)
        assert ("the difference between the studies" in say(finding, NAMES).what) is above


def test_a_steep_but_steady_curve_is_not_noisy():
    assert findings(study_of([lambda x: -9 * x] * 8, noise=0), Kind.NOISY_TRAINING, 1e-6) == []


# The training loss.


@pytest.mark.parametrize(
    ("loss", "rises"),
    [
        (lambda x: x, True),
        (lambda x: math.exp(-8 * x) + max(0.0, x - 0.4), True),
        (healthy, False),
        (lambda _: 1.0, False),
        (lambda x: math.exp(-8 * x) + max(0.0, x - 0.4) / 8, False),
    ],
)
def test_a_training_loss_that_rises_is_a_warning(loss, rises):
    found = findings(study_of([healthy] * 8, loss=loss), Kind.RISING_TRAINING_LOSS)
    assert [f.severity for f in found] == [Severity.WARNING] * rises
    for finding in found:
        assert (finding.evidence.loss, finding.evidence.trials) == ("train_loss", 3)
        assert say(finding, NAMES).what.startswith("In all 3 best trials train_loss rises")


def test_a_training_loss_that_rises_in_a_minority_is_left_alone():
    trials = [
        trial(n, curve(healthy, level=n), curve((lambda x: x) if n == 1 else healthy))
        for n in range(8)
    ]
    assert findings(trials, Kind.RISING_TRAINING_LOSS) == []


# Periods.


@pytest.mark.parametrize("period", [3, 4, 5, 7, 10])
@pytest.mark.parametrize("wave", ["sine", "spike"])
def test_a_period_is_found_despite_noise_and_a_trend(period, wave):
    def bump(e):
        return math.sin(2 * math.pi * e / period) if wave == "sine" else 2.0 * (e % period == 0)

    trials = []
    for n in range(8):
        column = curve(lambda x: 4 * math.exp(-3 * x), noise=0.15, seed=n, epochs=80, level=n)
        trials.append(trial(n, [v + bump(e) for e, v in enumerate(column)]))
    (finding,) = periodicity.check(StudyCase(round=a_round(), study=STUDY, trials=trials))
    assert finding.kind is Kind.NOISY_TRAINING
    assert (finding.evidence.metric, finding.evidence.period) == ("val_error", period)
    assert f"The values of val_error repeat every {period} epochs" in say(finding, NAMES).what


def test_noise_trends_and_smooth_waves_have_no_period():
    found = 0
    for seed in range(150):
        noise = curve(lambda x: math.exp(-9 * x), noise=0.3, seed=seed, epochs=20 + seed % 60)
        found += period_of(range(len(noise)), noise) is not None
    assert found <= 3
    for shape in (healthy, lambda x: x * x, lambda x: (x - 0.4) ** 3, lambda _: 1.0):
        for epochs in (20, 50, 300):
            assert period_of(range(epochs), curve(shape, epochs=epochs)) is None


@pytest.mark.parametrize("unit", [1, 0.0277, 3.3e-5, 7e5])
@pytest.mark.parametrize("digits", [2, 3])
def test_the_rounding_of_what_a_program_prints_is_neither_noise_nor_a_period(digits, unit):
    for slope in (0.001, 0.0013, 0.0025, 0.004, 0.01, 0.03):
        ramp = [round(0.5 + slope * e, digits) * unit for e in range(60)]
        assert period_of(range(60), ramp) is None
    settled = [round(0.4 + 0.01 * (e < 20), digits) * unit for e in range(60)]
    assert late_noise(settled) == 0
    stairs = [round(0.4 - 0.01 * (e // 6), 2) * unit for e in range(60)]
    assert late_noise(stairs) == pytest.approx(unit * late_noise([v / unit for v in stairs]))


def test_a_period_is_found_despite_odd_epochs_and_a_step():
    wave = [math.sin(2 * math.pi * e / 5) for e in range(80)]
    assert period_of(range(80), [v + 6 * (e in {20, 61}) for e, v in enumerate(wave)]) == 5
    assert period_of(range(80), [v + 60 * (e < 30) for e, v in enumerate(wave)]) == 5


def test_a_slow_wander_is_seldom_overfitting():
    found = 0
    for seed in range(40):
        rng, trials = random.Random(seed), []
        for n in range(10):
            at, column = 0.0, []
            for e in range(60):
                at = 0.9 * at + rng.gauss(0, 0.0218)
                column.append(math.exp(-e / 5) + rng.gauss(0, 0.05) + at + 2 * n)
            trials.append(trial(n, column, curve(healthy, epochs=60)))
        found += bool(findings(trials, Kind.OVERFITTING))
    assert found <= 4


def test_a_period_is_counted_in_epochs_of_the_program():
    wave = [float(k % 4 == 0) for k in range(60)]
    assert period_of(range(10, 610, 10), wave) == 40
    assert period_of([*range(59), 99], wave) is None
    assert period_of(range(19), wave[:19]) is None


# What must not change a finding.

values = st.integers(-64, 64).map(lambda n: n / 8)
gaps = st.one_of(values, values, values, values, st.sampled_from([None, math.nan, math.inf]))
slopes = st.sampled_from([-1.0, 0.0, 0.5])


@st.composite
def some_curves(draw):
    """Objective and training loss of some trials, with gaps."""
    found = []
    for _ in range(draw(st.integers(0, 6))):
        length, slope, turn = draw(st.integers(1, 30)), draw(slopes), draw(slopes)
        column = draw(st.lists(gaps, min_size=length, max_size=length))
        loss = draw(st.lists(gaps, min_size=length, max_size=length))
        column = [None if v is None else v + slope * e for e, v in enumerate(column)]
        found.append((column, [None if v is None else v + turn * e for e, v in enumerate(loss)]))
    return found


def all_findings(cases, direction=MINIMIZE, difference=None):
    trials = [trial(n, c, loss, direction=direction) for n, (c, loss) in enumerate(cases)]
    return curve_findings(trials, difference, direction), trials


def scaled(column, factor):
    return [None if v is None else factor * v for v in column]


@rule
@given(some_curves())
def test_negating_the_metric_and_its_direction_changes_nothing(cases):
    negated = [(scaled(column, -1), loss) for column, loss in cases]
    one, other = all_findings(cases, difference=1), all_findings(negated, MAXIMIZE, difference=1)
    assert one[0] == other[0]


@rule
@given(some_curves(), st.sampled_from([2.0**k for k in (-20, -3, 1, 30)]))
def test_the_units_of_the_metrics_change_nothing(cases, factor):
    other, _ = all_findings(
        [(scaled(column, factor), scaled(loss, 8)) for column, loss in cases], difference=factor
    )
    one, _ = all_findings(cases, difference=1)
    assert [(f.kind, f.severity) for f in other] == [(f.kind, f.severity) for f in one]


@rule
@given(some_curves(), st.randoms(use_true_random=False))
def test_the_order_of_trials_changes_nothing(cases, rng):
    found, trials = all_findings(cases)
    assert curve_findings(rng.sample(trials, len(trials))) == found


def test_reruns_and_infeasible_trials_are_left_out():
    good, bad = study_of([healthy] * 8), study_of([overfitting] * 8)
    reruns = [dataclasses.replace(t, id=TrialId(STUDY.key, t.id.number, 1)) for t in bad]
    infeasible = [
        dataclasses.replace(t, outcome=dataclasses.replace(t.outcome, state=State.INFEASIBLE))
        for t in bad
    ]
    assert curve_findings(good + reruns + infeasible) == []
    assert curve_findings(infeasible) == []
