"""Properties of the seed comparison and checks against scipy.stats."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from tuneplay.domain.curves import Direction
from tuneplay.judge.measures.chances import fisher_tail
from tuneplay.judge.verdict.facts import CautionKind, Comparison, Futility, Ground, Route
from tuneplay.judge.verdict.seeds.decision import compare_values, holm
from tuneplay.judge.verdict.seeds.power import detectable, power_at, seeds_needed
from tuneplay.judge.verdict.seeds.ranks import (
    chance_interval,
    pair_gains,
    rank_tail,
    won_pairs,
)
from tuneplay.judge.verdict.seeds.scatter import outliers, resolution
from tuneplay.judge.verdict.seeds.sequential import next_step, plan
from tuneplay.judge.verdict.seeds.spending import conditional_power, nominal_levels
from tuneplay.judge.verdict.seeds.standards import VerdictRules
from tuneplay.words.naming import Naming
from tuneplay.words.verdict import say_verdict

NAN = math.nan
MINIMIZE, MAXIMIZE = Direction.MINIMIZE, Direction.MAXIMIZE
BASE = [0.150, 0.152, 0.148, 0.1513, 0.149]
GOOD = [0.140, 0.142, 0.139, 0.1411, 0.1405]


def compare(base, cand, *, direction=MINIMIZE, worthwhile=0.0) -> Comparison:
    """One candidate against one baseline."""
    rules = VerdictRules(direction, worthwhile)
    return compare_values("base", base, {"cand": cand}, rules)["cand"]


def step(base, cand, rules, **more):
    """The next step of a sequence."""
    return next_step(("base", base), ("cand", cand), rules, **more)


def kinds(comparison: Comparison) -> list[CautionKind]:
    return [caution.kind for caution in comparison.cautions]


value = st.integers(-10_000, 10_000).map(lambda k: k / 1000)
failing = st.one_of(value, value, value, value, st.just(NAN))
sample = st.lists(failing, min_size=0, max_size=8)


def close(a: object, b: object) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return all(close(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, float) and isinstance(b, float):
        return a == b or math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6)
    return a == b


def mapped(c: Comparison, factor: float) -> tuple[object, ...]:
    """Numbers of a comparison after multiplying the metric by `factor`."""

    def pair(interval: tuple[float, float] | None) -> tuple[float, ...] | None:
        return None if interval is None else tuple(sorted(factor * x for x in interval))

    def one(x: float | None) -> float | None:
        return None if x is None else factor * x

    return (
        one(c.difference),
        pair(c.interval95),
        one(c.robust_difference),
        pair(c.robust_interval),
        c.probability_better,
        c.probability_interval,
        c.p_better,
        c.p_worse,
        c.verdict,
        c.seeds_needed,
        None if c.detectable is None else abs(factor) * c.detectable,
    )


@settings(max_examples=150, deadline=None)
@given(sample, sample)
def test_direction_flip_and_negation_change_nothing(a: list[float], b: list[float]):
    down = compare(a, b, direction=MINIMIZE, worthwhile=0.5)
    up = compare([-x for x in a], [-x for x in b], direction=MAXIMIZE, worthwhile=0.5)
    assert close(mapped(down, -1), mapped(up, 1))


@settings(max_examples=150, deadline=None)
@given(sample, sample, st.sampled_from([0.01, 0.5, 8.0]), st.sampled_from([-3.0, 0.0, 5.0]))
def test_scale_and_shift(a: list[float], b: list[float], scale: float, shift: float):
    plain = compare(a, b, direction=MINIMIZE, worthwhile=0.25)
    moved = compare(
        [scale * x + shift for x in a],
        [scale * x + shift for x in b],
        direction=MINIMIZE,
        worthwhile=0.25 * scale,
    )
    # A tail of the rounding: gains exactly at the practical size may fall on either side.
    assume(plain.difference is None or abs(abs(plain.difference) - 0.25) > 1e-6)
    wide = plain.interval95
    assume(wide is None or min(abs(abs(end) - 0.25) for end in wide) > 1e-6)
    tied = any(abs(x - y) < 1e-9 for x in a for y in b)
    left, right = mapped(plain, scale), mapped(moved, 1.0)
    if tied:  # float noise can break an exact tie, which moves the ranks
        left, right = left[:2] + left[8:9], right[:2] + right[8:9]
    assert close(left, right)


@settings(max_examples=100, deadline=None)
@given(sample, sample, st.randoms())
def test_order_of_seeds_does_not_matter(a: list[float], b: list[float], random: object):
    x, y = list(a), list(b)
    random.shuffle(x)  # type: ignore[attr-defined]
    random.shuffle(y)  # type: ignore[attr-defined]
    one, two = (compare(*p, direction=MAXIMIZE) for p in ((a, b), (x, y)))
    assert close(mapped(one, 1), mapped(two, 1))


@settings(max_examples=200, deadline=None)
@given(value, value, st.integers(2, 12), st.integers(2, 12))
def test_no_adoption_without_scatter(a: float, b: float, n: int, m: int):
    result = compare([a] * n, [b] * m, direction=MINIMIZE)
    assert result.verdict in ("not-distinguishable", "needs-reruns")
    assert result.interval95 is None


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.1, 0.2), min_size=4, max_size=8, unique=True), st.integers(4, 8))
def test_seedless_candidate_on_a_continuous_metric(a: list[float], m: int):
    assume(np.std(a) > 1e-3 and resolution(np.array([*a, 0.01])) is None)
    result = compare(a, [0.01] * m, direction=MINIMIZE)
    assert result.verdict != "adopt"
    assert CautionKind.EQUAL_VALUES in kinds(result)
    assert result.ground in (Ground.EQUAL_VALUES, Ground.TOO_FEW_RERUNS)


@pytest.mark.parametrize("same", [0.1, 0.3, 1 / 3, 0.0522, 5.25e-6])
def test_values_that_are_all_the_same_have_no_scatter_at_all(same: float):
    """In binary the mean of five 0.1 is not 0.1: that is no scatter to compare with."""
    result = compare([same] * 5, [0.9, 0.91, 0.92, 0.91, 0.9], direction=MINIMIZE)
    assert result.base.sd == 0
    assert CautionKind.NOISIER not in kinds(result)


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-6, 1e6))
def test_a_scatter_of_exactly_three_times_is_mentioned_in_any_unit(unit: float):
    base, cand = ([(50 + spread * k) / 100 * unit for k in (-1, 0, 1, 0)] for spread in (1, 3))
    result = compare(base, cand, direction=MINIMIZE)
    (noisier,) = (c for c in result.cautions if c.kind is CautionKind.NOISIER)
    assert (noisier.study, noisier.ratio) == ("cand", pytest.approx(3.0))


@settings(max_examples=200, deadline=None)
@given(sample, sample)
def test_never_adopts_what_fails_more_or_is_not_better(a: list[float], b: list[float]):
    result = compare(a, b, direction=MINIMIZE)
    base, cand = result.base, result.candidate
    if result.verdict == "adopt":
        assert cand.infeasible * base.reruns <= base.infeasible * cand.reruns
        assert result.probability_better is not None
        assert result.probability_better > 0.5
        better = [d for d in (result.difference, result.robust_difference) if d is not None]
        assert not better or min(better) < 0


@settings(max_examples=100, deadline=None)
@given(sample, sample)
def test_opposite_comparison_mirrors(a: list[float], b: list[float]):
    one, two = (compare(*p, direction=MINIMIZE) for p in ((a, b), (b, a)))
    assert close(one.p_better, two.p_worse)
    assert not (one.verdict == "adopt" and two.verdict == "adopt")


def test_welch_agrees_with_scipy():
    rng = np.random.default_rng(0)
    for n, m in ((3, 5), (5, 5), (10, 7)):
        a, b = rng.normal(0, 1, n), rng.normal(0.5, 3, m)
        test = stats.ttest_ind(b, a, equal_var=False)
        ours = compare(a, b, direction=MAXIMIZE)
        if ours.base.outliers or ours.candidate.outliers:
            continue
        assert 2 * min(ours.p_better, ours.p_worse) == pytest.approx(test.pvalue)
        assert ours.interval95 == pytest.approx(tuple(test.confidence_interval(0.95)))


def test_ranks_agree_with_scipy():
    rng = np.random.default_rng(1)
    for n, m in ((3, 4), (5, 5), (10, 8)):
        a, b = rng.normal(0, 1, n), rng.normal(0.5, 1, m)
        test = stats.mannwhitneyu(b, a, alternative="greater", method="exact")
        wins = won_pairs(pair_gains(a, b))
        assert wins == test.statistic
        assert rank_tail(wins, n, m) == pytest.approx(test.pvalue)
        assert fisher_tail(2, m, 1, n) == pytest.approx(
            stats.fisher_exact([[2, m - 2], [1, n - 1]], alternative="greater").pvalue
        )


def test_chance_interval_is_near_brunner_munzel_for_large_samples():
    rng = np.random.default_rng(2)
    a, b = rng.normal(0, 1, 200), rng.normal(0.5, 1, 200)
    chance = won_pairs(pair_gains(a, b)) / 200**2
    low, high = chance_interval(chance, 200, 200, 0.05)
    test = stats.brunnermunzel(a, b)
    half = 1.96 * abs((chance - 0.5) / test.statistic)
    assert (low, high) == pytest.approx((chance - half, chance + half), abs=0.02)


def test_grubbs_and_resolution():
    assert outliers(np.array([1, 1.1, 0.9, 1.05, 9.0])) == (9.0,)
    assert outliers(np.array([1, 1.1, 0.9, 1.05, 1.2])) == ()
    assert resolution(np.array([20, 22, 25]) / 450) == pytest.approx(1 / 450)
    assert resolution(np.random.default_rng(0).normal(size=8)) is None


def test_one_error_more_on_a_coarse_metric_is_no_outlier():
    for errors in ((9, 9, 9, 9, 10), (9, 10, 9, 9, 9, 9, 9, 9, 11), (9, 9, 9, 9, 9)):
        assert outliers(np.array(errors) / 360) == ()
    assert outliers(np.array([9, 10, 9, 9, 10, 9, 40]) / 360) == (40 / 360,)


@pytest.mark.parametrize(("shift", "least"), [(2.0, 0.7), (3.0, 0.95)])
def test_a_sequence_ends_with_worse_shown_where_it_is_clear(shift: float, least: float):
    rng = np.random.default_rng(11)
    shown, seeds = 0, 0
    for _ in range(200):
        base, worse = rng.normal(0, 1, 12), rng.normal(shift, 1, 12)
        n: int | None = 3
        while n is not None:
            judged = step(base[:n], worse[:n], VerdictRules(MINIMIZE)).comparison
            following = judged.looking.following
            seeds, n = seeds + (following is None) * n, following
        shown += judged.verdict == "keep-baseline"
    assert shown / 200 >= least
    assert seeds / 200 < 7


def test_power_numbers():
    assert seeds_needed(1.0, (1.0, 1.0), 0.025) == 17  # the textbook's 17 a group for d = 1
    assert seeds_needed(0.1, (1.0, 1.0), 0.025) is None
    found = detectable(0.5, 8.0, 0.025)
    assert power_at(found / 0.5, 8.0, 0.025) == pytest.approx(0.8, abs=1e-6)


def test_holm():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    one = compare(BASE, GOOD, direction=MINIMIZE)
    many = compare_values("base", BASE, {"a": GOOD, "b": BASE, "c": BASE}, VerdictRules(MINIMIZE))
    assert one.verdict == many["a"].verdict == "adopt"
    assert many["a"].p_better == pytest.approx(3 * one.p_better)
    assert many["b"].verdict == "not-distinguishable"


def test_failed_runs():
    lost = compare(BASE, [*GOOD[:4], NAN], direction=MINIMIZE)
    assert lost.verdict == "not-distinguishable"
    assert lost.ground is Ground.MORE_INFEASIBLE_RERUNS
    assert not lost.open_to_seeds
    saved = compare([NAN] * 5, GOOD, direction=MINIMIZE)
    assert (saved.verdict, saved.route) == ("adopt", Route.INFEASIBLE)
    assert compare([NAN] * 2, GOOD, direction=MINIMIZE).verdict != "keep-baseline"
    assert compare(BASE, [NAN] * 5, direction=MINIMIZE).verdict == "no-feasible-trial"
    assert compare(BASE, [0.14, NAN, NAN], direction=MINIMIZE).verdict == "needs-reruns"
    assert compare(BASE, [0.14, 0.141], direction=MINIMIZE).verdict == "needs-reruns"


def test_outliers():
    spoiled = compare([*BASE[:4], 0.9], GOOD, direction=MINIMIZE)
    assert spoiled.verdict == "adopt"
    assert spoiled.route is Route.RANK
    assert CautionKind.OUTLIER in kinds(spoiled)
    assert compare(BASE, [*GOOD[:4], 0.9], direction=MINIMIZE).verdict == "not-distinguishable"


def test_worthwhile():
    assert compare(BASE, GOOD, direction=MINIMIZE, worthwhile=0.02).verdict == "keep-baseline"
    assert compare(BASE, GOOD, direction=MINIMIZE, worthwhile=0.005).verdict == "adopt"
    assert compare(BASE, BASE, direction=MINIMIZE, worthwhile=0.02).verdict == "keep-baseline"


def test_ties_on_a_coarse_metric_borrow_the_other_scatter():
    base = [k / 450 for k in (20, 21, 20, 22, 21)]
    result = compare(base, [18 / 450] * 5, direction=MINIMIZE)
    assert result.verdict == "adopt"
    sd = result.base.sd
    assert sd is not None
    assert result.interval95 is not None
    assert result.difference is not None
    half = (result.interval95[1] - result.interval95[0]) / 2
    assert half == pytest.approx(stats.t.ppf(0.975, 4) * sd * math.sqrt(2 / 5))


def test_levels_keep_the_error_rate():
    looks = plan(15)
    levels = nominal_levels(looks, 0.025)
    rng = np.random.default_rng(3)
    steps = rng.standard_normal((200_000, looks[-1])).cumsum(axis=1)
    z = np.stack([steps[:, k - 1] / math.sqrt(k) for k in looks])
    crossed = (stats.norm.sf(z) <= np.array(levels)[:, None]).any(axis=0)
    assert crossed.mean() == pytest.approx(0.025, abs=0.001)
    assert nominal_levels((5,), 0.025)[0] == pytest.approx(0.025, rel=1e-3)


def verdict_of(found):
    return found.decision, found.comparison.verdict


def test_a_sequence_goes_on_until_it_is_decided_or_hopeless():
    rules = VerdictRules(MINIMIZE)
    base, good = np.random.default_rng(4).normal(0, 1, (2, 15))
    assert step(base[:2], good[:2], rules).decision == "continue"
    assert verdict_of(step(base[:5], good[:5] - 20, rules)) == ("decided", "adopt")
    nearly = step(base[:3], good[:3] + 3, rules).comparison
    assert nearly.looking.following == 5, "an adoption is out of reach, but 'worse' is nearly shown"
    assert verdict_of(step(base[:7], good[:7] + 3, rules)) == ("decided", "keep-baseline")
    hopeless = step(base[:5], base[:5] + np.array([0.3, -0.2, 0.5, -0.3, 0.2]), rules)
    assert verdict_of(hopeless) == ("hopeless", "not-distinguishable")
    found = hopeless.comparison
    assert found.looking.futility is Futility.UNLIKELY
    assert not found.needs_seeds
    assert found.difference == pytest.approx(0.1)
    assert found.confidence > 0.95, "the level of the look is the interval's"
    assert 0 < conditional_power(0.3, 0.5, 0.02) < 1


def test_sequence_with_failures_and_ties():
    rules = VerdictRules(MINIMIZE)
    assert step([1.0] * 3, [0.5] * 3, rules).decision == "continue"
    assert step([1.0] * 5, [0.5] * 5, rules).decision == "hopeless"
    assert step([1.0, 1.1, NAN], [0.1, 0.2, 0.15], rules).decision == "continue"
    lost = step([1.0, 1.1, 1.2], [0.1, 0.2, NAN], rules)
    assert verdict_of(lost) == ("hopeless", "not-distinguishable")
    assert lost.comparison.looking.futility is Futility.MORE_INFEASIBLE_RERUNS
    assert lost.comparison.ground is Ground.MORE_INFEASIBLE_RERUNS
    assert "Not decided" not in say_verdict(lost.comparison, Naming("e")).what
    excluded = step(BASE, [0.1501, 0.1521, 0.148, 0.1513, 0.149], VerdictRules(MINIMIZE, 0.05))
    assert verdict_of(excluded) == ("decided", "keep-baseline")


@settings(max_examples=100, deadline=None)
@given(
    st.lists(value, min_size=4, max_size=8, unique=True),
    st.lists(value, min_size=4, max_size=8, unique=True),
    st.floats(0.01, 30.0),
)
def test_a_better_candidate_never_loses_its_adoption(a: list[float], b: list[float], more: float):
    if compare(a, b, direction=MINIMIZE).verdict == "adopt":
        assert compare(a, [x - more for x in b], direction=MINIMIZE).verdict == "adopt"


def test_seeds_needed_gives_the_power_it_says():
    n = seeds_needed(2.0, (1.0, 3.0), 0.025)
    assert n is not None
    rng = np.random.default_rng(5)
    a, b = rng.normal(0, 1, (n, 20_000)), rng.normal(2, 3, (n, 20_000))
    found = stats.ttest_ind(b, a, equal_var=False, alternative="greater").pvalue < 0.025
    assert found.mean() == pytest.approx(0.8, abs=0.03)


def test_rules_are_checked():
    for wrong in ({"worthwhile": -1.0}, {"worthwhile": NAN}, {"alpha": 0.0}):
        with pytest.raises(ValueError):
            VerdictRules(MINIMIZE, **wrong)
    with pytest.raises(ValueError):
        nominal_levels((5, 3), 0.025)
