"""The command in a report that repeats a trial gives what the trial gave."""

import json
import subprocess

import pytest

PROGRAM = """\
import json, os, sys
value = float(sys.argv[1]) + int(os.environ["TUNEPLAY_SEED"]) + len(os.environ.get("KEY", ""))
print(json.dumps({"epoch": int(os.environ["TUNEPLAY_EPOCHS"]), "val_error": value}))
"""


def repeated(bench, more="", **env):
    """The best trials, and what the commands that repeat them print."""
    bench.write("p.py", PROGRAM)
    spec = bench.spec("python3 p.py {learning_rate} {arm}", epochs=1, more=more)
    result = bench.tuneplay("run", spec, env=env)
    assert result.returncode == 0, result.stderr
    for study in bench.report()["studies"]:
        best = study["best"]
        run = subprocess.run(
            ["/bin/sh", "-c", best["command"]], env=bench.environment(**env),
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        yield best, json.loads(run.stdout)


def test_a_seed_that_is_read_from_the_environment_is_in_the_command(bench):
    for best, given in repeated(bench):
        assert given == {"epoch": 1, "val_error": pytest.approx(best["value"])}


def test_a_secret_is_left_to_the_shell(bench):
    more = "env: {KEY: secret-1234}\nredact: [KEY]\n"
    for best, given in repeated(bench, more, KEY="secret-1234"):
        assert "KEY=" not in best["command"]
        assert given["val_error"] == pytest.approx(best["value"])
