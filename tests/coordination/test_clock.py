"""The wall clock jumps: no timeout, no duration and no trial is harmed."""

import os
import signal
import subprocess
import sys
import time

import pytest
from support.waiting import wait_for

HOUR = 3_600

#: Runs tuneplay in a process whose wall clock jumps by so many seconds each time it is looked at
#: for the tenth time, so that some moments lie before a jump and some after it.
JUMPY = """\
import datetime, sys, time
jump, looks, real = float(sys.argv.pop(1)), 0, time.time
def jumpy():
    global looks
    looks += 1
    return real() + jump * (looks // 10 % 2 + 1)
time.time = jumpy
time.time_ns = lambda: int(jumpy() * 1e9)
class Jumpy(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(jumpy(), tz)
datetime.datetime = Jumpy
from tuneplay.cli.main import main
main()
"""

GATE = """\
#!/bin/sh
echo '{"epoch": 1, "val_error": 1}'
while [ ! -e go ]; do sleep 0.05; done
echo '{"epoch": 2, "val_error": 0.5}'
"""

LIMITS = "slots: 2, timeout: 600, stall_timeout: 600}"


def gated(bench):
    bench.write("gate", GATE).chmod(0o755)
    spec = bench.spec("./gate {learning_rate} {arm}", epochs=2, trials=1)
    spec.write_text(spec.read_text().replace("slots: 2}", LIMITS))
    return spec


def shift(path, seconds):
    """As if the clock had been set by so many seconds after a file was written."""
    status = os.stat(path)
    os.utime(path, (status.st_atime - seconds, status.st_mtime - seconds))


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_clock_that_jumps_under_the_coordinator_ends_no_trial(bench, jump):
    spec = bench.spec("./train {learning_rate} {epochs} 0.02 {arm}", trials=3)
    spec.write_text(spec.read_text().replace("slots: 2}", LIMITS))
    result = subprocess.run(
        [sys.executable, "-c", JUMPY, str(jump), "run", str(spec)],
        cwd=bench.root, env=bench.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    finished = bench.events("finished")
    assert [e["state"] for e in finished] == ["feasible"] * 6
    assert all(0 < e["seconds"] < 600 for e in finished)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_trial_is_taken_back_with_its_true_age_when_the_clock_was_set_meanwhile(bench, jump):
    spec = gated(bench)
    begun = time.monotonic()
    first = bench.start("run", spec)
    logs = lambda: [f / "stdout.log" for f in bench.attempts()]  # noqa: E731
    wait_for(lambda: sum(f.exists() and f.stat().st_size > 0 for f in logs()) == 2)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    for folder in bench.attempts():
        for file in folder.iterdir():
            shift(file, jump)
    again = bench.start("run", spec)
    for line in again.stdout:
        if line.startswith("found arm=b"):
            bench.write("go", "")
    again.communicate()
    assert again.returncode == 0
    finished = bench.events("finished")
    assert [e["state"] for e in finished] == ["feasible"] * 2
    assert all(0 < e["seconds"] <= time.monotonic() - begun + 1 for e in finished)
    assert len(bench.attempts()) == 2


@pytest.mark.parametrize(("jump", "known"), [(HOUR, False), (-HOUR, False), (0, True)])
def test_a_duration_is_not_shown_where_the_clock_was_set_while_nobody_watched(bench, jump, known):
    spec = gated(bench)
    first = bench.start("run", spec)
    wait_for(lambda: sum((f / "started").exists() for f in bench.attempts()) == 2)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    bench.write("go", "")
    wait_for(lambda: sum((f / "exit").exists() for f in bench.attempts()) == 2)
    for folder in bench.attempts():
        shift(folder / "started", jump)
    assert bench.tuneplay("run", spec).returncode == 0
    finished = bench.events("finished")
    assert [e["state"] for e in finished] == ["feasible"] * 2
    assert [e["seconds"] is not None for e in finished] == [known] * 2
    assert not known or all(0 <= e["seconds"] < 600 for e in finished)
    assert bench.tuneplay("report", spec).returncode == 0
