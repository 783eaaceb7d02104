"""Every sentence, whatever the names in it are; and numbers as people read them."""

import dataclasses
import enum
import importlib
import math
import pkgutil
import shlex
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tuneplay.words
from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Scale
from tuneplay.domain.round import Phase
from tuneplay.domain.trial import State
from tuneplay.judge.fairness.fixed_values import FixedValues
from tuneplay.judge.fairness.isolation import Bucket, RangeIsolation
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.words.findings import FINDING_WORDS, say, subject_of
from tuneplay.words.message import Message
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import FLOAT_DIGITS, MINUS, in_step, number, percent, setting, signed
from tuneplay.words.range_answer import range_answer

METRIC = "val_error"

#: Texts of facts that are words of tuneplay, not of the user.
OURS = {"low", "high", *(v.value for e in (Direction, Scale, Phase, State) for v in e)}

#: What other programs have stumbled over, each in a name of its own.
HARD = [
    r"C:\data\new", r"a\d", "{study}", "{}", "%s %d", "[red]", "[/]", "\u202etxt.exe", "a.b", "a.b.",
    "n" * 300, "'", '"', "it's", "$(reboot)", "`x`", "两 层", "é", "x\ny", " ", "0", "-0", "None",
]  # fmt: skip


def everything_that_says():
    """Whatever in words/ has samples and says something of each: the words of every room."""
    found = {}
    for module in pkgutil.iter_modules(tuneplay.words.__path__, "tuneplay.words."):
        for value in vars(importlib.import_module(module.name)).values():
            several = value.values() if isinstance(value, Mapping) else [value]
            found |= {id(w): w for w in several if _says(w)}
    return list(found.values())


def _says(value):
    return not isinstance(value, type) and hasattr(value, "say") and hasattr(value, "samples")


def _called(words):
    return next(str(getattr(words, a)) for a in ("kind", "verdict", "title") if hasattr(words, a))


SAMPLES = [
    pytest.param(words.say, sample, id=f"{_called(words)}-{number_}")
    for words in everything_that_says()
    for number_, sample in enumerate(words.samples)
]

#: Those that are sentences, and not a phrase in a line.
SENTENCES = [
    pytest.param(words.say, sample, id=f"{_called(words)}-{number_}")
    for words in everything_that_says()
    if not getattr(words, "phrase", False)
    for number_, sample in enumerate(words.samples)
]


def names_of(value):
    """Every text in facts that the user may have chosen."""
    if isinstance(value, enum.Enum):
        return set()
    if isinstance(value, str):
        return {value} - OURS
    if dataclasses.is_dataclass(value):
        return {n for f in dataclasses.fields(value) for n in names_of(getattr(value, f.name))}
    if isinstance(value, Mapping):
        return {n for pair in value.items() for one in pair for n in names_of(one)}
    if isinstance(value, tuple | list | set | frozenset):
        return {n for one in value for n in names_of(one)}
    return set()


def renamed(value, names):
    """The same facts with other names."""
    if isinstance(value, enum.Enum):
        return value
    if isinstance(value, str):
        return names.get(value, value)
    if dataclasses.is_dataclass(value):
        fields = [f.name for f in dataclasses.fields(value) if f.init and f.name != "suggestion"]
        return dataclasses.replace(
            value, **{name: renamed(getattr(value, name), names) for name in fields}
        )
    if isinstance(value, Mapping):
        return {renamed(k, names): renamed(v, names) for k, v in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return type(value)(renamed(one, names) for one in value)
    return value


def said(say_, sample, names):
    message = say_(renamed(sample, names), Naming(names[METRIC]))
    assert isinstance(message, Message)
    return f"{message.what}\n{message.fix}"


def stand_ins(names):
    """One character for each name, in the same order: whatever is sorted is sorted alike."""
    characters = {name: chr(0xE000 + place) for place, name in enumerate(sorted(names.values()))}
    return {old: characters[new] for old, new in names.items()}


def filled(template, names, characters, quote):
    """The text of a template with the names; a name in a command is quoted as a shell wants it."""
    for character in characters.values():
        if quote:
            template = template.replace(f"'{character}'", f"\0{character}\0")
    by_character = {characters[old]: new for old, new in names.items()}
    text = "".join(by_character.get(c, c) for c in template)
    for new in names.values():
        text = text.replace(f"\0{new}\0", shlex.quote(new))
    return text


@pytest.mark.parametrize(("say_", "sample"), SAMPLES)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_name_goes_through_every_sentence_unharmed(say_, sample, data):
    old = sorted(names_of(sample) | {METRIC})
    # A NUL cannot be passed to a program, and no spec has one; the stand-ins are ours.
    any_text = st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters=["\0"]), min_size=1, max_size=40
    ).filter(lambda text: not any(0xE000 <= ord(c) < 0xE100 for c in text))
    new = data.draw(
        st.lists(
            st.one_of(st.sampled_from(HARD), any_text),
            min_size=len(old),
            max_size=len(old),
            unique=True,
        )
    )
    names = dict(zip(old, new, strict=True))
    characters = stand_ins(names)
    template = said(say_, sample, characters)
    text = said(say_, sample, names)
    assert text in [filled(template, names, characters, quote) for quote in (False, True)]


def slices(*feasible):
    places = enumerate(feasible)
    return tuple(Bucket(10.0**k, 10.0 ** (k + 1), n, 0, 0.5, 0.1, None) for k, n in places)


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("best", [(0, 0), (0, 1), (1, 1), (1, 2), (0, 2), None])
@pytest.mark.parametrize("edge", [None, "low", "high"])
def test_any_name_goes_through_the_answer_about_a_range(name, best, edge):
    buckets = slices(5, 5, 5)
    along = RangeIsolation("s", "\ue000", buckets, best, None if best is None else buckets[1])
    template = range_answer(along, Naming("\ue001"), edge).text
    text = range_answer(dataclasses.replace(along, hyperparameter=name), Naming(f"m{name}"), edge)
    assert text.text == "".join({"\ue000": name, "\ue001": f"m{name}"}.get(c, c) for c in template)
    if best is not None and edge is not None:
        assert {"high": "above", "low": "below"}[edge] in template
        assert template.endswith("Widen the range first.")


@pytest.mark.parametrize(
    ("best", "says"),
    [
        ((1, 1), "Every other part of the range is clearly worse."),
        ((0, 1), "Values up to 100 may be as good. Higher ones are clearly worse."),
        ((1, 2), "Values from 10 on may be as good. Lower ones are clearly worse."),
        ((0, 2), "No part of the range of wd is clearly better than the rest."),
        (None, "No trial was feasible at any value of wd."),
    ],
)
def test_the_answer_about_a_range_says_where_its_best_values_are(best, says):
    buckets = slices(5, 5, 5)
    along = RangeIsolation("s", "wd", buckets, best, None if best is None else buckets[1])
    assert says in range_answer(along, Naming(METRIC)).what


def test_the_answer_about_a_range_has_a_minus_sign():
    found = tuple(dataclasses.replace(one, value=-0.5) for one in slices(4, 4))
    along = RangeIsolation("s", "lr", found, (0, 1), found[0])
    assert f"The best val_error is {MINUS}0.5" in range_answer(along, Naming(METRIC)).what


def test_there_are_samples_of_every_kind_that_has_words():
    assert len(SAMPLES) >= len(FINDING_WORDS) > 0
    for kind, words in FINDING_WORDS.items():
        assert words.kind is kind
        assert words.samples
        assert {sample.kind for sample in words.samples} == {kind}


@pytest.mark.parametrize(("say_", "sample"), SENTENCES)
def test_sentences_are_complete(say_, sample):
    message = say_(sample, Naming(METRIC))
    for text in (message.what, message.fix):
        assert text == text.strip()
        assert "  " not in text
        assert not text or text.endswith((".", "?", "`")) or "\n" in text
    assert message.what


@pytest.mark.parametrize("kind", FINDING_WORDS, ids=str)
def test_every_explanation_is_said_in_full(kind):
    words = FINDING_WORDS[kind]
    for text in (*words.means, words.judged, words.right, words.do):
        assert text.endswith(".")
        assert text[0].isupper()


@pytest.mark.parametrize("sample", [s for w in FINDING_WORDS.values() for s in w.samples])
def test_the_study_and_the_hyperparameter_of_a_finding_are_named_once(sample):
    names = {name: chr(0xE000 + k) for k, name in enumerate(sorted(names_of(sample) | {METRIC}))}
    renamed_ = renamed(sample, names)
    text = say(renamed_, Naming(names[METRIC])).text
    front = subject_of(renamed_, Naming(names[METRIC], labels={"a": "a", "b": "b"}))
    for name in filter(None, (renamed_.study, renamed_.hyperparameter)):
        assert (name in text) != (name in front)


@pytest.mark.parametrize("name", ["t", "range", "end", "upper", "Better", "."])
def test_a_name_that_is_also_a_word_of_the_sentence_is_named(name):
    sample = dataclasses.replace(FINDING_WORDS[Kind.BOUNDARY].samples[0], hyperparameter=name)
    assert subject_of(sample, Naming(METRIC)) == name


def test_facts_that_a_sentence_was_not_made_for_are_a_defect_and_no_wrong_sentence():
    for kind in FINDING_WORDS:
        with pytest.raises(AssertionError):
            say(Finding(kind=kind, severity=Severity.NOTE, evidence=Evidence()), Naming(METRIC))


def test_values_that_were_fixed_are_said_once_each_and_as_a_spec_has_them():
    fixed = FixedValues(fixed={"nesterov": (True, 1, None), "momentum": (0.9, 0.99999999)})
    finding = Finding(kind=Kind.FIXED_CAVEAT, severity=Severity.NOTE, evidence=fixed)
    text = say(finding, Naming(METRIC)).what
    assert "nesterov was fixed at true, 1 or null and momentum at 0.9 or 0.99999999." in text


# Numbers.

#: Rounded, larger ones may have no float any more.
finite = st.floats(-1e308, 1e308)
usual = st.floats(-1e6, 1e6)
numbers = st.lists(st.one_of(usual, finite), min_size=1, max_size=6)
spreads = st.one_of(st.just(0.0), st.floats(1e-12, 1e6), st.floats(min_value=0))


def parsed(text):
    return float(text.replace(MINUS, "-"))


def decimals(text):
    return len(text.partition("e")[0].partition(".")[2])


@settings(max_examples=300, deadline=None)
@given(numbers, spreads)
def test_all_numbers_of_one_comparison_have_equally_many_decimals(values, spread):
    texts = in_step(values, spread)
    assert len({decimals(text) for text in texts}) == 1
    assert len({text.partition("e")[2] for text in texts}) == 1


@settings(max_examples=300, deadline=None)
@given(numbers, spreads)
def test_rounding_keeps_the_order_and_never_writes_a_negative_zero(values, spread):
    ordered = sorted(values)
    texts = in_step(ordered, spread)
    read = [parsed(text) for text in texts]
    assert read == sorted(read)
    assert not [text for text, v in zip(texts, read, strict=True) if v == 0 and MINUS in text[:1]]
    assert not [text for text in texts if text.startswith("-")]


@settings(max_examples=300, deadline=None)
@given(numbers, spreads)
def test_a_number_is_off_by_a_tenth_of_the_spread_at_most(values, spread):
    known = math.isfinite(spread) and spread > 0
    size = max(map(abs, values))
    least = max(size, spread if known else 0.0) * 10.0 ** (1 - FLOAT_DIGITS)
    allowed = max(0.05 * spread if known else 0.0005 * size, least)
    for value, text in zip(values, in_step(values, spread), strict=True):
        assert abs(parsed(text) - value) <= allowed * (1 + 1e-9) + 5e-324


@settings(max_examples=300, deadline=None)
@given(numbers, spreads)
def test_the_largest_number_keeps_its_leading_digit(values, spread):
    largest = max(values, key=abs)
    if abs(largest) >= (spread if math.isfinite(spread) else 0.0) and largest != 0:
        text = in_step(values, spread)[values.index(largest)]
        assert parsed(text) == pytest.approx(largest, rel=0.06)


def test_a_spread_that_is_not_known_leaves_four_digits_of_the_largest_number():
    for spread in (0.0, math.nan, math.inf):
        assert in_step([0.021667, -0.5], spread) == ["0.0217", f"{MINUS}0.5000"]
    assert in_step([math.nan, -math.inf, 1.5], 0.1) == ["nan", f"{MINUS}inf", "1.50"]


@pytest.mark.parametrize(
    ("values", "spread", "texts"),
    [
        ([-0.001, -0.0048, 0.0028], 0.0019, [f"{MINUS}0.0010", f"{MINUS}0.0048", "0.0028"]),
        ([92.345, 91.0], 0.5, ["92.34", "91.00"]),
        ([1234.5, -0.2], 300, ["1230", "0"]),
        ([0.0, -0.0], 0, ["0", "0"]),
        ([1.25e-9, 3e-10, -1e-13], 1e-11, ["1.250e-09", "0.300e-09", "0.000e-09"]),
        ([2.5e8, 3e7], 1e6, ["2.500e+08", "0.300e+08"]),
    ],
)
def test_numbers_of_a_comparison_read_like_this(values, spread, texts):
    assert in_step(values, spread) == texts


def test_a_difference_that_rounds_to_zero_has_no_sign():
    assert signed(0.0004, 0.5) == "0.00"
    assert signed(-0.0004, 0.5) == "0.00"
    assert signed(0.4, 0.5) == "+0.40"


@given(st.floats(0, 1))
def test_a_percentage_is_whole_and_certain_only_where_it_is(share):
    text = percent(share)
    points = int(text.removesuffix(" %"))
    assert abs(points - 100 * share) <= 1
    assert (points == 0) == (share == 0)
    assert (points == 100) == (share == 1)


def test_a_percentage_of_nothing_is_a_dash():
    assert percent(math.nan) == percent(math.inf) == "–"
    assert percent(-0.5) == f"{MINUS}50 %"
    assert percent(1.5) == "150 %"


@given(st.one_of(usual, finite))
def test_a_number_alone_is_read_back_to_its_digits(value):
    assert parsed(number(value)) == pytest.approx(value, rel=6e-4, abs=5e-324)
    assert not number(-abs(value) * 0.0).startswith("-")


@given(st.one_of(st.floats(0.9, 1), usual))
def test_a_setting_can_be_read_back_and_is_not_rounded_to_one(value):
    read = float(setting(value))
    assert read == pytest.approx(value, rel=6e-6)
    assert (read == 1) == (value == 1) or not 0.9 < value < 1
