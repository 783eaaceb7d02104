"""Several processes at one round: one coordinates, any number read, the rest are told why not."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading

from support.waiting import wait_for

GATE = """\
#!/bin/sh
while [ ! -e go ]; do sleep 0.05; done
echo '{"epoch": 1, "val_error": 1}'
"""


def test_of_eight_started_together_one_runs_and_seven_learn_who_it_is(bench):
    bench.write("gate", GATE).chmod(0o755)
    spec = bench.spec("./gate {learning_rate} {arm}", trials=3)
    # All of them wait at the same line, so that they reach the new round together.
    barrier = "import sys; sys.stdin.readline(); from tuneplay.cli.main import main; main()"
    crowd = [
        subprocess.Popen(
            [sys.executable, "-c", barrier, "run", str(spec)],
            cwd=bench.root, env=bench.environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(8)
    ]  # fmt: skip
    for process in crowd:
        process.stdin.write("go\n")
        process.stdin.flush()
    wait_for(lambda: sum(process.poll() is not None for process in crowd) == 7, seconds=60)
    (one,) = (process for process in crowd if process.poll() is None)
    bench.write("go", "")
    said = {process: process.communicate(timeout=60) for process in crowd}
    assert one.returncode == 0, said[one]
    for process in crowd:
        if process is not one:
            assert process.returncode == 6, said[process]
            named = f"process {one.pid} on {socket.gethostname()}, since "
            assert named in said[process][1]
    finished = bench.events("finished")
    assert len(finished) == len({(e["study"], e["trial"]) for e in finished}) == 6
    assert len(bench.attempts()) == 6
    assert len(bench.events("opened")) == 1


#: The last trials wait until the readers have had their looks.
LATE = """\
#!/bin/sh
case $1 in 0029) while [ ! -e go ]; do sleep 0.05; done ;; esac
for epoch in 1 2 3; do echo "{\\"epoch\\": $epoch, \\"val_error\\": 0.$epoch}"; done
"""


def test_readers_never_stumble_over_a_writer(bench):
    bench.write("late", LATE).chmod(0o755)
    spec = bench.spec("./late {trial} {learning_rate} {arm}", trials=30, slots=4)
    writer = bench.start("run", spec)
    wait_for(lambda: bench.events("opened"))
    wrong, seen = [], []

    def look(*arguments):
        while writer.poll() is None:
            result = bench.tuneplay(*arguments, spec, "--json")
            if result.returncode:
                wrong.append(result.stderr)
            else:
                seen.append(json.loads(result.stdout))

    readers = [threading.Thread(target=look, args=(name,)) for name in ("status", "report")]
    for reader in readers:
        reader.start()
    wait_for(lambda: wrong or len(seen) >= 6, seconds=60)
    bench.write("go", "")
    writer.communicate(timeout=120)
    for reader in readers:
        reader.join()
    assert writer.returncode == 0
    assert wrong == []
    assert len(bench.events("finished")) == 60


def test_the_lock_of_a_killed_coordinator_is_free_though_its_trials_live(bench):
    bench.write("gate", GATE).chmod(0o755)
    spec = bench.spec("./gate {learning_rate} {arm}", trials=1)
    first = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 2)
    wait_for(lambda: sum((f / "started").exists() for f in bench.attempts()) == 2)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    status = json.loads(bench.tuneplay("status", spec, "--json").stdout)
    assert status["coordinator"] is None
    assert status["progress"]["running"] == 2
    again = bench.start("run", spec)
    found = 0
    for line in again.stdout:
        found += line.startswith("found arm=")
        if found == 2:
            bench.write("go", "")
    again.communicate()
    assert (again.returncode, found) == (0, 2)


def test_a_round_that_another_coordinator_opened_meanwhile_is_looked_at_again(bench):
    """One reads an empty round, another carries it out, and then the first one goes on."""
    spec = bench.spec(trials=1)
    slow = (
        "import sys, tuneplay.app.run as run\n"
        "real = run.open_session\n"
        "def open_session(*arguments):\n"
        "    print('ready', flush=True)\n    sys.stdin.readline()\n    return real(*arguments)\n"
        "run.open_session = open_session\nfrom tuneplay.cli.main import main\nmain()\n"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", slow, "run", str(spec)],
        cwd=bench.root, env=bench.environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert first.stdout.readline() == "ready\n"
    other = spec.read_text()
    spec.write_text(other.replace("high: 1,", "high: 0.5,"))
    assert bench.tuneplay("run", spec).returncode == 0
    out, said = first.communicate("go\n", timeout=60)
    assert first.returncode == 6, out + said
    assert "another coordinator opened this round a moment ago" in said
    assert len(bench.events("opened")) == 1
