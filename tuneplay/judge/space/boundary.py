"""Was the search space large enough? (playbook, "Identifying bad search space boundaries").

Turns a study into points of the unit cube for `judge.edges`, and its evidence into findings with
ranges that can be pasted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tuneplay.domain.hyperparameter import Choice, Range, Scalar
from tuneplay.domain.round import Phase, Round, Study
from tuneplay.domain.trial import State, Trial
from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.measures.positions import positions
from tuneplay.judge.space.edges import narrowing, study_fit, widening
from tuneplay.judge.space.edges.trends import FloatArray
from tuneplay.judge.suggestions.new_ranges import beyond, edge_text, ends, is_step_size, wider

Ordered = Range | Choice

#: Feasible trials for each dimension with which an edge is found nearly always (docs/advice.md).
TRIALS_WANTED = 10

#: What is added about an edge that was found in exploitation (`widening.ADAPTIVE_PROBABILITY`).
_ADAPTIVE = ". Exploitation crowds its trials where they were good, so more was asked of them"


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
    found = study_fit.gather(units, values, _offsets(study, counted))
    if not found.draws:
        return [_too_few(study, len(found.values), len(dims), len(counted))]
    adaptive = round_.phase is Phase.EXPLOITATION
    names = [h.name for h in dims]
    edges = widening.judge_edges(units, values, names=names, adaptive=adaptive, evidence=found)
    shapes = narrowing.judge_narrow(units, values, names=names, evidence=found)
    by_name = {h.name: h for h in dims}
    findings = [_edge_finding(round_, study, by_name[edge.name], edge) for edge in edges]
    told = {finding.hyperparameter for finding in findings if finding is not None}
    findings += [
        _narrow_finding(study, by_name[shape.name], shape)
        for shape in shapes
        if shape.name not in told
    ]
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


def _offsets(study: Study, trials: Sequence[Trial]) -> FloatArray:
    """Which choices without order each trial has (n, k): ones, and zeros elsewhere."""
    columns = [
        positions(h, [t.hyperparameters[h.name] for t in trials]) == place
        for h in study.space
        if not is_ordered(h) and isinstance(h, Choice)
        for place in range(len(h.choices))
    ]
    return np.array(columns, dtype=np.float64).reshape(len(columns), len(trials)).T


def _too_few(study: Study, feasible: int, dims: int, counted: int) -> Finding:
    wanted = TRIALS_WANTED * dims
    words = (
        f"{feasible} feasible trial{' is' if feasible == 1 else 's are'} too few to judge the edges "
        f"of the search space in {dims} dimension{'s' if dims > 1 else ''}"
    )
    return Finding(
        Kind.UNDERSAMPLED,
        Severity.NOTE,
        f"{words}; {wanted} would do" if feasible else words,
        study=study.key,
        evidence={"feasible": feasible, "dimensions": dims},
        # As many trials as give so many feasible ones, if these are typical. Where nothing trains,
        # more of it is no advice.
        suggestion={"trials": math.ceil(wanted * counted / feasible)} if feasible else {},
    )


def _edge_finding(
    round_: Round, study: Study, h: Ordered, edge: widening.EdgeEvidence
) -> Finding | None:
    if edge.verdict not in ("widen", "instability-edge"):
        return None
    meaning, margin = round_.meaning(h.name), _margin(h, edge.margin)
    numbers = {
        "probability": edge.probability,
        "margin": margin,
        "enrichment": edge.enrichment,
    }
    known = {name: value for name, value in numbers.items() if math.isfinite(value)}
    if edge.verdict == "instability-edge":
        return _instability(study, h, edge, known, step_size=is_step_size(h, meaning))
    suggestion = wider(h, edge.side, edge.bound, meaning)
    end = edge_text(_end(h, edge.side))
    if not suggestion:
        return None
    return Finding(
        Kind.BOUNDARY,
        Severity.WARNING,
        f"the optimum lies at or beyond the {edge.side} edge ({end}) with probability "
        f"{edge.probability:.2f}; {_distance(margin)}"
        f"{_ADAPTIVE if round_.phase is Phase.EXPLOITATION else ''}",
        study=study.key,
        hyperparameter=h.name,
        side=edge.side,
        evidence=known,
        suggestion=suggestion,
    )


def _margin(h: Ordered, margin: float) -> float:
    """A margin, of which the last of the choices has none: its place is the middle of a slot."""
    if isinstance(h, Range):
        return margin
    slot = 1 / len(h.choices)
    return max(0.0, margin - slot / 2) / (1 - slot)


def _distance(margin: float) -> str:
    if round(margin, 2) == 0:
        return "the best trial lies there"
    return f"the best trial is {margin:.0%} of the range away from it"


def _instability(
    study: Study,
    h: Ordered,
    edge: widening.EdgeEvidence,
    known: dict[str, float],
    *,
    step_size: bool,
) -> Finding:
    """The best trials lie right before the infeasible part: mend the instability, do not widen."""
    threshold = beyond(h, edge.bound) if isinstance(h, Range) else None
    where = "there"
    if threshold is not None:
        where = f"{'below' if edge.side == 'low' else 'above'} {edge_text(threshold)}"
    advice = "try warmup or gradient clipping" if step_size else "find what makes training diverge"
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


def _narrow_finding(study: Study, h: Ordered, shape: narrowing.NarrowEvidence) -> Finding | None:
    if shape.verdict != "narrow" or not isinstance(h, Range):
        return None
    low = max(h.low, beyond(h, shape.low)) if shape.low > 0 else h.low
    high = min(h.high, beyond(h, shape.high)) if shape.high < 1 else h.high
    if low >= high or (low, high) == (h.low, h.high):
        return None
    return Finding(
        Kind.WIDE_RANGE,
        Severity.NOTE,
        f"the good region fills {shape.high - shape.low:.0%} of the range: a narrower one would "
        "be searched more densely",
        study=study.key,
        hyperparameter=h.name,
        evidence={"width": shape.high - shape.low, "gain": shape.gain},
        suggestion=ends(h, low, high),
    )


def _end(h: Ordered, side: str) -> float:
    if isinstance(h, Range):
        return h.low if side == "low" else h.high
    ends = sorted(float(choice) for choice in h.choices if isinstance(choice, int | float))
    return ends[0] if side == "low" else ends[-1]
