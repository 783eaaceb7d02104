"""The train command: what a trial's program receives, whatever the values are."""

import json
import shlex
import subprocess
import sys

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tuneplay.domain.command import (
    BUILTIN_PLACEHOLDERS,
    Command,
    ConfigTemplate,
    config_text_of,
    fill,
    placeholders_in,
)
from tuneplay.domain.meaning import Meaning
from tuneplay.errors import SpecError
from tuneplay.spec.load import loads

#: No deadline: a busy machine is no defect.
rule = settings(deadline=None, max_examples=40)

BUILTIN = {
    "epochs": "20",
    "seed": "7",
    "trial_dir": "/rounds/r/trials/a b/0007.1",
    "checkpoint_dir": "/rounds/r/trials/a b/0007.1/checkpoints",
    "metrics_file": "/rounds/r/trials/a b/0007.1/metrics.jsonl",
    "params_json": "/rounds/r/trials/a b/0007.1/params.json",
    "config": "/rounds/r/trials/a b/0007.1/config.yaml",
    "study": "optimizer=adam",
    "trial": "0007",
}

#: Values that a shell, a template or an option parser would stumble over.
AWKWARD = [
    "",
    " ",
    "two words",
    "don't",
    'say "hi"',
    "line\nbreak",
    "tab\there",
    "$(rm -rf /)",
    "`id`",
    "$HOME",
    "a;b|c&d>e",
    "*",
    "~",
    "\\",
    "\\n",
    "%s",
    "-rf",
    "--help",
    "naïve ☃ 訓練",
    "{seed}",
    "{{seed}}",
    "{unknown}",
    "{args}",
    "{",
    "}",
]

#: No NUL, which no program can receive, and no half of a surrogate pair.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
scalars = st.one_of(
    texts, st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none()
)
names = st.from_regex(r"\+{0,2}[a-z_][a-z0-9_.\-]{0,8}(/[a-z0-9_]{1,3})?", fullmatch=True).filter(
    lambda name: name.lstrip("+") not in (*BUILTIN_PLACEHOLDERS, "args")
)
hyperparameters = st.dictionaries(names, scalars, max_size=5)


def argv(words, values, env=None):
    return Command(tuple(words), env or {}).argv(values, BUILTIN)


@pytest.mark.parametrize("value", AWKWARD)
def test_an_awkward_value_is_one_whole_argument_as_it_is(value):
    assert argv(["train", "{x}"], {"x": value}) == ["train", value]
    assert argv(["train", "--x={x}!"], {"x": value}) == ["train", f"--x={value}!"]
    assert argv(["train", "{args}"], {"x": value}) == ["train", f"--x={value}"]
    assert argv(["train", "{args:space}"], {"x": value}) == ["train", "--x", value]
    assert argv(["train", "{args:hydra}"], {"x": value}) == ["train", f"x={value}"]


def test_a_program_receives_awkward_values_unharmed():
    words = [sys.executable, "-c", "import sys; print(ascii(sys.argv[1:]))"]
    values = {f"x{i}": value for i, value in enumerate(AWKWARD)}
    command = argv([*words, *(f"{{x{i}}}" for i in range(len(AWKWARD)))], values)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ascii(AWKWARD)


@rule
@given(hyperparameters)
def test_a_command_has_as_many_words_whatever_the_values_are(values):
    words = ["train", *(f"{{{name}}}" for name in values), "--seed={seed}"]
    filled = argv(words, values)
    assert len(filled) == len(words)
    assert filled[-1] == "--seed=7"


@rule
@given(hyperparameters)
def test_args_hands_over_every_hyperparameter_not_named_elsewhere(values):
    named = next(iter(values), None)
    words = ["train", "{args}"] + ([f"-x{{{named}}}"] if named else [])
    filled = argv(words, values)
    rest = [name for name in values if name != named]
    assert [word.partition("=")[0] for word in filled[1 : 1 + len(rest)]] == [
        f"--{name}" for name in rest
    ]
    assert len(filled) == len(words) - 1 + len(rest)


def test_a_hyperparameter_named_in_the_environment_is_left_out_of_args():
    words = ("train", "{args}")
    command = Command(words, {"LR": "{learning_rate}"})
    assert command.argv({"learning_rate": 0.1, "wd": 0}, BUILTIN) == ["train", "--wd=0"]


VALUES = {"lr": 1e-05, "depth": 3, "bias": True, "amp": False, "norm": None, "act": "relu"}


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("args", "--lr=1e-05 --depth=3 --bias=True --amp=False --norm=None --act=relu"),
        ("args:space", "--lr 1e-05 --depth 3 --bias True --amp False --norm None --act relu"),
        ("args:hydra", "lr=1e-05 depth=3 bias=True amp=False norm=null act=relu"),
        ("args:flags", "--lr=1e-05 --depth=3 --bias --norm=None --act=relu"),
    ],
)
def test_each_form_of_args_reads_as_documented(form, expected):
    assert argv(["train", f"{{{form}}}"], VALUES) == ["train", *expected.split()]


def test_a_flag_is_for_true_and_false_alone():
    values = {"one": 1, "nought": 0, "text": "True", "empty": ""}
    assert argv(["{args:flags}"], values) == ["--one=1", "--nought=0", "--text=True", "--empty="]


@pytest.mark.parametrize("form", ["args", "args:space", "args:hydra", "args:flags"])
def test_args_without_any_hyperparameter_leaves_no_empty_word(form):
    assert argv(["train", f"{{{form}}}", "end"], {}) == ["train", "end"]


@pytest.mark.parametrize("name", BUILTIN_PLACEHOLDERS)
def test_every_trial_can_name_its_own_surroundings(name):
    assert argv(["train", f"--{name}={{{name}}}"], {}) == ["train", f"--{name}={BUILTIN[name]}"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("{{lr}}", "{lr}"),
        ("{{{lr}}}", "{{lr}}"),
        ("{lr}{depth}", "1e-053"),
        ("{lr}/{{lr}}/{lr}", "1e-05/{lr}/1e-05"),
        ("{{args}}", "{args}"),
        ('{"lr": {lr}, "depth": {depth}}', '{"lr": 1e-05, "depth": 3}'),
        ('{"a": {"b": [1, 2]}}', '{"a": {"b": [1, 2]}}'),
        ("{'norm': None}", "{'norm': None}"),
        ("{}", "{}"),
        ("{ lr }", "{ lr }"),
        ("{0}", "{0}"),
        ("{lr!r:>10}", "{lr!r:>10}"),
        ("${#lr}", "${#lr}"),
        ("{lr", "{lr"),
        ("lr}", "lr}"),
        ("a{1..3}b", "a{1..3}b"),
    ],
)
def test_only_a_name_in_braces_is_filled_in(word, expected):
    assert argv([word], VALUES) == [expected]


@rule
@given(texts.filter(lambda text: "{" not in text), hyperparameters)
def test_a_word_without_braces_stays_as_it_is(word, values):
    assert argv([word], values) == [word]


@rule
@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), texts, min_size=3), texts)
def test_values_are_filled_in_once(values, between):
    between = between.replace("{", "")
    filled = fill(f"{{a}}{between}{{b}}{between}{{c}}", values)
    assert filled == between.join(values[name] for name in "abc")


def test_a_placeholder_without_a_value_is_an_error_not_an_empty_word():
    with pytest.raises(KeyError, match="momentum"):
        argv(["train", "{momentum}"], {"lr": 0.1})


def test_dotted_and_hyphenated_names_are_placeholders():
    values = {"optim.lr": 0.1, "weight-decay": 0}
    assert argv(["o.lr={optim.lr}", "{weight-decay}"], values) == ["o.lr=0.1", "0"]


def test_names_of_hydra_are_placeholders_and_arguments():
    values = {"model/norm": "bn", "+optim.lr": 0.1, "++a/b.c": 1}
    assert argv(["{model/norm} {+optim.lr} {++a/b.c}"], values) == ["bn 0.1 1"]
    expected = ["model/norm=bn", "+optim.lr=0.1", "++a/b.c=1"]
    assert argv(["{args:hydra}"], values) == expected
    env = Command(("train",)).environment(values, BUILTIN)
    assert env["TUNEPLAY_MODEL_NORM"] == "bn"
    assert env["TUNEPLAY_OPTIM_LR"] == "0.1", "the plus is no part of the name"


@pytest.mark.parametrize("word", ["{/lr}", "{lr/}", "{a//b}", "{+++lr}", "{+}", "{-lr}"])
def test_what_only_resembles_a_name_stays(word):
    assert argv([word], {"lr": 1}) == [word]


def test_placeholders_are_found_in_order_in_words_and_environment():
    assert list(placeholders_in("{b} {a} {{c}} {b} {d e}")) == ["b", "a", "b"]
    command = Command(("train", "{lr}", "{args}"), {"X": "{seed}"})
    assert command.placeholders() == {"lr", "seed"}


@pytest.mark.parametrize(
    ("words", "passes"),
    [
        (("train", "{args}"), True),
        (("train", "{args:hydra}"), True),
        (("train", "--config={params_json}"), True),
        (("train", "{lr}"), False),
        (("train", "{{args}}"), False),
        (("train", "{{params_json}}"), False),
    ],
)
def test_args_and_params_json_hand_over_everything(words, passes):
    assert Command(words).passes_all is passes


def test_the_environment_carries_every_value_under_its_own_name():
    env = Command(("train",)).environment(VALUES | {"optim.lr": 0.5, "weight-decay": 0}, BUILTIN)
    assert env["TUNEPLAY_LR"] == "1e-05"
    assert env["TUNEPLAY_BIAS"] == "True"
    assert env["TUNEPLAY_NORM"] == "None"
    assert env["TUNEPLAY_OPTIM_LR"] == "0.5"
    assert env["TUNEPLAY_WEIGHT_DECAY"] == "0"
    assert env["TUNEPLAY_SEED"] == "7"
    assert env["TUNEPLAY_TRIAL_DIR"] == BUILTIN["trial_dir"]
    assert env["TUNEPLAY_METRICS"] == BUILTIN["metrics_file"]


def test_variables_of_the_spec_are_filled_in_and_come_last():
    command = Command(("train",), {"LR": "{lr}", "OUT": "{trial_dir}/{{x}}", "PLAIN": "$HOME"})
    env = command.environment({"lr": "{seed} $(id)"}, BUILTIN)
    assert env["LR"] == "{seed} $(id)"
    assert env["OUT"] == BUILTIN["trial_dir"] + "/{x}"
    assert env["PLAIN"] == "$HOME"


@rule
@given(hyperparameters)
def test_no_hyperparameter_takes_the_place_of_what_tuneplay_says(values):
    env = Command(("train",)).environment(values, BUILTIN)
    for name in BUILTIN_PLACEHOLDERS:
        assert env[f"TUNEPLAY_{name.upper()}"] == BUILTIN[name]


# From the spec's text to the words.

SPEC = """\
goal: g
phase: exploration
command: {command}
objective: {{metric: e, direction: minimize}}
epochs: 2
trials: 3
"""


#: What JSON and YAML escape in the same way, and no placeholders.
yaml_texts = st.text(
    st.characters(exclude_characters="\0{", exclude_categories=["Cs"], max_codepoint=0xFFFF)
)


def words_of(command):
    return loads(SPEC.format(command=command), "r", "round.yaml").round.command.words


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("python train.py {args}", ("python", "train.py", "{args}")),
        ("[python, train.py, '{args}']", ("python", "train.py", "{args}")),
        ("""'sh -c "echo $0 | cat" {seed}'""", ("sh", "-c", "echo $0 | cat", "{seed}")),
        (r"a\ b 'c  d' # e", ("a b", "c  d")),
        ("'a #b'", ("a", "#b")),
        (
            "[sh, -c, 'exit 3', '', 1e-3, no, null]",
            ("sh", "-c", "exit 3", "", "1e-3", "no", "null"),
        ),
        (">-\n  python train.py\n  --x '{seed} y'\n", ("python", "train.py", "--x", "{seed} y")),
        ("python -c 'print({{x}})'", ("python", "-c", "print({{x}})")),
    ],
)
def test_a_string_is_split_as_a_shell_splits_and_a_list_is_taken_as_it_is(command, words):
    assert words_of(command) == words


def test_a_spec_may_use_the_names_of_hydra():
    text = SPEC.format(command="[train, '{args:hydra}', 'n={model/norm}']")
    text += "fixed: {model/norm: bn}\nnuisance: {+optim.lr: {low: 0.1, high: 1.0, scale: log}}\n"
    loaded = loads(text, "r", "round.yaml").round
    assert loaded.meaning("+optim.lr") is Meaning.LEARNING_RATE
    assert loaded.command.placeholders() == {"model/norm"}


def test_one_key_of_hydra_is_not_set_twice():
    text = SPEC.format(command="[train, '{args:hydra}']")
    with pytest.raises(SpecError, match="share the environment variable TUNEPLAY_LR; rename one"):
        loads(text + "fixed: {lr: 1}\nnuisance: {+lr: [1, 2]}\n", "r", "round.yaml")


@rule
@given(st.lists(yaml_texts, min_size=1).filter(lambda words: words[0].strip()))
def test_quoting_for_a_shell_and_a_list_say_the_same(words):
    as_list = words_of(json.dumps(words))
    assert as_list == tuple(words)
    assert words_of(json.dumps(shlex.join(words))) == as_list


@pytest.mark.parametrize("command", ["'\"unclosed'", "[]", "''", "['']", "{a: b}", "[a, [b]]"])
def test_what_is_no_command_is_refused(command):
    with pytest.raises(SpecError, match=r"^round\.yaml:3:\d+: command: "):
        words_of(command)


# A configuration file that is filled in.


def test_a_template_spells_values_as_configurations_do():
    text = "lr: {lr}\nflag: {flag}\nnone: {none}\nname: {name}\nkeep: {other} ${{lr}} {}\n"
    values = {"lr": 1e-05, "flag": True, "none": None, "name": "relu"}
    filled = ConfigTemplate(".yaml", text).fill(values, {})
    assert filled == "lr: 1.0e-05\nflag: true\nnone: null\nname: relu\nkeep: {other} ${lr} {}\n"
    assert yaml.safe_load(filled.split("keep")[0]) == {
        "lr": 1e-05, "flag": True, "none": None, "name": "relu",
    }  # fmt: skip


def test_a_template_in_python_spells_values_as_python_does():
    text = "lr, flag, none = {lr}, {flag}, {none}"
    values = {"lr": 1e-05, "flag": False, "none": None}
    assert ConfigTemplate(".py", text).fill(values, {}) == "lr, flag, none = 1e-05, False, None"


@rule
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_in_a_template_is_a_float_to_yaml_and_json(value):
    text = config_text_of(value)
    assert json.loads(text) == value
    assert yaml.safe_load(text) == value


def test_each_trial_gets_its_own_filled_copy_and_the_rest_as_arguments(bench):
    bench.write("conf/base.yaml", "optimizer: {arm}\nlr: {learning_rate}\nepochs: {epochs}\n")
    bench.write(
        "train.sh",
        "#!/bin/sh\n[ $# = 1 ] || exit 9\n"
        'grep -q "^lr: 0" "$1" && echo \'{"epoch": 1, "val_error": 0.5}\'\n',
    ).chmod(0o755)
    spec = bench.spec(
        "./train.sh {config} {args}", trials=2, more="config_template: conf/base.yaml\n"
    )
    assert bench.tuneplay("run", spec).returncode == 0
    texts = {(folder / "config.yaml").read_text() for folder in bench.attempts()}
    assert len(texts) == 4
    assert all("epochs: 3\n" in text for text in texts)
    bench.write("conf/base.yaml", "other: {learning_rate} {arm}\n")
    changed = bench.tuneplay("run", spec)
    assert changed.returncode == 2, "what the trials were made by has changed"
    assert bench.tuneplay("report", spec).returncode == 0


def test_a_word_that_looks_like_a_hyperparameter_in_a_template_is_a_warning(bench):
    bench.write("base.yaml", "lr: {learning_rte}\narm: {arm}\nother: {zzz}\n")
    spec = bench.spec("./train {config} {args}", trials=2, more="config_template: base.yaml\n")
    shown = " ".join(bench.tuneplay("check", spec).stdout.split())
    assert "{learning_rte} in this file is not a hyperparameter" in shown
    assert "did you mean {learning_rate}?" in shown
    assert "zzz" not in shown
