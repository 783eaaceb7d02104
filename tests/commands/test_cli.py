"""The commands as a person types them: what they print, and with which code they end."""

import json
import re
import shlex
import subprocess
import sys

import pytest
from support.waiting import has_printed, wait_for

GOOD = """\
goal: Is b better than a?
phase: exploration
command: ./train {learning_rate} {epochs} {arm} {seed}
objective: {metric: val_error, direction: minimize}
epochs: 3
trials: 3
baseline: {arm: a}
scientific: {arm: [a, b]}
nuisance: {learning_rate: {low: 1e-4, high: 1, scale: log}}
"""


def loaded_by(code):
    """Modules that are loaded after some code has run in a fresh interpreter."""
    result = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sorted(sys.modules), file=sys.stderr)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(result.stderr.split())


def test_importing_tuneplay_loads_the_standard_library_only():
    plain = loaded_by("pass")
    extra = {name.partition(".")[0] for name in loaded_by("import tuneplay") - plain}
    assert "tuneplay" in extra
    assert extra - {"tuneplay"} <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_loads_neither_pandas_nor_optuna_nor_numpy(arguments):
    code = (
        f"sys.argv[1:] = {arguments!r}\n"
        "from tuneplay.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass"
    )
    assert loaded_by(code) & {"pandas", "optuna", "numpy", "scipy", "yaml"} == set()


def test_status_and_exploration_load_neither_pandas_nor_optuna(bench):
    bench.tuneplay("run", bench.spec(trials=1))
    for command in (["status", "rounds/r"], ["run", "r.yaml"]):
        code = (
            f"import os; os.chdir({str(bench.root)!r})\nsys.argv[1:] = {command!r}\n"
            "from tuneplay.cli.main import main\n"
            "try: main()\nexcept SystemExit: pass"
        )
        assert loaded_by(code) & {"pandas", "optuna", "numpy", "scipy"} == set(), command


def test_ctrl_c_while_tuneplay_is_still_being_loaded_leaves_no_traceback():
    code = (
        "import sys\n"
        "class Impatient:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Impatient())\n"
        "from tuneplay.cli.main import main\n"
        "main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (130, "tuneplay: interrupted\n")


def test_check_shows_the_plan_and_starts_nothing(bench):
    bench.write("good.yaml", GOOD)
    result = bench.tuneplay("check", "good.yaml")
    assert result.returncode == 0, result.stderr
    assert "2 studies of 3 trials: 6 trainings of 3 epochs, exploration" in result.stdout
    assert "learning_rate: 0.0001 to 1, log" in result.stdout
    assert "Paired across studies: learning_rate, and the seeds." in result.stdout
    assert "See the warnings above. Start with: tuneplay run good.yaml" in result.stdout
    assert not (bench.root / "rounds").exists()


def test_check_shows_the_first_and_the_last_configuration(bench):
    bench.write("good.yaml", GOOD)
    shown = bench.tuneplay("check", "good.yaml", env={"COLUMNS": "200"}).stdout
    assert "First, arm=a/0000:" in shown
    # Trial 2 trains with seed 2.
    assert re.search(r"Last, arm=b/0002:\n +\./train \S+ 3 b 2\n", shown)


def test_check_says_once_what_all_studies_have(bench):
    bench.write(
        "good.yaml",
        GOOD.replace(
            "{arm: [a, b]}", "{arm: {a: {fixed: {x: 1, y: 5}}, b: {fixed: {x: 2, y: 5}}}}"
        ).replace("{seed}", "{seed} {args}"),
    )
    shown = bench.tuneplay("check", "good.yaml", env={"COLUMNS": "200"}).stdout
    table = shown.split("search space")[1].split("Paired")[0]
    assert re.search(r"every study +learning_rate: 0\.0001 to 1, log +y: 5\b", table)
    assert re.search(r"arm=a \(baseline\) +x: 1\b", table)
    assert re.search(r"arm=b +x: 2\b", table)
    assert table.count("learning_rate") == table.count("y: 5") == 1


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_wrong_spec_lists_every_error_with_its_place_and_starts_nothing(bench, command):
    text = (
        GOOD.replace("goal:", "gaol:")
        .replace("low: 1e-4, high: 1,", "low: 1, high: 1e-4,")
        .replace("{arm} {seed}", "{arm} {sede}")
        .replace("epochs: 3", "epochs: 010")
    )
    bench.write("bad.yaml", text)
    result = bench.tuneplay(command, "bad.yaml")
    assert result.returncode == 2
    for line in (
        "bad.yaml:1:1: gaol: unknown key 'gaol'; did you mean 'goal'?",
        "bad.yaml:3:49: command: unknown placeholder {sede}; did you mean 'seed'?",
        "bad.yaml:5:9: epochs: 010 could be decimal or octal; write 10, or 0o10 for octal",
        "bad.yaml:9:33: nuisance.learning_rate.low: low 1 is above high 0.0001",
    ):
        assert line in result.stderr
    assert "4 errors in bad.yaml; nothing was started" in result.stderr
    assert not (bench.root / "rounds").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run"], "Missing argument"),
        (["run", "nowhere.yaml"], "nowhere.yaml: no such file or folder"),
        (["run", ""], "no round is named: the argument is empty"),
        (["report", "."], "is not a round: it holds neither round.yaml nor a ledger"),
        (["run", "--fast", "x"], "No such option"),
        (["walk"], "No such command"),
        (["report", "r.yaml"], "has no trials yet"),
        (["check", "x" * 300], "File name too long\nName a spec file or a round's folder."),
    ],
)
def test_a_wrong_call_says_what_is_wrong_and_exits_2(bench, arguments, says):
    bench.spec()
    result = bench.tuneplay(*arguments)
    assert result.returncode == 2
    assert says in result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_commands_that_are_suggested_for_a_path_with_a_space_can_be_typed(bench):
    spec = bench.spec(name="our rounds/first röund.yaml", trials=1)
    suggested = []
    for command in ("check", "run", "status", "report"):
        result = bench.tuneplay(command, spec if command in ("check", "run") else suggested[-1][2])
        assert result.returncode == 0, result.stderr
        (line,) = [
            line
            for line in result.stdout.splitlines()
            if re.search("(Next|tart).* tuneplay ", line)
        ]
        suggested.append(shlex.split(line[line.index("tuneplay") :]))
    folder = "rounds/first röund"
    assert suggested == [
        ["tuneplay", "run", str(spec)],
        *(["tuneplay", command, folder] for command in ("report", "report", "rerun")),
    ]


def test_a_read_only_place_exits_5_before_any_trial(bench):
    spec = bench.spec()
    (bench.root / "rounds").write_text("a file where the folder should be")
    result = bench.tuneplay("run", spec)
    assert result.returncode == 5
    assert "cannot be written" in result.stderr


def test_a_damaged_ledger_exits_5_with_the_line(bench):
    spec = bench.spec()
    bench.tuneplay("run", spec)
    ledger = bench.root / "rounds/r/ledger.jsonl"
    lines = ledger.read_text().splitlines(keepends=True)
    ledger.write_text("".join([*lines[:3], "rubbish\n", *lines[4:]]))
    for command in ("run", "status", "report"):
        result = bench.tuneplay(command, spec)
        assert result.returncode == 5, command
        assert "ledger.jsonl:4: damaged line" in result.stderr


def test_report_json_has_the_documented_keys(bench):
    bench.tuneplay("run", bench.spec())
    report = bench.report()
    assert report["schema_version"] == 1
    assert report["round"] == {
        "name": "r", "goal": "Is b better than a?", "phase": "exploration", "epochs": 3,
        "baseline": "arm=a",
        "objective": {"metric": "val_error", "direction": "minimize", "worthwhile": 0.0,
                      "chance": None, "test_metric": None},
    }  # fmt: skip
    assert set(report) == {
        "schema_version", "round", "progress", "studies", "comparison", "findings",
        "epoch_budget", "isolation", "isolation_ranges", "answer", "choice",
    }  # fmt: skip
    best = report["studies"][1]["best"]
    assert set(best) == {"trial", "value", "epoch", "hyperparameters", "checkpoint", "command"}
    assert set(best["hyperparameters"]) == {"arm", "learning_rate"}


def test_a_reader_that_leaves_early_is_no_error(bench):
    bench.tuneplay("run", bench.spec())
    reading = subprocess.run(
        f"{sys.executable} -m tuneplay report rounds/r | true; exit ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", cwd=bench.root, env=bench.environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert reading.returncode == 0
    assert reading.stderr == ""


def test_control_characters_of_a_program_do_not_reach_the_terminal(bench):
    bench.write("evil", '#!/bin/sh\nprintf \'{"epoch": 1, "\\\\u001b[2Jval": 1}\\n\'\n').chmod(
        0o755
    )
    result = bench.tuneplay("run", bench.spec("./evil {learning_rate} {arm}", trials=1))
    assert "\\x1b[2Jval" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr


def test_an_ascii_locale_prints_something_readable(bench):
    bench.tuneplay("run", bench.spec())
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    for command in ("status", "report"):
        result = bench.tuneplay(command, "rounds/r", env=env)
        assert result.returncode == 0, result.stderr
        assert "arm=a" in result.stdout


def test_status_of_a_round_as_json(bench):
    bench.tuneplay("run", bench.spec())
    status = json.loads(bench.tuneplay("status", "rounds/r", "--json").stdout)
    assert status["coordinator"] is None
    assert status["progress"]["finished"] == 6
    assert [study["best"] for study in status["studies"]] == [0.116, 0.116]


def test_a_running_trial_that_measured_nan_has_null_in_the_status(bench):
    bench.write(
        "nan",
        '#!/bin/sh\necho \'{"epoch": 1, "val_error": NaN}\'\n'
        "while [ ! -e go ]; do sleep 0.05; done\n",
    ).chmod(0o755)
    process = bench.start("run", bench.spec("./nan {learning_rate} {arm}", trials=1))
    wait_for(lambda: sum(has_printed(folder) for folder in bench.attempts()) == 2)
    result = bench.tuneplay("status", "rounds/r", "--json")
    bench.write("go", "")
    process.communicate(timeout=60)
    assert result.returncode == 0, result.stderr
    running = json.loads(result.stdout)["running"]
    assert [(trial["epoch"], trial["objective"]) for trial in running] == [(1, None), (1, None)]


def test_commands_that_are_suggested_can_be_pasted_also_for_a_folder_with_a_space(bench):
    text = bench.spec().read_text()
    bench.write("my rounds/first one/round.yaml", text)
    where = "my rounds/first one"
    assert (
        "Continue with: tuneplay run 'my rounds/first one'"
        in bench.tuneplay("status", where).stdout
    )
    assert "tuneplay run 'my rounds/first one'" in bench.tuneplay("check", where).stdout
    ran = bench.tuneplay("run", where)
    assert "Next: tuneplay report 'my rounds/first one'" in ran.stdout
    assert "tuneplay rerun 'my rounds/first one'" in bench.tuneplay("report", where).stdout
