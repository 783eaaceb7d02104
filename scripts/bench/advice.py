#!/usr/bin/env python3
"""How often the report's advice is right: recall and false alarms, next to the rules of thumb.

    python scripts/bench/advice.py                about a quarter of an hour on one core
    python scripts/bench/advice.py --quick        under a minute, on fewer studies
    python scripts/bench/advice.py boundary       the edges of the search space alone
    python scripts/bench/advice.py findings       all other findings alone
    python scripts/bench/advice.py --recorded     recorded trainings too, where they are at hand
    python scripts/bench/advice.py --write        renews the tables of docs/advice.md

`python` is the one of .venv, which scripts/test makes. Prints Markdown tables: for each kind of
finding the share of cases that are found and the share of false alarms, by the number of trials.
The floor is a rule of thumb that needs no statistics, in the rows or columns next to tuneplay's.
docs/advice.md explains each column.

All studies have a known truth. The same options always print the same tables.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
from pieces import recordings
from pieces.boundary_tables import (
    DIMS,
    HEAD,
    PER_DIM,
    Edge,
    Judged,
    by_dimensions,
    cliffs,
    judge,
    narrowing,
    rates,
)
from pieces.infeasible_tables import infeasible_table
from pieces.known_studies import KnownStudy, family, study_of_noise
from pieces.leader_tables import calibration, grid_pairs, judged_pairs, synthetic_pairs
from pieces.no_effect_tables import no_effect_table
from pieces.recorded_curves import recorded_cases
from pieces.recorded_studies import deepobs_studies, grid_studies, taskset_studies
from pieces.tables import Table, markdown, renew
from pieces.training_cases import Case, known_cases
from pieces.training_tables import curves_table, epochs_table, wander_table
from pieces.unequal_tables import unequal_table

PAGE = Path(__file__).resolve().parents[2] / "docs/advice.md"
SEED = 3  # of the studies that are measured; the rules were chosen on other seeds

# The boundary advice.
TOTALS = (10, 20, 40, 100)
DIMENSIONS_A_CELL, QUICK_DIMENSIONS = 150, 12  # dimensions judged for each size of a study
VARIANT_DIMS = (1, 2, 4)  # sizes of the studies on levels, of exploitation, and of noise alone
PER_PLACE, QUICK_PER_PLACE = 30, 3  # parts of each recording with the optimum in, below, above

# The other findings.
STUDIES, QUICK_STUDIES = 600, 25  # of curves, for each number of trials
WANDERS, QUICK_WANDERS = 200, 10  # of flat curves, for each kind
REGIONS, QUICK_REGIONS = 300, 20
IDLE, QUICK_IDLE = 50, 2  # of each number of dimensions
PAIRS, QUICK_PAIRS = 40, 2  # of each number of dimensions, or of each grid
PER_RECORD, QUICK_PER_RECORD = 30, 3


def boundary_synthetic(quick: bool) -> str:
    """The boundary advice on synthetic studies."""
    dimensions = QUICK_DIMENSIONS if quick else DIMENSIONS_A_CELL
    judged = all_sizes(dimensions)
    return "\n\n".join(
        [
            markdown("Studies of 1 to 6 dimensions.", main_table(judged.edges)),
            markdown(
                "tuneplay alone: edges found, and false alarms per dimension.",
                by_dimensions(judged.edges),
            ),
            markdown("Other studies, of 1, 2 and 4 dimensions.", variants(dimensions)),
            markdown("Infeasible parts: what is said of an edge.", cliffs(judged.edges)),
            markdown("Narrower ranges.", narrowing(judged.widths)),
        ]
    )


def all_sizes(dimensions: int) -> Judged:
    """The synthetic studies as they are, at all sizes."""
    judged = Judged([], [])
    for dims, trials in cells():
        cell = judge(family(SEED, -(-dimensions // dims), dims, trials))
        judged.edges.extend(cell.edges)
        judged.widths.extend(cell.widths)
    return judged


def cells() -> list[tuple[int, int]]:
    """Dimensions and trials of the synthetic studies, each pair once."""
    sizes = {(dims, dims * per_dim) for dims in DIMS for per_dim in PER_DIM}
    return sorted(sizes | {(dims, trials) for dims in DIMS for trials in TOTALS})


def main_table(edges: list[Edge]) -> Table:
    """All rules, by the trials for each dimension and by all trials."""
    table = [HEAD]
    for per_dim in PER_DIM:
        some = [edge for edge in edges if edge.size[1] == per_dim * edge.size[0]]
        table += rates(f"{per_dim} trials a dimension", some)
    for total in TOTALS:
        table += rates(f"{total} trials", [edge for edge in edges if edge.size[1] == total])
    return table


def variants(dimensions: int) -> Table:
    """Studies on levels, in exploitation, and of noise alone."""
    kinds: dict[str, Callable[[int, int], Iterator[KnownStudy]]] = {
        "levels": lambda d, n: family(SEED, -(-dimensions // d), d, n, levels=True),
        "exploitation": lambda d, n: family(SEED, -(-dimensions // d), d, n, tpe=True),
        "noise alone": lambda d, n: noise(-(-dimensions // d), d, n),
    }
    table = [HEAD]
    for name, studies in kinds.items():
        for per_dim in PER_DIM:
            edges: list[Edge] = []
            for dims in VARIANT_DIMS:
                some = studies(dims, dims * per_dim)
                edges += judge(some, adaptive=name == "exploitation").edges
            table += rates(f"{name}, {per_dim} trials a dimension", edges)
    return table


def noise(count: int, dims: int, trials: int) -> Iterator[KnownStudy]:
    """Studies in which no hyperparameter has an effect."""
    rng = np.random.default_rng([SEED, dims, trials])
    for _ in range(count):
        yield study_of_noise(rng, dims, trials)


def boundary_recorded(quick: bool) -> str:
    """The boundary advice on recorded trainings."""
    per_place = QUICK_PER_PLACE if quick else PER_PLACE
    sources = (
        ("DeepOBS, learning rate", deepobs_studies, (5, 10, 20, 40), "trials"),
        ("TaskSet, 8 dimensions", taskset_studies, (40, 80), "trials"),
        ("grids, 5 and 9 dimensions", grid_studies, (5, 10), "trials a dimension"),
    )
    table = [HEAD]
    for name, studies, sizes, unit in sources:
        for size in sizes:
            table += rates(f"{name}: {size} {unit}", judge(studies(SEED, size, per_place)).edges)
    return markdown("Parts of recorded search spaces.", table)


def findings_synthetic(quick: bool) -> str:
    """The other findings on synthetic studies."""
    count, wanders = (QUICK_STUDIES, QUICK_WANDERS) if quick else (STUDIES, WANDERS)
    regions, idle = (QUICK_REGIONS, QUICK_IDLE) if quick else (REGIONS, IDLE)
    pairs = QUICK_PAIRS if quick else PAIRS

    @cache
    def studies(trials: int) -> list[Case]:
        return list(known_cases(SEED, count, trials))

    tables: dict[str, Callable[[], Table]] = {
        "Epoch budget: share of right advice.": lambda: epochs_table(studies),
        "Settled, with noise: more epochs asked for.": lambda: wander_table(SEED, wanders),
        "Findings on curves.": lambda: curves_table(studies),
        "Infeasible regions.": lambda: infeasible_table(SEED, regions),
        "Hyperparameters without effect.": lambda: no_effect_table(SEED, idle),
        "Unequal numbers of feasible trials in two studies.": lambda: unequal_table(SEED, regions),
        "Other points, another best study: synthetic pairs.": lambda: calibration(
            judged_pairs(synthetic_pairs(SEED, pairs))
        ),
    }
    return "\n\n".join(markdown(title, table()) for title, table in tables.items())


def findings_recorded(quick: bool) -> str:
    """The other findings on recorded trainings."""
    per_record = QUICK_PER_RECORD if quick else PER_RECORD
    pairs = QUICK_PAIRS if quick else PAIRS

    def studies(trials: int) -> Iterable[Case]:
        return recorded_cases(SEED, per_record, trials)

    estimates = judged_pairs(grid_pairs(SEED, pairs))
    return "\n\n".join(
        [
            markdown("Epoch budget: recorded curves, cut short.", epochs_table(studies)),
            markdown("Other points, another best study: recorded grids.", calibration(estimates)),
        ]
    )


#: By subject: what is measured, under the names of the markers in docs/advice.md. The first of each
#: needs no recorded trainings.
SUBJECTS: Mapping[str, Mapping[str, Callable[[bool], str]]] = {
    "boundary": {"synthetic": boundary_synthetic, "recorded": boundary_recorded},
    "findings": {"findings": findings_synthetic, "findings, recorded": findings_recorded},
}


def main() -> None:
    """Prints the tables that were asked for, and renews the page if that was asked for too."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("subject", nargs="*", help=f"{' or '.join(SUBJECTS)}; both without it")
    parser.add_argument("--quick", action="store_true", help="fewer studies, under a minute")
    parser.add_argument("--recorded", action="store_true", help="recorded trainings as well")
    parser.add_argument("--data", type=Path, help="folder of the recorded trainings")
    parser.add_argument("--write", action="store_true", help="renew the tables of docs/advice.md")
    asked = parser.parse_args()
    if unknown := sorted(set(asked.subject) - set(SUBJECTS)):
        parser.error(f"{unknown[0]} is not a subject; the subjects are {' and '.join(SUBJECTS)}")
    if asked.quick and asked.write:
        parser.error("docs/advice.md is written from the full measurement: leave out --quick")
    recordings.read_from(asked.data)
    recorded = asked.recorded and recordings.at_hand()
    if asked.recorded and not recorded:
        print("no recorded trainings at hand: skipped\n")
    for subject in asked.subject or SUBJECTS:
        for name, measure in list(SUBJECTS[subject].items())[: 2 if recorded else 1]:
            tables = measure(asked.quick)
            print(tables, end="\n\n", flush=True)
            if asked.write:
                renew(PAGE, name, tables)


if __name__ == "__main__":
    main()
