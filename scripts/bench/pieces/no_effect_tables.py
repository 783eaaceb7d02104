"""Hyperparameters without an effect: how often they are named, and ones that matter."""

from __future__ import annotations

import numpy as np

from pieces.judging import said_without_effect
from pieces.known_rounds import known_round, known_study, known_trials
from pieces.known_studies import family
from pieces.landscapes import FloatArray
from pieces.tables import Table, mean

CLEAR_SHARE = 0.05  # of the variance: a hyperparameter with this much has an effect


def no_effect_table(seed: int, count: int) -> Table:
    """Rows of tuneplay and of a rank correlation, for each number of trials a dimension."""
    table = [
        ["trials a dimension", "rule", "named: no effect", "named: matters", "judged", "answered"]
    ]
    for per_dim in (10, 20, 40):
        said: dict[str, tuple[list[bool], list[bool]]] = {"tuneplay": ([], []), "rank": ([], [])}
        judged = answered = 0
        for dims in (2, 3, 4):
            for known in family(seed, count, dims, per_dim * dims):
                study, trials = known_study(dims), known_trials(known.units, known.values)
                round_ = known_round(study, trials=per_dim * dims)
                names, anything = said_without_effect(round_, study, trials)
                answered += anything
                judged += 1
                for dim, truth in enumerate(known.truth):
                    if truth != "dead" and known.share[dim] < CLEAR_SHARE:
                        continue
                    side = int(truth != "dead")
                    said["tuneplay"][side].append(f"x{dim}" in names)
                    said["rank"][side].append(
                        abs(_correlation(known.units[:, dim], known.values)) < 0.1
                    )
        for rule, label in (("tuneplay", "tuneplay"), ("rank", "rank correlation below 0.1")):
            first = rule == "tuneplay"
            counts = [str(judged), mean([True] * answered + [False] * (judged - answered))]
            row = [mean(said[rule][0]), mean(said[rule][1]), *(counts if first else ["", ""])]
            table.append([str(per_dim) if first else "", label, *row])
    return table


def _correlation(units: FloatArray, values: FloatArray) -> float:
    """Spearman's rank correlation over the feasible trials."""
    usable = np.isfinite(values)
    ranks = [np.argsort(np.argsort(column[usable])) for column in (units, values)]
    return float(np.corrcoef(*ranks)[0, 1]) if usable.sum() > 2 else 0.0
