"""What is left when nobody was watching: processes, failures, lines of a ledger."""

import json
import os
import signal
from types import SimpleNamespace

import pytest
from support.processes import pids_of
from support.waiting import wait_for

from tuneplay.app.attempts.attempt import Attempt
from tuneplay.app.attempts.ending_files import read_ending, unusable
from tuneplay.domain.folder import AttemptFolder
from tuneplay.domain.trial import Cause
from tuneplay.judge.ending import What, decide
from tuneplay.spec.load import loads

SPEC = """\
goal: g
phase: exploration
command: train {learning_rate}
objective: {metric: val_error, direction: minimize}
epochs: 1
trials: 1
nuisance:
  learning_rate: {low: 1e-4, high: 1, scale: log}
"""


def script(bench, name, text):
    bench.write(name, text).chmod(0o755)


def lives(pid):
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def test_what_short_trials_left_in_sessions_of_their_own_ends_when_nothing_is_left_to_do(bench):
    script(
        bench,
        "fork",
        "#!/bin/sh\nsetsid sleep 600 >/dev/null 2>&1 &\n"
        "while [ ! -e go ]; do sleep 0.05; done\n"
        'echo \'{"epoch": 1, "val_error": 1}\'\n',
    )
    spec = bench.spec("./fork {learning_rate} {arm}", trials=1)
    first = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 2)
    kill(first)
    bench.write("go", "")
    wait_for(lambda: all((folder / "exit").exists() for folder in bench.attempts()))
    assert bench.tuneplay("run", spec).returncode == 0
    wait_for(lambda: pids_of(str(bench.root / "rounds")) == [])


def test_a_program_without_our_environment_is_not_started_a_second_time(bench):
    script(
        bench,
        "bare",
        '#!/bin/sh\n[ -e go ] || echo $$ >>pids\necho \'{"epoch": 1, "val_error": 1}\'\n'
        "while [ ! -e go ]; do sleep 0.05; done\n",
    )
    spec = bench.spec("env -i PATH=/usr/bin:/bin ./bare {learning_rate} {arm}", trials=1)
    first = bench.start("run", spec)
    wait_for((bench.root / "pids").exists)
    wait_for(lambda: len((bench.root / "pids").read_text().split()) == 2)
    begun = [int(pid) for pid in (bench.root / "pids").read_text().split()]
    wrappers = [int(f.joinpath("started").read_text().split()[0]) for f in bench.attempts()]
    kill(first)
    for pid in wrappers:
        os.kill(pid, signal.SIGKILL)
    second = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 4)
    wait_for(lambda: not any(lives(pid) for pid in begun))  # the first copies are ended
    bench.write("go", "")
    assert second.wait(60) == 0
    second.communicate()


def test_failures_that_nobody_watched_do_not_use_up_the_budget(bench):
    script(bench, "broken", "#!/bin/sh\nwhile [ ! -e go ]; do sleep 0.05; done\nexit 1\n")
    spec = bench.spec("./broken {learning_rate} {arm}", trials=2, slots=4)
    first = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 4)
    kill(first)
    bench.write("go", "")
    wait_for(lambda: all((folder / "exit").exists() for folder in bench.attempts()))
    again = bench.tuneplay("run", spec)
    assert again.returncode == 7
    assert "the train command is broken" in again.stderr
    script(bench, "broken", '#!/bin/sh\necho \'{"epoch": 1, "val_error": 1}\'\n')
    assert bench.tuneplay("run", spec).returncode == 0
    assert bench.report()["progress"]["feasible"] == 4


@pytest.mark.parametrize(
    "harm",
    [
        lambda e: e.update(best_epoch="one"),
        lambda e: e["curves"].update(epoch=[None, 2, 3]),
        lambda e: e["curves"].update(val_error=["a", "b", "c"]),
        lambda e: e.update(hyperparameters={}),
    ],
)
def test_a_line_of_wrong_types_is_damage_and_no_defect(bench, harm):
    spec = bench.spec(trials=2)
    bench.tuneplay("run", spec)
    path = bench.root / "rounds/r/ledger.jsonl"
    lines = path.read_text().splitlines()
    place = next(k for k, line in enumerate(lines) if '"finished"' in line)
    event = json.loads(lines[place])
    harm(event)
    lines[place] = json.dumps(event)
    path.write_text("\n".join(lines) + "\n")
    result = bench.tuneplay("report", spec)
    assert result.returncode == 5, result.stderr
    assert "defect" not in result.stderr


@pytest.mark.parametrize("anew", ["", "; mkdir $3"])
def test_a_program_that_deletes_its_own_folder_is_warned(bench, anew):
    script(bench, "tidy", f'#!/bin/sh\nrm -r "$3"{anew}\necho \'{{"epoch": 1, "val_error": 1}}\'\n')
    result = bench.tuneplay("run", bench.spec("./tidy {learning_rate} {arm} {trial_dir}"))
    if anew:
        assert result.returncode == 7
        assert "its folder was emptied while it trained" in result.stdout
    else:
        assert result.returncode == 5
        assert "the trial's folder is gone" in result.stderr
    assert "{checkpoint_dir}" in result.stdout + result.stderr


def test_what_is_measured_after_a_program_emptied_its_folder_counts(bench):
    script(
        bench, "tidy", '#!/bin/sh\nrm -r "$3"\nmkdir "$3"\n'
        'echo \'{"epoch": 1, "val_error": 0.5}\' >>$TUNEPLAY_METRICS\n'
        '[ -e go ] || while [ ! -e go ]; do sleep 0.05; done\n'
        'echo \'{"epoch": 2, "val_error": 0.25}\' >>$TUNEPLAY_METRICS\n',
    )  # fmt: skip
    spec = bench.spec("./tidy {learning_rate} {arm} {trial_dir}", trials=1)
    first = bench.start("run", spec)
    wait_for(lambda: sum((f / "metrics.jsonl").exists() for f in bench.attempts()) == 2)
    kill(first)
    bench.write("go", "")
    wait_for(lambda: sum((f / "exit").exists() for f in bench.attempts()) == 2)
    assert bench.tuneplay("run", spec).returncode == 0
    assert [e["curves"]["epoch"] for e in bench.events("finished")] == [[1, 2]] * 2
    assert [e["attempt"] for e in bench.events("finished")] == [1, 1]
    assert all("emptied" in e["remarks"][0] for e in bench.events("finished"))


def test_a_wrapper_that_is_killed_before_it_began_is_lost_and_no_full_disk(tmp_path):
    attempt = Attempt(SimpleNamespace(), AttemptFolder(str(tmp_path)), "val_error", None)
    round_ = loads(SPEC, "r", "r.yaml").round
    lost = decide(read_ending(attempt, None, epochs=1), round_)
    assert (lost.what, lost.why) == (What.LOST, Cause.VANISHED)
    unable = decide(read_ending(attempt, 125, epochs=1), round_)
    assert unable.what is What.NEVER_BEGAN
    assert "could not begin" in unusable(attempt.folder, unable).message
