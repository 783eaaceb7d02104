"""`tuneplay check --try`: a few epochs before a round is begun."""

import signal

import pytest
from support.processes import pids_of
from support.waiting import wait_for

from tuneplay.domain.curves import Curves
from tuneplay.domain.rehearsal import Shown, Tried, appraise
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.spec.load import loads

TRAIN = """\
import argparse, json, pathlib, random, sys
parser = argparse.ArgumentParser()
for name, kind in (("epochs", int), ("seed", int), ("lr", float), ("out", str), ("break", str)):
    parser.add_argument(f"--{name}", type=kind)
args = vars(parser.parse_args())
broken = args["break"]
if broken == "crash":
    sys.exit("ModuleNotFoundError: no module named torch")
random.seed(0 if broken == "seed" else args["seed"])
for epoch in range(1, (args["epochs"] if broken != "epochs" else 1000) + 1):
    metric = "validation" if broken == "metric" else "val_error"
    print(json.dumps({"epoch": epoch, metric: random.random()}), flush=True)
    if args["out"]:
        name = "last.bin" if broken == "names" else f"epoch_{epoch}.bin"
        pathlib.Path(args["out"], name).write_bytes(bytes(50_000))
    if broken == "epochs":
        import time; time.sleep(0.1)
"""


@pytest.fixture
def tried(bench):
    bench.write("train.py", TRAIN)

    def check(broken="no", out="--out {checkpoint_dir}"):
        command = (
            f"python3 train.py --epochs {{epochs}} --seed {{seed}} --lr {{learning_rate}} "
            f"--break {broken} {out} {{arm}}"
        ).replace(" {arm}", "")
        spec = bench.spec(command, epochs=10, trials=6)
        text = spec.read_text().replace("command: ", "env: {ARM: '{arm}'}\ncommand: ")
        spec.write_text(text)
        result = bench.tuneplay("check", spec, "--try", env={"COLUMNS": "200"})
        assert not (bench.root / "rounds").exists(), "nothing is kept"
        assert pids_of(str(bench.root / "train.py")) == []
        return result

    return check


def test_what_works_is_said_with_the_cost_of_the_whole_round(tried):
    result = tried()
    assert result.returncode == 0, result.stderr
    shown = result.stdout
    assert "Tried arm=a/0000 twice: 2 epochs in " in shown
    assert "ok  metrics are read: val_error" in shown
    assert "ok  the seed matters: val_error 0." in shown
    assert "ok  the best epoch's checkpoint is found: epoch_" in shown
    assert "The entire round: 12 trainings, about " in shown
    assert "on 2 slots, 600 kB of disk for checkpoints." in shown
    assert "  !  " not in shown


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("seed", "two seeds gave the same curves"),
        ("epochs", "it was asked for 2 epochs and kept training; pass {epochs} to the program"),
        ("names", "50 kB were saved, but no checkpoint of an epoch was recognised"),
    ],
)
def test_what_does_not_work_is_said(tried, broken, says):
    result = tried(broken)
    assert result.returncode == 0, result.stderr
    assert f"  !   {says}" in result.stdout


def test_without_the_objective_it_cannot_start(tried):
    result = tried("metric")
    assert result.returncode == 7
    says = "  !   your script printed no val_error that could be read. It printed validation"
    assert says in result.stdout
    assert "the seed matters" not in result.stdout
    assert "Start with" not in result.stdout


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_shutdown_or_a_closed_terminal_leaves_no_training_behind(bench, number, code):
    bench.write(
        "hang", '#!/bin/sh\necho \'{"epoch": 1, "val_error": 1}\'\ntouch begun\nsleep 600\n'
    ).chmod(0o755)
    with bench.start("check", bench.spec("./hang {learning_rate} {arm}"), "--try") as process:
        wait_for((bench.root / "begun").exists)
        process.send_signal(number)
        process.communicate(timeout=60)
    assert process.returncode == code
    wait_for(lambda: pids_of(f"PWD={bench.root}") == [])


def test_a_command_that_fails_shows_its_log_and_how_to_see_it_yourself(tried):
    result = tried("crash")
    assert result.returncode == 7
    assert "  | ModuleNotFoundError: no module named torch" in result.stderr
    assert "By hand: cd " in result.stderr


def test_where_nothing_is_saved_nothing_is_said_of_it(tried):
    shown = tried(out="").stdout
    assert "checkpoint" not in shown.partition("Tried")[2]


def test_what_is_printed_right_before_the_end_is_read(bench):
    bench.write(
        "quick",
        "#!/bin/sh\nfor e in 1 2; do echo '{\"epoch\": '$e', \"val_error\": 1}'; done\n",
    ).chmod(0o755)
    shown = bench.tuneplay("check", bench.spec("./quick {learning_rate} {arm}"), "--try").stdout
    assert "metrics are read: val_error" in shown
    assert "reported 1" not in shown


SPEC = """\
goal: g
phase: exploration
command: python t.py {epochs} {seed} {learning_rate} {checkpoint_dir}
objective: {metric: val_error, direction: minimize}
epochs: 10
trials: 6
nuisance: {learning_rate: {low: 1e-4, high: 1, scale: log}}
budget: {hours: 0.02}
"""


def trained(values, epochs=2, saved=0, **more):
    curves = Curves(range(1, len(values) + 1), {"val_error": values} if values else {})
    finite = [value for value in values if value is not None]
    outcome = Outcome(State.FEASIBLE, "", min(finite, default=None))
    trial = Trial(TrialId("s", 0), 7, {}, outcome, curves=curves)
    facts = {"first": 4.0, "each": 2.0, "seconds": 6.0, "stopped": False}
    facts |= {"checkpoint": None, "checkpoint_bytes": 0, **more}
    return Tried(trial, epochs, saved=saved, **facts)


@pytest.mark.parametrize(
    ("tried", "problems"),
    [
        (trained([]), {Shown.NO_OBJECTIVE}),
        (trained([None, None], saved=9), {Shown.NEVER_FINITE, Shown.NOT_RECOGNISED}),
        (trained([0.5]), {Shown.OTHER_EPOCHS, Shown.NOTHING_SAVED}),
        (trained([0.5, 0.4], stopped=True), {Shown.ENDLESS, Shown.NOTHING_SAVED}),
        (trained([0.5, 0.4], checkpoint="e_2.pt", checkpoint_bytes=9), set()),
    ],
)
def test_two_short_trainings_show_what_is_wrong(tried, problems):
    other = trained([value and value - 0.1 for value in tried.trial.curves.column("val_error")])
    rehearsal = appraise(loads(SPEC, "r", "r.yaml").round, (tried, other), 1)
    alike = {Shown.SAME_CURVES} if tried.trial.curves.column("val_error") == [None, None] else set()
    assert {fact.kind for fact in rehearsal.facts if not fact.kind.good} == problems | alike
    assert rehearsal.well == (not problems)
    assert rehearsal.measured == (Shown.NO_OBJECTIVE not in problems)


def test_the_cost_says_how_many_trials_fit_the_budget():
    cost = appraise(loads(SPEC, "r", "r.yaml").round, (trained([1, 1]), trained([1, 1])), 1).cost
    # 4 s for the first epoch and 2 s for each of 9 others, six times.
    assert (cost.trainings, cost.seconds, cost.budget, cost.fitting) == (6, 132.0, 72.0, 3)
    cost = appraise(loads(SPEC, "r", "r.yaml").round, (trained([1, 1]), trained([1, 1])), 6).cost
    assert (cost.seconds, cost.budget, cost.fitting) == (22.0, None, None)
