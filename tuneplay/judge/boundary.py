"""Was the search space large enough? (playbook, "Identifying bad search space boundaries").

Turns a study into points of the unit cube for `judge.edges`, and its evidence into findings with
ranges that can be pasted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tuneplay.domain.hyperparameter import Choice, Range, Scalar, Scale
from tuneplay.domain.round import Phase, Round, Study
from tuneplay.domain.trial import State, Trial
from tuneplay.judge.edges import evidence, narrow, rule
from tuneplay.judge.edges.model import FloatArray
from tuneplay.judge.finding import Finding, Kind, Severity

#: A suggestion moves an edge of a log or reverse_log range by so many decades at the most: the
#: trend says that the optimum is beyond, not how far.
MAX_DECADES = 3.0

#: Significant digits of a suggested edge.
_DIGITS = 2

#: Decimals of a suggested edge on the reverse_log scale: hides the binary noise of 1 - x.
_REVERSE_DECIMALS = 12

#: Hyperparameters whose instability warmup and clipping can mend (playbook, FAQ "How can
#: optimization failures be debugged and mitigated?").
_STEP_SIZES = ("lr", "learning_rate", "learningrate")

#: No optimizer in use trains with a learning rate beyond this; a suggestion stays below it, or
#: within a decade of the present range.
MOST_LEARNING_RATE = 10.0

Ordered = Range | Choice


def boundary_findings(round_: Round, study: Study, trials: Sequence[Trial]) -> list[Finding]:
    """Edges at which the optimum lies, ranges that could be narrower, or too few trials to tell.

    Numeric ranges are judged, and categoricals whose values are all numbers: their order counts.

    Args:
        round_: The round.
        study: One of its studies.
        trials: The ended trials of that study; failed ones and reruns are left out.

    Returns:
        Findings in the order of the search space. A study with too few feasible trials for its
        dimensions gets one note that says so.
    """
    dims = [h for h in study.space if is_ordered(h)]
    counted = [t for t in trials if not t.id.rerun and t.outcome.state is not State.FAILED]
    if not dims or not counted:
        return []
    units, values = _points(round_, dims, counted)
    found = evidence.gather(units, values)
    if not found.draws:
        return [_too_few(study, len(found.values), len(dims))]
    adaptive = round_.phase is Phase.EXPLOITATION
    names = [h.name for h in dims]
    edges = rule.judge_edges(units, values, names=names, adaptive=adaptive, evidence=found)
    shapes = narrow.judge_narrow(units, values, names=names, evidence=found)
    by_name = {h.name: h for h in dims}
    findings = [_edge_finding(study, by_name[edge.name], edge) for edge in edges]
    findings += [_narrow_finding(study, by_name[shape.name], shape) for shape in shapes]
    return [finding for finding in findings if finding is not None]


def is_ordered(h: Ordered) -> bool:
    """Whether the values of a hyperparameter have an order that means something."""
    return isinstance(h, Range) or all(
        isinstance(choice, int | float) and not isinstance(choice, bool) for choice in h.choices
    )


def unit_of(h: Ordered, value: Scalar) -> float:
    """Position of a value: on the scale of a range, or its rank among ordered choices."""
    if isinstance(h, Range):
        return h.unit(float(value)) if isinstance(value, int | float) else math.nan
    ranks = sorted(h.choices, key=lambda choice: float(choice or 0.0))
    return (ranks.index(value) + 0.5) / len(ranks)


def _points(
    round_: Round, dims: Sequence[Ordered], trials: Sequence[Trial]
) -> tuple[FloatArray, FloatArray]:
    """Unit coordinates (n, d) and values (n,), lower is better, NaN for an infeasible trial."""
    sign = round_.objective.direction.sign
    units = [[unit_of(h, t.hyperparameters[h.name]) for h in dims] for t in trials]
    values = [
        sign * t.outcome.value if t.feasible and t.outcome.value is not None else math.nan
        for t in trials
    ]
    return np.array(units, dtype=np.float64), np.array(values, dtype=np.float64)


def _too_few(study: Study, feasible: int, dims: int) -> Finding:
    wanted = 10 * dims
    return Finding(
        Kind.UNDERSAMPLED,
        Severity.NOTE,
        f"{feasible} feasible are too few to judge the edges of the search space in {dims} "
        f"dimension{'s' if dims > 1 else ''}; {wanted} would do",
        study=study.key,
        evidence={"feasible": feasible, "dimensions": dims},
        suggestion={"trials": wanted},
    )


def _edge_finding(study: Study, h: Ordered, edge: rule.EdgeEvidence) -> Finding | None:
    if edge.verdict not in ("widen", "instability-edge"):
        return None
    numbers = {
        "probability": edge.probability,
        "margin": edge.margin,
        "enrichment": edge.enrichment,
    }
    known = {name: value for name, value in numbers.items() if math.isfinite(value)}
    if edge.verdict == "instability-edge":
        return _instability(study, h, edge, known)
    suggestion = _wider(h, edge.side, edge.bound)
    edge_value = _end(h, edge.side)
    if not suggestion:
        return None
    return Finding(
        Kind.BOUNDARY,
        Severity.WARNING,
        f"the optimum lies at or beyond the {edge.side} edge ({edge_value:g}) with probability "
        f"{edge.probability:.2f}; the best trial is {edge.margin:.0%} of the range away from it",
        study=study.key,
        hyperparameter=h.name,
        side=edge.side,
        evidence=known,
        suggestion=suggestion,
    )


def _instability(
    study: Study, h: Ordered, edge: rule.EdgeEvidence, known: dict[str, float]
) -> Finding:
    """The best trials lie right before the infeasible part: mend the instability, do not widen."""
    threshold = beyond(h, edge.bound) if isinstance(h, Range) else None
    where = f"{'below' if edge.side == 'low' else 'above'} {threshold:g}" if threshold else "there"
    advice = (
        "try warmup or gradient clipping"
        if _is_step_size(h)
        else "find what makes training diverge"
    )
    return Finding(
        Kind.INSTABILITY_EDGE,
        Severity.WARNING,
        f"the best trials lie right at the edge of what is feasible: {where} most trials are "
        f"infeasible; {advice} instead of a wider range",
        study=study.key,
        hyperparameter=h.name,
        side=edge.side,
        evidence=known if threshold is None else {**known, "threshold": threshold},
    )


def _narrow_finding(study: Study, h: Ordered, shape: narrow.NarrowEvidence) -> Finding | None:
    if shape.verdict != "narrow" or not isinstance(h, Range):
        return None
    low = max(h.low, beyond(h, shape.low)) if shape.low > 0 else h.low
    high = min(h.high, beyond(h, shape.high)) if shape.high < 1 else h.high
    if low >= high:
        return None
    return Finding(
        Kind.BOUNDARY,
        Severity.NOTE,
        f"the good region fills {shape.high - shape.low:.0%} of the range: a narrower one would "
        "be searched more densely",
        study=study.key,
        hyperparameter=h.name,
        evidence={"width": shape.high - shape.low, "gain": shape.gain},
        suggestion={"low": low, "high": high},
    )


def _is_step_size(h: Ordered) -> bool:
    return any(word in h.name.casefold().replace("-", "_") for word in _STEP_SIZES)


def _end(h: Ordered, side: str) -> float:
    if isinstance(h, Range):
        return h.low if side == "low" else h.high
    ends = sorted(float(choice) for choice in h.choices if isinstance(choice, int | float))
    return ends[0] if side == "low" else ends[-1]


def _wider(h: Ordered, side: str, bound: float) -> dict[str, Scalar]:
    """The range with its edge at `bound` of the unit scale, within its limits; empty if it can't.

    A range that begins at or above 0 is never extended below 0: few hyperparameters have a
    meaning there, and one that does has a range that says so.
    """
    if not isinstance(h, Range):
        return {"add": _next_choice(h, side)}
    new = beyond(h, _capped(h, bound))
    least, most = h.limits
    if side == "low":
        floor = max(-math.inf if least is None else least, 0.0 if h.low >= 0 else -math.inf)
        new = max(new, floor)
        positive = h.scale is not Scale.LOG or new > 0
        return {"low": new, "high": _plain(h, h.high)} if new < h.low and positive else {}
    if _is_step_size(h):
        new = min(new, max(MOST_LEARNING_RATE, 10 * h.high))
    if most is not None and new >= most:
        new = most
        if h.scale is Scale.REVERSE_LOG and most >= 1:
            return {}
    return {"low": _plain(h, h.low), "high": new} if new > h.high else {}


def _capped(h: Range, bound: float) -> float:
    """A bound on the unit scale, at most `MAX_DECADES` beyond the edge on a logarithmic one."""
    if h.scale is Scale.LINEAR:
        return bound
    ratio = h.high / h.low if h.scale is Scale.LOG else (1 - h.low) / (1 - h.high)
    reach = MAX_DECADES / math.log10(ratio)
    return min(max(bound, -reach), 1 + reach)


def beyond(h: Range, unit: float) -> float:
    """Value at any coordinate of the scale, also outside of the range, to a few digits."""
    if h.scale is Scale.LINEAR:
        value = h.low + unit * (h.high - h.low)
    elif h.scale is Scale.LOG:
        value = h.low * (h.high / h.low) ** unit
    else:
        distance = _short((1 - h.low) * ((1 - h.high) / (1 - h.low)) ** unit)
        return round(1 - distance, _REVERSE_DECIMALS)
    if h.kind == "int":
        return round(value)
    return _short(value)


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _plain(h: Range, value: float) -> float | int:
    return int(value) if h.kind == "int" else value


def _next_choice(h: Choice, side: str) -> float:
    """The value that goes on with the series: 128, 256, 512 is followed by 1024."""
    ends = sorted(float(choice) for choice in h.choices if isinstance(choice, int | float))
    if side == "low":
        ends = ends[::-1]
    last, before = ends[-1], ends[-2]
    geometric = last > 0 and before > 0
    value = last * last / before if geometric else last + (last - before)
    whole = all(isinstance(choice, int) for choice in h.choices)
    return round(value) if whole else float(f"{value:.6g}")
