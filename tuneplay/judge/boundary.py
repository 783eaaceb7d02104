"""Was the search space large enough? (playbook, "Identifying bad search space boundaries")."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tuneplay.domain.hyperparameter import Range, Scale
from tuneplay.domain.round import Round, Study
from tuneplay.domain.trial import Trial
from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.selection import better_part, ranked

#: Fewer feasible trials say nothing about an edge: the playbook's picture needs a cluster.
LEAST_FEASIBLE = 8

#: The best trials cluster at an edge when they crowd into this outer part of the scale.
EDGE_PART = 0.25

#: The chance of such a crowd, if the hyperparameter did not matter, must be below this.
LEVEL = 0.05

#: The suggested range grows by this part of its length on the scale.
EXTENSION = 0.5


def boundary_findings(round_: Round, study: Study, trials: Sequence[Trial]) -> list[Finding]:
    """Edges of ranges at which the best trials of a study cluster.

    The best trial must lie in the outer quarter of the scale, and the better quarter of the
    trials must crowd there more than chance would have it (hypergeometric tail).

    Args:
        round_: The round.
        study: One of its studies.
        trials: The ended trials of that study.

    Returns:
        At most one finding for each numeric nuisance hyperparameter; none with fewer than
        `LEAST_FEASIBLE` feasible trials.
    """
    best_first = ranked(trials, round_.objective.direction)
    if len(best_first) < LEAST_FEASIBLE:
        return []
    found = (
        _edge(study, h, best_first, side)
        for h in study.space
        if isinstance(h, Range)
        for side in ("low", "high")
    )
    return [finding for finding in found if finding is not None]


def _edge(study: Study, h: Range, best_first: Sequence[Trial], side: str) -> Finding | None:
    margins = [_margin(h, trial, side) for trial in best_first]
    crowd = len(better_part(best_first))
    near_best = sum(margin <= EDGE_PART for margin in margins[:crowd])
    near_all = sum(margin <= EDGE_PART for margin in margins)
    chance = _tail(near_best, crowd, near_all, len(margins))
    if margins[0] > EDGE_PART or chance > LEVEL:
        return None
    suggestion = _wider(h, side)
    edge = h.low if side == "low" else h.high
    best = best_first[0].hyperparameters[h.name]
    message = (
        f"{near_best} of the {crowd} best trials lie in the outer quarter at the {side} edge "
        f"(best {best:g}, edge {edge:g})"
    )
    if not suggestion:
        message += "; the range already ends at its limit"
    return Finding(
        Kind.BOUNDARY,
        Severity.WARNING if suggestion else Severity.NOTE,
        message,
        study=study.key,
        hyperparameter=h.name,
        side=side,
        evidence={"margin": margins[0], "near_best": near_best, "best": crowd, "chance": chance},
        suggestion=suggestion,
    )


def _margin(h: Range, trial: Trial, side: str) -> float:
    """Distance of a trial from an edge, as a part of the scale."""
    value = trial.hyperparameters[h.name]
    unit = h.unit(float(value)) if isinstance(value, int | float) else math.nan
    return unit if side == "low" else 1 - unit


def _tail(near_best: int, crowd: int, near_all: int, total: int) -> float:
    """P(at least `near_best` of `crowd` drawn trials are among the `near_all` at the edge)."""
    ways = sum(
        math.comb(near_all, k) * math.comb(total - near_all, crowd - k)
        for k in range(near_best, min(crowd, near_all) + 1)
    )
    return ways / math.comb(total, crowd)


def _wider(h: Range, side: str) -> dict[str, float | int | str | bool | None]:
    """The range with its edge moved outwards on the scale, within the limits; empty if it can't."""
    old = h.low if side == "low" else h.high
    new = _beyond(h, -EXTENSION if side == "low" else 1 + EXTENSION)
    limit = h.limits[0] if side == "low" else h.limits[1]
    if limit is not None and (new <= limit if side == "low" else new >= limit):
        if h.scale is not Scale.LINEAR or limit == old:
            return {}
        new = limit
    return {"low": new, "high": h.high} if side == "low" else {"low": h.low, "high": new}


def _beyond(h: Range, unit: float) -> float:
    """Value at a coordinate outside of the unit interval, to two significant digits."""
    if h.scale is Scale.LINEAR:
        value = h.low + unit * (h.high - h.low)
    elif h.scale is Scale.LOG:
        value = h.low * (h.high / h.low) ** unit
    else:
        return 1 - float(f"{(1 - h.low) * ((1 - h.high) / (1 - h.low)) ** unit:.2g}")
    value = float(f"{value:.2g}")
    return round(value) if h.kind == "int" else value
