"""Hyperparameters: from a coordinate of the unit interval to a value and back."""

import math
from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tuneplay.domain.hyperparameter import Choice, Range, Scale

#: No deadline: a busy machine is no defect.
rule = settings(deadline=None, max_examples=60)

#: Largest coordinate that a sequence in [0, 1) can hand out.
ALMOST_ONE = math.nextafter(1.0, 0.0)

units = st.floats(0, 1, exclude_max=True)


@st.composite
def linear_ranges(draw):
    low = draw(st.floats(-1e6, 1e6))
    width = draw(st.floats(1e-6, 1e6))
    assume(width > 1e-6 * abs(low))
    return Range("x", low, low + width)


@st.composite
def log_ranges(draw):
    low = draw(st.floats(1e-12, 1e6))
    return Range("x", low, low * draw(st.floats(1.1, 1e9)), Scale.LOG)


@st.composite
def reverse_log_ranges(draw):
    far = draw(st.floats(1e-9, 0.5))
    near = min(1.0, far * draw(st.floats(1.1, 1e6)))
    assume(1 - near < 1 - far < 1)
    return Range("x", 1 - near, 1 - far, Scale.REVERSE_LOG)


@st.composite
def int_ranges(draw):
    scale = draw(st.sampled_from([Scale.LINEAR, Scale.LOG]))
    low = draw(st.integers(1, 10_000) if scale is Scale.LOG else st.integers(-10_000, 10_000))
    return Range("x", float(low), float(low + draw(st.integers(1, 10_000))), scale, "int")


@st.composite
def stepped_ranges(draw):
    kind = draw(st.sampled_from(["int", "float"]))
    unit = Decimal(1) if kind == "int" else draw(st.sampled_from([Decimal("0.1"), Decimal("0.25")]))
    low, step = unit * draw(st.integers(-50, 50)), unit * draw(st.integers(1, 5))
    high = low + step * draw(st.integers(1, 40)) + unit * draw(st.integers(0, 4))
    return Range("x", float(low), float(high), Scale.LINEAR, kind, float(step))


smooth_ranges = st.one_of(linear_ranges(), log_ranges(), reverse_log_ranges())
ranges = st.one_of(smooth_ranges, int_ranges(), stepped_ranges())


@rule
@given(ranges, units)
def test_a_value_lies_within_its_range(h, unit):
    assert h.low <= h.at(unit) <= h.high


@rule
@given(ranges, units, units)
def test_a_larger_coordinate_never_gives_a_smaller_value(h, first, second):
    small, large = sorted((first, second))
    assert h.at(small) <= h.at(large)


@rule
@given(smooth_ranges, units)
def test_the_coordinate_of_a_sampled_value_is_the_one_it_was_sampled_at(h, unit):
    # Values are rounded to eight digits, which moves narrow log ranges the most.
    assert h.unit(h.at(unit)) == pytest.approx(unit, abs=2e-6)


@rule
@given(ranges)
def test_the_ends_of_a_range_are_at_coordinates_nought_and_one(h):
    assert h.unit(h.low) == 0
    assert h.unit(h.high) == pytest.approx(1)


@rule
@given(smooth_ranges)
def test_the_first_coordinate_gives_the_low_end_and_the_last_one_all_but_the_high_end(h):
    assert h.at(0.0) == pytest.approx(h.low, rel=1e-7, abs=1e-7 * (h.high - h.low))
    assert h.at(ALMOST_ONE) == pytest.approx(h.high, rel=1e-7, abs=1e-7 * (h.high - h.low))


@rule
@given(st.one_of(int_ranges(), stepped_ranges()))
def test_a_grid_starts_at_its_low_end_and_reaches_its_last_point(h):
    step = Decimal(repr(h.step or 1.0))
    last = Decimal(repr(h.low)) + (Decimal(repr(h.high)) - Decimal(repr(h.low))) // step * step
    assert h.at(0.0) == h.low
    assert h.at(ALMOST_ONE) == float(last)


@rule
@given(st.one_of(int_ranges(), stepped_ranges()), units)
def test_the_int_kind_gives_ints_and_the_float_kind_floats(h, unit):
    assert type(h.at(unit)) is (int if h.kind == "int" else float)


@rule
@given(stepped_ranges(), units)
def test_a_stepped_value_is_written_as_a_person_would_write_it(h, unit):
    # 0.1 + 0.2 is 0.3 here, not 0.30000000000000004.
    written = Decimal(repr(h.at(unit)))
    assert (written - Decimal(repr(h.low))) % Decimal(repr(h.step)) == 0


@rule
@given(stepped_ranges())
def test_the_points_of_a_linear_grid_are_equally_likely(h):
    count = round((h.at(ALMOST_ONE) - h.low) / h.step) + 1
    drawn = Counter(h.at((i + 0.5) / (20 * count)) for i in range(20 * count))
    assert len(drawn) == count
    assert set(drawn.values()) == {20}


def test_the_ints_of_a_linear_range_are_equally_likely():
    h = Range("layers", 1.0, 5.0, kind="int")
    assert Counter(h.at(i / 100) for i in range(100)) == dict.fromkeys([1, 2, 3, 4, 5], 20)


def test_an_int_on_the_log_scale_is_as_likely_as_the_scale_around_it_is_long():
    h = Range("width", 1.0, 4.0, Scale.LOG, "int")
    drawn = Counter(h.at((i + 0.5) / 10_000) for i in range(10_000))
    whole = math.log(4.5 / 0.5)
    for value in (1, 2, 3, 4):
        part = math.log((value + 0.5) / (value - 0.5)) / whole
        assert drawn[value] / 10_000 == pytest.approx(part, abs=1e-3)


@rule
@given(units)
def test_half_of_a_log_range_lies_below_its_geometric_mean(unit):
    h = Range("learning_rate", 1e-4, 1.0, Scale.LOG)
    assert (h.at(unit) < 1e-2) == (unit < 0.5) or math.isclose(h.at(unit), 1e-2, rel_tol=1e-7)


def test_reverse_log_spends_as_much_on_nines_as_log_does_on_noughts():
    h = Range("momentum", 0.9, 0.9999, Scale.REVERSE_LOG)
    assert [h.at(unit) for unit in (0.0, 1 / 3, 2 / 3)] == [0.9, 0.99, 0.999]


@pytest.mark.parametrize(
    ("h", "unit", "text"),
    [
        (Range("x", 0.1, 0.3), 0.5, "0.2"),
        (Range("x", 0.0, 0.9), 1 / 3, "0.3"),
        (Range("x", 1e-4, 1.0, Scale.LOG), 0.25, "0.001"),
        (Range("x", 1e-6, 1e-2, Scale.LOG), 0.5, "0.0001"),
        (Range("x", 0.0, 0.999, Scale.REVERSE_LOG), 1 / 3, "0.9"),
        (Range("x", 0.1, 0.7, step=0.2), 0.5, "0.5"),
        (Range("x", 0.0, 1e9), 0.123456789012, "123456800.0"),
    ],
)
def test_values_have_no_more_digits_than_anybody_wants_to_read(h, unit, text):
    assert repr(h.at(unit)) == text


def test_a_margin_outside_of_the_range_is_outside_of_the_unit_interval():
    h = Range("learning_rate", 1e-3, 1e-1, Scale.LOG)
    assert h.unit(1e-5) == pytest.approx(-1)
    assert h.unit(1.0) == pytest.approx(1.5)


def test_the_last_grid_point_survives_the_noise_of_a_division():
    # 0.7 / 0.1 is 6.999999999999999 in binary.
    assert Range("x", 0.0, 0.7, step=0.1).at(ALMOST_ONE) == 0.7
    assert Range("x", 0.0, 0.3, step=0.1).at(ALMOST_ONE) == 0.3


def test_a_grid_never_oversteps_a_high_end_just_below_its_next_point():
    assert Range("x", 0.0, 0.69999999999, step=0.1).at(ALMOST_ONE) <= 0.69999999999


choices = st.lists(
    st.sampled_from(["relu", "", "1", "None", 0, 1, -7, 10**30, 1.0, 1e-3, True, False, None]),
    min_size=2,
    max_size=9,
    unique_by=repr,
)


@rule
@given(choices)
def test_each_choice_is_equally_likely_and_in_the_order_of_the_spec(values):
    h = Choice("x", tuple(values))
    drawn = [h.at((i + 0.5) / (10 * len(values))) for i in range(10 * len(values))]
    assert [repr(value) for value in drawn] == [repr(v) for v in values for _ in range(10)]


@rule
@given(choices, units)
def test_a_choice_is_the_very_value_of_the_spec(values, unit):
    h = Choice("x", tuple(values))
    assert any(h.at(unit) is value for value in values)


def test_the_last_coordinate_gives_the_last_choice():
    assert Choice("x", ("relu", "tanh", None)).at(ALMOST_ONE) is None


def test_a_number_of_numpy_has_a_place_on_the_grid():
    stepped = Range("x", 10.0, 20.0, step=0.5)
    assert stepped.on_grid(np.float64(15.25)) == stepped.on_grid(15.25) == 15.0
