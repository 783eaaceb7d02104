"""Studies of known curves: what is said of their epoch budgets, and the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pieces.curve_truths import SETTLED, budget_truth, finding_truths
from pieces.judging import better_trials, said_of_budget, said_of_curves
from pieces.known_curves import KnownCurves, random_curves
from pieces.known_rounds import curve_trial, known_round, known_study
from pieces.landscapes import Rng
from tuneplay.domain.curves import Direction
from tuneplay.domain.trial import Trial

RULES = ("tuneplay", "majority in a fifth", "10 % and 25 %")
LEAST_TRIALS = 3  # fewer better trials have no truth

#: The rules of thumb: the first part of training, where its last part starts, and the share of best
#: epochs in the first part above which fewer epochs are advised.
THUMB_RULES = ((0.2, 0.8, 0.5), (0.1, 0.75, 1 - 1e-9))


@dataclass(frozen=True)
class Case:
    """One study, its truth, and what was said of it.

    Attributes:
        truth: What is right for its epoch budget.
        said: Advice of each of `RULES`: `increase`, `decrease`, `keep` or `unknown`.
        noted: Whether the report notes that training settled long before its end.
        clear: By kind of finding, whether it is right (True) or wrong (False); absent if unclear.
        kinds: What tuneplay found on the curves.
    """

    truth: str
    said: tuple[str, ...]
    noted: bool
    clear: Mapping[str, bool]
    kinds: frozenset[str]


def judged_case(
    trials: Sequence[Trial],
    better: Sequence[Trial],
    epochs: int,
    direction: Direction,
    truth: str,
    clear: Mapping[str, bool],
) -> Case:
    """A study with what all rules say of it; `better` are the trials of the rules of thumb."""
    round_ = known_round(known_study(0), trials=len(trials), epochs=epochs, direction=direction)
    budget = said_of_budget(round_, trials)
    settled = {SETTLED} if budget.settled else set()
    return Case(
        truth,
        (budget.advice, *thumb(better, epochs)),
        budget.noted,
        clear,
        said_of_curves(round_, trials) | settled,
    )


def known_cases(seed: int, count: int, trials: int) -> Iterator[Case]:
    """Judged studies of known curves."""
    rng = np.random.default_rng([seed, trials])
    for _ in range(count):
        yield known_case(random_curves(rng, trials), rng)


def known_case(known: KnownCurves, rng: Rng) -> Case:
    """One study, judged; the metric's direction and unit are random."""
    direction = Direction.MAXIMIZE if rng.random() < 0.5 else Direction.MINIMIZE
    unit = 10 ** rng.uniform(-3, 3)
    trials = [
        curve_trial(k, row, known.loss[k], direction, unit=unit, infeasible=bool(known.diverged[k]))
        for k, row in enumerate(known.values)
    ]
    better = better_trials(trials, direction)
    complete = [trial for trial in better if trial.curves.epochs[-1] == known.epochs]
    if len(complete) < LEAST_TRIALS:
        return judged_case(trials, complete, known.epochs, direction, "unclear", {})
    members = np.array([trial.id.number for trial in complete], dtype=int)
    truth = budget_truth(known, members)
    clear = finding_truths(known, members, better[0].id.number)
    return judged_case(trials, complete, known.epochs, direction, truth, clear)


def thumb(better: Sequence[Trial], epochs: int) -> list[str]:
    """What the rules of thumb advise: a majority in a fifth, and the playbook's shares."""
    shares = np.array([trial.outcome.best_epoch or 0 for trial in better], dtype=float) / epochs
    advice = []
    for first, last, most in THUMB_RULES:
        if len(shares) and (shares > last + 1e-9).mean() > 0.5:
            advice.append("increase")
        elif len(shares) and (shares <= first + 1e-9).mean() > most:
            advice.append("decrease")
        else:
            advice.append("keep")
    return advice
