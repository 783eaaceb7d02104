"""Findings with known truth: infeasible regions, sampling, fairness, effects, isolation."""

import math
import random

import pytest

from tuneplay.domain.curves import Curves
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.fairness import feasible_counts, fixed_values, one_sided, sampling
from tuneplay.judge.fairness.isolation import buckets, isolation
from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.judgement import judge_round
from tuneplay.judge.space import boundary, infeasible, interaction, no_effect
from tuneplay.search.plan import hyperparameters, planned_units, values_at
from tuneplay.spec.load import loads

SPEC = """\
goal: Is b better than a?
phase: exploration
command: train {{args}} {{epochs}} {{seed}}
objective: {{metric: val_error, direction: {direction}}}
epochs: 10
trials: {trials}
baseline: {{arm: a}}
scientific: {{arm: [a, b]}}
nuisance:
  learning_rate: {{low: 1e-4, high: 1, scale: log}}
  momentum: {{low: 0.5, high: 0.99, scale: reverse_log}}
{more}"""


def a_round(trials=30, direction="minimize", more=""):
    return loads(SPEC.format(trials=trials, direction=direction, more=more), "r", "r").round


def trained(round_, value):
    """Trials of the plan, each with a value, NaN for an infeasible and None for a failed one."""
    made = []
    for study in round_.studies:
        for number in range(round_.trials):
            sampled = values_at(study, planned_units(round_, study, number))
            values = hyperparameters(study, sampled)
            result = value(values)
            if result is None:
                outcome = Outcome(State.FAILED, "exit code 1")
            elif math.isnan(result):
                outcome = Outcome(State.INFEASIBLE, "diverged: train_loss")
            else:
                outcome = Outcome(State.FEASIBLE, "", result, 5)
            curves = Curves([5], {"val_error": [result]})
            made.append(Trial(TrialId(study.key, number), number, values, outcome, curves))
    return made


def by_study(trials, shuffle=None):
    trials = list(trials)
    if shuffle is not None:
        random.Random(shuffle).shuffle(trials)
    found = {}
    for trial in trials:
        found.setdefault(trial.id.study, []).append(trial)
    return found


def study_case(round_, study, trials):
    return StudyCase(round=round_, study=study, trials=by_study(trials)[study.key])


def round_case(round_, trials):
    studies = {study.key: study_case(round_, study, trials) for study in round_.studies}
    return RoundCase(round=round_, studies=studies)


def rate(values):
    return math.log10(values["learning_rate"])


def test_the_half_line_that_diverges_is_found_with_a_range_that_avoids_it():
    round_ = a_round()
    trials = trained(round_, lambda v: math.nan if rate(v) > -1 else abs(rate(v) + 2))
    study = round_.studies[0]
    (finding,) = infeasible.check(study_case(round_, study, trials))
    assert (finding.hyperparameter, finding.side) == ("learning_rate", "high")
    assert 0.05 <= finding.suggestion["high"] <= 0.2
    assert finding.evidence.infeasible == sum(not t.feasible for t in trials) / 2


def test_scattered_divergence_points_nowhere():
    round_ = a_round(40)
    rng = random.Random(1)
    trials = trained(round_, lambda _: math.nan if rng.random() < 0.3 else rng.random())
    for study in round_.studies:
        (finding,) = infeasible.check(study_case(round_, study, trials))
        assert finding.hyperparameter is None
        assert finding.suggestion == {}
        assert finding.severity is Severity.NOTE


@pytest.mark.parametrize(("value", "count"), [(math.nan, (10, 0)), (None, (0, 10))])
def test_a_study_without_any_usable_trial_is_its_own_clear_warning(value, count):
    round_ = a_round(10)
    study = round_.studies[0]
    trials = trained(round_, lambda _: value)
    (finding,) = infeasible.check(study_case(round_, study, trials))
    assert finding.severity is Severity.WARNING
    assert (finding.evidence.infeasible, finding.evidence.failed) == count


def test_studies_that_are_far_apart_are_settled_and_close_ones_are_not():
    far, close = a_round(), a_round()
    bowl = lambda v: (rate(v) + 2) ** 2  # noqa: E731 - two lines that read as one
    apart = trained(far, lambda v: bowl(v) + (10 if v["arm"] == "b" else 0))
    rng = random.Random(2)
    level = trained(close, lambda v: bowl(v) + rng.gauss(0, 0.5))
    assert list(sampling.check(round_case(far, apart))) == []
    (finding,) = sampling.check(round_case(close, level))
    assert finding.kind is Kind.UNDERSAMPLED


def test_an_edge_in_one_study_only_is_unfair():
    round_ = a_round()
    case = round_case(round_, trained(round_, lambda v: (rate(v) + 2) ** 2))
    edge = Finding(
        kind=Kind.BOUNDARY, severity=Severity.WARNING, study="arm=b",
        hyperparameter="learning_rate", side="high",
        evidence=boundary.BeyondRange(
            probability=1.0, margin=0.0, enrichment=2.0, end=1.0, far_end=1e-4
        ),
    )  # fmt: skip
    found = one_sided.review(case, [edge])
    assert [f.study for f in found if f.kind is Kind.UNFAIR_COMPARISON] == ["arm=b"]
    assert list(one_sided.review(case, [])) == []


def test_many_fewer_feasible_trials_in_one_study_are_unfair():
    round_ = a_round()
    trials = trained(
        round_, lambda v: math.nan if v["arm"] == "b" and rate(v) > -2.5 else rate(v) ** 2
    )
    (finding,) = feasible_counts.check(round_case(round_, trials))
    assert (finding.kind, finding.study) == (Kind.UNFAIR_COMPARISON, "arm=b")


def test_fixed_optimizer_hyperparameters_are_a_caveat_and_others_are_none():
    round_ = a_round(5, more="fixed: {beta2: 0.999, batch_size: 64}\n")
    (caveat,) = fixed_values.check(round_case(round_, trained(round_, lambda v: rate(v) ** 2)))
    assert caveat.kind is Kind.FIXED_CAVEAT
    assert list(caveat.evidence.fixed) == ["beta2"]


def test_a_hyperparameter_without_effect_is_named_and_one_with_effect_never():
    round_ = a_round(100)
    rng = random.Random(3)
    trials = trained(round_, lambda v: (rate(v) + 2) ** 2 + rng.gauss(0, 0.05))
    for study in round_.studies:
        found = list(no_effect.check(study_case(round_, study, trials)))
        assert [f.hyperparameter for f in found] == ["momentum"]
        assert found[0].kind is Kind.NO_EFFECT


def test_with_few_trials_nothing_is_said_to_be_without_effect():
    round_ = a_round(10)
    study = round_.studies[0]
    case = study_case(round_, study, trained(round_, lambda v: (rate(v) + 2) ** 2))
    assert [*no_effect.check(case), *interaction.check(case)] == []


def test_isolation_is_the_best_over_nuisance_with_its_spread():
    round_ = a_round()
    trials = trained(round_, lambda v: (rate(v) + 2) ** 2 + (v["arm"] == "b"))
    first, second = isolation(round_, by_study(trials))
    assert (first.study, second.study) == ("arm=a", "arm=b")
    assert first.value == min(t.outcome.value for t in trials if t.id.study == "arm=a")
    assert second.value == pytest.approx(first.value + 1)
    assert first.spread > 0


def test_buckets_of_a_range_hold_the_best_of_their_slice():
    round_ = a_round()
    study = round_.studies[0]
    trials = by_study(trained(round_, lambda v: abs(rate(v) + 2)))[study.key]
    slices = buckets(study.space[0], trials, round_.objective.direction, 4)
    assert len(slices) == 4
    assert min(slices, key=lambda s: math.inf if s.value is None else s.value) in slices[1:3]


@pytest.mark.parametrize("seed", range(3))
def test_findings_do_not_depend_on_direction_scale_or_order(seed):
    rng = random.Random(seed)
    noise = {}

    def value(v):
        key = (v["arm"], v["learning_rate"])
        noise.setdefault(key, rng.gauss(0, 0.1))
        return math.nan if rate(v) > -0.5 else (rate(v) + 2) ** 2 + noise[key]

    low = a_round()
    high = a_round(direction="maximize")
    plain = judge_round(low, trained(low, value)).findings
    flipped = judge_round(high, trained(high, lambda v: -1000 * value(v))).findings
    facts = lambda findings: [  # noqa: E731 - a short word for what is compared
        (f.kind, f.severity, f.study, f.hyperparameter, f.side, dict(f.suggestion))
        for f in findings
    ]
    assert facts(plain) == facts(flipped)
    shuffled = trained(low, value)
    rng.shuffle(shuffled)
    assert judge_round(low, shuffled).findings == plain
