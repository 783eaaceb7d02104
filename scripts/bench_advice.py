#!/usr/bin/env python3
"""Recall and false alarms of the boundary advice, beside the rules of thumb.

    python scripts/bench_advice.py              about ten minutes on one core
    python scripts/bench_advice.py --quick      under a minute, on fewer studies
    python scripts/bench_advice.py --recorded   recorded trainings too, where they are at hand
    python scripts/bench_advice.py --write      renews the tables of docs/advice.md

The synthetic studies (advice_family.py) and the parts of recorded ones (advice_recorded.py) have a
known truth. The same options always print the same tables.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import advice_recorded
import numpy as np
from advice_family import KnownStudy, family, idle_study
from advice_score import (
    DIMS,
    HEAD,
    PER_DIM,
    Edge,
    Sample,
    by_dimensions,
    cliffs,
    judge,
    markdown,
    narrowing,
    rates,
)

Parts = Mapping[str, Callable[[bool], str]]

PAGE = Path(__file__).resolve().parents[1] / "docs/advice.md"
SEED = 3  # of the studies that are measured; the thresholds were chosen on others
TOTALS = (10, 20, 40, 100)
DIMENSIONS_A_CELL, QUICK_DIMENSIONS = 150, 12  # dimensions judged for each size of a study
VARIANT_DIMS = (1, 2, 4)  # sizes of the studies on levels, of exploitation, and of noise alone
PER_PLACE, QUICK_PER_PLACE = 30, 3  # parts of each recording with the optimum in, below, above


def cells() -> list[tuple[int, int]]:
    """Dimensions and trials of the synthetic studies, each pair once."""
    sizes = {(dims, dims * per_dim) for dims in DIMS for per_dim in PER_DIM}
    return sorted(sizes | {(dims, trials) for dims in DIMS for trials in TOTALS})


def synthetic(dimensions: int) -> Sample:
    """The family as it is, at all sizes."""
    sample = Sample([], [])
    for dims, trials in cells():
        cell = judge(family(SEED, -(-dimensions // dims), dims, trials))
        sample.edges.extend(cell.edges)
        sample.shapes.extend(cell.shapes)
    return sample


def variants(dimensions: int) -> list[list[str]]:
    """Studies on levels, in exploitation, and of noise alone."""
    kinds: dict[str, Callable[[int, int], Iterator[KnownStudy]]] = {
        "levels": lambda d, n: family(SEED, -(-dimensions // d), d, n, levels=True),
        "exploitation": lambda d, n: family(SEED, -(-dimensions // d), d, n, tpe=True),
        "noise alone": lambda d, n: noise(-(-dimensions // d), d, n),
    }
    table = [HEAD]
    for name, draw in kinds.items():
        for per_dim in PER_DIM:
            edges: list[Edge] = []
            for dims in VARIANT_DIMS:
                studies = draw(dims, dims * per_dim)
                edges += judge(studies, adaptive=name == "exploitation").edges
            table += rates(f"{name}, {per_dim} trials a dimension", edges)
    return table


def noise(count: int, dims: int, trials: int) -> Iterator[KnownStudy]:
    """Studies in which nothing has an effect."""
    rng = np.random.default_rng([SEED, dims, trials])
    for _ in range(count):
        yield idle_study(rng, dims, trials)


def main_table(edges: list[Edge]) -> list[list[str]]:
    """All rules, by trials for each dimension and by trials in all."""
    table = [HEAD]
    for per_dim in PER_DIM:
        some = [edge for edge in edges if edge.size[1] == per_dim * edge.size[0]]
        table += rates(f"{per_dim} trials a dimension", some)
    for total in TOTALS:
        table += rates(f"{total} trials", [edge for edge in edges if edge.size[1] == total])
    return table


def synthetic_part(quick: bool) -> str:
    """All tables of synthetic studies."""
    dimensions = QUICK_DIMENSIONS if quick else DIMENSIONS_A_CELL
    sample = synthetic(dimensions)
    return "\n\n".join(
        [
            markdown("Studies of 1 to 6 dimensions.", main_table(sample.edges)),
            markdown(
                "tuneplay alone: edges found, and false alarms per dimension.",
                by_dimensions(sample.edges),
            ),
            markdown("Other studies, of 1, 2 and 4 dimensions.", variants(dimensions)),
            markdown("Infeasible parts: what is said of an edge.", cliffs(sample.edges)),
            markdown("Narrower ranges.", narrowing(sample.shapes)),
        ]
    )


def recorded_part(quick: bool) -> str:
    """The table of recorded trainings."""
    per_place = QUICK_PER_PLACE if quick else PER_PLACE
    sources = (
        ("DeepOBS, learning rate", advice_recorded.deepobs_studies, (5, 10, 20, 40), "trials"),
        ("TaskSet, 8 dimensions", advice_recorded.taskset_studies, (40, 80), "trials"),
        ("grids, 5 and 9 dimensions", advice_recorded.grid_studies, (5, 10), "trials a dimension"),
    )
    table = [HEAD]
    for name, studies, sizes, unit in sources:
        for size in sizes:
            table += rates(f"{name}: {size} {unit}", judge(studies(SEED, size, per_place)).edges)
    return markdown("Parts of recorded search spaces.", table)


def write(name: str, text: str) -> None:
    """Puts tables between their two markers in docs/advice.md."""
    begin, end = f"<!-- bench_advice: {name} -->", f"<!-- end of bench_advice: {name} -->"
    page = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(page):
        raise SystemExit(f"{PAGE}: no line {begin!r} followed by {end!r}; put both there")
    renewed = pattern.sub(lambda _: f"{begin}\n\n{text}\n\n{end}", page)
    PAGE.write_text(renewed, encoding="utf-8")


def main() -> None:
    """Measures what was asked for."""
    measure(__doc__ or "", {"synthetic": synthetic_part}, {"recorded": recorded_part})


def measure(text: str, parts: Parts, recorded: Parts) -> None:
    """Reads the options, prints the tables, and renews the page if that was asked for.

    Args:
        text: The script's docstring.
        parts: What makes the text of each part of the page; the argument is whether to be quick.
        recorded: The same for the parts that need recorded trainings.
    """
    parser = argparse.ArgumentParser(description=text.split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="fewer studies, under a minute")
    parser.add_argument("--recorded", action="store_true", help="recorded trainings as well")
    parser.add_argument("--data", type=Path, help="folder of the recorded trainings")
    parser.add_argument("--write", action="store_true", help="renew the tables of docs/advice.md")
    asked = parser.parse_args()
    if asked.quick and asked.write:
        parser.error("docs/advice.md is written from the full measurement: leave out --quick")
    if asked.data is not None:
        advice_recorded.DATA = asked.data
    parts = dict(parts)
    if asked.recorded and advice_recorded.DATA.is_dir():
        parts |= recorded
    elif asked.recorded:
        print("no recorded trainings at hand: skipped\n")
    for name, part in parts.items():
        tables = part(asked.quick)
        print(tables, end="\n\n", flush=True)
        if asked.write:
            write(name, tables)


if __name__ == "__main__":
    main()
