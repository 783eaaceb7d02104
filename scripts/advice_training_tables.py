"""Tables of what is said of epoch budgets and curves, beside the truth and the rules of thumb."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from advice_curves import wandering
from advice_score import Table, mean
from advice_training import RULES, Case, a_round, one_trial, thumb

from tuneplay.domain.curves import Direction
from tuneplay.judge.finding import Kind
from tuneplay.judge.measures.selection import better_part, ranked
from tuneplay.judge.training.epoch_budget import Advice, epoch_budget

SIZES = (10, 20, 40, 100)
NOISE = 0.01  # of the way, where flat ends wander
WANDERS = ((0.0, "white noise"), (1.0, "a wander as large"), (3.0, "three times as large"))

RIGHT = {
    "more": (Advice.INCREASE,),
    "fewer": (Advice.DECREASE,),
    "settled": (Advice.KEEP, Advice.DECREASE),
    "settles late": (Advice.KEEP,),
    "turns midway": (Advice.KEEP,),
    "no more": (Advice.KEEP, Advice.DECREASE),
}


KINDS = (Kind.OVERFITTING, Kind.NOISY_TRAINING, Kind.RISING_TRAINING_LOSS, "period", "settled")


def epochs_table(draw: Callable[[int], Iterable[Case]], sizes: Sequence[int] = SIZES) -> Table:
    """Share of right advice by truth, for all rules, and what tuneplay says."""
    head = ["trials", "truth", "studies", *(f"right: {rule}" for rule in RULES), "more", "fewer"]
    table = [[*head, "settled"]]
    for size in sizes:
        cases = list(draw(size))
        for truth, right in RIGHT.items():
            some = [one for one in cases if one.truth == truth]
            if not some:
                continue
            row = [mean([one.said[k] in right for one in some]) for k in range(len(RULES))]
            row += [mean([one.said[0] is Advice.INCREASE for one in some])]
            row += [mean([one.said[0] is Advice.DECREASE for one in some])]
            table.append(
                [str(size), truth, str(len(some)), *row, mean([one.noted for one in some])]
            )
    return table


def curves_table(draw: Callable[[int], Iterable[Case]], sizes: Sequence[int] = SIZES) -> Table:
    """Recall and false alarms of the findings on curves."""
    table = [["trials", "finding", "found", "false", "studies with it, without it"]]
    for size in sizes:
        cases = list(draw(size))
        for kind in KINDS:
            having = [str(kind) in one.kinds for one in cases if one.clear.get(kind) is True]
            without = [str(kind) in one.kinds for one in cases if one.clear.get(kind) is False]
            counts = f"{len(having)}, {len(without)}"
            table.append([str(size), str(kind), mean(having), mean(without), counts])
    return table


def wander_table(seed: int, count: int) -> Table:
    """How often curves that settled long ago are said to need more epochs."""
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
    """Whether tuneplay and the rule of thumb ask for more epochs, study by study."""
    fall = np.exp(-25 * np.arange(1, epochs + 1) / epochs)
    for _ in range(count):
        values = (
            fall
            + 2 * NOISE * rng.random((trials, 1))
            + NOISE * rng.standard_normal((trials, epochs))
        )
        values += NOISE * wander * wandering((trials, epochs), 0.9, rng)
        made = [one_trial(k, row, None, Direction.MINIMIZE) for k, row in enumerate(values)]
        advice = epoch_budget(a_round(epochs, trials, Direction.MINIMIZE), [made]).advice
        better = better_part(ranked(made, Direction.MINIMIZE))
        rule = thumb([t.outcome.best_epoch or 0 for t in better], epochs)[0]
        yield advice is Advice.INCREASE, rule is Advice.INCREASE
