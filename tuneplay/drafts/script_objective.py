"""The metric and its direction, if the script itself says them."""

from __future__ import annotations

import re

from tuneplay.drafts.script import Script

_METRIC = re.compile(
    r"(.*\.)?(monitor|eval[_-]metric|metric[_-]for[_-]best[_-]model|optimized[_-]metric)"
)
_MODE = re.compile(r"(.*\.)?(mode|monitor[_-]mode|direction)")
_GREATER = re.compile(r"(.*\.)?greater[_-]is[_-]better")
_DIRECTIONS = {"min": "minimize", "max": "maximize", "minimize": "minimize", "maximize": "maximize"}


def objective_of(script: Script) -> tuple[str | None, str | None]:
    """Metric and direction by which a script itself picks its best epoch; None if it does not say.

    Nothing is guessed from a metric's name: what is called `score` may be a loss.
    """
    metric = direction = None
    for option in script.options:
        default = option.default
        if _METRIC.fullmatch(option.name) and isinstance(default, str):
            metric = metric or default
        elif _GREATER.fullmatch(option.name) and isinstance(default, bool):
            direction = direction or ("maximize" if default else "minimize")
        elif _MODE.fullmatch(option.name) and isinstance(default, str):
            direction = direction or _DIRECTIONS.get(default)
    return metric, direction
