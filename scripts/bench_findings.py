#!/usr/bin/env python3
"""Recall and false alarms of the findings beside boundaries, beside the rules of thumb.

    python scripts/bench_findings.py              about six minutes on one core
    python scripts/bench_findings.py --quick      under a minute, on fewer studies
    python scripts/bench_findings.py --recorded   recorded trainings too, where they are at hand
    python scripts/bench_findings.py --write      renews the tables of docs/advice.md

Boundaries have a script of their own, bench_advice.py. Everything here has a known truth: curves
(advice_curves.py), spaces (advice_spaces.py), pairs of studies (advice_sampling.py), and recorded
curves cut short (advice_recorded_curves.py). The same options always print the same tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import advice_sampling
import advice_spaces
import bench_advice
from advice_recorded_curves import recorded_cases
from advice_score import markdown
from advice_training import Case, cases
from advice_training_tables import curves_table, epochs_table, wander_table

SEED = 3  # of what is measured; the rules were chosen on other draws
STUDIES, QUICK_STUDIES = 600, 25  # of curves, for each number of trials
REGIONS, QUICK_REGIONS = 300, 20
IDLE, QUICK_IDLE = 50, 2  # of each number of dimensions
PAIRS, QUICK_PAIRS = 40, 2  # of each number of dimensions, or of each grid
PER_RECORD, QUICK_PER_RECORD = 30, 3


def synthetic_part(quick: bool) -> str:
    """All tables of synthetic studies."""
    count, wanders = (QUICK_STUDIES, 10) if quick else (STUDIES, 200)
    regions, idle = (QUICK_REGIONS, QUICK_IDLE) if quick else (REGIONS, IDLE)
    pairs = QUICK_PAIRS if quick else PAIRS

    @cache
    def drawn(trials: int) -> list[Case]:
        return list(cases(SEED, count, trials))

    estimates = advice_sampling.judged(advice_sampling.synthetic_pairs(SEED, pairs))
    return "\n\n".join(
        [
            markdown("Epoch budget: share of right advice.", epochs_table(drawn)),
            markdown("Settled, with noise: more epochs asked for.", wander_table(SEED, wanders)),
            markdown("Findings on curves.", curves_table(drawn)),
            markdown("Infeasible regions.", advice_spaces.regions_table(SEED, regions)),
            markdown("Hyperparameters without effect.", advice_spaces.idle_table(SEED, idle)),
            markdown(
                "Unequal numbers of feasible trials in two studies.",
                advice_spaces.fairness_table(SEED, regions),
            ),
            markdown(
                "Another draw, another best study: synthetic pairs.",
                advice_sampling.calibration(estimates),
            ),
        ]
    )


def recorded_part(quick: bool) -> str:
    """The tables of recorded trainings."""
    per_record = QUICK_PER_RECORD if quick else PER_RECORD
    pairs = QUICK_PAIRS if quick else PAIRS

    def drawn(trials: int) -> Iterable[Case]:
        return recorded_cases(SEED, per_record, trials)

    estimates = advice_sampling.judged(advice_sampling.grid_pairs(SEED, pairs))
    return "\n\n".join(
        [
            markdown("Epoch budget: recorded curves, cut short.", epochs_table(drawn)),
            markdown(
                "Another draw, another best study: recorded grids.",
                advice_sampling.calibration(estimates),
            ),
        ]
    )


def main() -> None:
    """Measures what was asked for."""
    bench_advice.measure(
        __doc__ or "", {"findings": synthetic_part}, {"findings, recorded": recorded_part}
    )


if __name__ == "__main__":
    main()
