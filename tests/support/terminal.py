"""A real terminal, and rounds that stand still while a person looks at it."""

import time

import pexpect
import pyte

from support.waiting import PATIENCE

COLUMNS, LINES = 100, 30


class Terminal:
    """A command in a pty, and the screen that a person would look at."""

    def __init__(self, bench, *arguments, columns=COLUMNS, env=None):
        self.screen = pyte.Screen(columns, LINES)
        self._stream = pyte.Stream(self.screen)
        env = bench.environment(**{"TERM": "xterm-256color"} | (env or {}))
        command, *rest = bench.command(*arguments)
        self.child = pexpect.spawn(
            command, rest, cwd=str(bench.root), env=env, dimensions=(LINES, columns),
            encoding="utf-8", timeout=PATIENCE,
        )  # fmt: skip

    def read(self):
        """Feed the screen with what was written meanwhile; False at the end."""
        try:
            self._stream.feed(self.child.read_nonblocking(100_000, timeout=0.1))
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True

    def until(self, text, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while text not in self.text:
            assert self.read(), f"ended without {text!r}:\n{self.text}"
            assert time.monotonic() < deadline, f"no {text!r} in\n{self.text}"

    def end(self, seconds=PATIENCE):
        """Read until the command ends; its exit code."""
        deadline = time.monotonic() + seconds
        while self.read():
            assert time.monotonic() < deadline, f"has not ended:\n{self.text}"
        self.child.close()
        return self.child.exitstatus

    @property
    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display).strip()


#: Prints three epochs and then waits for the file `go`, so that what is on the screen does not
#: depend on how quick the machine is. The trials named `free` do not wait.
GATED = """\
#!/bin/sh
# usage: gated LEARNING_RATE EPOCHS ARM TRIAL_DIR FREE
epoch=1
while [ "$epoch" -le "$2" ]; do
    echo "{\\"epoch\\": $epoch, \\"val_error\\": 0.$((100 + 50 / epoch))}"
    case "$4" in *"$5") ;; *) while [ "$epoch" -eq 3 ] && [ ! -e go ]; do sleep 0.05; done ;; esac
    epoch=$((epoch + 1))
done
"""


class Gated:
    """A round whose trials wait in their third epoch until the gate is opened."""

    def __init__(self, bench):
        self.bench = bench
        bench.write("gated", GATED).chmod(0o755)

    def spec(self, free="none"):
        command = "./gated {learning_rate} {epochs} {arm} {trial_dir} " + free
        return self.bench.spec(command, epochs=10, trials=3)

    def open(self):
        self.bench.write("go", "")
