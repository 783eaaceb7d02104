"""Real rounds for tests: real specs, real processes, real files."""

import contextlib
import json
import os
import signal
import subprocess
import sys

from support.processes import pids_of

#: Seconds until a command is given up, and until one that was killed must be gone.
LIMIT = 100.0
LIMIT_OF_A_KILLED_ONE = 20.0

#: A train command of a few milliseconds, written in sh so that many of them cost little. It knows
#: nothing of tuneplay: it prints its metrics. Behaviour is chosen by its learning rate.
TRAIN = """\
#!/bin/sh
# usage: train LEARNING_RATE EPOCHS [SECONDS an epoch]
epoch=1
while [ "$epoch" -le "$2" ]; do
    [ -n "${3:-}" ] && sleep "$3"
    echo "{\\"epoch\\": $epoch, \\"val_error\\": 0.$((100 + 50 / epoch)), \\"lr\\": $1}"
    epoch=$((epoch + 1))
done
"""

SPEC = """\
goal: Is b better than a?
phase: exploration
command: {command}
objective: {{metric: val_error, direction: minimize}}
epochs: {epochs}
trials: {trials}
baseline: {{arm: a}}
scientific: {{arm: [a, b]}}
nuisance:
  learning_rate: {{low: 1e-4, high: 1, scale: log}}
resources: {{slots: {slots}}}
{more}"""


class Bench:
    """A folder to run tuneplay in."""

    def __init__(self, root):
        self.root = root
        self.started = []
        self.write("train", TRAIN).chmod(0o755)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def spec(
        self,
        command="./train {learning_rate} {epochs} {arm}",
        *,
        name="r.yaml",
        epochs=3,
        trials=3,
        slots=2,
        more="",
    ):
        text = SPEC.format(command=command, epochs=epochs, trials=trials, slots=slots, more=more)
        return self.write(name, text)

    def command(self, *arguments):
        return [sys.executable, "-m", "tuneplay", *map(str, arguments)]

    def environment(self, **more):
        """The environment of a command: that of the tests (see surroundings.py), and more.

        Each process that inherits it is known by this folder, and ended with the test.
        """
        return {**os.environ, "PYTHONWARNINGS": "error", "TEST_BENCH": str(self.root), **more}

    def tuneplay(self, *arguments, env=None, timeout=LIMIT):
        """Run a command to its end; standard output and error are text."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment(**(env or {})),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def start(self, *arguments, **more):
        """Start a command in a session of its own and return at once."""
        process = subprocess.Popen(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **more,
        )
        self.started.append(process)
        return process

    def end(self):
        """End what a test has left behind: a coordinator it gave up on, and all its trials."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait(LIMIT_OF_A_KILLED_ONE)
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
        for pid in pids_of(str(self.root)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def ledger(self, name="r"):
        """The complete lines of a round's ledger."""
        path = self.root / "rounds" / name / "ledger.jsonl"
        lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
        return [json.loads(line) for line in lines]

    def events(self, kind, name="r"):
        return [event for event in self.ledger(name) if event["event"] == kind]

    def attempts(self, name="r"):
        return sorted((self.root / "rounds" / name / "trials").glob("*/*"))

    def report(self, name="r"):
        result = self.tuneplay("report", f"rounds/{name}", "--json")
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)
