"""Processes: strangers are left alone, and nothing of a trial outlives it."""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.processes import pids_of
from support.waiting import wait_for


def script(bench, text, name="t"):
    bench.write(name, f"#!/bin/sh\n{text}\n").chmod(0o755)


def kill_all(bench, coordinator):
    """Kill a coordinator and every process of its trials."""
    coordinator.kill()
    # Those that live: of earlier attempts there may be nobody left, or a stranger with the number.
    for pid in pids_of(str(bench.root / "rounds")):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    coordinator.communicate()
    wait_for(lambda: pids_of(str(bench.root / "rounds")) == [])


@pytest.fixture
def stranger():
    """A process group that is nobody's business."""
    process = subprocess.Popen(["sleep", "600"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("differs", ["start", "boot"])
@pytest.mark.parametrize("known", [True, False], ids=["ledger", "folder"])
def test_a_stranger_with_the_pid_of_a_dead_trial_is_never_signalled(
    bench, stranger, differs, known
):
    script(bench, 'echo \'{"epoch": 1, "val_error": 1}\'\nwhile [ ! -e go ]; do sleep 0.05; done')
    spec = bench.spec("./t {learning_rate} {arm}", trials=1)
    first = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 2)
    wait_for(lambda: sum((f / "started").exists() for f in bench.attempts()) == 2)
    kill_all(bench, first)
    # The system gave the trial's pid away: to a process that began later, or in another boot.
    path = bench.root / "rounds/r/ledger.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    stat = Path(f"/proc/{stranger.pid}/stat").read_text().strip()
    for line in lines:
        if line["event"] == "started":
            line["handle"]["pid"] = stranger.pid
            if differs == "boot":
                line["handle"] |= {"start": int(stat.rpartition(")")[2].split()[19]), "boot": "b"}
    lines = [line for line in lines if known or line["event"] != "started"]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    for folder in bench.attempts():
        _, boot, old = (folder / "started").read_text().split(" ", 2)
        now = f"{boot} {old}" if differs == "start" else f"another-boot {stat}\n"
        (folder / "started").write_text(f"{stranger.pid} {now}")
    bench.write("go", "")
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0, result.stderr
    assert stranger.poll() is None
    assert "found arm=" not in result.stdout
    assert [e["attempt"] for e in bench.events("finished")] == [2, 2]


def test_both_killed_the_metrics_are_read_to_the_end_and_there_is_one_retry(bench):
    script(
        bench,
        "for e in 1 2 3; do echo '{\"epoch\": '$e', \"val_error\": 0.'$e'}'; done\n"
        'printf \'{"epoch": 4, "val_error": 0.05}\'\ntouch $3/there\n'
        "while :; do sleep 0.05; done",
    )
    spec = bench.spec("./t {learning_rate} {arm} {trial_dir}", trials=1)
    for attempt in (1, 2):
        process = bench.start("run", spec)
        wait_for(lambda n=attempt: sum((f / "there").exists() for f in bench.attempts()) == 2 * n)
        assert bench.events("finished") == []
        kill_all(bench, process)
    result = bench.tuneplay("run", spec)
    assert result.returncode in (3, 7), result.stdout
    finished = bench.events("finished")
    assert [e["attempt"] for e in finished] == [2, 2], "one retry, and no more"
    for event in finished:
        assert event["state"] == "failed"
        assert "vanished without an exit code" in event["reason"]
        # The last line has no newline: its writer is gone, so it is whole.
        assert event["curves"]["epoch"] == [1, 2, 3, 4]
        assert event["value"] == 0.05


@pytest.mark.parametrize("code", [0, 1])
@pytest.mark.parametrize("seconds", [0, 1.2])
def test_a_grandchild_in_its_own_session_neither_holds_a_trial_up_nor_outlives_it(
    bench, code, seconds
):
    bench.write(
        "t.py",
        "import subprocess, sys, time\n"
        "subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        'print(\'{"epoch": 1, "val_error": 1}\', flush=True)\n'
        f"time.sleep({seconds})\nsys.exit({code})\n",
    )
    spec = bench.spec(f"{sys.executable} t.py {{learning_rate}} {{arm}}", trials=2)
    result = bench.tuneplay("run", spec)
    assert result.returncode == (3 if code else 0), result.stderr
    assert pids_of(str(bench.root / "rounds")) == []
    assert all(e["seconds"] < 300 for e in bench.events("finished"))


def test_a_ledger_of_a_newer_version_is_refused_by_every_command_and_left_alone(bench):
    spec = bench.spec(trials=1)
    assert bench.tuneplay("run", spec).returncode == 0
    path = bench.root / "rounds/r/ledger.jsonl"
    path.write_text(path.read_text().replace('"ledger_version":1', '"ledger_version":99'))
    before = path.read_bytes()
    for arguments in (["run"], ["run", "--repair"], ["status"], ["report"], ["rerun"]):
        result = bench.tuneplay(arguments[0], spec, *arguments[1:])
        assert result.returncode == 5
        assert "written by a newer tuneplay (ledger version 99)" in result.stderr
        assert "upgrade tuneplay" in result.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "new"), [("r.yaml", "r-2.yaml"), ("rounds/r/round.yaml", "rounds/r-2/round.yaml")]
)
def test_the_way_to_a_new_round_from_an_edited_one_can_be_pasted(bench, name, new):
    spec = bench.spec(name=name, trials=1)
    assert bench.tuneplay("run", name).returncode == 0
    spec.write_text(spec.read_text().replace("high: 1,", "high: 10,"))
    told = bench.tuneplay("run", name).stderr
    way = told.partition("start a new round from this one: ")[2].splitlines()[0]
    assert new in way
    program = f"{shlex.quote(sys.executable)} -m tuneplay run"
    subprocess.run(
        way.replace("tuneplay run", program), shell=True, cwd=bench.root, check=True,
        env=bench.environment(), capture_output=True,
    )  # fmt: skip
    assert len(bench.events("finished", "r-2")) == 2
    assert bench.tuneplay("run", name).returncode == 2


def test_what_was_edited_in_a_spec_is_shown_line_by_line(bench):
    spec = bench.spec(trials=1)
    assert bench.tuneplay("run", spec).returncode == 0
    spec.write_text(spec.read_text().replace("high: 1,", "high: 10,"))
    result = bench.tuneplay("run", spec)
    assert result.returncode == 2
    assert "  -   learning_rate: {low: 1e-4, high: 1, scale: log}" in result.stderr
    assert "  +   learning_rate: {low: 1e-4, high: 10, scale: log}" in result.stderr
    assert "start a new round" in result.stderr
    assert len(bench.events("opened")) == 1


def test_a_trial_killed_from_outside_gets_another_attempt_in_a_folder_of_its_own(bench):
    script(bench, 'echo \'{"epoch": 1, "val_error": 1}\'\nkill -KILL $$')
    result = bench.tuneplay("run", bench.spec("./t {learning_rate} {arm}", trials=1))
    assert result.returncode == 3
    assert "killed by SIGKILL (possibly out of memory); it gets another attempt" in result.stdout
    assert sorted(f.name for f in bench.attempts()) == ["0000.1", "0000.1", "0000.2", "0000.2"]
    for event in bench.events("finished"):
        assert event["state"] == "failed"
        assert event["reason"] == "killed by SIGKILL (possibly out of memory)"
        assert event["attempt"] == 2


@pytest.mark.slow
def test_a_trial_that_ignores_term_is_killed_after_a_time_of_grace(bench):
    script(
        bench,
        "trap '' TERM\necho '{\"epoch\": 1, \"val_error\": 1}'\nwhile :; do sleep 0.1; done",
    )
    spec = bench.spec("./t {learning_rate} {arm}", trials=1)
    spec.write_text(spec.read_text().replace("slots: 2}", "slots: 2, timeout: 0.5}"))
    assert bench.tuneplay("run", spec).returncode == 3
    assert [e["reason"] for e in bench.events("finished")] == ["timeout after 0.5 s"] * 2
    assert pids_of(str(bench.root / "rounds")) == []
    # It was not held to be killed from outside: that was us.
    assert len(bench.attempts()) == 2


KEYS = ["../../x", "", "x" * 600, "Same", "same", "SAME", ".", "a/b", "a_b", "ü", "-rf", "con"]


def test_study_keys_of_any_kind_make_folders_that_are_safe_and_unlike(bench):
    values = json.dumps(KEYS)
    text = bench.spec("./train {learning_rate} {epochs} {arm}", trials=1).read_text()
    bench.write("r.yaml", text.replace("[a, b]", values).replace("arm: a}", "arm: Same}"))
    result = bench.tuneplay("run", "r.yaml")
    assert result.returncode == 0, result.stderr
    folders = [p.name for p in (bench.root / "rounds/r/trials").iterdir()]
    assert len({name.casefold() for name in folders}) == len(KEYS)
    assert all(len(os.fsencode(name)) <= 255 and "/" not in name for name in folders)
    assert {f.parent.parent for f in bench.attempts()} == {bench.root / "rounds/r/trials"}
    assert sorted(p.name for p in bench.root.iterdir()) == ["r.yaml", "rounds", "train"]


#: Runs tuneplay, and kills it right after it has signalled a group for the first time.
DIES_AFTER_TERM = """\
import os, signal, sys
real = os.killpg
def killpg(group, number):
    real(group, number)
    if number:
        os.kill(os.getpid(), signal.SIGKILL)
os.killpg = killpg
from tuneplay.cli.main import main
main()
"""

#: Saves and leaves with exit code 0 when it is asked to end.
POLITE = """\
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print('{"epoch": 1, "val_error": 1}', flush=True)
while not os.path.exists("go"):
    time.sleep(0.05)
print('{"epoch": 2, "val_error": 0.5}', flush=True)
"""


def test_a_crash_between_term_and_the_ledger_does_not_make_a_stopped_trial_a_result(bench):
    bench.write("polite.py", POLITE)
    spec = bench.spec("python3 polite.py {learning_rate} {arm}", epochs=2, trials=1, slots=1)
    first = subprocess.Popen(
        [sys.executable, "-c", DIES_AFTER_TERM, "run", str(spec)],
        cwd=bench.root, env=bench.environment(), stdout=subprocess.DEVNULL,
    )  # fmt: skip
    logs = lambda: [f / "stdout.log" for f in bench.attempts()]  # noqa: E731
    wait_for(lambda: any(f.exists() and f.stat().st_size > 0 for f in logs()))
    first.terminate()
    assert first.wait(timeout=60) == -9
    (folder,) = bench.attempts()
    wait_for((folder / "exit").exists)
    wait_for(lambda: (folder / "exit").read_text() == "0\n")
    assert [e["event"] for e in bench.ledger()] == ["opened", "intent", "started"]
    bench.write("go", "")
    assert bench.tuneplay("run", spec).returncode == 0
    assert [e["curves"]["epoch"] for e in bench.events("finished")] == [[1, 2]] * 2
    assert [e["attempt"] for e in bench.events("finished")] == [2, 1]
    assert (bench.events("note")[0]["kind"], bench.events("note")[0]["attempt"]) == (
        "interrupted",
        1,
    )


def test_a_timeout_is_remembered_by_whoever_goes_on(bench):
    bench.write("polite.py", POLITE)
    spec = bench.spec("python3 polite.py {learning_rate} {arm}", epochs=2, trials=1, slots=1)
    limited = spec.read_text().replace("slots: 1}", "slots: 1, timeout: 1}")
    spec.write_text(limited)
    first = subprocess.run(
        [sys.executable, "-c", DIES_AFTER_TERM, "run", str(spec)],
        cwd=bench.root, env=bench.environment(), stdout=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert first.returncode == -9
    (folder,) = bench.attempts()
    wait_for((folder / "exit").exists)
    bench.write("go", "")
    spec.write_text(limited.replace("timeout: 1}", "timeout: 600}"))
    assert bench.tuneplay("run", spec).returncode == 3
    reasons = {e["study"]: e["reason"] for e in bench.events("finished")}
    assert reasons == {"arm=a": "timeout after 1 s", "arm=b": ""}


@pytest.mark.parametrize(
    ("times", "size", "said"),
    [
        (2, 70_000, "one argument or variable takes"),
        (50, 60_000, "its arguments and variables take"),
    ],
)
def test_a_command_longer_than_the_system_takes_is_refused_before_any_trial(
    bench, times, size, said
):
    words = "{text}{text}" if times == 2 else "{text} " * times
    spec = bench.spec(f"./train {{learning_rate}} 1 0 {{arm}} {words}", trials=1)
    spec.write_text(spec.read_text() + f"fixed: {{text: {'x' * size}}}\n")
    result = bench.tuneplay("run", spec)
    assert result.returncode == 7
    assert said in result.stderr
    assert "{params_json}" in result.stderr
    assert not (bench.root / "rounds").exists()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("a\\0b", "a NUL character"),
        ("x" * 150_000, "longer than a program can receive"),
        ("x" * 200_000, "larger than 200,000 bytes"),
    ],
    ids=["NUL", "150 kB", "200 kB"],
)
def test_a_value_that_no_program_can_receive_is_refused_before_any_trial(bench, value, said):
    spec = bench.spec("./train {learning_rate} 1 0 {arm} {text}", trials=1)
    spec.write_text(spec.read_text() + f'fixed: {{text: "{value}"}}\n')
    result = bench.tuneplay("run", spec)
    assert result.returncode == 2
    assert said in result.stderr
    assert len(result.stderr) < 2000
    assert not (bench.root / "rounds").exists()


def test_an_interrupt_that_is_ignored_as_in_the_background_of_a_script_stays_ignored(bench):
    script(bench, 'while [ ! -e go ]; do sleep 0.05; done\necho \'{"epoch": 1, "val_error": 1}\'')
    process = bench.start(
        "run",
        bench.spec("./t {learning_rate} {arm}", trials=2),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    wait_for(lambda: len(bench.events("started")) == 2)
    process.send_signal(signal.SIGINT)
    bench.write("go", "")
    process.communicate(timeout=40)
    assert process.returncode == 0
    assert len(bench.events("finished")) == 4, "a first Ctrl-C would have let two of them finish"


def test_a_term_ends_a_round_that_ignores_interrupts(bench):
    script(bench, "while :; do sleep 0.05; done")
    process = bench.start(
        "run",
        bench.spec("./t {learning_rate} {arm}", trials=2),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    wait_for(lambda: len(bench.events("started")) == 2)
    process.terminate()
    process.communicate(timeout=40)
    assert process.returncode == 143
    assert pids_of(str(bench.root / "rounds")) == []
