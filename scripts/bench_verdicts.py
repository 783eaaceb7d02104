#!/usr/bin/env python3
"""Error rates, power and coverage of the verdicts, beside naive rules.

    python scripts/bench_verdicts.py [DRAWS] [synthetic|recorded|sequential|several|verdicts]

Draws are made again and again from distributions with known truth, and, where they are at hand,
from recorded reruns. A thousand draws take a few minutes a part. Lower values are better.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import numpy as np
from bench_verdict_data import (
    DATA,
    SYNTHETIC,
    Draw,
    algoperf,
    bootstrap,
    deepobs,
    pairs,
    split,
    standard_error,
    subsample,
    tabular,
)
from numpy.typing import NDArray
from scipy.special import stdtr

from tuneplay.domain.curves import Direction
from tuneplay.judge.verdict.seeds.decision import compare, compare_all
from tuneplay.judge.verdict.seeds.sequential import next_step, next_steps, plan
from tuneplay.judge.verdict.seeds.standards import Comparison, Rules

Array = NDArray[np.float64]
DRAWS = int(sys.argv[1]) if len(sys.argv) > 1 else 2000


RULES = Rules(Direction.MINIMIZE)


def pooled_t(base: Array, cand: Array) -> bool:
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


def row(draw: Draw, shift: float, n: int, seed: int = 0) -> tuple[list[float], list[Comparison]]:
    """Rates of: ours adopts, ours says worse, interval covers, pooled t, mean better, one run."""
    rng = np.random.default_rng(seed)
    out = np.zeros(6)
    found = []
    for _ in range(DRAWS):
        base, cand = draw(rng, n)
        cand = cand + shift
        result = compare(base, cand, direction=Direction.MINIMIZE)
        low, high = result.interval95 or (-np.inf, np.inf)
        found.append(result)
        out += (
            result.verdict == "adopt",
            result.verdict == "keep-baseline",
            low <= shift <= high,
            pooled_t(base, cand),
            np.nanmean(cand) < np.nanmean(base),
            cand[0] < base[0],
        )
    return list(out / DRAWS), found


def show(name: str, n: int, rates: Sequence[float]) -> None:
    """Print one line."""
    print(f"{name:46s} n={n:2d} " + " ".join(f"{rate:6.3f}" for rate in rates), flush=True)


def synthetic() -> None:
    """Fixed n on synthetic draws: no difference, better by 2 sd, worse by 1 sd."""
    print("\nSYNTHETIC   columns: adopt, keep-baseline, covered | pooled t, mean better, one run")
    for label, shift in (("equal", 0.0), ("better by 2", -2.0), ("worse by 1", 1.0)):
        for name, draw in SYNTHETIC.items():
            for n in (3, 5, 10) if shift == 0 else (5, 10):
                show(f"{label}: {name}", n, row(draw, shift, n)[0])


def mean_rows(draws: Sequence[tuple[Draw, float]], n: int) -> list[float]:
    """Average of `row` over several draws, and the worst adoption rate in front."""
    rates = np.array([row(draw, shift, n, seed)[0] for seed, (draw, shift) in enumerate(draws)])
    return [float(rates[:, 0].max()), float(rates[:, 2].min()), *rates.mean(axis=0)]


def recorded() -> None:
    """Recorded reruns: nulls, clear differences, worse candidates."""
    print("\nRECORDED   columns: worst adopt, least covered; mean: adopt, keep, covered | naive x3")
    sets = {**deepobs(), **algoperf()}
    for name, arms in sets.items():
        halves = [(split(v), 0.0) for v in arms.values() if len(v) >= 10]
        if halves:
            show(f"{name}: halves of one ({len(halves)})", 5, mean_rows(halves, 5))
        same = [(bootstrap(v, v), 0.0) for v in arms.values()]
        some = list(pairs(arms))[:: max(1, len(arms) * (len(arms) - 1) // 12)]
        mixed = [(bootstrap(a, b), 0.0) for _, a, b in some]
        for n in (5, 10):
            show(f"{name}: same arm, bootstrap ({len(same)})", n, mean_rows(same, n))
            if mixed:
                show(f"{name}: two arms, equal means ({len(mixed)})", n, mean_rows(mixed, n))
        if not mixed:
            continue
        for t in (5.01, 6.0, 8.0):
            if len(some[0][1]) >= 10:
                clear = [
                    (subsample(a - a.mean(), b - b.mean()), -t * standard_error(a, b))
                    for _, a, b in some
                ]
                show(f"{name}: |t| = {t} at ten, 5 of 10", 5, mean_rows(clear, 5))
                worse = [(d, -s) for d, s in clear]
                show(f"{name}: worse, t = {t} at ten, 5 of 10", 5, mean_rows(worse, 5))
        worse = [(bootstrap(a, b), standard_error(a, b) * 2) for _, a, b in some]
        show(f"{name}: worse by 2 standard errors", 5, mean_rows(worse, 5))
    for name, pool in tabular().items():
        for n in (5, 10):
            show(f"{name}: pooled residuals", n, mean_rows([(bootstrap(pool, pool), 0.0)], n))


def until_decided(draw: Draw, shift: float, top: int, seed: int) -> list[float]:
    """Sequential: adopted, kept, seeds per side, intervals cover (plain, repeated); peeking; ten."""
    rng = np.random.default_rng(seed)
    out = np.zeros(7)
    for _ in range(DRAWS):
        base, cand = draw(rng, max(top, 10))
        cand, n = cand + shift, 3
        while True:
            step = next_step(base[:n], cand[:n], RULES, looks=plan(top))
            if step.train_until is None:
                break
            n = step.train_until
        plain = step.comparison.interval95 or (-np.inf, np.inf)
        wide = step.comparison.interval_decision or (-np.inf, np.inf)
        peeks = plan(top)
        out += (
            step.verdict == "adopt",
            step.verdict == "keep-baseline",
            n,
            plain[0] <= shift <= plain[1],
            wide[0] <= shift <= wide[1],
            any(pooled_t(base[:k], cand[:k]) for k in peeks),
            compare(base[:10], cand[:10], direction=Direction.MINIMIZE).verdict == "adopt",
        )
    return list(out / DRAWS)


def sequential() -> None:
    """`--until-decided` against a fixed ten."""
    print(
        "\nUNTIL DECIDED   adopt, keep, seeds per side, covered 95, covered repeated | peeking, fixed ten"
    )
    chosen: dict[str, Callable[[], Draw]] = {}
    for name in ("normal", "normal, candidate sd x10", "lognormal 0.5", "t3", "grid of 1 sd"):
        chosen[name] = lambda name=name: SYNTHETIC[name]
    for top in (10, 12):
        for name, make in chosen.items():
            for shift in (0.0, -1.0, -1.5, -2.5, 1.0, 2.0):
                scale = 10.0 if "x10" in name else 1.0
                moved = float(np.sign(shift) * np.ceil(abs(shift))) if "grid" in name else shift
                show(
                    f"{name}, shift {moved * scale:g}",
                    top,
                    until_decided(make(), moved * scale, top, 1),
                )
        for name, arms in deepobs().items() if DATA.is_dir() else ():
            values = list(arms.values())
            a, b = values[0], values[-1]
            for t in (0.0, -3.0, -5.0, 3.0):
                shift = t * standard_error(a, b)
                show(
                    f"{name} bootstrap, t {t:g}", top, until_decided(bootstrap(a, b), shift, top, 2)
                )


def several() -> None:
    """Three candidates, none better: chance that any is adopted (held, and each tested alone)."""
    print(
        "\nTHREE CANDIDATES, NONE BETTER   any adopted: Holm, sequential, each alone, mean better"
    )
    for name in ("normal", "normal, candidate sd x10", "t3"):
        rng, out = np.random.default_rng(3), np.zeros(4)
        for _ in range(DRAWS):
            base = SYNTHETIC[name](rng, 12)[0]
            runs = {key: SYNTHETIC[name](rng, 12)[1] for key in "abc"}
            five = {key: values[:5] for key, values in runs.items()}
            held = compare_all(base[:5], five, RULES).values()
            hit, n = False, 3
            going = dict(runs)
            while going and n:
                now = {key: values[:n] for key, values in runs.items()}
                steps = next_steps(base[:n], now, RULES)
                hit = hit or any(steps[key].verdict == "adopt" for key in going)
                going = {key: runs[key] for key in going if steps[key].train_until}
                n = max((steps[key].train_until or 0 for key in going), default=0)
            out += (
                any(item.verdict == "adopt" for item in held),
                hit,
                any(
                    compare(base[:5], v, direction=Direction.MINIMIZE).verdict == "adopt"
                    for v in five.values()
                ),
                any(v.mean() < base[:5].mean() for v in five.values()),
            )
        show(name, 5, list(out / DRAWS))


def verdicts() -> None:
    """What is said of the recorded pairs as they are, with all their seeds."""
    print("\nRECORDED PAIRS, ALL SEEDS")
    for name, arms in {**deepobs(), **algoperf()}.items():
        for label, a, b in list(pairs(arms))[:: max(1, len(arms) * (len(arms) - 1) // 12)]:
            said = compare(a, b, direction=Direction.MINIMIZE)
            print(f"{name} {label}: {said.verdict}; {said.reason} needed {said.seeds_needed}")


def main() -> None:
    """Run the parts that were asked for."""
    part = sys.argv[2] if len(sys.argv) > 2 else "all"
    for name, bench in (
        ("synthetic", synthetic),
        ("recorded", recorded),
        ("sequential", sequential),
        ("several", several),
        ("verdicts", verdicts),
    ):
        if part not in (name, "all"):
            continue
        if name in ("recorded", "verdicts") and not DATA.is_dir():
            print(f"\n{name}: no recorded trainings at hand, skipped")
            continue
        bench()


if __name__ == "__main__":
    main()
