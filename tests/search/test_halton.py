"""The quasi-random sequence, held against scipy.stats.qmc and against years to come."""

import math
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from tuneplay.search.halton import coordinate, point

PRIMES = (2, 3, 5, 7, 11, 13)

seeds = st.integers(0, 2**63)
dimensions = st.integers(0, len(PRIMES) - 1)


#: No deadline: a busy machine is no defect.
rule = settings(deadline=None, max_examples=40)


def points(count, dims, seed):
    return np.array([point(index, dims, seed) for index in range(count)])


def digit(value, base, place):
    """The digit of a coordinate at a place behind the point, 1 for the first."""
    return math.floor(Fraction(value) * base**place) % base


@rule
@given(st.integers(0, 10**12), dimensions, seeds)
def test_every_coordinate_lies_in_the_half_open_unit_interval(index, dimension, seed):
    assert 0 <= coordinate(index, dimension, seed) < 1


@rule
@given(st.integers(0, 10**6), st.integers(1, 12), seeds)
def test_a_point_is_its_coordinates_however_many_are_asked_for(index, dims, seed):
    asked = point(index, dims, seed)
    assert len(asked) == dims
    assert asked == tuple(coordinate(index, dimension, seed) for dimension in range(dims))


@rule
@given(
    dimension=dimensions,
    k=st.integers(1, 4),
    block=st.integers(0, 1000),
    seed=seeds,
)
def test_each_block_of_base_to_the_k_points_hits_every_elementary_interval_once(
    dimension, k, block, seed
):
    base = PRIMES[dimension]
    size = base ** min(k, int(math.log(200, base)))
    hit = [
        math.floor(Fraction(coordinate(index, dimension, seed)) * size)
        for index in range(block * size, (block + 1) * size)
    ]
    assert sorted(hit) == list(range(size))


@pytest.mark.parametrize("dimension", range(len(PRIMES)))
@pytest.mark.parametrize("seed", [0, 1, 12345])
def test_each_digit_is_the_unscrambled_one_of_scipy_under_one_permutation(dimension, seed):
    base, count = PRIMES[dimension], 400
    plain = qmc.Halton(d=dimension + 1, scramble=False).random(count)[:, dimension]
    for place in range(1, int(math.log(count, base)) + 1):
        meets = {
            # 1e-9 mends 1/3 * 3: scipy's coordinates are sums of rounded fractions.
            (
                digit(plain[i] + 1e-9, base, place),
                digit(coordinate(i, dimension, seed), base, place),
            )
            for i in range(count)
        }
        assert {theirs for theirs, _ in meets} == {ours for _, ours in meets} == set(range(base))
        assert len(meets) == base


@pytest.mark.parametrize("dims", range(1, 7))
@pytest.mark.parametrize("count", [16, 64, 256])
def test_points_are_as_even_as_those_of_scipy_and_more_even_than_random_ones(dims, count):
    draws = range(24)
    ours = [qmc.discrepancy(points(count, dims, seed)) for seed in draws]
    theirs = [
        qmc.discrepancy(qmc.Halton(d=dims, scramble=True, rng=seed).random(count)) for seed in draws
    ]
    chance = [
        qmc.discrepancy(np.random.default_rng(seed).random((count, dims))) for seed in range(40)
    ]
    assert np.mean(ours) < 1.35 * np.mean(theirs)
    assert np.mean(ours) < 0.5 * np.mean(chance)


@pytest.mark.parametrize("dims", [2, 3, 6])
def test_no_two_coordinates_move_together(dims):
    # Unscrambled coordinates of neighbouring primes are all but proportional at first, the known
    # weakness of the plain sequence; a scrambled one must have none of it, on average over seeds.
    found = [np.corrcoef(points(32, dims, seed), rowvar=False) for seed in range(60)]
    off_diagonal = np.mean(found, axis=0)[~np.eye(dims, dtype=bool)]
    assert np.abs(off_diagonal).max() < 0.15


@pytest.mark.parametrize("dimension", range(len(PRIMES)))
@pytest.mark.parametrize("index", [0, 1, 77])
def test_over_many_seeds_a_coordinate_is_uniform(dimension, index):
    drawn = [coordinate(index, dimension, seed) for seed in range(200)]
    # Four standard deviations of the mean of 200 uniform numbers.
    assert abs(np.mean(drawn) - 0.5) < 4 * math.sqrt(1 / 12 / 200)
    assert len(set(drawn)) == 200


@rule
@given(st.lists(seeds, min_size=2, max_size=2, unique=True), st.integers(1, 6))
def test_another_seed_gives_another_sequence(two, dims):
    first, second = two
    assert points(8, dims, first).tolist() != points(8, dims, second).tolist()


GOLDEN = {
    (0, 0): (0.21733152360526514, 0.9180453481509824, 0.17285935315442869),
    (0, 1): (0.7173315236052651, 0.584712014817649, 0.3728593531544287),
    (0, 1000): (0.12651121110526514, 0.5741953252886138, 0.16837935315442867),
    (1, 0): (0.5633257751998608, 0.3612511240296218, 0.573391024838371),
    (1, 5): (0.18832577519986077, 0.9168066795851774, 0.453391024838371),
    (7, 1000): (0.26269932397900964, 0.09294546210737695, 0.09915630517210337),
}


@pytest.mark.parametrize(("seed", "index"), GOLDEN)
def test_the_sequence_of_today_is_the_sequence_of_all_years(seed, index):
    # A round begun today is continued by a later tuneplay: these numbers may never change.
    assert point(index, 3, seed) == GOLDEN[seed, index]


def test_a_far_coordinate_never_changes_either():
    assert coordinate(5, 5, 0) == 0.2369290402507149
    assert coordinate(10**9, 29, 3) == 0.08215814088657199


def test_importing_the_sequence_loads_neither_numpy_nor_scipy():
    code = (
        "import sys, tuneplay.search.halton\n"
        "print([m for m in ('numpy', 'scipy', 'optuna') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
