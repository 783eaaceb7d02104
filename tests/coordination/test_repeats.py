"""Reruns whose seeds do nothing, or not enough, and what the curves say beyond the values."""

import random

import pytest

from tuneplay.domain.curves import Curves
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge.verdict.repeats import repeated

#: The seed reaches the program modulo its first argument; arm b is better by its second.
MODULO = """\
import json, random, sys
arm, seed, modulo, gain = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
draw = random.Random(f"{arm}{seed % modulo}")
for epoch in (1, 2, 3, 4):
    value = 0.2 - (gain if arm == "b" else 0) + draw.gauss(0, 0.002) + 0.1 / epoch
    print(json.dumps({"epoch": epoch, "val_error": value, "seconds": random.random()}))
"""


def trial(rerun, **columns):
    epochs = range(1, 1 + len(next(iter(columns.values()))))
    best = min(v for v in columns["val_error"] if v is not None)
    identity = TrialId("arm=a", 0, rerun)
    return Trial(identity, rerun, {}, Outcome(State.FEASIBLE, "", best, 1), Curves(epochs, columns))


def drawn(seed, epochs=4):
    draw = random.Random(seed)
    return [0.1 + draw.random() for _ in range(epochs)]


def test_the_same_curves_of_a_fine_metric_are_one_training_whatever_the_clock_says():
    seeds = [1, 2, 3, 1, 2, 3, 4]
    reruns = [
        trial(k, val_error=drawn(seed), seconds=drawn(100 + k))
        for k, seed in enumerate(seeds, start=1)
    ]
    assert repeated(reruns, "val_error") == [False] * 3 + [True] * 3 + [False]


def test_equal_values_of_a_coarse_metric_are_no_repetition():
    errors = [9, 10, 9, 11, 9, 10]
    reruns = [trial(k, val_error=[e / 360]) for k, e in enumerate(errors, start=1)]
    assert not any(repeated(reruns, "val_error"))
    fine = [trial(k, val_error=[0.025, 0.02], train_loss=drawn(k, 2)) for k in range(1, 6)]
    assert not any(repeated(fine, "val_error")), "the training losses tell them apart"


def test_a_long_curve_does_not_come_twice_even_on_a_coarse_metric():
    curve = [(40 - 2 * epoch) / 360 for epoch in range(12)]
    other = [(41 - 2 * epoch) / 360 for epoch in range(12)]
    reruns = [trial(k, val_error=c) for k, c in enumerate((curve, other, curve), start=1)]
    assert repeated(reruns, "val_error") == [False, False, True]


@pytest.fixture
def modulo(bench):
    bench.write("modulo.py", MODULO)

    def spec(modulo, gain):
        return bench.spec(
            f"python3 modulo.py {{arm}} {{seed}} {modulo} {gain} {{learning_rate}}", trials=2
        )

    return spec


def test_seeds_that_repeat_each_other_count_once_and_are_said(bench, modulo):
    spec = modulo(2, 0.02)
    bench.tuneplay("run", spec)
    result = bench.tuneplay("rerun", spec, "--seeds", "8")
    assert result.returncode == 0, result.stderr
    report = bench.report()
    assert [s["reruns"]["n"] for s in report["studies"]] == [2, 2]
    assert [s["reruns"]["repeats"] for s in report["studies"]] == [6, 6]
    (comparison,) = report["comparison"]
    assert comparison["verdict"] == "needs-reruns", "two trainings of each, however often counted"
    text = " ".join(bench.tuneplay("report", spec).stdout.split())
    assert "6 of 8 reruns of arm=a have the same curves as another one." in text
    assert "tuneplay rerun rounds" not in text, "more seeds would repeat them again"


def test_a_seed_that_has_no_effect_is_recognised_by_its_curves_and_ends_a_sequence(bench, modulo):
    spec = modulo(1, 0.02)
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec, "--until-decided")
    report = bench.report()
    assert [s["reruns"]["n"] for s in report["studies"]] == [3, 3]
    (comparison,) = report["comparison"]
    assert comparison["verdict"] == "not-distinguishable"
    assert comparison["ground"] == "equal-curves"


#: The best epoch is always perfect, but the way there depends on the seed.
SATURATED = """\
import json, random, sys
draw = random.Random(sys.argv[1] + sys.argv[2])
for epoch in (1, 2, 3):
    print(json.dumps({"epoch": epoch, "val_error": draw.random() if epoch < 3 else 0.0}))
"""


def test_equal_best_values_with_unlike_curves_are_not_blamed_on_the_seed(bench):
    bench.write("saturated.py", SATURATED)
    spec = bench.spec("python3 saturated.py {arm} {seed} {learning_rate}", trials=2)
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec)
    (comparison,) = bench.report()["comparison"]
    assert comparison["verdict"] == "not-distinguishable"
    assert comparison["ground"] == "coarse-metric"
    assert comparison["cautions"] == []
