"""Reruns with new seeds, from the command to the verdict."""

import json
import os
import re
import signal

import pytest
from support.waiting import wait_for

#: Arm b is better by 0.02, or by what is given; the seed adds up to 0.006.
SEEDED = """\
#!/bin/sh
# usage: seeded ARM SEED GAIN [SECONDS]
[ -n "${4:-}" ] && sleep "$4"
value=$((200 + $2 % 7))
[ "$1" = b ] && value=$((value - $3))
echo "{\\"epoch\\": 1, \\"val_error\\": 0.$value, \\"test_error\\": 0.5}"
"""


@pytest.fixture
def seeded(bench):
    bench.write("seeded", SEEDED).chmod(0o755)

    def spec(gain=20, *, more="", extra="", **options):
        command = f"./seeded {{arm}} {{seed}} {gain} {extra}"
        # The learning rate reaches the program by its environment alone.
        env = "env: {LR: '{learning_rate}'}\n"
        return bench.spec(command, more=env + more, **options)

    return spec


def finished(bench):
    return [event for event in bench.events("finished") if event.get("rerun")]


def test_reruns_train_the_best_configurations_again_with_new_seeds_paired(bench, seeded):
    spec = seeded(trials=4)
    bench.tuneplay("run", spec)
    result = bench.tuneplay("rerun", spec)
    assert result.returncode == 0, result.stderr
    assert "10 reruns have ended." in result.stdout
    best = {s["study"]: s["best"] for s in bench.report()["studies"]}
    reruns = finished(bench)
    assert len(reruns) == 10
    for event in reruns:
        assert event["hyperparameters"] == best[event["study"]]["hyperparameters"]
    search_seeds = {e["seed"] for e in bench.events("finished")} - {e["seed"] for e in reruns}
    assert search_seeds == {0, 1, 2, 3}
    seeds = {arm: [e["seed"] for e in reruns if e["study"] == arm] for arm in best}
    assert sorted(seeds["arm=a"]) == sorted(seeds["arm=b"])
    assert len(set(seeds["arm=a"])) == 5


def test_a_clear_improvement_is_adopted_and_the_report_says_so(bench, seeded):
    spec = seeded()
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec)
    comparison = bench.report()["comparison"][0]
    assert comparison["verdict"] == "adopt"
    assert comparison["difference"] == pytest.approx(-0.02)
    low, high = comparison["interval95"]
    assert low < -0.02 < high < 0
    assert comparison["probability_better"] == 1.0
    text = bench.tuneplay("report", spec).stdout
    assert "arm=b is better: arm=b − arm=a = −0.02" in " ".join(text.split())
    assert "Adopt arm=b." in text


@pytest.mark.parametrize("value", ["C:\\data\\", r"a\d", r"\1", r"\g<0>"])
def test_a_backslash_in_a_scientific_value_is_a_character_like_any_other(bench, seeded, value):
    spec = seeded()
    text = spec.read_text().replace("[a, b]", f"[a, '{value}']")
    spec.write_text(text)
    assert bench.tuneplay("run", spec).returncode == 0
    result = bench.tuneplay("rerun", spec)
    assert result.returncode == 0, result.stderr
    assert f"arm={value}" in result.stdout
    (comparison,) = bench.report()["comparison"]
    assert comparison["study"] == f"arm={value}"
    assert f"arm={value}" in comparison["reason"]


def test_the_same_difference_the_other_way_keeps_the_baseline(bench, seeded):
    spec = seeded(gain=-20)
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec)
    assert bench.report()["comparison"][0]["verdict"] == "keep-baseline"


def test_a_difference_within_the_scatter_is_not_distinguishable(bench, seeded):
    spec = seeded(gain=3)
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec)
    comparison = bench.report()["comparison"][0]
    assert comparison["verdict"] == "not-distinguishable"
    assert comparison["seeds_needed"] > 5
    text = bench.tuneplay("report", spec).stdout
    assert f"--seeds {comparison['seeds_needed']}" in text


def test_a_real_but_useless_difference_is_not_adopted(bench, seeded):
    spec = seeded()
    text = spec.read_text().replace("minimize}", "minimize, worthwhile: 0.1}")
    spec.write_text(text)
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec)
    assert bench.report()["comparison"][0]["verdict"] == "keep-baseline"


def test_asking_again_adds_seeds_and_trains_none_twice(bench, seeded):
    spec = seeded()
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec, "--seeds", "3")
    bench.tuneplay("rerun", spec, "--seeds", "3")
    assert len(finished(bench)) == 6
    bench.tuneplay("rerun", spec, "--seeds", "6")
    assert sorted((e["study"], e["rerun"]) for e in finished(bench)) == [
        (arm, k) for arm in ("arm=a", "arm=b") for k in range(1, 7)
    ]
    assert bench.report()["studies"][0]["reruns"]["n"] == 6


def test_baseline_only_trains_the_baseline_alone(bench, seeded):
    spec = seeded()
    bench.tuneplay("run", spec)
    result = bench.tuneplay("rerun", spec, "--baseline-only")
    assert result.returncode == 0
    assert {e["study"] for e in finished(bench)} == {"arm=a"}
    assert bench.report()["comparison"][0]["verdict"] == "needs-reruns"


def test_until_decided_stops_early_when_the_difference_is_clear(bench, seeded):
    spec = seeded()
    bench.tuneplay("run", spec)
    result = bench.tuneplay("rerun", spec, "--until-decided")
    assert result.returncode == 0, result.stderr
    assert len(finished(bench)) < 14
    assert bench.report()["comparison"][0]["verdict"] == "adopt"


def test_until_decided_stops_at_the_most_seeds_when_nothing_decides(bench, seeded):
    spec = seeded(gain=2)
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec, "--until-decided", "--max-seeds", "7")
    assert len(finished(bench)) <= 14
    assert bench.report()["comparison"][0]["verdict"] == "not-distinguishable"


def test_a_seed_that_does_nothing_is_recognised_and_nothing_is_adopted(bench):
    bench.write(
        "seedless",
        '#!/bin/sh\n[ $1 = b ] && echo \'{"epoch": 1, "val_error": 0.1}\' || '
        'echo \'{"epoch": 1, "val_error": 0.2}\'\n',
    ).chmod(0o755)
    spec = bench.spec("./seedless {arm} {seed} {learning_rate}")
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec)
    comparison = bench.report()["comparison"][0]
    assert comparison["verdict"] == "not-distinguishable"
    assert "seed" in comparison["reason"]


def test_a_candidate_that_diverges_for_one_seed_is_not_adopted(bench):
    bench.write(
        "moody",
        "#!/bin/sh\nif [ $1 = b ] && [ $(($2 % 5)) = 4 ] && [ $2 -gt 1000 ]; then\n"
        '  echo \'{"epoch": 1, "val_error": NaN}\'\nelse\n'
        '  echo "{\\"epoch\\": 1, \\"val_error\\": $([ $1 = b ] && echo 0.1 || echo 0.2)$2}"\nfi\n',
    ).chmod(0o755)
    spec = bench.spec("./moody {arm} {seed} {learning_rate}")
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec)
    comparison = bench.report()["comparison"][0]
    assert comparison["verdict"] == "not-distinguishable"
    assert "infeasible" in comparison["reason"]


@pytest.mark.parametrize(("gain", "shown"), [(20, [None, 0.5]), (-20, [0.5, None])])
def test_the_test_metric_is_shown_for_the_final_choice_alone(bench, seeded, gain, shown):
    spec = seeded(gain=gain)
    spec.write_text(spec.read_text().replace("minimize}", "minimize, test_metric: test_error}"))
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec)
    assert [s["reruns"]["test"] for s in bench.report()["studies"]] == shown


def test_seeds_too_few_for_a_verdict_are_no_look(bench, seeded):
    spec = seeded()
    bench.tuneplay("run", spec)
    for seeds in ("1", "2", "5"):
        result = bench.tuneplay("rerun", spec, "--seeds", seeds)
    assert "(95 % CI" in result.stdout
    again = bench.tuneplay("rerun", spec, "--seeds", "8")
    assert "(97.5 % CI" in again.stdout


def test_asking_for_fewer_seeds_than_there_are_starts_nothing_and_says_so(bench, seeded):
    spec = seeded()
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec)
    result = bench.tuneplay("rerun", spec, "--seeds", "3")
    assert result.returncode == 0
    assert "nothing was started" in result.stdout
    assert len(finished(bench)) == 10


def test_a_round_that_only_tunes_says_what_new_seeds_give(bench, seeded):
    spec = seeded()
    text = spec.read_text().replace("arm: [a, b]", "arm: [a]")
    spec.write_text(text)
    bench.tuneplay("run", spec)
    said = bench.tuneplay("rerun", spec).stdout
    report = " ".join(bench.tuneplay("report", spec).stdout.split())
    for text in (said, report):
        assert re.search(r"mean of 5 new seeds 0\.2\d+ ± 0\.00", text)
    assert "This round only tunes" in report


def test_each_candidate_is_named_and_what_the_seeds_could_have_found_is_said(bench, seeded):
    spec = seeded(gain=2)
    spec.write_text(spec.read_text().replace("arm: [a, b]", "arm: [a, b, c]"))
    bench.tuneplay("run", spec)
    said = bench.tuneplay("rerun", spec).stdout
    report = " ".join(bench.tuneplay("report", spec).stdout.split())
    for arm in ("arm=b", "arm=c"):
        assert f"{arm} (" in said
        assert f"{arm}: with 5 seeds each, a difference of" in report
        assert f"{arm}: Most of the uncertainty is in" in report
    assert "No clear difference from arm=a" in said


def test_a_clearly_worse_candidate_is_shown_to_be_worse_with_few_seeds(bench, seeded):
    spec = seeded(gain=-20)
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec, "--until-decided")
    assert bench.report()["comparison"][0]["verdict"] == "keep-baseline"
    assert len(finished(bench)) <= 14


def test_reruns_survive_their_coordinator(bench, seeded):
    spec = seeded(extra="0.6", trials=1)
    bench.tuneplay("run", spec)
    first = bench.start("rerun", spec)
    wait_for(lambda: len(bench.events("started")) >= 5)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    ended = len(finished(bench))
    open_ = bench.tuneplay("status", spec)
    assert f"Reruns: {ended} of 10 have ended." in open_.stdout
    assert "Continue with: tuneplay rerun rounds/r" in open_.stdout
    result = bench.tuneplay("rerun", spec)
    assert result.returncode == 0, result.stderr
    closed = json.loads(bench.tuneplay("status", spec, "--json").stdout)
    assert closed["reruns"] == {"ended": 10, "asked": 10}
    assert "Finished." in bench.tuneplay("status", spec).stdout
    assert len(finished(bench)) == 10
    assert len({(e["study"], e["rerun"]) for e in finished(bench)}) == 10


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--study", "arm=c"], "no study arm=c"),
        (["--seeds", "0"], "0 is not in the range"),
        (["--until-decided", "--seeds", "4"], "cannot be combined with"),
    ],
)
def test_a_wrong_call_exits_2_and_trains_nothing(bench, seeded, arguments, says):
    spec = seeded(trials=1)
    bench.tuneplay("run", spec)
    result = bench.tuneplay("rerun", spec, *arguments)
    assert result.returncode == 2
    assert says in result.stderr
    assert finished(bench) == []


def test_before_the_search_there_is_nothing_to_rerun(bench, seeded):
    result = bench.tuneplay("rerun", seeded())
    assert result.returncode == 2
    assert "Reruns come after the search" in result.stderr


def test_rerun_curves_are_in_the_ledger_as_those_of_the_search(bench, seeded):
    spec = seeded(trials=1)
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec, "--seeds", "3")
    assert all(event["curves"]["epoch"] == [1] for event in finished(bench))
    asked = bench.events("rerun")
    assert [(a["selected"], a["seeds"]) for a in asked] == [({"arm=a": [0], "arm=b": [0]}, 3)]
    assert json.dumps(asked)


def test_a_known_trial_variance_says_how_many_seeds_a_difference_would_take(bench, seeded):
    first = seeded(name="first.yaml", gain=3)
    bench.tuneplay("run", first)
    bench.tuneplay("rerun", first, "--baseline-only")
    second = seeded(name="second.yaml", gain=3, more="trial_variance: rounds/first\n")
    bench.tuneplay("run", second)
    comparison = bench.report("second")["comparison"][0]
    assert comparison["verdict"] == "needs-reruns"
    assert "standard deviations of one training" in comparison["reason"]
    assert comparison["seeds_needed"] >= 3


def test_a_trial_variance_that_is_not_known_says_how_to_get_it(bench, seeded):
    bench.tuneplay("run", seeded(name="first.yaml"))
    second = seeded(name="second.yaml", more="trial_variance: rounds/first\n")
    result = bench.tuneplay("run", second)
    assert result.returncode == 2, "it is said before anything is trained"
    assert "tuneplay rerun rounds/first --baseline-only" in result.stderr
    assert not bench.ledger("second")


def test_the_three_best_are_trained_again_on_request(bench, seeded):
    spec = seeded(trials=5)
    bench.tuneplay("run", spec)
    assert bench.tuneplay("rerun", spec, "--top", "3", "--seeds", "3").returncode == 0
    assert len(finished(bench)) == 18
    reruns = bench.report()["studies"][0]["reruns"]
    assert reruns["n"] == 3
    assert [len(other["values"]) for other in reruns["others"]] == [3, 3]


def test_seeds_beyond_a_sequence_are_another_look_and_count(bench, seeded):
    spec = seeded()
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec, "--until-decided", "--max-seeds", "3")
    bench.tuneplay("rerun", spec, "--seeds", "8")
    comparison = bench.report()["comparison"][0]
    assert comparison["seeds"] == {"candidate": 8, "baseline": 8}
    assert comparison["verdict"] == "adopt"


def test_reruns_of_what_was_the_best_before_decide_nothing(bench):
    bench.write(
        "late",
        "#!/bin/sh\nvalue=$((500 + $2 % 7))\n[ $2 -ge 2 ] && [ $2 -lt 1000 ] && value=100\n"
        'echo "{\\"epoch\\": 1, \\"val_error\\": 0.$value}"\n',
    ).chmod(0o755)
    spec = bench.spec("./late {arm} {seed} {learning_rate}", trials=2)
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec)
    bench.spec("./late {arm} {seed} {learning_rate}", trials=4)
    bench.tuneplay("run", spec)
    assert bench.report()["comparison"][0]["verdict"] == "needs-reruns"
    assert "is the best now" in bench.tuneplay("report", spec).stdout


def test_one_study_at_a_time_until_decided_trains_no_other(bench, seeded):
    spec = seeded()
    text = spec.read_text().replace("arm: [a, b]", "arm: [a, b, c]")
    spec.write_text(text)
    bench.tuneplay("run", spec)
    bench.tuneplay("rerun", spec, "--study", "arm=b", "--until-decided")
    counts = [sum(e["study"] == arm for e in finished(bench)) for arm in ("arm=a", "arm=b")]
    assert counts[0] == counts[1] < 12
