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


SAVES = """\
import json, os
folder = os.environ["TUNEPLAY_CHECKPOINT_DIR"]
os.makedirs(folder, exist_ok=True)
open(os.path.join(folder, "epoch_1.pt"), "w").write("weights")
open(os.path.join(os.environ["TUNEPLAY_TRIAL_DIR"], "notes.txt"), "w").write("notes")
with open(os.environ["TUNEPLAY_METRICS"], "a") as metrics:
    print(json.dumps({"epoch": 1, "val_error": 0.5}), file=metrics)
"""


@pytest.mark.parametrize("passed", ["{learning_rate} {arm}", "{args}"])
def test_a_program_that_writes_where_its_environment_says_writes_elsewhere(bench, passed):
    bench.write("s.py", SAVES)
    spec = bench.spec(f"python3 s.py {passed}", epochs=1)
    assert bench.tuneplay("run", spec).returncode == 0
    names = ("epoch_1.pt", "notes.txt", "metrics.jsonl")
    for study in bench.report()["studies"]:
        before = {name: set(bench.root.rglob(name)) for name in names}
        command = study["best"]["command"]
        subprocess.run(["/bin/sh", "-c", command], env=bench.environment(), check=True)
        for name in names:
            (new,) = set(bench.root.rglob(name)) - before[name]
            assert "repeat" in new.relative_to(bench.root).parts


def test_a_folder_that_begins_with_a_dash_is_no_option(bench):
    text = bench.spec("python3 s.py {learning_rate} {arm}", epochs=1).read_text()
    bench.write("s.py", SAVES)
    spec = bench.write("-r3/round.yaml", text)
    assert bench.tuneplay("run", spec).returncode == 0
    result = bench.tuneplay("report", "./-r3")
    assert "Next  tuneplay rerun ./-r3\n" in result.stdout
    report = json.loads(bench.tuneplay("report", "./-r3", "--json").stdout)
    for study in report["studies"]:
        command = study["best"]["command"]
        subprocess.run(["/bin/sh", "-c", command], env=bench.environment(), check=True)
