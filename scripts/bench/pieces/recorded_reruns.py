"""Recorded reruns: the values of several seeds of one configuration. Lower is better."""

from __future__ import annotations

import json

import numpy as np

from pieces.landscapes import FloatArray
from pieces.recordings import deepobs_error, floats, grids, rows

TUNED_SEED = (
    42  # DeepOBS tuned the learning rate with this seed, and reran the best one with others
)
LEAST_RERUNS = 5
BEST_OF_GRID = 400  # configurations of a grid whose reruns are pooled


def deepobs() -> dict[str, dict[str, FloatArray]]:
    """By problem and optimizer: the best test errors of ten reruns, or the best losses."""
    runs: dict[tuple[str, str], list[tuple[int, float, float]]] = {}
    query = "select workload, arm, seed, n, hp, blob from run order by seed"
    for problem, arm, seed, n, hp, blob in rows("deepobs/runs.sqlite", query):
        error = deepobs_error(floats(blob, 4, n))
        best = float(np.nanmin(error)) if np.isfinite(error).any() else np.nan
        runs.setdefault((problem, arm), []).append((seed, json.loads(hp)["lr"], best))
    found: dict[str, dict[str, FloatArray]] = {}
    for (problem, arm), values in sorted(runs.items()):
        rate = next(lr for seed, lr, _ in values if seed != TUNED_SEED)
        same = [value for seed, lr, value in values if seed != TUNED_SEED or lr == rate]
        found.setdefault(problem, {})[arm] = np.array(same)
    return found


def algoperf() -> dict[str, dict[str, FloatArray]]:
    """By workload and configuration in jax: the best validation metrics of five reruns, negated."""
    found: dict[str, dict[str, list[float]]] = {}
    query = "select workload, arm, n, extra, blob from run order by seed"
    for workload, arm, n, extra, blob in rows("algoperf/runs.sqlite", query):
        about = json.loads(extra)
        if about["framework"] != "jax" or not arm.startswith("v05/"):
            continue
        best = np.nanmax(floats(blob, -1, n)[4])
        key = f"{arm[4:]}-{about['trial']}"
        found.setdefault(workload, {}).setdefault(key, []).append(-float(best))
    return {
        name: {key: np.array(v) for key, v in arms.items() if len(v) >= LEAST_RERUNS}
        for name, arms in found.items()
    }


def grid_residuals() -> dict[str, FloatArray]:
    """By data set: standardized residuals of the reruns of the best configurations of a grid."""
    pools = {}
    for name, _, values in grids():
        table = values.reshape(-1, values.shape[-1])
        best = table[np.argsort(table.mean(axis=1))[:BEST_OF_GRID]]
        centred = best - best.mean(axis=0) - best.mean(axis=1, keepdims=True) + best.mean()
        pools[name] = (centred / centred.std()).ravel()
    return pools


def recorded_sets() -> dict[str, dict[str, FloatArray]]:
    """All recorded reruns that are compared in pairs, by problem and by what differs."""
    return {**deepobs(), **algoperf()}
