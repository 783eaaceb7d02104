"""What is read out of help texts, and that any of them becomes a spec that passes the check."""

import shlex
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuneplay.app.init import ReadScript, write_draft
from tuneplay.drafts import compose as composing
from tuneplay.drafts.call import call
from tuneplay.drafts.compose import Wish, compose, minimal
from tuneplay.drafts.help_text import read_help
from tuneplay.drafts.hydra import read_hydra
from tuneplay.drafts.script import Script, value_of
from tuneplay.drafts.script_objective import objective_of
from tuneplay.drafts.source import with_source
from tuneplay.drafts.templates import TEMPLATES
from tuneplay.drafts.typed_command import split_command, without_marks
from tuneplay.errors import CannotStartError, UsageError
from tuneplay.spec.load import loads

rule = settings(deadline=None, max_examples=100)


def option(line, usage="usage: t.py [-h]"):
    """The one option of a help text."""
    (found,) = read_help(f"{usage}\n\noptions:\n{line}\n").options
    return found


@pytest.mark.parametrize(
    ("line", "names", "default"),
    [
        ("  --lr LR               rate (default: 0.1)", ("--lr",), 0.1),
        ("  --lr LR               rate [default: 0.1]", ("--lr",), 0.1),
        ("  --lr LR               rate, default: 1e-3", ("--lr",), 1e-3),
        ("  --lr LR               rate (default 0.1)", ("--lr",), 0.1),
        ("  --lr LR               rate. Defaults to 0.1.", ("--lr",), 0.1),
        ("  --lr LR               rate; default is 0.1", ("--lr",), 0.1),
        ("  --lr LR               rate (default=.1)", ("--lr",), 0.1),
        ('  --opt NAME            which (default: "sgd")', ("--opt",), "sgd"),
        ("  --lr LR               rate (default: None)", ("--lr",), None),
        ("  --lr LR               the default rate of the optimizer", ("--lr",), "rate"),
        ("  --lr LR               (type: float, default: 0.1)", ("--lr",), 0.1),
        ("  -b N, --batch-size N  images (default: 8)", ("-b", "--batch-size"), 8),
        ("  -b, --batch-size N    images (default: 8)", ("-b", "--batch-size"), 8),
        ("  --a-very-long-option-name VALUE\n                        what (default: 3)",
         ("--a-very-long-option-name",), 3),
        ("  --amp / --no-amp      [default: no-amp]", ("--amp", "--no-amp"), False),
        ("  --amp, --no-amp       use it (default: True)", ("--amp", "--no-amp"), True),
        ("  --rate=RATE           rate (default: 2)", ("--rate",), 2),
        ("  -lr LR                rate (default: 2)", ("-lr",), 2),
        ("│ *  --lr  -l  FLOAT RANGE [x>=0]  Rate. [default: 0.1] [required]  │",
         ("--lr", "-l"), 0.1),
        ("│    --lr      <float>  Rate. [default: 0.1]  │", ("--lr",), 0.1),
        ("│ --lr FLOAT   Rate. (default: 0.1)  │", ("--lr",), 0.1),
        ("\x1b[1;36m  --lr\x1b[0m LR               rate (default: 0.1)", ("--lr",), 0.1),
    ],
)  # fmt: skip
def test_names_and_defaults_in_the_usual_spellings(line, names, default):
    found = option(line)
    assert found.names == names
    # "the default rate of …" is read wrongly, and does no harm: a rate that is a word is left alone.
    assert found.default == default
    assert type(found.default) is type(default)


@pytest.mark.parametrize(
    ("line", "values", "choices"),
    [
        ("  --opt {sgd,adam}      which", 1, ("sgd", "adam")),
        ("  --opt [sgd|adam]      which", 1, ("sgd", "adam")),
        ("│ --opt  <sgd|adam>  which  │", 1, ("sgd", "adam")),
        ("│ --opt {sgd,adam} (default: adam)  │", 1, ("sgd", "adam")),
        ("  --fast                quickly", 0, ()),
        ("  --betas B B           two", 2, ()),
        ("  --betas FLOAT...      some", 2, ()),
        ("  --dims N [N ...]      some", 2, ()),
        ("  --do_train [DO_TRAIN]  maybe", 1, ()),
        ("  --rate FLOAT RANGE    in (0, 1)", 1, ()),
    ],
)
def test_choices_flags_and_several_values(line, values, choices):
    found = option(line)
    assert (found.values, found.choices) == (values, choices)


def test_what_the_usage_says_is_needed():
    text = """\
usage: train.py [-h] --data DATA [--lr LR] [--opt {a,b}]
                (--x X | --y Y)
                folder {train,eval} [more ...]

options:
  --data DATA  where
  --lr LR      rate
"""
    script = read_help(text)
    assert script.positionals == ("folder", "{train,eval}")
    assert [o.required for o in script.options] == [True, False]


ABSL = """\
Trains a model.
flags:

train.py:
  --batch_size: Batch size.
    (default: '128')
    (an integer)
  --[no]augment: Whether to augment.
    (default: 'false')
  --optimizer: <sgd|adam>: Which.
    (default: 'adam')
  --workdir: Where to write.
"""


def test_flags_as_absl_prints_them():
    found = {o.name: (o.values, o.choices, o.default) for o in read_help(ABSL).options}
    assert found == {
        "batch_size": (1, (), 128),
        "augment": (0, (), False),
        "optimizer": (1, ("sgd", "adam"), "adam"),
        "workdir": (1, (), None),
    }


def test_text_that_is_not_help_gives_nothing():
    for text in ("", "epoch 1: loss 0.3\nepoch 2: loss 0.2", "Traceback (most recent call last):"):
        assert read_help(text) == Script(read_help("").style, ())


def test_a_metric_is_found_only_where_the_script_says_it_itself():
    said = "usage: t [-h]\n\n  --monitor M  (default: val_f1)\n  --mode {min,max}  (default: max)\n"
    assert objective_of(read_help(said)) == ("val_f1", "maximize")
    best = (
        "  --metric_for_best_model M  (default: loss)\n  --greater_is_better B  (default: False)\n"
    )
    assert objective_of(read_help(best)) == ("loss", "minimize")
    assert objective_of(read_help("  --val_loss X  (default: 3)\n")) == (None, None)


def test_the_source_shows_defaults_that_the_help_does_not():
    source = """
add("--no", default=1)
p.add_argument("--lr", "--rate", type=float, default=0.1)
p.add_argument("--arch", default="a", choices=["a", "b"])
p.add_argument("--seed", default=time.time())
@click.option("--amp/--no-amp", default=True)
def f(): ...
"""
    text = (
        "".join(f"  --{n} N  it\n" for n in ("lr", "arch", "seed", "no"))
        + "  --known N  (default: 2)"
    )
    found = {o.name: (o.default, o.choices) for o in with_source(read_help(text), source).options}
    assert found == {
        "lr": (0.1, ()),
        "arch": ("a", ("a", "b")),
        "seed": (None, ()),
        "no": (None, ()),
        "known": (2, ()),
    }
    for broken in ("def (", "\0", "(" * 10_000):
        assert with_source(read_help(text), broken) == read_help(text)


def test_a_hydra_configuration_as_dotted_keys():
    config = "a:\n  _target_: x.Y\n  lr: 1e-3\n  n: [1, 2]\n  link: ${b}\n  todo: ???\nb: true\n"
    found = {o.name: (o.values, o.default, o.required) for o in read_hydra("", config).options}
    assert found == {
        "a.lr": (1, 0.001, False),
        "a.n": (2, None, False),
        "a.todo": (1, None, True),
        "b": (1, True, False),
        "hydra.run.dir": (1, None, False),
    }
    assert [o.name for o in read_hydra("", ": not yaml [").options] == ["hydra.run.dir"]


def test_a_hydra_configuration_may_hold_what_yaml_cannot_build():
    found = read_hydra("", "born: 2023-13-45\nday: 2023-01-02\nlr: 0.1\n").options
    assert [(o.name, o.default) for o in found[:3]] == [
        ("born", "2023-13-45"), ("day", "2023-01-02"), ("lr", 0.1),
    ]  # fmt: skip
    assert [o.name for o in read_hydra("", "!!int x: 1\n").options] == ["hydra.run.dir"]
    assert "a.lr" in [o.name for o in read_hydra("", "a: &a {lr: 0.1, b: *a}\n").options]


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("0.1", 0.1), ("1e-3", 1e-3), ("True", True), ("none", None), ("'x'", "x"),
     ("1.2.3", "1.2.3"), ("", None), ("9" * 400, "9" * 400)],
)  # fmt: skip
def test_values_of_help_texts(text, value):
    assert value_of(text) == value
    assert type(value_of(text)) is type(value)


# Scripts as others write them.


def drafted(options, template="optimizer", typed=(), trials=20, source=""):
    """The draft from the lines of a help text, and the round that it declares."""
    script = with_source(read_help(f"usage: t.py [-h]\n\noptions:\n{options}"), source)
    wish = Wish(TEMPLATES[template], "e", "minimize", None, trials)
    text = compose(wish, script, ["python", "t.py", *typed], known=True)
    return text, loads(without_marks(text), "r", "r.yaml").round


def tuned(round_, study=0):
    return {h.name: (h.low, h.high) for h in round_.studies[study].space}


GAN = """\
  --n_epochs N_EPOCHS  number of epochs of training (default: 200)
  --lr_g LR_G          generator learning rate (default: 0.0002)
  --lr_d LR_D          discriminator learning rate (default: 0.0004)
  --b1 B1              adam: decay of first order momentum of gradient (default: 0.5)
  --b2 B2              adam: decay of second order momentum of gradient (default: 0.999)
"""


def test_both_rates_of_a_gan_are_tuned_and_a_range_has_its_default_in_it():
    text, round_ = drafted(GAN)
    found = tuned(round_)
    assert found == {"lr_g": (2e-6, 0.02), "lr_d": (4e-6, 0.04), "b1": (0, 0.99)}
    assert "--lr_g {lr_g} --lr_d {lr_d}" in " ".join(text.split())
    assert tuned(drafted(GAN, trials=5)[1]).keys() == {"lr_g", "lr_d"}
    both = drafted(GAN + "  --opt {adam,sgd}  which (default: adam)\n")[1]
    assert [{"lr_g", "lr_d"} <= tuned(both, study).keys() for study in (0, 1)] == [True, True]


@pytest.mark.parametrize(
    ("line", "default"),
    [
        ("  --b1 B1        (default: 0.0)", 0.0),
        ("  --beta2 B      (default: 0.99999)", 0.99999),
        ("  --momentum M   (default: 0.9999)", 0.9999),
        ("  --wd WD        (default: 50.0)", 50),
        ("  --smoothing S  label smoothing (default: 0.4)", 0.4),
        ("  --dropout P    (default: 0.95)", 0.95),
        ("  --gamma G      (default: 0.05)", 0.05),
        ("  --eps EPS      (default: 0.01)", 0.01),
    ],
)
def test_a_range_has_the_scripts_own_default_in_it(line, default):
    _, round_ = drafted(f"{line}\n", "exploit", trials=60)
    ((low, high),) = tuned(round_).values()
    assert low <= default < high


def test_the_rate_of_the_scripts_own_optimizer_has_its_default_in_its_range():
    text = "  --opt {sgd,adam}  which (default: sgd)\n  --lr LR  rate (default: 0.0001)\n"
    assert tuned(drafted(text)[1])["lr"] == (1e-6, 0.01)


def test_the_decay_of_a_part_follows_that_of_the_whole_where_it_has_no_value_of_its_own():
    text = (
        "  --norm-weight-decay W  of the norms (default: None, same value as --wd)\n"
        "  --wd WD                weight decay (default: 0.0001)\n"
        "  --lr LR                learning rate (default: 0.1)\n"
    )
    assert tuned(drafted(text)[1]).keys() == {"lr", "wd"}
    alone = "  --weight-decay W  (default: None)\n  --lr LR  learning rate (default: 0.1)\n"
    assert tuned(drafted(alone)[1]).keys() == {"lr", "weight-decay"}


VAE = """\
  --lr LR                learning rate (default: 0.001)
  --beta BETA            weight of the KL term (default: 4.0)
  --mu MU                levels of the mu-law encoding (default: 255)
  --momentum MOMENTUM    momentum of the running statistics (default: 0.1)
  --bn-momentum M        (default: 0.9)
  --eta ETA              entropy coefficient (default: 0.01)
  --alpha ALPHA          warmup steps of the learning rate (default: 0.5)
  --epochs EPOCHS        (default: 5)
"""


def test_what_is_only_called_as_a_momentum_is_left_alone():
    text, round_ = drafted(VAE, trials=60)
    assert tuned(round_).keys() == {"lr"}
    assert not {"beta", "mu", "momentum", "eta"} & set(text.replace(",", " ").split())


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("  --beta B  beta of Adam (default: 0.9)", "beta"),
        ("  --mu MU  momentum (default: 0.9)", "mu"),
        ("  --eta ETA  the learning rate (default: 0.1)", "eta"),
        ("  --alpha A  actor's learning rate, log scale (default: 0.1)", "alpha"),
    ],
)
def test_the_help_says_what_a_short_name_is(line, name):
    assert tuned(drafted(f"{line}\n")[1]).keys() == {name}


@pytest.mark.parametrize(
    "said",
    ["warmup steps of the learning rate", "decay the learning rate", "power of learning rate",
     "learning rate decay", "the minimum learning rate", "epochs between learning rates"],
)  # fmt: skip
def test_what_changes_a_learning_rate_is_none(said):
    assert option(f"  --alpha A    {said} (default: 0.5)").meaning is None


def test_an_option_of_type_int_gets_no_range_of_floats():
    source = 'p.add_argument("--momentum", type=int, default=0)\n'
    assert tuned(drafted("  --momentum M  it\n", source=source)[1]) == {}
    for line in ("--dropout INTEGER  (default: 0)", "--dropout N  (type: int, default: 0)"):
        for template in ("exploit", "regularizer"):
            assert "dropout" not in tuned(drafted(f"  {line}\n", template)[1], -1)


@pytest.mark.parametrize(
    ("names", "seed"),
    [
        (("split-seed", "seed"), "seed"),
        (("data-seed", "torch_seed", "seed"), "seed"),
        (("data_seed", "manual_seed"), "manual_seed"),
        (("trainer.seed", "random-state"), "random-state"),
        (("split-seed", "data-seed"), None),
    ],
)
def test_the_seed_is_that_of_the_training(names, seed):
    _, round_ = drafted("".join(f"  --{name} N  (default: 1)\n" for name in names))
    words = round_.command.words
    assert [words[i - 1] for i, w in enumerate(words) if w == "{seed}"] == [f"--{seed}"][
        : bool(seed)
    ]


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (("min_lr 0.0", "warmup_lr 1e-6", "blr 1e-3", "lr None"), {"blr"}),
        (("end_lr 1e-5", "base_lr 0.1", "lr 0.1"), {"base_lr"}),
        (("minLr 1e-5", "lr-min 1e-5", "max_lr 0.1"), {"max_lr"}),
        (("min_lr 1e-5",), set()),
        (("lr 0.1", "lr_backbone 0.01"), {"lr"}),
        (("head_lr 0.1", "backbone_lr 0.01"), {"head_lr", "backbone_lr"}),
        (("gen.lr 0.1", "critic.lr 0.01"), {"gen.lr", "critic.lr"}),
    ],
)
def test_the_base_rate_is_tuned_and_no_end_of_a_schedule(lines, names):
    parts = [line.split() for line in lines]
    text = "".join(f"  --{n} X  base learning rate (default: {d})\n" for n, d in parts)
    assert tuned(drafted(text, trials=60)[1]).keys() == names


PPO = """\
  --total-timesteps N    total timesteps of the experiments (default: 500000)
  --n-epochs N           epochs of policy optimization in each update (default: 10)
  --lr LR                learning rate (default: 0.0003)
"""


def test_the_epochs_of_each_update_are_not_the_length_of_training():
    text, round_ = drafted(PPO)
    assert "{epochs}" not in round_.command.words
    said = " ".join(text.replace("\n# ", " ").split())
    assert (
        "The script counts steps (--total-timesteps), not epochs, so {epochs} is not passed" in said
    )
    assert round_.epochs == composing.EPOCHS
    for line in ("--update-epochs N  (default: 4)", "--n_epochs N  (default: 4)"):
        text, round_ = drafted(f"  {line}\n  --total_timesteps N  (default: 9)\n")
        assert "{epochs}" not in round_.command.words
        assert "(--total_timesteps)" in text
    whole = "  --max_steps N  (default: -1)\n  --epochs N  epochs of training (default: 4)\n"
    assert drafted(whole)[1].command.words[2:4] == ("--epochs", "{epochs}")


@pytest.mark.parametrize(
    ("choices", "default", "compared"),
    [
        ("adam,sgd,lbfgs,rmsprop", "adam", ["adam", "sgd", "rmsprop"]),
        ("sgd,lbfgs,adam", "sgd", ["sgd", "lbfgs", "adam"]),
        ("lbfgs,rmsprop,adamw,sgd,adam", "sgd", ["adamw", "sgd", "adam"]),
        ("sgd,adagrad,lbfgs,nadam,adam", "adam", ["sgd", "nadam", "adam"]),
    ],
)
def test_usual_optimizers_are_compared(choices, default, compared):
    text, round_ = drafted(f"  --opt {{{choices}}}  which (default: {default})\n")
    assert [study.key for study in round_.studies] == [f"opt={name}" for name in compared]
    assert f"Which opt reaches the best e, {compared[0]}, {compared[1]} or {compared[2]}," in text


def test_a_larger_batch_is_asked_to_keep_the_metric_and_not_to_better_it():
    goal = drafted("  --batch-size N  (default: 64)\n", "batch-size")[1].goal
    assert goal.startswith("How far does a larger batch-size keep the same e in equal epochs")
    assert "how far does perfect scaling go between 64 and 256" in goal


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("usage: t.py [-h] [--v V] {train,eval} ...", ("train", "eval")),
        ("usage: t.py [-h] [--opt {a,b}] {mnist,cifar}", ()),
        ("usage: t.py [-h] [{a,b} ...] files [files ...]", ()),
        ("usage: t.py [-h] [--opt {a,b} [{a,b} ...]]", ()),
        ("Usage: t [OPTIONS] COMMAND [ARGS]...\n\nCommands:\n  train  Trains.\n  eval\n",
         ("train", "eval")),
        ("Usage: t [OPTIONS] COMMAND [ARGS]...\n\n╭─ Commands ─╮\n│ train   It. │\n╰──╯\n",
         ("train",)),
    ],
)  # fmt: skip
def test_subcommands_are_distinguished_from_arguments_with_choices(text, names):
    assert read_help(text).subcommands == names


@pytest.mark.parametrize(
    "command",
    ["python t.py 'a > b'", 'python t.py "x;y"', r"python t.py a\&b", "python t.py --a=b c=d"],
)
def test_what_is_quoted_is_no_shell_syntax(command):
    assert split_command(command) == tuple(shlex.split(command))


def test_a_draft_with_marks_is_written_though_the_check_refuses_them(tmp_path, monkeypatch):
    def refusing(text, *more):
        assert "EDIT-ME" not in text
        return loads(text, *more)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tuneplay.app.init.loads", refusing)
    read = ReadScript(("python", "t.py"), read_help("usage: t.py [-h] DATA\n\n  --lr LR  rate\n"))
    done = write_draft(tmp_path / "r.yaml", Wish(TEMPLATES["exploit"], "e", "minimize"), read)
    assert not done.fell_back
    assert "EDIT-ME:DATA" in (tmp_path / "r.yaml").read_text()


# Whatever a help text says, the draft is a spec.

NAMES = st.sampled_from(
    [
        "lr",
        "learning-rate",
        "base_lr",
        "min-lr",
        "momentum",
        "beta1",
        "beta2",
        "eps",
        "weight-decay",
        "wd",
        "dropout",
        "keep-dropout",
        "label_smoothing",
        "gamma",
        "lr-decay-rate",
        "optimizer",
        "opt",
        "batch-size",
        "eval-batch-size",
        "arch",
        "num_layers",
        "activation",
        "augment",
        "epochs",
        "max_steps",
        "seed",
        "out-dir",
        "checkpoint_dir",
        "save-dir",
        "trial",
        "study",
        "args",
        "optim.lr",
        "model.dropout",
        "2fast",
        "no-lr",
        "regularizer",
        "normalize",
        "hidden",
        "warmup-steps",
    ]
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=12)
DEFAULTS = st.one_of(
    st.integers(-3, 10**12), st.floats(), TEXTS, st.sampled_from(["None", "True", "1e-400", "-0.0"])
)
METAVARS = st.sampled_from(
    ["N", "", "FLOAT", "{a,b}", "[a|b]", "{sgd,adam,lion}", "{1,2,4}", "{true,false}", "A B", "N...",
     "{a b,c: d,#e}", "{None,none}", "<sgd|adam>", "{lr}", "{'x',\"y\"}"]
)  # fmt: skip
LINES = st.builds(
    "  --{}{} {}            about ({}: {})".format,
    NAMES, st.sampled_from(["", ", --no-it", ", -s"]), METAVARS,
    st.sampled_from(["default", "defaults to", "required; default"]), DEFAULTS,
)  # fmt: skip
TYPED = st.lists(
    st.one_of(TEXTS, st.sampled_from(["--lr", "--lr=3", "--seed", "data/", "{lr}", "{x", "a.py"])),
    max_size=4,
)


@rule
@given(
    st.lists(LINES, max_size=9), st.sampled_from(sorted(TEMPLATES)), TYPED,
    st.sampled_from([1, 9, 20, 60]), TEXTS.filter(lambda t: t.isprintable() and t.strip()),
)  # fmt: skip
def test_every_draft_passes_the_check_that_specs_pass(lines, template, typed, trials, metric):
    script = read_help("usage: t.py [-h] DIR\n\noptions:\n" + "\n".join(lines))
    wish = Wish(TEMPLATES[template], metric, "minimize", None, trials, "s.json")
    words = ["python", "t.py", *(word for word in typed if "\0" not in word)]
    text = compose(wish, script, words, known=True)
    round_ = loads(without_marks(text), "r", "r.yaml").round
    assert round_.objective.metric == metric
    assert round_.trials == trials
    assert round_.command.words[:2] == ("python", "t.py")


@rule
@given(
    st.lists(
        TEXTS.filter(lambda t: "\0" not in t and t.isprintable() and "EDIT-ME" not in t),
        max_size=5,
    )
)
def test_typed_words_reach_the_program_as_they_were_typed(typed):
    script = read_help("usage: t.py [-h]\n\noptions:\n  --lr LR  rate\n")
    words = ["python", "t.py", *(word for word in typed if word)]
    text = compose(Wish(TEMPLATES["exploit"], "e", "minimize"), script, words, known=True)
    command = loads(text, "r", "r.yaml").round.command
    builtin = dict.fromkeys(("epochs", "seed", "trial_dir", "metrics_file"), "")
    argv = command.argv({"lr": 0.5}, builtin)
    assert argv == [*words, "--lr", "0.5"]


@rule
@given(st.text(string.printable, max_size=400))
def test_any_text_is_read_without_a_defect(text):
    script = read_help(text)
    wish = Wish(TEMPLATES["optimizer"], "e", "minimize")
    loads(without_marks(compose(wish, script, ["python", "t.py"], known=True)), "r", "r.yaml")


def test_a_draft_that_comes_out_wrong_is_replaced_by_a_minimal_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tuneplay.app.init.compose", lambda *_, **__: "goal: [")
    wish = Wish(TEMPLATES["optimizer"], "e", "minimize")
    read = ReadScript(("python", "t.py", "{odd}"), read_help("  --lr LR  rate\n"))
    drafted = write_draft(tmp_path / "r.yaml", wish, read)
    assert drafted.fell_back
    text = (tmp_path / "r.yaml").read_text()
    assert "could not be turned into a spec" in text
    loads(text, "r", "r.yaml")


def test_a_minimal_draft_is_a_spec_for_every_template():
    for template in TEMPLATES.values():
        text = minimal(Wish(template, "e", "minimize"), shlex.split("python 'a b.py' --x {y}"))
        assert loads(text, "r", "r.yaml").round.command.words[:2] == ("python", "a b.py")
    assert composing.EPOCHS > 0


# Calling a script.


def script(folder, body):
    path = folder / "script"
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_what_a_script_prints_on_either_stream_is_its_answer(tmp_path):
    assert call([script(tmp_path, "echo out; echo err >&2")]).text == "out\n"
    answer = call([script(tmp_path, "echo one >&2; echo two >&2; exit 3")])
    assert (answer.text, answer.exit_code, answer.last_words) == ("one\ntwo\n", 3, "two")


@pytest.mark.parametrize("body", ["exec sleep 600", "echo epoch 1; exec sleep 600",
                                  "sleep 600 & wait", "exec 1>&-; exec sleep 600", "yes"])  # fmt: skip
def test_a_script_that_does_not_end_is_ended(tmp_path, body):
    with pytest.raises(UsageError, match="did not end by itself"):
        call([script(tmp_path, body)], silent=0.5, talking=0.5)


def test_a_script_gets_no_input_and_a_wide_terminal(tmp_path):
    assert call([script(tmp_path, 'cat; echo "$COLUMNS"')]).text == "400\n"


def test_a_file_that_is_not_a_program_is_named(tmp_path):
    for words in ([str(tmp_path / "none")], [str(tmp_path)], ["a\0b"]):
        with pytest.raises(CannotStartError, match="cannot be started"):
            call(words)
