"""The spec: what is read, and what the user is told when it cannot be."""

import re
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.specs import BAD, BASE, FULL, SAME_SPELLINGS, complete, corpus

from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Choice, Range, Scale
from tuneplay.domain.round import Infeasibility, Objective, Phase, Resources, Round
from tuneplay.errors import ExitCode, SpecError
from tuneplay.spec.load import load, loads

#: No deadline: a busy machine is no defect.
rule = settings(deadline=None, max_examples=50)

#: The offending line, and the caret below it.
FRAME = re.compile(r" *[0-9]* \| ")


def read(fragment):
    return loads(complete(fragment), "r", "r.yaml")


def errors_of(text):
    """The lines that the user reads about a bad spec, without the name of the file."""
    with pytest.raises(SpecError) as caught:
        loads(text, "r", "r.yaml")
    # Below each error stands the line that it is about.
    lines = [line for line in caught.value.message.split("\n") if not FRAME.match(line)]
    assert all(line.startswith("r.yaml:") for line in lines)
    return [line.removeprefix("r.yaml:") for line in lines]


def test_no_two_bad_specs_share_a_title():
    assert len(BAD) == len(list(corpus())) > 150


@pytest.mark.parametrize("title", BAD)
def test_the_user_reads_what_is_wrong_where_and_what_would_be_right(title):
    fragment, errors = BAD[title]
    assert errors_of(complete(fragment)) == errors


@pytest.mark.parametrize("key", BASE)
def test_a_missing_key_is_named_with_what_belongs_there(key):
    text = "\n".join(f"{k}: {v}" for k, v in BASE.items() if k != key)
    (error,) = errors_of(text)
    assert error.startswith(f"1:1: '{key}' is missing; ")


def test_a_wrong_spec_exits_with_the_code_for_usage_and_counts_its_errors():
    with pytest.raises(SpecError) as caught:
        read("epochs: 0\ntrials: 0")
    assert caught.value.exit_code == ExitCode.USAGE
    assert caught.value.hint == "2 errors in r.yaml; nothing was started."


#: Bad specs of one line whose keys have nothing to do with one another.
LONELY = ("phase", "epochs", "trials", "seed", "infeasible", "reruns", "resources", "launcher")
SINGLE = {
    key: [
        (fragment, errors)
        for fragment, errors in BAD.values()
        # What is not YAML hides all else.
        if fragment.startswith(f"{key}:") and "\n" not in fragment and "not YAML" not in errors[0]
    ]
    for key in LONELY
}


@rule
@given(st.data())
def test_all_errors_are_listed_at_once_and_in_the_order_of_the_file(data):
    keys = data.draw(st.lists(st.sampled_from(LONELY), min_size=2, unique=True))
    picked = [data.draw(st.sampled_from(SINGLE[key])) for key in keys]
    expected = [
        f"{line}{error.removeprefix('1')}"
        for line, (_, errors) in enumerate(picked, start=1)
        for error in errors
    ]
    assert errors_of(complete("\n".join(fragment for fragment, _ in picked))) == expected


def test_a_file_name_and_position_can_be_clicked_in_an_editor(tmp_path):
    path = tmp_path / "a round.yaml"
    path.write_text(complete("seed: 0\ntrials: x"), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load(path, "r")
    assert caught.value.message.startswith(f"{path}:2:9: trials: ")
    with pytest.raises(SpecError) as caught:
        load(path, "r", shown="rounds/r/round.yaml")
    assert caught.value.message.startswith("rounds/r/round.yaml:2:9: trials: ")


def test_columns_count_characters_not_bytes():
    assert errors_of(complete("fixed: {'ü☃𝄞': .inf}"))[0].startswith("1:9: ")
    assert errors_of(complete("fixed: {a: 'ü☃𝄞', b: .inf}")) == [
        "1:22: fixed.b: .inf is not a finite number; write an ordinary number, as in 0.001 or 1e9"
    ]


def test_a_long_value_is_not_thrown_back_at_the_user():
    assert all(len(error) < 200 for error in errors_of(complete(f"epochs: {'x' * 5000}")))
    assert all(len(error) < 200 for error in errors_of(complete(f"fixed: {{a: 1e{'9' * 5000}}}")))


# Good specs.


def test_a_full_spec_is_read_as_it_is_written():
    spec = loads(FULL, "01-optimizer", "r.yaml")
    round_ = spec.round
    assert spec.text == FULL
    (few,) = spec.warnings
    assert "trials: only 16 trials for 6 hyperparameters" in few
    assert (round_.name, round_.goal) == (
        "01-optimizer",
        "Does Adam reach a lower validation error than SGD?",
    )
    assert round_.phase is Phase.EXPLOITATION
    assert round_.command.words == (
        *("python", "my train.py", "--optimizer", "{optimizer}", "--epochs", "{epochs}"),
        *("--seed", "{seed}", "{args}"),
    )
    assert round_.command.env == {"OMP_NUM_THREADS": "1", "DATA": "~/data"}
    assert round_.objective == Objective("val_accuracy", Direction.MAXIMIZE, 0.001, "test_accuracy")
    assert (round_.epochs, round_.trials, round_.seed, round_.rerun_seeds) == (20, 16, 7, 3)
    assert round_.infeasible == Infeasibility(0.5, (42, 43))
    assert round_.resources == Resources(4, (0, 2), 1, 2, 7200.0, 90.0, 0)
    assert round_.baseline == "optimizer=sgd"


def test_the_studies_of_a_full_spec_have_shared_conditional_and_fixed_hyperparameters():
    sgd, adam = loads(FULL, "r", "r.yaml").round.studies
    shared = (
        Range("learning_rate", 1e-4, 1.0, Scale.LOG),
        Range("layers", 1.0, 5.0, kind="int"),
        Range("width", 16.0, 512.0, Scale.LOG, "int"),
        Range("dropout", 0.0, 0.7, step=0.1, limits=(0, None)),
        Choice("activation", ("relu", "tanh", None, "no", 3)),
    )
    momentum = Range("momentum", 0.5, 0.99, Scale.REVERSE_LOG, limits=(0, 1))
    assert sgd.shared == adam.shared == shared
    assert (sgd.conditional, adam.conditional) == ((momentum,), ())
    assert (sgd.key, adam.key) == ("optimizer=sgd", "optimizer=adam")
    assert sgd.fixed == {"batch_size": 64, "bias": True, "note": "", "amp": "no"}
    assert adam.fixed == sgd.fixed | {"beta1": 0.9, "epsilon": 1e-8}


def test_what_a_spec_leaves_out_has_the_documented_defaults():
    round_ = read("").round
    assert (round_.seed, round_.rerun_seeds, round_.baseline) == (0, 5, None)
    assert round_.infeasible == Infeasibility(None, ())
    assert round_.resources == Resources(None, None, 1, 1, None, None, 1)
    assert [study.key for study in round_.studies] == ["all"]
    assert round_.command.env == {}
    assert (round_.objective.worthwhile, round_.objective.test_metric) == (0, None)
    assert round_.objective.chance is None
    assert round_.keep_checkpoints == 1


@pytest.mark.parametrize(("written", "chance"), [("0.9", 0.9), ("0", 0), ("-1e3", -1000)])
def test_what_guessing_gives_is_any_finite_number(written, chance):
    objective = f"objective: {{metric: e, direction: minimize, chance: {written}}}"
    assert loads(complete(objective), "r", "r").round.objective.chance == chance


@pytest.mark.parametrize(("written", "kept"), [("best", 1), ("{best_n: 3}", 3), ("all", None)])
def test_checkpoints_are_kept_of_the_best_of_a_few_or_of_all(written, kept):
    assert read(f"checkpoints: {{keep: {written}}}").round.keep_checkpoints == kept


def test_several_scientific_hyperparameters_make_a_study_of_each_combination():
    round_ = read(
        "scientific: {depth: [3, 5], norm: [layer, null]}\nbaseline: {norm: null, depth: 5}"
    )
    keys = [study.key for study in round_.round.studies]
    assert keys == [
        "depth=3,norm=layer",
        "depth=3,norm=None",
        "depth=5,norm=layer",
        "depth=5,norm=None",
    ]
    assert round_.round.baseline == "depth=5,norm=None"


@pytest.mark.parametrize("spelling", SAME_SPELLINGS)
def test_a_spec_means_the_same_in_another_spelling(spelling, tmp_path):
    assert SAME_SPELLINGS[spelling] != FULL
    path = tmp_path / "r.yaml"
    path.write_bytes(SAME_SPELLINGS[spelling].encode())
    assert load(path, "r").round == loads(FULL, "r", "r.yaml").round


@pytest.mark.parametrize(
    ("written", "value"),
    [
        # Numbers, as YAML 1.2 reads them.
        ("3", 3),
        ("-3", -3),
        ("+3", 3),
        ("0", 0),
        ("0o17", 15),
        ("0xFF", 255),
        ("1e-3", 0.001),
        ("1E-3", 0.001),
        ("1e3", 1000.0),
        ("-1.5e+3", -1500.0),
        (".5", 0.5),
        ("-.5", -0.5),
        ("5.", 5.0),
        ("0.10", 0.1),
        ("00.5", 0.5),
        # Words: only these few mean something.
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        # Texts that YAML 1.1 took for something else.
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("Off", "Off"),
        ("y", "y"),
        ("1:30", "1:30"),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("2024-01-02", "2024-01-02"),
        ("nan", "nan"),
        ("inf", "inf"),
        ("None", "None"),
        ("tRUE", "tRUE"),
        ("1e", "1e"),
        ("e3", "e3"),
        ("1.2.3", "1.2.3"),
        ("0O7", "0O7"),
        # Whatever is quoted is a text.
        ("'3'", "3"),
        ('"1e-3"', "1e-3"),
        ("'true'", "true"),
        ("''", ""),
        ("'010'", "010"),
        ("'null'", "null"),
        ('"a\\tb\\u2603"', "a\tb☃"),
        ("|-\n    two\n    lines", "two\nlines"),
        (">-\n    one\n    line", "one line"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(written, value):
    (study,) = read(f"fixed:\n  x: {written}").round.studies
    assert repr(study.fixed["x"]) == repr(value)


@rule
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_as_python_writes_it(value):
    (study,) = read(f"fixed: {{x: {value!r}}}").round.studies
    assert repr(study.fixed["x"]) == repr(value)


@rule
@given(st.integers(-(10**90), 10**90))
def test_every_int_is_read_as_python_writes_it(value):
    (study,) = read(f"fixed: {{x: {value}}}").round.studies
    assert repr(study.fixed["x"]) == repr(value)


@rule
@given(st.integers(0, 2**40))
def test_an_int_means_the_same_in_hexadecimal_and_octal(value):
    (study,) = read(f"fixed: {{a: {value}, b: {value:#x}, c: {value:#o}}}").round.studies
    assert set(study.fixed.values()) == {value}


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90", 90), ("90s", 90), ("1.5m", 90), ("2h", 7200), ("1d", 86400), ("null", None)],
)
def test_a_duration_is_a_number_with_a_unit(written, seconds):
    assert read(f"resources: {{timeout: {written}}}").round.resources.timeout == seconds


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{low: 1, high: 5}", Range("x", 1.0, 5.0, kind="int")),
        ("{low: 1, high: 5.0}", Range("x", 1.0, 5.0)),
        ("{low: 1, high: 5, type: float}", Range("x", 1.0, 5.0)),
        ("{low: 1.0, high: 5.0, type: int}", Range("x", 1.0, 5.0, kind="int")),
        ("{low: 0, high: 1, type: int}", Range("x", 0.0, 1.0, kind="int")),
        ("{low: 0, high: 1, type: float}", Range("x", 0.0, 1.0)),
        ("{low: 8, high: 64, step: 8}", Range("x", 8.0, 64.0, kind="int", step=8.0)),
        ("{low: -1e-3, high: .5}", Range("x", -0.001, 0.5)),
        ("{low: 1e-6, high: 1e-2, scale: log}", Range("x", 1e-6, 1e-2, Scale.LOG)),
        ("{low: 0, high: .9, scale: reverse_log}", Range("x", 0.0, 0.9, Scale.REVERSE_LOG)),
        ("{low: 0.1, high: 0.5, limits: [null, 1]}", Range("x", 0.1, 0.5, limits=(None, 1))),
        ("[relu, 'relu ', RELU]", Choice("x", ("relu", "relu ", "RELU"))),
        ("[1, 1.0, '1', true]", Choice("x", (1, 1.0, "1", True))),
    ],
)
def test_a_search_space_is_read_as_it_is_written(written, expected):
    (study,) = read(f"nuisance: {{x: {written}}}").round.studies
    assert repr(study.space) == repr((expected,))


# Warnings do not stop a round.


@pytest.mark.parametrize(
    ("fragment", "warnings"),
    [
        ("scientific: {o: [a, b]}\nbaseline: {o: a}", []),
        (
            "",
            [
                "1:1: scientific: there is no scientific hyperparameter, so this round tunes and compares nothing; to compare, list two values or more"
            ],
        ),
        (
            "fixed: {x: 1}\nscientific: {}",
            [
                "2:13: scientific: there is no scientific hyperparameter, so this round tunes and compares nothing; to compare, list two values or more"
            ],
        ),
        (
            "scientific: {o: [a]}",
            [
                "1:13: scientific: there is only one scientific value, so this round tunes and compares nothing; to compare, list two values or more"
            ],
        ),
        (
            "command: t {args}\nscientific: {o: [a, b]}\nbaseline: {o: a}",
            [
                (
                    "1:10: command: {epochs} is not passed to the program; "
                    "add it, or make sure that the program trains exactly this long"
                ),
                (
                    "1:10: command: {seed} is not passed to the program; "
                    "add it; without it reruns measure nothing, unless the program picks its own seed"
                ),
            ],
        ),
        (
            "command: t {args}\nenv: {S: '{seed}', E: '{epochs}'}\nscientific: {o: [a, b]}\nbaseline: {o: b}",
            [],
        ),
    ],
)
def test_what_is_odd_but_possible_is_a_warning(fragment, warnings):
    found = [line for line in read(fragment).warnings if "; playbook, " not in line]
    assert [warning.removeprefix("r.yaml:") for warning in found] == warnings


# Specs that cannot be carried out.


@pytest.mark.parametrize(
    ("fragment", "where"),
    [
        # Its width is no number.
        ("nuisance: {x: {low: -1e308, high: 1e308}}", "nuisance.x"),
        # The only whole numbers below 1 are not what this scale is for, and Optuna has no such ints.
        ("nuisance: {x: {low: -5, high: 0, scale: reverse_log}}", "nuisance.x"),
        # $TUNEPLAY_SEED and $TUNEPLAY_METRICS are taken.
        ("fixed: {Seed: 3}", "fixed.Seed"),
        ("fixed: {trial-dir: x}", "fixed.trial-dir"),
        ("fixed: {metrics: x}", "fixed.metrics"),
        # Two GPUs for each trial, of one.
        ("resources: {gpus: [0], gpus_per_trial: 2}", "resources"),
        # A baseline in a round that has none to compare with.
        ("scientific: {o: [a]}\nbaseline: {o: b}", "baseline"),
        ("baseline: {o: b}", "baseline"),
        # Two studies would be called a=1,b=2,b=3.
        ("scientific: {a: [1, '1,b=2'], b: [3, '2,b=3']}\nbaseline: {a: 1, b: 3}", "scientific"),
    ],
)
def test_what_cannot_be_carried_out_is_refused(fragment, where):
    (error,) = errors_of(complete(fragment))
    assert re.match(rf"\d+:\d+: {re.escape(where)}", error)


# Files that mean harm.


def refused(path):
    """The message about a file, which is told within two seconds of CPU time."""
    begin = time.process_time()
    with pytest.raises(SpecError) as caught:
        load(path, "r", shown="r.yaml")
    assert time.process_time() - begin < 2
    return caught.value.message


def nested(levels, opening, closing=""):
    return complete("fixed: " + opening * levels + closing * levels).encode()


BOMB = "\n".join(
    ["a: &a [x, x, x, x, x, x, x, x, x]"]
    + [
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
)

HARMFUL = {
    "an alias bomb": (complete(BOMB).encode(), "1:4: anchors and aliases (&, *) are not supported"),
    "500 nested lists": (nested(500, "[", "]"), "1:27: nested deeper than 20 levels"),
    "500 nested mappings": (nested(500, "{a: ", "}"), "nested deeper than 20 levels"),
    # Where it is seen depends on the version of libyaml.
    "100,000 open lists": (nested(100_000, "["), "nested deeper than 20 levels"),
    "3,000 lists in each other": (b"- " * 3_000, "nested deeper than 20 levels"),
    "5 MB": (b"# " + b"x" * 5_000_000, "r.yaml: larger than 200,000 bytes"),
    "a list of 60,000 values, never closed": (
        complete("fixed: {a: [" + "1, " * 60_000).encode(),
        "more than 20,000 values; shorten it: a spec is a page of text",
    ),
    "a thousand ranges": (
        complete(
            "nuisance: {" + ", ".join(f"a{i}: {{low: 1, high: 9}}" for i in range(1_000)) + "}"
        ).encode(),
        "1000 hyperparameters are searched in all; search at most 100",
    ),
    "a call to the system": (
        complete("fixed: {a: !!python/object/apply:os.system [id]}").encode(),
        "r.yaml:1:12: the tag ",
    ),
    "merge keys": (
        complete("fixed: {<<: {a: 1}}").encode(),
        "1:9: merge keys (<<) are not supported",
    ),
    "two documents": (complete("").encode() + b"---\na: 1\n", "a second document"),
    "a thousand documents": (b"--- {}\n" * 1000, "r.yaml:2:1: a second document"),
    "Latin-1": (complete("fixed: {a: 1}\nseed: 1 # é").encode("latin-1"), "r.yaml:2:11: not UTF-8"),
    "UTF-16": (complete("").encode("utf-16"), "r.yaml:1:1: not UTF-8 text"),
    "half a character": (complete("# é").encode()[:3], "r.yaml:1:3: not UTF-8 text"),
    "a NUL": (complete("seed: 1\nfixed: {a: \0}").encode(), "r.yaml:2:12: not YAML: "),
    "a bell": (complete("seed: 1\nfixed: {a: \a}").encode(), "r.yaml:2:12: not YAML: "),
    "nothing": (b"", "r.yaml:1:1: the file is empty; write a first spec with `tuneplay init`"),
    "blanks and comments": (b"\n \n# x\n", "r.yaml:1:1: the file is empty"),
    "a document of nothing": (b"---\n", "'goal' is missing"),
    "a list": (b"- a\n- b\n", "r.yaml:1:1: a list is not a mapping"),
    "a single word": (b"hello\n", "r.yaml:1:1: hello is not a mapping"),
    "a program": (b"\x7fELF\x02\x01\x01\x00", "r.yaml:1:1: not YAML: "),
    "endless blanks": (b" " * 190_000, "r.yaml:1:1: the file is empty"),
    "a number of endless digits": (
        complete(f"epochs: {'1' * 190_000}").encode(),
        "r.yaml:1:9: epochs: 1111",
    ),
    "a command of forty thousand words": (
        complete("command: t " + "{x} " * 40_000).encode(),
        "unknown placeholder {x}",
    ),
}


@pytest.mark.parametrize("harm", HARMFUL)
def test_a_file_that_means_harm_is_refused_quickly_and_in_words(harm, tmp_path):
    data, words = HARMFUL[harm]
    path = tmp_path / "r.yaml"
    path.write_bytes(data)
    assert words in refused(path)


#: Reads a spec with little memory and time; prints the length of the refusal.
READER = """\
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (3, 3))
from tuneplay.errors import SpecError
from tuneplay.spec.load import loads
try:
    loads(sys.stdin.read(), "r", "r.yaml")
except SpecError as error:
    print(len(error.message))
"""

TEN = ", ".join(f"h{i}: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]" for i in range(10))

FLOODS = {
    "ten values each of ten scientific hyperparameters": f"scientific: {{{TEN}}}",
    "thirty thousand unknown keys": "\n".join(f"k{i}: 1" for i in range(30_000)),
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_is_refused_before_it_fills_the_machine(flood):
    done = subprocess.run(
        [sys.executable, "-c", READER],
        input=complete(FLOODS[flood]),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr[-300:]
    # A screenful or two, not a megabyte.
    assert int(done.stdout) < 50_000


def test_a_file_that_is_not_there_or_no_file_is_said_to_be_so(tmp_path):
    assert refused(tmp_path / "r.yaml") == "r.yaml: cannot be read: No such file or directory"
    assert refused(tmp_path) == "r.yaml: cannot be read: Is a directory"


def round_or_refusal(text):
    try:
        return loads(text, "r", "r.yaml").round
    except SpecError as error:
        return error.message


@rule
@given(st.text(max_size=200))
def test_no_chance_text_is_a_spec_and_none_breaks_the_reader(text):
    assert round_or_refusal(text).startswith("r.yaml:")


@rule
@given(st.data())
def test_a_spec_with_a_piece_cut_out_or_doubled_is_read_or_refused_in_words(data):
    begin = data.draw(st.integers(0, len(FULL)))
    end = data.draw(st.integers(begin, min(len(FULL), begin + 40)))
    times = data.draw(st.sampled_from([0, 2]))
    result = round_or_refusal(FULL[:begin] + FULL[begin:end] * times + FULL[end:])
    assert result.studies if isinstance(result, Round) else result.startswith("r.yaml:")
