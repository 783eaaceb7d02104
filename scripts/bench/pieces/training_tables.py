"""Tables of what is said of epoch budgets and curves, next to the truth and the rules of thumb."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from pieces.curve_truths import KINDS
from pieces.judging import better_trials
from pieces.known_curves import wandering
from pieces.known_rounds import curve_trial
from pieces.tables import Table, mean
from pieces.training_cases import RULES, Case, judged_case
from tuneplay.domain.curves import Direction

SIZES = (10, 20, 40, 100)
NOISE = 0.01  # of the way, where flat ends wander
WANDERS = ((0.0, "white noise"), (1.0, "a wander as large"), (3.0, "three times as large"))

RIGHT = {
    "more": ("increase",),
    "fewer": ("decrease",),
    "settled": ("keep", "decrease"),
    "settles late": ("keep",),
    "turns midway": ("keep",),
    "no more": ("keep", "decrease"),
}


def epochs_table(studies: Callable[[int], Iterable[Case]], sizes: Sequence[int] = SIZES) -> Table:
    """Share of right advice by truth, for all rules, and what tuneplay says."""
    head = ["trials", "truth", "studies", *(f"right: {rule}" for rule in RULES), "more", "fewer"]
    table = [[*head, "settled"]]
    for size in sizes:
        cases = list(studies(size))
        for truth, right in RIGHT.items():
            some = [one for one in cases if one.truth == truth]
            if not some:
                continue
            row = [mean([one.said[k] in right for one in some]) for k in range(len(RULES))]
            row += [mean([one.said[0] == "increase" for one in some])]
            row += [mean([one.said[0] == "decrease" for one in some])]
            table.append(
                [str(size), truth, str(len(some)), *row, mean([one.noted for one in some])]
            )
    return table


def curves_table(studies: Callable[[int], Iterable[Case]], sizes: Sequence[int] = SIZES) -> Table:
    """Recall and false alarms of the findings on curves."""
    table = [["trials", "finding", "found", "false", "studies with it, without it"]]
    for size in sizes:
        cases = list(studies(size))
        for kind in KINDS:
            having = [kind in one.kinds for one in cases if one.clear.get(kind) is True]
            without = [kind in one.kinds for one in cases if one.clear.get(kind) is False]
            counts = f"{len(having)}, {len(without)}"
            table.append([str(size), kind, mean(having), mean(without), counts])
    return table


def wander_table(seed: int, count: int) -> Table:
    """How often more epochs are advised for curves that settled long ago."""
    head = [
        "trials",
        "rule",
        *(f"{epochs} epochs, {name}" for epochs in (20, 100) for _, name in WANDERS),
    ]
    table = [head]
    for trials in (10, 20, 40):
        rows = [[str(trials), "tuneplay"], ["", RULES[1]]]
        for epochs in (20, 100):
            for wander, _ in WANDERS:
                said = list(
                    _flat(
                        np.random.default_rng([seed, trials, epochs]), count, trials, epochs, wander
                    )
                )
                for k, row in enumerate(rows):
                    row.append(mean([one[k] for one in said]))
        table += rows
    return table


def _flat(
    rng: np.random.Generator, count: int, trials: int, epochs: int, wander: float
) -> Iterator[tuple[bool, bool]]:
    """Whether tuneplay and the first rule of thumb advise more epochs, study by study."""
    fall = np.exp(-25 * np.arange(1, epochs + 1) / epochs)
    for _ in range(count):
        values = (
            fall
            + 2 * NOISE * rng.random((trials, 1))
            + NOISE * rng.standard_normal((trials, epochs))
        )
        values += NOISE * wander * wandering((trials, epochs), 0.9, rng)
        made = [curve_trial(k, row, None, Direction.MINIMIZE) for k, row in enumerate(values)]
        better = better_trials(made, Direction.MINIMIZE)
        ours, rule, _ = judged_case(made, better, epochs, Direction.MINIMIZE, "settled", {}).said
        yield ours == "increase", rule == "increase"
