"""A large ledger is parsed by another library, and reads the same."""

import json
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tuneplay.ledger.parse import LARGE, parser_for

quick, plain = parser_for(LARGE), parser_for(LARGE - 1)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(), max_size=20),
)
values = st.dictionaries(st.text(max_size=5), st.one_of(scalars, st.lists(scalars, max_size=5)))


def line(value):
    return json.dumps(value, separators=(",", ":")).encode()


@settings(deadline=None)
@given(values)
@example({"seed": 2**70})
@example({"seed": -(2**63) - 1})
@example({"name": "\ud800"})
@example({"hyperparameters": {"n": 10**18}, "curves": {"e": [1e300, 5e-324]}})
def test_both_parsers_read_the_same(value):
    read = quick(line(value))
    assert read == plain(line(value)) == value
    assert [type(v) for v in read.values()] == [type(v) for v in value.values()]


@pytest.mark.parametrize("text", [b"", b"{", b'{"a":1}x', b"[1,]", b"\xff", b"{'a':1}"])
def test_what_is_no_json_is_refused_by_both(text):
    for parse in (quick, plain):
        with pytest.raises(ValueError):
            parse(text)


def test_infinities_that_json_lets_through_read_the_same():
    assert math.isinf(quick(b"[1e999]")[0])
