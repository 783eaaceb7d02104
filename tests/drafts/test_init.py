"""`tuneplay init`: a draft that a person edits, checks and runs."""

import json
import re
import shutil
import sys

import pytest
from support.bench import Bench
from support.places import TRAIN_SCRIPTS
from support.processes import pids_of
from support.schemas import complaints
from support.terminal import Terminal

from tuneplay.drafts.templates import TEMPLATES
from tuneplay.spec.load import load

OBJECTIVE = ("--metric", "val_error", "--direction", "minimize")


@pytest.fixture
def scripts(bench):
    for path in TRAIN_SCRIPTS.glob("*.py"):
        shutil.copy(path, bench.root)
    return bench


def init(bench, *arguments, objective=OBJECTIVE, code=0):
    """Draft a spec without a terminal; the round it declares, or what is said of the error."""
    result = bench.tuneplay("init", "new", *arguments, *objective)
    assert result.returncode == code, result.stderr
    if code:
        assert not (bench.root / "new").exists(), "nothing is written beside an error"
        return result.stderr
    path = bench.root / "new" / "round.yaml"
    assert complaints(path.read_text(encoding="utf-8")) == []
    return load(path, "new").round


def from_script(bench, name, *arguments, **more):
    return init(bench, "--from", f"{sys.executable} {name}", *arguments, **more)


def text_of(bench):
    return (bench.root / "new" / "round.yaml").read_text(encoding="utf-8")


def words_of(round_):
    return round_.command.words[1:]


def spaces(round_):
    """Every range by name, as {study: {name: (low, high, scale)}}."""
    return {
        study.key: {h.name: (h.low, h.high, h.scale.value) for h in study.space}
        for study in round_.studies
    }


# Templates.


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_passes_check_without_a_warning_and_is_valid_for_editors(bench, name):
    result = bench.tuneplay("init", "--template", name, *OBJECTIVE)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[0] == f"Wrote rounds/01-{name}/round.yaml."
    assert result.stdout.endswith(f"tuneplay check rounds/01-{name}\n")
    checked = bench.tuneplay("check", f"rounds/01-{name}")
    assert checked.returncode == 0, checked.stderr
    # Whoever compares batch sizes is told what that compares.
    expected = ["scientific.batch_size"] if name == "batch-size" else []
    assert re.findall(r"(?m)^warning: \S+ (\S+):", checked.stdout) == expected
    text = (bench.root / f"rounds/01-{name}/round.yaml").read_text(encoding="utf-8")
    assert complaints(text) == []
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_explains_itself_and_marks_what_is_not_known(bench, name):
    init(bench, "--template", name)
    text = text_of(bench)
    assert "# EDIT: your train command." in text
    assert "# EDIT: a guess;" in text
    assert text.count("#") > 6


def test_an_optimizer_has_its_own_learning_rate_and_momentum_or_beta(bench):
    found = spaces(init(bench, "--template", "optimizer"))
    assert found["optimizer=sgd"].keys() == {"learning_rate", "momentum", "weight_decay"}
    assert found["optimizer=adam"].keys() == {"learning_rate", "beta1", "weight_decay"}
    assert found["optimizer=sgd"]["learning_rate"] != found["optimizer=adam"]["learning_rate"]
    assert found["optimizer=sgd"]["momentum"][2] == "reverse_log"


def test_whether_to_regularize_is_scientific_and_how_strongly_is_nuisance(bench):
    without, tuned = init(bench, "--template", "regularizer").studies
    assert without.fixed["dropout"] == 0
    assert "dropout" not in {h.name for h in without.space}
    assert "dropout" in {h.name for h in tuned.space}


def test_numbers_and_names_that_are_given_are_taken(bench):
    round_ = init(bench, "--epochs", 7, "--trials", 12, objective=("--metric", "val: f1 #2",
                                                                    "--direction", "maximize"))  # fmt: skip
    assert (round_.epochs, round_.trials) == (7, 12)
    assert (round_.objective.metric, round_.objective.direction.value) == ("val: f1 #2", "maximize")
    assert "a guess" not in text_of(bench)


@pytest.mark.parametrize(
    ("trials", "tuned"),
    [
        (9, {"learning_rate"}),
        (10, {"learning_rate", "momentum", "beta1"}),
        (20, {"learning_rate", "momentum", "beta1", "weight_decay"}),
    ],
)
def test_the_fewer_the_trials_the_less_is_tuned(bench, trials, tuned):
    found = spaces(init(bench, "--template", "optimizer", "--trials", trials))
    assert set().union(*found.values()) == tuned


# Places.


def test_a_folder_a_file_or_the_next_number_in_rounds(bench):
    for path, written in [
        ("rounds/07-mine", "rounds/07-mine/round.yaml"),
        ("configs/x.yaml", "configs/x.yaml"),
        (None, "rounds/08-optimizer/round.yaml"),
    ]:
        result = bench.tuneplay("init", *([path] if path else []), *OBJECTIVE)
        assert result.returncode == 0, result.stderr
        assert (bench.root / written).is_file()
        header = (bench.root / written).read_text(encoding="utf-8").splitlines()[0]
        link = header.removeprefix("# yaml-language-server: $schema=")
        schema = (bench.root / written).parent / link
        assert json.loads(schema.read_text())["title"] == "A round of tuneplay"


def test_nothing_is_overwritten(bench):
    bench.write("rounds/a/round.yaml", "mine")
    for path in ("rounds/a", "rounds/a/round.yaml"):
        result = bench.tuneplay("init", path, *OBJECTIVE)
        assert result.returncode == 2
        assert result.stderr.startswith("tuneplay: rounds/a/round.yaml exists already")
    assert (bench.root / "rounds/a/round.yaml").read_text() == "mine"
    assert not (bench.root / ".tuneplay").exists()
    bench.write("rounds/b/ledger.jsonl", "")
    assert bench.tuneplay("init", "rounds/b", *OBJECTIVE).returncode == 2


def test_a_place_that_cannot_be_written_is_a_sentence(bench):
    bench.write("file", "")
    result = bench.tuneplay("init", "file/round", *OBJECTIVE)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("tuneplay: file/round/round.yaml cannot be written: ")


# What nobody can guess.


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ((), ("--metric NAME", "--direction minimize|maximize")),
        (("--metric", "val_loss"), ("--direction minimize|maximize",)),
        (("--direction", "minimize"), ("--metric NAME",)),
    ],
)
def test_without_a_terminal_metric_and_direction_are_asked_for_by_option(bench, given, named):
    said = init(bench, objective=given, code=2)
    assert said.startswith(f"tuneplay: {' and '.join(named)} must be given")


def test_what_is_not_known_is_named_with_what_is(bench):
    assert "One of optimizer, regularizer" in init(bench, "--template", "optimiser", code=2)
    said = init(bench, objective=("--metric", "e", "--direction", "down"), code=2)
    assert "--direction down is not known: minimize or maximize" in said


# The script's own help.


def test_options_as_in_pytorchs_imagenet_example(scripts):
    round_ = from_script(scripts, "folders.py data/ --arch resnet34")
    assert words_of(round_) == (
        *("folders.py", "data/", "--arch", "resnet34", "--lr", "{lr}", "--momentum", "{momentum}"),
        *("--wd", "{wd}", "--epochs", "{epochs}", "--seed", "{seed}", "{args}"),
    )
    assert spaces(round_) == {
        "all": {
            "lr": (0.001, 10, "log"),
            "momentum": (0.8, 0.999, "reverse_log"),
            "wd": (1e-6, 1e-2, "log"),
        }
    }
    assert round_.studies[0].fixed == {"batch-size": 256}
    assert round_.epochs == 90


def test_models_that_a_description_lists_can_be_compared(scripts):
    round_ = from_script(scripts, "folders.py data", "--template", "architecture")
    assert [study.key for study in round_.studies] == ["arch=resnet18", "arch=resnet34"]


def test_an_optimizer_that_was_typed_does_not_take_over_the_rate_of_another(scripts):
    found = spaces(from_script(scripts, "language.py corpus --optimizer sgd"))
    assert found["optimizer=sgd"]["learning-rate"] == (1e-3, 10, "log")


def test_options_as_in_pytorchs_mnist_example(scripts):
    round_ = from_script(scripts, "digits.py")
    assert spaces(round_) == {"all": {"lr": (0.01, 100, "log"), "gamma": (0.1, 1, "linear")}}
    assert round_.studies[0].fixed == {"batch-size": 64}
    assert round_.epochs == 14
    assert "The script has no option for the optimizer" in text_of(scripts)


#: As nanoGPT's train.py: what is not `--name=value` is refused, and so is a value of another type.
CONFIGURED = """\
import json, sys
from ast import literal_eval
out_dir = 'out'
eval_interval = 2000
batch_size = 12
n_layer = 12
dropout = 0.0
learning_rate = 6e-4
max_iters = 600000
weight_decay = 1e-1
min_lr = 6e-5
for arg in sys.argv[1:]:
    assert arg.startswith('--') and '=' in arg
    key, value = arg[2:].split('=', 1)
    try:
        value = literal_eval(value)
    except (SyntaxError, ValueError):
        pass
    assert type(value) == type(globals()[key])
    globals()[key] = value
for epoch in range(1, 4):
    print(json.dumps({"epoch": epoch, "val_error": learning_rate / epoch}))
"""


def test_settings_that_are_global_names_are_read_from_the_source(scripts):
    scripts.write("configured.py", CONFIGURED)
    round_ = from_script(scripts, "configured.py", "--epochs", "3", "--trials", "4")
    assert spaces(round_) == {"all": {"learning_rate": (6e-6, 0.06, "log")}}
    assert round_.studies[0].fixed == {"batch_size": 12, "n_layer": 12}
    words = " ".join(words_of(round_))
    assert "--learning_rate={learning_rate}" in words
    assert "--out_dir={trial_dir}" in words
    done = scripts.tuneplay("run", "new")
    assert done.returncode == 0, done.stderr
    assert "4 feasible" in done.stdout


def test_an_option_whose_values_are_not_listed_is_named(scripts):
    script = (
        "import argparse\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('--opt', default='sgd', help='Optimizer (default: sgd)')\n"
        "parser.add_argument('--lr', type=float, default=0.1)\n"
        "parser.add_argument('--niter', type=int, default=25, help='number of epochs to train')\n"
        "parser.parse_args()\n"
    )
    scripts.write("free.py", script)
    round_ = from_script(scripts, "free.py")
    text = text_of(scripts)
    assert "The help does not say which values --opt takes" in text
    assert "#     opt: [sgd, OTHER]" in text
    # What counts epochs is told by its description, whatever it is called.
    assert round_.epochs == 25
    assert "--niter {epochs}" in " ".join(words_of(round_))


def test_a_click_script_with_a_choice_of_optimizers(scripts):
    round_ = from_script(scripts, "language.py corpus.txt")
    assert words_of(round_)[:2] == ("language.py", "corpus.txt")
    assert "--output-dir {trial_dir}" in " ".join(words_of(round_))
    found = spaces(round_)
    shared = {"learning-rate", "weight-decay", "dropout"}
    assert {key: set(ranges) for key, ranges in found.items()} == {
        "optimizer=sgd": shared | {"momentum"},
        "optimizer=adamw": shared,
        "optimizer=lion": shared,
    }
    assert found["optimizer=adamw"]["learning-rate"] == (3e-6, 0.03, "log")
    assert found["optimizer=sgd"]["learning-rate"][1] >= 1
    assert round_.baseline == "optimizer=adamw"
    assert round_.studies[0].fixed == {"batch-size": 32}, "click does not show this default"
    assert "betas, clip 1.0" in text_of(scripts)


def test_what_the_script_cannot_do_without_is_marked(scripts):
    result = scripts.tuneplay(
        "init", "new", "--from", f"{sys.executable} language.py", *OBJECTIVE
    )  # fmt: skip
    assert "marked EDIT" in result.stdout
    assert "does not start without EDIT-ME:CORPUS" in text_of(scripts)


@pytest.mark.parametrize(
    ("template", "scientific", "command"),
    [
        ("activation", ["activation=relu", "activation=gelu", "activation=tanh"], "{activation}"),
        ("architecture", ["num-layers=3", "num-layers=6"], "--num-layers {num-layers}"),
        ("batch-size", ["batch-size=64", "batch-size=256"], "--batch-size {batch-size}"),
        ("preprocessing", ["augment=no-augment", "augment=augment"], "--{augment}"),
        ("regularizer", ["regularizer=none", "regularizer=dropout"], "--dropout {dropout}"),
        ("exploit", ["all"], "--lr {lr}"),
    ],
)
def test_each_question_in_the_words_of_a_typer_script(scripts, template, scientific, command):
    round_ = from_script(scripts, "shapes.py", "--template", template)
    assert [study.key for study in round_.studies] == scientific
    assert command in " ".join(words_of(round_))
    assert "--out-dir {trial_dir}" in " ".join(words_of(round_))
    assert all("lr" in ranges for ranges in spaces(round_).values())


def test_a_hydra_application(scripts):
    round_ = from_script(scripts, "composed.py data=mnist", objective=())
    assert (round_.objective.metric, round_.objective.direction.value) == ("val/acc", "maximize")
    assert words_of(round_) == (
        *("composed.py", "data=mnist", "optimizer={optimizer}", "optimizer.lr={optimizer.lr}"),
        *("optimizer.weight_decay={optimizer.weight_decay}", "model.dropout={model.dropout}"),
        *("trainer.max_epochs={epochs}", "seed={seed}", "hydra.run.dir='{trial_dir}'"),
        "{args:hydra}",
    )
    assert [study.key for study in round_.studies] == ["optimizer=adam", "optimizer=sgd"]
    assert spaces(round_)["optimizer=adam"]["optimizer.lr"] == (1e-5, 0.1, "log")
    assert round_.studies[0].fixed == {"model.hidden_dim": 256, "data.batch_size": 64}
    assert round_.epochs == 30


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        ("folders.py images", ()),
        ("digits.py", ()),
        ("language.py corpus.txt", ("--template", "regularizer")),
        ("language.py corpus.txt --optimizer sgd", ()),
        ("shapes.py", ("--template", "preprocessing")),
        ("composed.py", ()),
    ],
)
def test_a_draft_from_a_script_is_checked_and_carried_out_as_it_is(scripts, script, arguments):
    from_script(scripts, script, *arguments, "--epochs", 2, "--trials", 1)
    checked = scripts.tuneplay("check", "new")
    assert checked.returncode == 0, checked.stderr
    ran = scripts.tuneplay("run", "new")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_what_was_typed_stays_and_what_is_tuned_is_filled_in_in_its_place(scripts):
    typed = "digits.py --lr=0.5 --seed 3 --save-model --note '{seed}' --epochs 9 'a b'"
    round_ = from_script(scripts, typed)
    assert words_of(round_) == (
        *("digits.py", "--lr", "{lr}", "--seed", "{seed}", "--save-model", "--note", "{{seed}}"),
        *("--epochs", "{epochs}", "a b", "--gamma", "{gamma}", "{args}"),
    )
    assert spaces(round_)["all"]["lr"] == (0.005, 50, "log")
    assert round_.epochs == 9


# What goes wrong.


def test_a_script_that_trains_instead_is_ended_with_all_that_it_started(scripts):
    scripts.environment = lambda **more: {**Bench.environment(scripts), "MARK": str(scripts.root)}
    said = from_script(scripts, "ignores_arguments.py", code=2)
    assert "did not end by itself and was stopped" in said
    assert "Traceback" not in said
    assert pids_of(str(scripts.root)) == []


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("no-such-program", 7, "`no-such-program --help` cannot be started: No such file"),
        ("cd /tmp && python t.py", 2, "--from contains `&&`"),
        ("python t.py > log", 2, "--from contains `>`, but no shell reads the command"),
        ("python t.py 2>&1 | tee log", 2, "Give the train command alone."),
        ("A='b c' python t.py", 2, "write it into the spec, as in `env: {A: VALUE}`"),
        ("false", 7, "ended with exit code 1"),
        ("true", 2, "`true --help` lists no options"),
        ("python 'x", 2, "cannot be split into words"),
        ("", 2, "--from is empty"),
    ],
)
def test_a_command_that_cannot_be_read_is_explained_in_a_sentence(bench, command, code, said):
    if command in ("true", "false"):
        bench.write(command, f"#!/bin/sh\nexit {int(command == 'false')}\n").chmod(0o755)
        command, said = f"./{command}", said.replace("`true", "`./true")
    told = init(bench, "--from", command, code=code)
    assert said in told
    assert "Traceback" not in told


SUBCOMMANDS = """\
import argparse
p = argparse.ArgumentParser()
train = p.add_subparsers(required=True).add_parser("train")
train.add_argument("--lr", type=float, default=1e-3, help="rate")
train.add_argument("--gamma", type=float, default=0.99, help="discount factor of rewards")
p.parse_args()
"""


def test_a_script_with_options_and_subcommands_is_asked_about_one_of_them(bench):
    bench.write("do.py", SUBCOMMANDS.replace("train = p", "p.add_argument('--lr')\ntrain = p"))
    said = from_script(bench, "do.py", code=2)
    assert "has subcommands, and none was named: train" in said
    assert f'--from "{sys.executable} do.py train"' in said


def test_a_script_with_subcommands_is_asked_about_one_of_them(bench):
    bench.write("do.py", SUBCOMMANDS)
    assert f'--from "{sys.executable} do.py train"' in from_script(bench, "do.py", code=2)
    round_ = from_script(bench, "do.py train")
    assert words_of(round_)[:4] == ("do.py", "train", "--lr", "{lr}")
    assert "gamma" not in text_of(bench), "a discount of rewards belongs to no schedule"


# In a terminal.


def test_in_a_terminal_what_is_missing_is_asked_for(scripts):
    terminal = Terminal(scripts, "init")
    terminal.until("Template [optimizer]:")
    terminal.child.sendline("act")
    terminal.until("Your train command [python train.py]:")
    terminal.child.sendline(f"{sys.executable} shapes.py")
    terminal.until("The validation metric that decides")
    terminal.child.sendline("val_error")
    terminal.until("minimize or maximize val_error:")
    terminal.child.sendline("m")
    terminal.until("One of minimize, maximize.")
    terminal.child.sendline("min")
    terminal.until("Epochs of every trial [5]:")
    terminal.child.sendline("")
    terminal.until("tuneplay check rounds/01-activation")
    assert terminal.end() == 0
    round_ = load(scripts.root / "rounds/01-activation/round.yaml", "r").round
    assert round_.studies[0].key == "activation=relu"
    assert round_.epochs == 5


def test_in_a_terminal_a_command_that_cannot_be_read_does_not_end_the_questions(bench):
    terminal = Terminal(bench, "init", "new", "--template", "optimizer", *OBJECTIVE)
    terminal.until("Your train command")
    terminal.child.sendline("python missing.py")
    terminal.until("The draft will assume a typical script.")
    terminal.until("Epochs of every trial [20]:")
    terminal.child.sendline("3")
    assert terminal.end() == 0
    assert "python missing.py --optimizer {optimizer}" in text_of(bench)


def test_ctrl_c_at_a_question_writes_nothing(bench):
    terminal = Terminal(bench, "init")
    terminal.until("Template [optimizer]:")
    terminal.child.sendintr()
    assert terminal.end() == 130
    assert sorted(path.name for path in bench.root.iterdir()) == ["train"]
