"""A value as a spec writes it: every reader of YAML gets the same value back."""

import math

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tuneplay.domain.yaml_scalar import yaml_text
from tuneplay.spec.nodes import MAX_NUMBER, ListNode, MapNode, parse
from tuneplay.spec.problems import Problems

rule = settings(deadline=None, max_examples=300)

#: Half of a character is nothing that a file can hold.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10 ** (MAX_NUMBER - 2)), 10 ** (MAX_NUMBER - 2)),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS.filter(lambda text: "\0" not in text),
)


def same(first, second):
    """Whether two values are one: of one type, and spelled alike (NaN, and the sign of nought)."""
    return type(first) is type(second) and repr(first) == repr(second)


def by_spec(text):
    """The one value of a spec's mapping and of its list, as the spec's reader sees it."""
    problems = Problems("s.yaml", text)
    node = parse(text, problems)
    assert isinstance(node, MapNode), problems.errors
    assert problems.errors == []
    (_, alone), (_, listed) = node.entries
    assert isinstance(listed, ListNode)
    assert same(alone.value, listed.items[0].value)
    return alone.value


@rule
@given(SCALARS)
@example("no")
@example("Y")
@example("1e-05")
@example("2023-01-02")
@example("0x1f")
@example("1:30")
@example("a: b")
@example("x #y")
@example("~")
@example("C:\\data\\")
@example('"')
@example("\u2028\x85\ufeff\x07")
@example(1e-05)
@example(1e22)
@example(-0.0)
def test_yaml_1_1_and_the_spec_read_back_what_was_written(value):
    text = f"alone: {yaml_text(value)}\nlisted: [{yaml_text(value)}, 0]\n"
    assert same(by_spec(text), value)
    assert same(yaml.safe_load(text)["alone"], value)
    assert same(yaml.safe_load(text)["listed"][0], value)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_is_not_finite_is_a_number_to_yaml(value):
    assert same(yaml.safe_load(yaml_text(value)), value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.001, "0.001"), (1e-05, "1.0e-05"), (64, "64"), (True, "true"), (None, "null"),
        ("adamw_torch", "adamw_torch"), ("model/norm-2.0", "model/norm-2.0"), ("no", '"no"'),
        ("3", '"3"'), ("nan", '"nan"'), ("a\nb", '"a\\U0000000ab"'), ("größe", '"größe"'),
    ],
)  # fmt: skip
def test_values_read_as_a_person_would_write_them(value, text):
    assert yaml_text(value) == text
