"""A round in hard times: what a person, a machine or a script may do to it."""

import itertools
import json
import os
import shutil
import signal
import subprocess

from support.processes import pids_of
from support.waiting import has_printed, wait_for


def script(bench, name, text):
    bench.write(name, text).chmod(0o755)


def test_a_trial_that_saves_and_leaves_on_term_is_not_taken_for_an_ended_one(bench):
    bench.write(
        "polite.py",
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
        "for epoch in range(1, 11):\n"
        '    print(\'{"epoch": %d, "val_error": %f}\' % (epoch, 1 / epoch), flush=True)\n'
        "    time.sleep(0.2)\n",
    )
    spec = bench.spec("python3 polite.py {learning_rate} {arm}", epochs=10, trials=1)
    first = bench.start("run", spec)
    # The handler is there before the first line.
    wait_for(lambda: sum(has_printed(f) for f in bench.attempts()) == 2)
    first.terminate()
    first.communicate(timeout=30)
    assert bench.events("finished") == []
    assert bench.tuneplay("run", spec).returncode == 0
    assert [e["curves"]["epoch"][-1] for e in bench.events("finished")] == [10, 10]


def test_fewer_slots_hold_from_the_moment_that_trials_which_were_taken_back_have_ended(bench):
    script(
        bench,
        "crowd",
        '#!/bin/sh\ndate +%s.%N >$3/begin\nsleep 0.7\necho \'{"epoch": 1, "val_error": 1}\'\n'
        "date +%s.%N >$3/end\n",
    )
    command = "./crowd {learning_rate} {arm} {trial_dir}"
    spec = bench.spec(command, trials=4, slots=4)
    first = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 4)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    bench.spec(command, trials=4, slots=1)
    assert bench.tuneplay("run", spec).returncode == 0
    times = sorted(
        (float((f / "begin").read_text()), float((f / "end").read_text())) for f in bench.attempts()
    )[4:]
    assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(times))


def test_a_trial_taken_back_keeps_its_gpu_and_no_other_trial_gets_it(bench):
    script(
        bench,
        "gpu",
        "#!/bin/sh\ndate +%s.%N >$3/begin\necho $CUDA_VISIBLE_DEVICES >$3/gpu\n"
        'case "$3" in *0000.1) [ $2 = a ] && sleep 0.2 || sleep 3;; *) sleep 0.6;; esac\n'
        'echo \'{"epoch": 1, "val_error": 1}\'\ndate +%s.%N >$3/end\n',
    )
    spec = bench.spec("./gpu {learning_rate} {arm} {trial_dir}", trials=3)
    spec.write_text(spec.read_text().replace("slots: 2}", "gpus: [0, 1]}"))
    first = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 3)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    assert bench.tuneplay("run", spec).returncode == 0
    spans = {}
    for folder in bench.attempts():
        begin, end = (float((folder / name).read_text()) for name in ("begin", "end"))
        spans.setdefault((folder / "gpu").read_text(), []).append((begin, end))
    for used in spans.values():
        used.sort()
        assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(used))


def test_what_a_killed_trial_shows_does_not_depend_on_when_it_was_killed(bench):
    # It recovers in epoch 2; one that is killed before that has diverged as far as anybody saw.
    script(
        bench,
        "late",
        '#!/bin/sh\necho \'{"epoch": 1, "val_error": NaN}\'\n'
        "if mkdir once.$2 2>/dev/null; then kill -9 $$; fi\n"
        'echo \'{"epoch": 2, "val_error": 0.5}\'\n',
    )
    result = bench.tuneplay("run", bench.spec("./late {learning_rate} {arm}", epochs=2, trials=1))
    assert result.returncode == 0, result.stderr
    ended = [(e["attempt"], e["state"], e["value"]) for e in bench.events("finished")]
    assert ended == [(2, "feasible", 0.5)] * 2


def test_a_trial_that_was_killed_too_often_and_had_diverged_is_infeasible(bench):
    script(
        bench,
        "gone",
        '#!/bin/sh\necho \'{"epoch": 1, "val_error": 0.5}\'\n'
        'echo \'{"epoch": 2, "val_error": NaN}\'\nkill -9 $$\n',
    )
    bench.tuneplay("run", bench.spec("./gone {learning_rate} {arm}", trials=1))
    ended = [(e["attempt"], e["state"], e["reason"]) for e in bench.events("finished")]
    assert ended == [(2, "infeasible", "diverged: val_error is not finite from epoch 2 on")] * 2


def test_null_says_not_measured_except_for_the_objective_at_the_end(bench):
    script(
        bench,
        "some",
        '#!/bin/sh\necho \'{"epoch": 1, "val_error": 0.5, "test_loss": 1.0}\'\n'
        'if [ $2 = a ]; then echo \'{"epoch": 2, "val_error": 0.4, "test_loss": null}\'\n'
        'else echo \'{"epoch": 2, "val_error": null}\'; fi\n',
    )
    bench.tuneplay("run", bench.spec("./some {learning_rate} {arm}", trials=1))
    states = {e["study"]: (e["state"], e["reason"]) for e in bench.events("finished")}
    assert states["arm=a"] == ("feasible", "")
    assert states["arm=b"] == (
        "infeasible", "diverged: val_error is not finite from epoch 2 on",
    )  # fmt: skip


def test_a_misspelt_objective_stops_the_round_before_its_budget_is_gone(bench):
    script(bench, "typo", '#!/bin/sh\necho \'{"epoch": 1, "val_eror": 1}\'\n')
    spec = bench.spec("./typo {learning_rate} {arm}", trials=50)
    result = bench.tuneplay("run", spec)
    assert result.returncode == 7
    assert "printed no val_error that could be read, but val_eror" in result.stderr
    # The spec is mended, and the same command goes on, with the whole budget.
    spec.write_text(spec.read_text().replace("metric: val_error", "metric: val_eror"))
    assert bench.tuneplay("run", spec).returncode == 0
    assert bench.report()["progress"]["feasible"] == 100


def test_a_spec_fixed_after_a_false_start_trains_what_it_says_now(bench):
    spec = bench.spec("./train --wrong {learning_rate} {epochs} {arm}", trials=2)
    assert bench.tuneplay("run", spec).returncode == 7
    bench.spec(trials=2, epochs=2)
    text = spec.read_text().replace("low: 1e-4, high: 1", "low: 10, high: 100.0")
    spec.write_text(text)
    assert bench.tuneplay("run", spec).returncode == 0
    last = {(e["study"], e["trial"]): e["hyperparameters"] for e in bench.events("finished")}
    counted = list(last.values())  # how many were tried in vain depends on how soon it stopped
    assert len(counted) == 4
    assert all(values["learning_rate"] >= 10 for values in counted)


def test_a_false_start_in_the_wrong_folder_does_not_bind_the_round(bench):
    spec = bench.spec("python3 t.py {learning_rate} {arm}", name="rounds/w/round.yaml", trials=1)
    bench.write("t.py", 'print(\'{"epoch": 1, "val_error": 1}\')\n')
    inside = subprocess.run(
        bench.command("run", "w"), cwd=bench.root / "rounds", env=bench.environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert inside.returncode == 7
    assert bench.tuneplay("run", spec.parent).returncode == 0


def test_a_working_folder_that_is_gone_is_said_to_be_so_and_can_be_named_again(bench):
    spec = bench.spec(trials=1)
    old = bench.root / "old"
    old.mkdir()
    shutil.copy(bench.root / "train", old)
    shutil.copy(spec, old)
    first = subprocess.run(
        bench.command("run", "r.yaml"), cwd=old, env=bench.environment(), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert first.returncode == 0, first.stderr
    (old / "rounds").rename(bench.root / "rounds")
    shutil.rmtree(old)
    bench.spec(trials=2)
    result = bench.tuneplay("run", spec)
    assert result.returncode == 7
    assert "the folder in which the trials run is gone" in result.stderr
    assert bench.tuneplay("run", spec, "--workdir", ".").returncode == 0
    assert len(bench.events("finished")) == 4


def test_a_few_crashes_in_a_row_do_not_stop_a_round_that_has_worked(bench):
    script(
        bench,
        "patchy",
        '#!/bin/sh\ncase $1 in 2|3|4) exit 1;; esac\necho \'{"epoch": 1, "val_error": 1}\'\n',
    )
    spec = bench.spec("./patchy {seed} {learning_rate} {arm}", trials=8, slots=1)
    assert bench.tuneplay("run", spec).returncode == 3
    progress = bench.report()["progress"]
    assert (progress["feasible"], progress["failed"]) == (10, 6)


def test_files_that_only_look_like_checkpoints_are_kept(bench):
    bench.write(
        "shards.py",
        "import os, sys\n"
        "for epoch in range(1, 5):\n"
        '    print(\'{"epoch": %d, "val_error": %d}\' % (epoch, epoch))\n'
        "for rank in range(1, 5):\n"
        "    open(os.path.join(sys.argv[1], f'rank_{rank}.pt'), 'w').close()\n",
    )
    command = "python3 shards.py {checkpoint_dir} {learning_rate} {arm}"
    bench.tuneplay("run", bench.spec(command, trials=1))
    kept = bench.root / "rounds/r/trials/arm=a/0000.1/checkpoints"
    assert len(list(kept.iterdir())) == 4


def test_children_in_a_session_of_their_own_end_with_a_trial_that_was_stopped(bench):
    bench.write(
        "worker.py",
        "import subprocess, sys, time\n"
        "subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        'print(\'{"epoch": 1, "val_error": 1}\', flush=True)\n'
        "time.sleep(600)\n",
    )
    spec = bench.spec("python3 worker.py {learning_rate} {arm}", trials=1)
    spec.write_text(spec.read_text().replace("slots: 2}", "slots: 2, timeout: 1}"))
    assert bench.tuneplay("run", spec).returncode == 3
    assert pids_of(str(bench.root / "rounds")) == []


def test_lines_that_cannot_be_used_are_reported_with_their_numbers(bench):
    script(
        bench,
        "mixed",
        '#!/bin/sh\necho hello\necho \'{"epoch": -1, "val_error": 3}\'\n'
        'echo \'{"epoch": 1, "val_error": 1}\'\n',
    )
    result = bench.tuneplay("run", bench.spec("./mixed {learning_rate} {arm}", trials=1))
    assert result.returncode == 0
    assert "arm=a/0000: stdout.log:2: epoch -1 is negative" in result.stdout


def test_dry_run_says_how_many_values_depend_on_results(bench):
    spec = bench.spec(trials=13)
    spec.write_text(spec.read_text().replace("exploration", "exploitation"))
    lines = bench.tuneplay("run", spec, "--dry-run").stdout.splitlines()
    assert len(lines) == 21
    assert lines[-1] == "# and 6 more, whose values depend on earlier results"


def test_a_ledger_that_names_an_unknown_study_is_damaged(bench):
    spec = bench.spec(trials=1)
    bench.tuneplay("run", spec)
    ledger = bench.root / "rounds/r/ledger.jsonl"
    lines = [json.loads(line) for line in ledger.read_text().splitlines()]
    for line in lines:
        if line["event"] == "finished":
            line["study"] = "arm=z"
    ledger.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert bench.tuneplay("report", spec).returncode == 5
