"""Recorded trainings, published by others: where they are, and how they are read.

They are not part of the project. Without them the benchmarks measure the synthetic part alone.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pieces.landscapes import FloatArray

#: Next to the clone; `--data` names another folder.
USUAL_FOLDER = Path(__file__).resolve().parents[4] / "shared/eval/data"
_folder = [USUAL_FOLDER]


def read_from(folder: Path | None) -> None:
    """Names the folder of the recorded trainings; None is the usual one."""
    _folder[0] = folder or USUAL_FOLDER


def at_hand() -> bool:
    """Whether there are recorded trainings."""
    return _folder[0].is_dir()


def rows(name: str, query: str) -> Iterator[tuple[Any, ...]]:
    """Rows of one of the SQLite files."""
    with sqlite3.connect(f"file:{_folder[0] / name}?mode=ro&immutable=1", uri=True) as store:
        yield from store.execute(query)


def floats(blob: bytes, *shape: int) -> FloatArray:
    """The numbers of a packed array."""
    return np.frombuffer(zlib.decompress(blob), "<f4").reshape(shape).astype(np.float64)


def deepobs_error(series: FloatArray) -> FloatArray:
    """The test error of a training of DeepOBS, or its loss where there is no accuracy."""
    error: FloatArray = 1 - series[3] if np.isfinite(series[3]).any() else series[1]
    return error


def grids() -> Iterator[tuple[str, list[list[Any]], FloatArray]]:
    """Grids in which each configuration was trained with several seeds.

    Yields:
        The data set, the choices of each hyperparameter, and the values over all of the choices
        and the seeds (last axis); lower is better.
    """
    query = "select dataset, metric, choices, n_seeds, blob from grid"
    for dataset, metric, choices, seeds, blob in rows("tabular/grids.sqlite", query):
        levels = json.loads(choices)
        values = floats(blob, *(len(level) for level in levels), seeds)
        yield dataset, levels, 1 - values if metric == "val_acc" else values
