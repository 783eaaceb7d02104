"""A round from end to end: real processes, real files."""

import contextlib
import itertools
import json
import os
import shlex
import signal
import subprocess
import time
from collections import Counter

import pytest
from support.processes import pids_of
from support.waiting import has_printed, wait_for

from tuneplay.app.opening.changes import may_change


def test_a_round_runs_to_its_end_and_the_report_shows_the_best_trials(bench):
    spec = bench.spec(trials=4)
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0, result.stderr
    assert "r is finished: 8 trials (8 feasible)." in result.stdout
    assert "Next: tuneplay report rounds/r" in result.stdout
    report = bench.report()
    assert report["progress"] == {
        "planned": 8, "finished": 8, "feasible": 8, "infeasible": 0, "failed": 0, "running": 0,
    }  # fmt: skip
    assert [study["study"] for study in report["studies"]] == ["arm=a", "arm=b"]
    best = report["studies"][0]["best"]
    # 0.100 + 50/epoch thousandths: the third of three epochs is the best.
    assert (best["value"], best["epoch"]) == (0.116, 3)
    assert report["comparison"][0]["verdict"] == "needs-reruns"


def test_the_ledger_has_intent_before_started_before_finished_once_each(bench):
    bench.tuneplay("run", bench.spec(trials=5))
    order = {}
    for event in bench.ledger():
        if event["event"] != "opened":
            order.setdefault((event["study"], event["trial"]), []).append(event["event"])
    assert len(order) == 10
    assert all(events == ["intent", "started", "finished"] for events in order.values())


def test_studies_take_turns_and_train_paired_points_with_the_same_seeds(bench):
    bench.tuneplay("run", bench.spec(trials=4))
    intents = bench.events("intent")
    assert [i["study"] for i in intents] == ["arm=a", "arm=b"] * 4
    by_number = {}
    for intent in intents:
        point = (intent["hyperparameters"]["learning_rate"], intent["seed"])
        by_number.setdefault(intent["trial"], set()).add(point)
    assert all(len(points) == 1 for points in by_number.values())


def test_the_plan_does_not_depend_on_slots_and_raising_trials_only_appends(bench):
    bench.tuneplay("run", bench.spec(name="one.yaml", trials=5, slots=1))
    bench.tuneplay("run", bench.spec(name="four.yaml", trials=3, slots=4))
    bench.tuneplay("run", bench.spec(name="four.yaml", trials=5, slots=3))

    def plan(name):
        return {
            (e["study"], e["trial"]): (e["seed"], e["hyperparameters"])
            for e in bench.events("finished", name)
        }

    assert plan("one") == plan("four")
    assert len(bench.events("finished", "four")) == 10


def test_a_finished_round_says_so_and_starts_nothing(bench):
    spec = bench.spec()
    bench.tuneplay("run", spec)
    before = bench.ledger()
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0
    assert "r was already finished: 6 trials (6 feasible). Nothing was started." in result.stdout
    assert bench.ledger() == before


def test_values_reach_the_program_as_whole_arguments(bench):
    values = ["two words", 'quo"te', "it's", "line\nbreak", "$(touch gotcha)", "; rm x", "-rf",
              "{seed}", "{unknown}", "größe ☃", "*", "a=b", "\\n", "`id`"]  # fmt: skip
    bench.write(
        "show.py",
        "import json, sys, os\n"
        "print(json.dumps({'argv': sys.argv[1:], 'env': os.environ['TUNEPLAY_TEXT']}))\n"
        'print(\'{"epoch": 1, "val_error": 1}\')\n',
    )
    listed = json.dumps(values)
    bench.write(
        "v.yaml",
        "goal: Do values arrive whole?\nphase: exploration\n"
        "command: [python3, show.py, '{text}', 'x={text}', '{args}']\n"
        "objective: {metric: val_error, direction: minimize}\nepochs: 1\ntrials: 1\n"
        f"baseline: {{text: -rf}}\nscientific: {{text: {listed}}}\nfixed: {{more: '$HOME {{seed}}'}}\n"
        "resources: {slots: 2}\n",
    )
    result = bench.tuneplay("run", "v.yaml")
    assert result.returncode == 0, result.stderr
    seen = {}
    for folder in bench.attempts("v"):
        data = json.loads((folder / "stdout.log").read_text().splitlines()[0])
        seen[data["env"]] = data["argv"]
    assert seen == {value: [value, f"x={value}", "--more=$HOME {seed}"] for value in values}
    assert not (bench.root / "gotcha").exists()


def test_the_trial_folder_holds_the_exact_command_and_the_hyperparameters(bench):
    bench.tuneplay("run", bench.spec(trials=1))
    folder = bench.root / "rounds/r/trials/arm=a/0000.1"
    command = json.loads((folder / "command.json").read_text())
    params = json.loads((folder / "params.json").read_text())
    assert command["argv"] == ["./train", str(params["learning_rate"]), "3", "a"]
    assert command["workdir"] == str(bench.root)
    assert command["env"]["TUNEPLAY_METRICS"] == str(folder / "metrics.jsonl")
    assert (folder / "exit").read_text() == "0\n"
    assert len((folder / "stdout.log").read_text().splitlines()) == 3


def test_dry_run_prints_the_commands_that_would_start_and_writes_nothing(bench):
    spec = bench.spec(trials=2)
    result = bench.tuneplay("run", spec, "--dry-run")
    assert result.returncode == 0
    assert not (bench.root / "rounds").exists()
    printed = [shlex.split(line) for line in result.stdout.splitlines()]
    bench.tuneplay("run", spec)
    started = [
        json.loads((folder / "command.json").read_text())["argv"] for folder in bench.attempts()
    ]
    assert Counter(map(tuple, printed)) == Counter(map(tuple, started))


def test_metrics_file_counts_instead_of_standard_output_where_it_is_written(bench):
    bench.write(
        "log.py",
        "import tuneplay\n"
        "for epoch in range(1, 4):\n"
        '    print(\'{"epoch": %d, "val_error": 99}\' % epoch)\n'
        "    tuneplay.log(epoch=epoch, val_error=1 / epoch)\n",
    )
    bench.tuneplay("run", bench.spec("python3 log.py {learning_rate} {arm}", trials=1))
    finished = bench.events("finished")
    assert [event["curves"]["val_error"] for event in finished] == [[1.0, 0.5, 1 / 3]] * 2


@pytest.mark.parametrize(
    ("script", "state", "reason"),
    [
        ("echo '{\"epoch\": 1, \"val_error\": NaN}'; exit 3", "infeasible", "diverged: val_error"),
        ("echo 'torch.OutOfMemoryError: CUDA out of memory.' >&2; exit 1", "infeasible",
         "out of memory"),
        ("echo '{\"epoch\": 1, \"val_error\": 0.5}'; exit 9", "infeasible", "exit code 9"),
        ("echo '{\"epoch\": 1, \"val_error\": 5}'", "infeasible", "val_error 5 is worse than 2"),
        ("echo '{\"epoch\": 1, \"val_error\": 1}'; exit 1", "failed", "exit code 1"),
        ("echo '{\"epoch\": 1, \"val_err\": 1}'", "failed", "printed no val_error that could be read, but val_err"),
        ("echo '{\"epoch\": 1, \"val_error\": 1}'; kill -SEGV $$", "failed", "killed by SIGSEGV"),
    ],
)  # fmt: skip
def test_how_a_trial_ends_decides_its_state(bench, script, state, reason):
    bench.write("end", f"#!/bin/sh\n{script}\n").chmod(0o755)
    more = "infeasible: {worse_than: 2, exit_codes: [9]}\n"
    bench.tuneplay("run", bench.spec("./end {learning_rate} {arm}", trials=1, more=more))
    finished = bench.events("finished")
    assert [event["state"] for event in finished] == [state, state]
    assert all(reason in event["reason"] for event in finished), finished


def test_failed_trials_leave_the_budget_unmet_and_the_others_go_on(bench):
    bench.write(
        "half", '#!/bin/sh\n[ "$2" = b ] && exit 1\necho \'{"epoch": 1, "val_error": 1}\'\n'
    ).chmod(0o755)
    result = bench.tuneplay("run", bench.spec("./half {learning_rate} {arm}", trials=5))
    assert result.returncode == 3
    assert "r is finished: 10 trials (5 feasible, 5 failed)." in result.stdout
    assert bench.report()["comparison"][0]["verdict"] == "no-feasible-trial"


def test_of_a_failed_trial_the_last_lines_of_its_log_are_shown_and_where_they_stand(bench):
    bench.write(
        "talks",
        '#!/bin/sh\necho \'{"epoch": 1, "val_error": 1}\'\n'
        'case "$2" in a) for i in 1 2 3 4 5 6; do echo "line $i" >&2; done; printf "\\033[31mred\\n" >&2\n'
        "printf %0999d 0 >&2; exit 1;; b) echo 'to standard output'; kill -SEGV $$;; esac\n",
    ).chmod(0o755)
    spec = bench.spec("./talks {learning_rate} {arm}", trials=1, slots=1)
    lines = bench.tuneplay("run", spec).stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if "arm=a/0000 failed: exit code 1" in line)
    assert lines[at + 1 : at + 6] == [
        "  | line 5", "  | line 6", "  | \\x1b[31mred", "  | …" + "0" * 199,
        "  in rounds/r/trials/arm=a/0000.1/stderr.log",
    ]  # fmt: skip
    at = next(i for i, line in enumerate(lines) if "arm=b/0000 failed: killed by SIGSEGV" in line)
    assert lines[at + 1].startswith("  | ")
    assert lines[at + 2].startswith("  in rounds/r/trials/arm=b/0000.1/std")


def test_a_command_that_does_not_exist_exits_7_and_counts_no_trial(bench):
    result = bench.tuneplay("run", bench.spec("./nowhere {learning_rate} {arm}"))
    assert result.returncode == 7
    assert "./nowhere: there is no such file" in result.stderr
    assert not (bench.root / "rounds").exists()
    result = bench.tuneplay("run", bench.spec("no-such-program {learning_rate} {arm}"))
    assert result.returncode == 7
    assert "no such program on the PATH" in result.stderr


def test_a_command_that_cannot_be_executed_exits_7_and_counts_no_trial(bench):
    bench.write("shebang", "#!/no/such/interpreter\n").chmod(0o755)
    spec = bench.spec("./shebang {learning_rate} {arm}", trials=10)
    result = bench.tuneplay("run", spec)
    assert result.returncode == 7, result.stdout
    assert bench.report()["progress"]["finished"] == 0
    bench.write("shebang", '#!/bin/sh\necho \'{"epoch": 1, "val_error": 1}\'\n')
    assert bench.tuneplay("run", spec).returncode == 0
    assert bench.report()["progress"]["feasible"] == 20


def test_the_breaker_stops_a_broken_command_and_says_how_to_see_it_yourself(bench):
    bench.write("broken", "#!/bin/sh\necho 'no module named torch' >&2\nexit 1\n").chmod(0o755)
    spec = bench.spec("./broken {learning_rate} {arm}", trials=50)
    result = bench.tuneplay("run", spec)
    assert result.returncode == 7
    assert "| no module named torch" in result.stderr
    by_hand = next(line for line in result.stderr.splitlines() if line.startswith("By hand: "))
    again = subprocess.run(
        by_hand.removeprefix("By hand: "), shell=True, capture_output=True, check=False
    )
    assert again.returncode == 1
    assert b"no module named torch" in again.stderr
    assert len(bench.events("finished")) <= 5
    assert bench.report()["progress"]["finished"] == 0
    bench.write("broken", '#!/bin/sh\necho \'{"epoch": 1, "val_error": 1}\'\n')
    assert bench.tuneplay("run", spec).returncode == 0
    assert bench.report()["progress"]["feasible"] == 100


def test_one_broken_scientific_value_does_not_open_the_breaker(bench):
    bench.write(
        "half",
        '#!/bin/sh\n[ "$2" = a ] && exit 1\nsleep 0.3\necho \'{"epoch": 1, "val_error": 1}\'\n',
    ).chmod(0o755)
    spec = bench.spec("./half {learning_rate} {arm}", trials=6, slots=4)
    assert bench.tuneplay("run", spec).returncode == 3
    progress = bench.report()["progress"]
    assert (progress["feasible"], progress["failed"]) == (6, 6)


#: Trains half of its ten epochs, waits for the file `go`, and trains the others.
PATIENT = """\
#!/bin/sh
for epoch in 1 2 3 4 5 6 7 8 9 10; do
    echo "{\\"epoch\\": $epoch, \\"val_error\\": 0.$epoch}"
    while [ $epoch = 5 ] && [ ! -e go ]; do sleep 0.05; done
done
"""


def test_a_killed_coordinator_leaves_trials_running_and_the_next_one_takes_them_back(bench):
    bench.write("patient", PATIENT).chmod(0o755)
    spec = bench.spec("./patient {learning_rate} {arm}", epochs=10, trials=2)
    first = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 2)
    began = time.monotonic()
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    second = bench.start("run", spec)
    lines = iter(second.stdout.readline, "")
    found = itertools.islice((line for line in lines if line.startswith("found arm=")), 2)
    assert len(list(found)) == 2
    waited = time.monotonic() - began
    bench.write("go", "")
    errors = second.communicate(timeout=60)[1]
    assert second.returncode == 0, errors
    finished = bench.events("finished")
    assert len(finished) == 4
    assert all(event["curves"]["epoch"] == list(range(1, 11)) for event in finished)
    assert len(bench.attempts()) == 4
    taken_back = [event for event in finished if event["trial"] == 0]
    assert all(event["seconds"] >= waited for event in taken_back)


def test_trials_that_ended_while_nobody_watched_are_read_and_not_trained_again(bench):
    spec = bench.spec("./train {learning_rate} {epochs} 0.1 {arm}", epochs=5, trials=1)
    first = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 2)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    wait_for(lambda: sum((f / "exit").exists() for f in bench.attempts()) == 2)
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0, result.stderr
    assert [e["curves"]["epoch"] for e in bench.events("finished")] == [[1, 2, 3, 4, 5]] * 2
    assert len(bench.attempts()) == 2


def test_an_attempt_killed_with_its_coordinator_is_started_again_once(bench):
    bench.write("patient", PATIENT).chmod(0o755)
    spec = bench.spec("./patient {learning_rate} {arm}", epochs=10, trials=1)
    first = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 2)
    wait_for(lambda: all(has_printed(f) for f in bench.attempts()))
    os.kill(first.pid, signal.SIGKILL)
    for pid in pids_of(str(bench.root / "rounds")):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    first.communicate()
    bench.write("go", "")
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0, result.stderr
    assert sorted(f.name for f in bench.attempts()) == ["0000.1", "0000.1", "0000.2", "0000.2"]
    assert [e["attempt"] for e in bench.events("finished")] == [2, 2]


def test_an_intent_without_a_start_is_claimed_and_started_again(bench):
    spec = bench.spec(trials=1)
    bench.tuneplay("run", spec)
    ledger = bench.root / "rounds/r/ledger.jsonl"
    lines = ledger.read_text().splitlines(keepends=True)
    intents = [line for line in lines if '"intent"' in line]
    opened = [line for line in lines if '"opened"' in line]
    ledger.write_text("".join(opened + intents))
    for folder in bench.attempts():
        (folder / "started").unlink()
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0, result.stderr
    assert [e["attempt"] for e in bench.events("finished")] == [2, 2]
    # A late wrapper of the first attempt finds its place taken and does not train.
    wrapper = subprocess.run(
        ["sh", _wrapper(), str(bench.attempts()[0]), "touch", str(bench.root / "late")],
        check=False,
    )
    assert wrapper.returncode == 125
    assert not (bench.root / "late").exists()


def _wrapper():
    from tuneplay import launch

    return os.path.join(os.path.dirname(launch.__file__), "wrapper.sh")


def test_the_whole_process_group_is_gone_before_a_trial_counts_as_ended(bench):
    bench.write("fork", '#!/bin/sh\nsleep 600 &\necho \'{"epoch": 1, "val_error": 1}\'\n').chmod(
        0o755
    )
    result = bench.tuneplay("run", bench.spec("./fork {learning_rate} {arm}", trials=2))
    assert result.returncode == 0
    assert pids_of(str(bench.root / "rounds")) == []


def test_timeout_and_stall_timeout_end_a_trial_and_say_why(bench):
    command = "./train {learning_rate} {epochs} 0.1 {arm}"
    more = "resources: {slots: 2, timeout: 0.5}\n"
    spec = bench.spec(command, epochs=100, trials=1)
    spec.write_text(spec.read_text().replace("resources: {slots: 2}\n", more))
    assert bench.tuneplay("run", spec).returncode == 3
    assert all(e["reason"].startswith("timeout after 0.5 s") for e in bench.events("finished"))
    bench.write("stall", '#!/bin/sh\necho \'{"epoch": 1, "val_error": 1}\'\nsleep 60\n').chmod(
        0o755
    )
    spec = bench.spec("./stall {learning_rate} {arm}", name="s.yaml", trials=1)
    spec.write_text(spec.read_text().replace("slots: 2}", "slots: 2, stall_timeout: 1}"))
    assert bench.tuneplay("run", spec).returncode == 3
    assert all("stalled after epoch 1" in e["reason"] for e in bench.events("finished", "s"))


def test_a_second_coordinator_is_refused_with_exit_6_and_readers_are_welcome(bench):
    spec = bench.spec("./train {learning_rate} {epochs} 0.2 {arm}", epochs=300, trials=1)
    first = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 2)
    second = bench.tuneplay("run", spec)
    assert second.returncode == 6
    assert f"process {first.pid} on " in second.stderr
    status = json.loads(bench.tuneplay("status", spec, "--json").stdout)
    assert f"process {first.pid} on " in status["coordinator"]
    assert status["progress"]["running"] == 2
    assert bench.tuneplay("report", spec).returncode == 0
    first.terminate()
    first.communicate(timeout=30)


def test_a_spec_edited_after_the_round_began_is_refused_unless_it_only_grows(bench):
    spec = bench.spec(trials=2)
    bench.tuneplay("run", spec)
    spec.write_text(spec.read_text().replace("high: 1,", "high: 10,"))
    result = bench.tuneplay("run", spec)
    assert result.returncode == 2
    assert "hyperparameters of arm=a" in result.stderr
    bench.spec(trials=1)
    result = bench.tuneplay("run", spec)
    assert result.returncode == 2
    assert "trials (2 before, 1 now; it may only grow)" in result.stderr
    bench.spec(trials=3, slots=1)
    assert bench.tuneplay("run", spec).returncode == 0
    assert len(bench.events("finished")) == 6
    assert len(bench.events("opened")) == 2


def test_what_is_asked_of_the_same_curves_may_change_after_the_round_began(bench):
    spec = bench.spec(trials=2)
    bench.tuneplay("run", spec)
    text = spec.read_text().replace("baseline: {arm: a}", "baseline: {arm: b}")
    text = text.replace("direction: minimize", "direction: minimize, worthwhile: 0.5, chance: 1")
    text += "silence: {few-trials: a first look}\nbudget: {hours: 1}\n"
    spec.write_text(text)
    assert bench.tuneplay("run", spec).returncode == 0
    assert len(bench.events("finished")) == 4
    assert [c["study"] for c in bench.report()["comparison"]] == ["arm=a"]
    spec.write_text(text.replace("minimize", "maximize"))
    result = bench.tuneplay("run", spec)
    assert result.returncode == 2
    assert may_change() in " ".join(result.stderr.split())


def test_a_round_goes_on_from_another_folder_in_the_same_place(bench):
    spec = bench.spec(trials=1)
    bench.tuneplay("run", spec)
    bench.spec(trials=2)
    elsewhere = bench.root / "elsewhere"
    elsewhere.mkdir()
    result = subprocess.run(
        bench.command("run", bench.root / "rounds/r"),
        cwd=elsewhere, env=bench.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert len(bench.events("finished")) == 4
    assert list(elsewhere.iterdir()) == []


def test_exploitation_asks_the_sampler_after_the_startup_trials(bench):
    bench.write(
        "bowl.py",
        "import math, sys\n"
        "x = math.log10(float(sys.argv[1])) + 2\n"
        'print(\'{"epoch": 1, "val_error": %f}\' % (x * x))\n',
    )
    spec = bench.spec("python3 bowl.py {learning_rate} {arm}", trials=16)
    spec.write_text(spec.read_text().replace("phase: exploration", "phase: exploitation"))
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0, result.stderr
    late = [e["value"] for e in bench.events("finished") if e["trial"] >= 12]
    early = [e["value"] for e in bench.events("finished") if e["trial"] < 10]
    assert sum(late) / len(late) < sum(early) / len(early)


def test_best_checkpoint_is_found_and_the_others_are_thinned_out(bench):
    bench.write(
        "keep.py",
        "import os, sys\n"
        "for epoch, error in enumerate([3, 1, 2], start=1):\n"
        "    open(os.path.join(sys.argv[1], f'ckpt_{epoch:03d}.pt'), 'w').close()\n"
        "    open(os.path.join(sys.argv[1], 'last.pt'), 'w').close()\n"
        '    print(\'{"epoch": %d, "val_error": %d}\' % (epoch, error))\n',
    )
    command = "python3 keep.py {checkpoint_dir} {learning_rate} {arm}"
    bench.tuneplay("run", bench.spec(command, trials=1))
    best = bench.report()["studies"][0]["best"]
    assert best["checkpoint"] == "trials/arm=a/0000.1/checkpoints/ckpt_002.pt"
    kept = bench.root / "rounds/r/trials/arm=a/0000.1/checkpoints"
    assert sorted(p.name for p in kept.iterdir()) == ["ckpt_002.pt", "last.pt"]
    bench.tuneplay("run", bench.spec(command, name="all.yaml", trials=1,
                                     more="checkpoints: {keep: all}\n"))  # fmt: skip
    kept = bench.root / "rounds/all/trials/arm=a/0000.1/checkpoints"
    assert len(list(kept.iterdir())) == 4


def test_a_torn_last_line_is_set_aside_before_the_next_write(bench):
    spec = bench.spec(trials=2)
    bench.tuneplay("run", spec)
    ledger = bench.root / "rounds/r/ledger.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[:-30])
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0, result.stderr
    assert (bench.root / "rounds/r/ledger.torn-1").read_bytes().startswith(b'{"event":"finished"')
    assert Counter((e["study"], e["trial"]) for e in bench.events("finished")) == Counter(
        {(study, n): 1 for study in ("arm=a", "arm=b") for n in (0, 1)}
    )


def test_a_scientific_range_is_one_joint_study_whose_report_says_where_the_best_lies(bench):
    bench.write(
        "bowl",
        "#!/bin/sh\n"
        """awk -v lr=$1 -v wd=$2 'BEGIN { a = log(lr) / log(10) + 2; b = log(wd) / log(10) + 4\n"""
        """printf "{\\"epoch\\": 1, \\"val_error\\": %.6f}\\n", 0.1 + a*a/100 + b*b/10 }'\n""",
    ).chmod(0o755)
    spec = bench.spec("./bowl {learning_rate} {wd}", trials=40, more="final_epochs: 30\n")
    text = spec.read_text().replace("{arm: [a, b]}", "{wd: {low: 1e-7, high: 1e-1, scale: log}}")
    spec.write_text(text.replace("baseline: {arm: a}\n", ""))
    assert "scientific" in bench.tuneplay("check", spec).stdout
    assert bench.tuneplay("run", spec).returncode == 0
    report = bench.report()
    assert [s["study"] for s in report["studies"]] == ["wd"]
    (along,) = report["isolation_ranges"]
    first, last = along["best"]
    assert 1e-6 < along["buckets"][first]["low"] < 1e-4 < along["buckets"][last]["high"] < 1e-2
    assert report["comparison"] == []
    shown = bench.tuneplay("report", spec).stdout
    assert "with wd from " in shown
    assert "This round trained 3 epochs; the final trainings will have 30." in " ".join(
        shown.split()
    )


def test_a_parent_that_is_gone_is_a_warning_and_no_more(bench):
    spec = bench.spec(trials=1, more="parent: rounds/gone\n")
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0
    assert "parent: there is no round rounds/gone" in result.stderr
    assert bench.tuneplay("report", spec).returncode == 0


def test_the_round_that_another_follows_says_how_long_the_final_trainings_are(bench):
    bench.tuneplay("run", bench.spec(name="long.yaml", epochs=30, trials=1))
    spec = bench.spec(name="short.yaml", epochs=3, trials=1, more="parent: rounds/long\n")
    bench.tuneplay("run", spec)
    messages = [f["message"] for f in bench.report("short")["findings"]]
    assert any(
        "This round trained 3 epochs; the final trainings will have 30." in message
        for message in messages
    )


def test_a_time_budget_ends_the_round_with_as_many_trials_in_every_study(bench):
    command = "./train {learning_rate} {epochs} 0.2 {arm}"
    spec = bench.spec(command, epochs=3, trials=500, more="budget: {hours: 0.001}\n")
    result = bench.tuneplay("run", spec)
    assert result.returncode == 3
    assert "no further trial fits into the budget of 0.001 hours" in result.stdout
    counts = {s["study"]: s["feasible"] for s in bench.report()["studies"]}
    assert counts["arm=a"] == counts["arm=b"] >= 1
    assert "Continue with: tuneplay run" in result.stdout


def test_a_budget_smaller_than_anything_still_trains_one_turn(bench):
    spec = bench.spec(trials=5, slots=1, more="budget: {hours: 0.0000001}\n")
    assert bench.tuneplay("run", spec).returncode == 3
    assert len(bench.events("finished")) in (0, 2)


def test_trials_run_in_the_folder_that_the_spec_names_wherever_it_is_started(bench):
    bench.write("project/train", (bench.root / "train").read_text()).chmod(0o755)
    bench.write("project/conf.yaml", "lr: {learning_rate}\n")
    bench.write("specs/x", "")
    spec = bench.spec(
        "./train {learning_rate} {epochs} {arm} {config}",
        name="specs/r.yaml",
        trials=1,
        more="workdir: ../project\nconfig_template: conf.yaml\n",
    )
    (bench.root / "train").unlink()
    assert bench.tuneplay("run", spec).returncode == 0
    assert bench.events("opened")[0]["workdir"] == str(bench.root / "project")
    assert bench.tuneplay("check", spec).returncode == 0


def test_a_parent_that_a_rule_of_design_would_refuse_today_is_still_a_parent(bench):
    bench.write("rounds/before/round.yaml", bench.spec(
        more="fixed: {width: 8}\n", command="./train {learning_rate} {epochs} {arm} {width}",
    ).read_text().replace("nuisance:", "nuisance:\n  batch_size: [8, 16]").replace(
        "{arm} {width}", "{arm} {width} {batch_size}"))  # fmt: skip
    spec = bench.spec(name="now.yaml", more="parent: rounds/before\n")
    assert "there is no round" not in bench.tuneplay("check", spec).stdout
