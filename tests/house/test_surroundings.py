"""A test finds the same surroundings however it was started, and none can wait for ever."""

import os
import signal
import subprocess
import sys
import time

import pytest
from support.places import ROOT, TESTS

#: What a child of a test says of itself: signals that it ignores or blocks, and what it inherited.
CHILD = """\
import os, time
rows = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
print(int(rows["SigIgn"], 16), int(rows["SigBlk"], 16), rows["Umask"].strip(), time.tzname[0])
print(*(name for name in ("CI", "COLUMNS", "NO_COLOR", "TERM", "CUDA_VISIBLE_DEVICES",
      "TUNEPLAY_METRICS", "PYTHONUNBUFFERED", "LC_ALL", "GIT_DIR") if name in os.environ))
import tuneplay
print(tuneplay.__file__)
"""

#: Python ignores these; a program that is not Python gets them back.
OF_PYTHON = sum(1 << (number - 1) for number in (signal.SIGPIPE, signal.SIGXFSZ))

#: A shell line that starts `"$@"` in surroundings that have made tests wait or fail.
STARTS = {
    "signals ignored": "trap '' INT HUP QUIT TERM USR1; exec \"$@\"",
    "under nohup": 'nohup "$@"',
    "in the background of a script": '"$@" & wait $!',
    "without a terminal": 'setsid --wait "$@"',
    "standard input closed": 'exec "$@" <&-',
    "nobody else may read": 'umask 077; exec "$@"',
    "from another folder": 'cd /; exec "$@"',
    "another language, zone and width": (
        "export LC_ALL=C TZ=Asia/Tokyo COLUMNS=20 TERM=dumb NO_COLOR=1 CI=1 PYTHONUNBUFFERED=1\n"
        'export CUDA_VISIBLE_DEVICES= TUNEPLAY_METRICS=/nowhere GIT_DIR=/nowhere; exec "$@"'
    ),
}
STARTS["all of it"] = (
    "cd /; umask 077; export LC_ALL=C TZ=Asia/Tokyo COLUMNS=20 NO_COLOR=1 CI=1 GIT_DIR=/nowhere\n"
    "trap '' INT HUP QUIT TERM; setsid --wait nohup \"$@\" <&-"
)


def session(start, *arguments, **env):
    """Run pytest in this tree, started by a line of shell."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(
        ["sh", "-c", start, "sh", *command],
        cwd=ROOT, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL, text=True, check=False, timeout=100,
    )  # fmt: skip


def test_a_child_of_a_test_hears_every_signal_and_inherits_nothing_that_changes_it(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CHILD], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    signals, names, file = done.stdout.splitlines()
    assert signals == f"{OF_PYTHON} 0 0022 UTC"
    assert names == ""
    assert file == str(ROOT / "tuneplay/__init__.py")


@pytest.mark.parametrize(
    "start",
    [
        name if name == "all of it" else pytest.param(name, marks=pytest.mark.slow)
        for name in STARTS
    ],
)
def test_tests_pass_however_they_are_started(start):
    here = f"{TESTS}/house/test_surroundings.py"
    keys = f"{TESTS}/commands/test_terminal.py"
    done = session(
        STARTS[start], here, keys, "-k", "a_child_of_a_test or ctrl_c_once or closing or sigterm"
    )
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


@pytest.mark.slow
def test_a_worker_finds_the_surroundings_of_the_session():
    here = f"{TESTS}/house/test_surroundings.py"
    done = session(STARTS["all of it"], here, "-k", "a_child_of_a_test", "-n", "1")
    assert done.returncode == 0, done.stdout


#: A test that waits for a child, and one that no signal gets out of its wait.
HANGING = """\
import signal, subprocess
import conftest
conftest.GRACE = 1
def test_waits_for_a_child():
    subprocess.run(["sleep", "600"])
def test_hears_no_alarm():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    subprocess.run(["sleep", "601"])
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [("waits_for_a_child", "Timeout (>1.0s)"), ("hears_no_alarm", "most recent call first")],
    ids=["a wait", "no alarm"],
)
def test_a_test_that_hangs_is_ended_and_says_where(tmp_path, name, said):
    (tmp_path / "test_hanging.py").write_text(HANGING)
    begun = time.monotonic()
    done = session(
        'exec "$@"', "-c", str(ROOT / "pyproject.toml"), "-o", "timeout=1", "-p", "conftest",
        str(tmp_path), "-k", name, PYTHONPATH=f"{TESTS}:{os.environ['PYTHONPATH']}",
    )  # fmt: skip
    assert done.returncode == 1, done.stdout
    assert said in done.stdout
    assert "test_hanging.py" in done.stdout
    assert time.monotonic() - begun < 60
