#!/usr/bin/env python3
"""Error rates, power and coverage of the verdicts, next to naive rules.

    python scripts/bench/verdicts.py                    2000 samples a row: a few minutes a part
    python scripts/bench/verdicts.py --quick            20 samples a row: under a minute
    python scripts/bench/verdicts.py 1000 synthetic     1000 samples, one part

The parts: synthetic, recorded, sequential, several, verdicts. The last one prints what is said of
the recorded pairs as they are. `python` is the one of .venv, which scripts/test makes.

A row samples reruns with a known truth again and again. It prints how often the baseline is
replaced, how often it stays, and how often the interval covers the truth. The floor is in the same
row: the same rates of a pooled t-test, of "the mean is better", and of one run on each side. Lower
values are better. The same options always print the same lines.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from pieces import recordings
from pieces.judging import looks, said_at_look, said_of_candidate, said_of_candidates
from pieces.landscapes import FloatArray
from pieces.recorded_reruns import deepobs, grid_residuals, recorded_sets
from pieces.rerun_samples import (
    SYNTHETIC,
    Sampler,
    bootstrap,
    pairs,
    split,
    standard_error,
    subsample,
)
from scipy.special import stdtr

SAMPLES, QUICK_SAMPLES = 2000, 20
FIXED = 10  # seeds of the fixed comparison next to `--until-decided`
PAIRS_A_SET = 12  # of the ordered pairs of a recorded set, about this many are compared


def pooled_t(base: FloatArray, cand: FloatArray) -> bool:
    """Student's t-test with pooled variance on the usable values, two-sided 5 %."""
    base, cand = base[np.isfinite(base)], cand[np.isfinite(cand)]
    n, m = len(base), len(cand)
    var = ((n - 1) * base.var(ddof=1) + (m - 1) * cand.var(ddof=1)) / (n + m - 2)
    se = np.sqrt(var * (1 / n + 1 / m))
    return (
        bool(stdtr(n + m - 2, (cand.mean() - base.mean()) / se) < 0.025)
        if se
        else bool(cand.mean() < base.mean())
    )


def row(sampler: Sampler, shift: float, seeds: int, count: int, rng_seed: int = 0) -> list[float]:
    """Rates: tuneplay adopts, says worse, covers; pooled t, mean better, one run."""
    rng = np.random.default_rng(rng_seed)
    out = np.zeros(6)
    for _ in range(count):
        base, cand = sampler(rng, seeds)
        cand = cand + shift
        said = said_of_candidate(base, cand)
        low, high = said.interval95 or (-np.inf, np.inf)
        out += (
            said.verdict == "adopt",
            said.verdict == "keep-baseline",
            low <= shift <= high,
            pooled_t(base, cand),
            np.nanmean(cand) < np.nanmean(base),
            cand[0] < base[0],
        )
    return list(out / count)


def mean_rows(samplers: Sequence[tuple[Sampler, float]], seeds: int, count: int) -> list[float]:
    """Mean of `row` over several samplers; first the most adoptions and the least coverage."""
    rates = np.array([row(one, shift, seeds, count, k) for k, (one, shift) in enumerate(samplers)])
    return [float(rates[:, 0].max()), float(rates[:, 2].min()), *rates.mean(axis=0)]


def show(name: str, seeds: int, rates: Sequence[float]) -> None:
    """Prints one line."""
    print(f"{name:46s} n={seeds:2d} " + " ".join(f"{rate:6.3f}" for rate in rates), flush=True)


def synthetic(count: int) -> None:
    """A fixed number of seeds: no difference, better by 2 sd, worse by 1 sd."""
    print("\nSYNTHETIC   columns: adopt, keep-baseline, covered | pooled t, mean better, one run")
    for label, shift in (("equal", 0.0), ("better by 2", -2.0), ("worse by 1", 1.0)):
        for name, sampler in SYNTHETIC.items():
            for seeds in (3, 5, 10) if shift == 0 else (5, 10):
                show(f"{label}: {name}", seeds, row(sampler, shift, seeds, count))


def recorded(count: int) -> None:
    """Recorded reruns: no difference, clear differences, worse candidates."""
    print("\nRECORDED   columns: worst adopt, least covered; mean: adopt, keep, covered | naive x3")
    for name, arms in recorded_sets().items():
        halves = [(split(v), 0.0) for v in arms.values() if len(v) >= 10]
        if halves:
            show(f"{name}: halves of one ({len(halves)})", 5, mean_rows(halves, 5, count))
        same = [(bootstrap(v, v), 0.0) for v in arms.values()]
        some = [(a, b) for _, a, b in some_pairs(arms)]
        mixed = [(bootstrap(a, b), 0.0) for a, b in some]
        for n in (5, 10):
            show(f"{name}: same arm, bootstrap ({len(same)})", n, mean_rows(same, n, count))
            if mixed:
                label = f"{name}: two arms, equal means ({len(mixed)})"
                show(label, n, mean_rows(mixed, n, count))
        if mixed:
            recorded_differences(name, some, count)
    for name, pool in grid_residuals().items():
        for n in (5, 10):
            rates = mean_rows([(bootstrap(pool, pool), 0.0)], n, count)
            show(f"{name}: pooled residuals", n, rates)


def recorded_differences(
    name: str, some: Sequence[tuple[FloatArray, FloatArray]], count: int
) -> None:
    """Pairs of one recorded set with a known difference, in standard errors of all their seeds."""
    for t in (5.01, 6.0, 8.0) if len(some[0][0]) >= 10 else ():
        clear = [
            (subsample(a - a.mean(), b - b.mean()), -t * standard_error(a, b)) for a, b in some
        ]
        show(f"{name}: |t| = {t} at ten, 5 of 10", 5, mean_rows(clear, 5, count))
        worse = [(sampler, -shift) for sampler, shift in clear]
        show(f"{name}: worse, t = {t} at ten, 5 of 10", 5, mean_rows(worse, 5, count))
    worse = [(bootstrap(a, b), standard_error(a, b) * 2) for a, b in some]
    show(f"{name}: worse by 2 standard errors", 5, mean_rows(worse, 5, count))


def some_pairs(arms: dict[str, FloatArray]) -> list[tuple[str, FloatArray, FloatArray]]:
    """Some ordered pairs of a recorded set, evenly spread over all of them."""
    step = max(1, len(arms) * (len(arms) - 1) // PAIRS_A_SET)
    return list(pairs(arms))[::step]


def until_decided(
    sampler: Sampler, shift: float, most: int, count: int, rng_seed: int
) -> list[float]:
    """Rates: adopts, says worse, seeds, covers (plain, repeated); peeking, ten adopt."""
    rng = np.random.default_rng(rng_seed)
    out = np.zeros(7)
    planned = looks(most)
    for _ in range(count):
        base, cand = sampler(rng, max(most, FIXED))
        cand, n = cand + shift, planned[0]
        while (said := said_at_look(base[:n], cand[:n], planned)).train_until is not None:
            n = said.train_until
        plain = said.comparison.interval95 or (-np.inf, np.inf)
        wide = said.comparison.interval_decision or (-np.inf, np.inf)
        out += (
            said.verdict == "adopt",
            said.verdict == "keep-baseline",
            n,
            plain[0] <= shift <= plain[1],
            wide[0] <= shift <= wide[1],
            any(pooled_t(base[:k], cand[:k]) for k in planned),
            said_of_candidate(base[:FIXED], cand[:FIXED]).verdict == "adopt",
        )
    return list(out / count)


def sequential(count: int) -> None:
    """`--until-decided` against a fixed ten."""
    print(
        "\nUNTIL DECIDED   adopt, keep, seeds per side, covered 95, covered repeated | peeking, fixed ten"
    )
    names = ("normal", "normal, candidate sd x10", "lognormal 0.5", "t3", "grid of 1 sd")
    for most in (10, 12):
        for name in names:
            for shift in (0.0, -1.0, -1.5, -2.5, 1.0, 2.0):
                scale = 10.0 if "x10" in name else 1.0
                moved = float(np.sign(shift) * np.ceil(abs(shift))) if "grid" in name else shift
                rates = until_decided(SYNTHETIC[name], moved * scale, most, count, 1)
                show(f"{name}, shift {moved * scale:g}", most, rates)
        for name, arms in deepobs().items() if recordings.at_hand() else ():
            values = list(arms.values())
            a, b = values[0], values[-1]
            for t in (0.0, -3.0, -5.0, 3.0):
                rates = until_decided(bootstrap(a, b), t * standard_error(a, b), most, count, 2)
                show(f"{name} bootstrap, t {t:g}", most, rates)


def several(count: int) -> None:
    """Three candidates, none better: how often any is adopted, by tuneplay and by naive rules."""
    print(
        "\nTHREE CANDIDATES, NONE BETTER   any adopted: Holm, sequential, each alone, mean better"
    )
    for name in ("normal", "normal, candidate sd x10", "t3"):
        rng, out = np.random.default_rng(3), np.zeros(4)
        for _ in range(count):
            base = SYNTHETIC[name](rng, 12)[0]
            runs = {key: SYNTHETIC[name](rng, 12)[1] for key in "abc"}
            five = {key: values[:5] for key, values in runs.items()}
            held = said_of_candidates(base[:5], five).values()
            out += (
                any(said.verdict == "adopt" for said in held),
                any_adopted(base, runs),
                any(said_of_candidate(base[:5], v).verdict == "adopt" for v in five.values()),
                any(v.mean() < base[:5].mean() for v in five.values()),
            )
        show(name, 5, list(out / count))


def any_adopted(base: FloatArray, candidates: dict[str, FloatArray]) -> bool:
    """Whether any of several candidates is adopted at any look; each stops on its own."""
    hit, going, planned = False, list(candidates), looks(len(base))
    n = planned[0]
    while going:
        said = {
            key: said_at_look(base[:n], candidates[key][:n], planned, len(candidates))
            for key in going
        }
        hit = hit or any(one.verdict == "adopt" for one in said.values())
        going = [key for key in going if said[key].train_until]
        n = max((said[key].train_until or 0 for key in going), default=0)
    return hit


def verdicts(_: int) -> None:
    """What is said of the recorded pairs as they are, with all their seeds."""
    print("\nRECORDED PAIRS, ALL SEEDS")
    for name, arms in recorded_sets().items():
        for label, a, b in some_pairs(arms):
            said = said_of_candidate(a, b)
            print(f"{name} {label}: {said.verdict}; {said.reason} needed {said.seeds_needed}")


MEASUREMENTS: dict[str, Callable[[int], None]] = {
    "synthetic": synthetic,
    "recorded": recorded,
    "sequential": sequential,
    "several": several,
    "verdicts": verdicts,
}
NEED_RECORDINGS = ("recorded", "verdicts")


def main() -> None:
    """Runs the part that was asked for, or all of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("samples", nargs="?", type=int, help=f"samples a row; {SAMPLES} without it")
    parser.add_argument("part", nargs="?", choices=[*MEASUREMENTS, "all"], default="all")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SAMPLES} samples a row")
    parser.add_argument("--data", type=Path, help="folder of the recorded trainings")
    asked = parser.parse_args()
    recordings.read_from(asked.data)
    count = asked.samples or (QUICK_SAMPLES if asked.quick else SAMPLES)
    for name, measure in MEASUREMENTS.items():
        if asked.part not in (name, "all"):
            continue
        if name in NEED_RECORDINGS and not recordings.at_hand():
            print(f"\n{name}: no recorded trainings at hand, skipped")
            continue
        measure(count)


if __name__ == "__main__":
    main()
