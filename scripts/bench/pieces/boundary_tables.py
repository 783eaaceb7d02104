"""What the boundary rule and the rules of thumb say of studies with a known truth: tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pieces.judging import EdgeSaid, said_of_ranges
from pieces.known_studies import Cliff, KnownStudy
from pieces.landscapes import FloatArray, Truth
from pieces.tables import Table, mean

DIMS = range(1, 7)
PER_DIM = (5, 10, 20)
RULES = ("tuneplay", "best within 5 %", "best within 10 %")
LEAST_SHARE = 0.05  # of the variance: a dimension with less has no edge that is worth finding


@dataclass(frozen=True)
class Edge:
    """One edge, what was said of it, and the truth.

    Attributes:
        study: Number of its study.
        size: Dimensions and trials of that study.
        dim: The dimension.
        wanted: Whether the optimum is clearly beyond this edge.
        false: Whether an alarm is wrong: the optimum is clearly inside, or nowhere.
        infeasible: Where the best trials are, if a part at this edge is infeasible: `before` it,
            `elsewhere`, or `unclear`; else empty.
        clear: Whether no part of its dimension is infeasible; other edges count for no rate.
        verdict: What tuneplay said.
        alarms: Whether each of `RULES` says "wider".
        holds: Whether the suggested range would hold the optimum.
    """

    study: int
    size: tuple[int, int]
    dim: int
    wanted: bool
    false: bool
    infeasible: str
    clear: bool
    verdict: str
    alarms: tuple[bool, ...]
    holds: bool


@dataclass(frozen=True)
class Width:
    """What was said of the width of a range, and its truth.

    Attributes:
        truth: Where the optimum is.
        verdict: What tuneplay said.
        width: Of the new range, as a share of the old one.
        holds: Whether the new range holds the optimum.
    """

    truth: str
    verdict: str
    width: float
    holds: bool


@dataclass(frozen=True)
class Judged:
    """All edges and ranges of some studies."""

    edges: list[Edge]
    widths: list[Width]


def judge(studies: Iterable[KnownStudy], *, adaptive: bool = False) -> Judged:
    """What all rules say of some studies."""
    judged = Judged([], [])
    for number, study in enumerate(studies):
        if not np.isfinite(study.values).any():
            continue
        edges, widths = said_of_ranges(study.units, study.values, adaptive=adaptive)
        judged.edges.extend(_edge(number, study, edge) for edge in edges)
        judged.widths.extend(
            Width(truth, said.verdict, said.high - said.low, said.low <= at <= said.high)
            for said, truth, at in zip(widths, study.truth, study.optimum, strict=True)
        )
    return judged


def _edge(number: int, study: KnownStudy, edge: EdgeSaid) -> Edge:
    dim = edge.dim
    truth, optimum = study.truth[dim], study.optimum[dim]
    cliff = study.cliff if study.cliff is not None and study.cliff.dim == dim else None
    unit = study.units[:, dim] if edge.side == "high" else 1 - study.units[:, dim]
    best = unit[int(np.nanargmin(study.values))]
    return Edge(
        study=number,
        size=(study.units.shape[1], len(study.units)),
        dim=dim,
        wanted=truth == edge.side and study.share[dim] >= LEAST_SHARE,
        false=truth in ("inside", "dead"),
        infeasible=_best_of(cliff, truth) if cliff is not None and cliff.side == edge.side else "",
        clear=cliff is None,
        verdict=edge.verdict,
        alarms=(edge.verdict == "widen", near(unit, best, 0.05), near(unit, best, 0.10)),
        holds=bool(edge.bound <= optimum if edge.side == "low" else edge.bound >= optimum),
    )


def _best_of(cliff: Cliff, truth: Truth) -> str:
    """Where the best trials of a dimension with an infeasible part are."""
    if cliff.best_before_it:
        return "before"
    return "unclear" if truth == "unclear" else "elsewhere"


def near(unit: FloatArray, best: float, share: float) -> bool:
    """The rule of thumb: the best trial is near the high edge, or on the outermost level."""
    on_levels = len(np.unique(unit)) < len(unit)
    return bool(best >= min(1 - share, unit.max() if on_levels else 1.0))


# Tables.


def grouped(edges: Iterable[Edge], at: int, key: Callable[[Edge], object]) -> list[bool]:
    """Whether a rule gave any alarm in each group."""
    groups: dict[object, bool] = {}
    for edge in edges:
        groups[key(edge)] = groups.get(key(edge), False) or edge.alarms[at]
    return list(groups.values())


HEAD = [
    "studies",
    "rule",
    "found",
    "false per edge",
    "per dimension",
    "per study",
    "range holds",
    "too few",
    "edges to find, to leave",
]


def rates(label: str, edges: Sequence[Edge]) -> Table:
    """One row for each rule: recall, and false alarms in three ways of counting.

    Two columns follow: how many suggested ranges would hold the optimum, and how many edges had too
    few trials. Edges with too few trials and dimensions with an infeasible part are left out of all
    other columns.
    """
    judged = [edge for edge in edges if edge.clear and edge.verdict != "too-few"]
    wanted = [edge for edge in judged if edge.wanted]
    false = [edge for edge in judged if edge.false]
    holds = mean([edge.holds for edge in wanted if edge.alarms[0]], 2)
    few = mean([edge.verdict == "too-few" for edge in edges], 2)
    return [
        [
            label if at == 0 else "",
            name,
            mean([edge.alarms[at] for edge in wanted]),
            mean([edge.alarms[at] for edge in false]),
            mean(grouped(false, at, lambda edge: (edge.size, edge.study, edge.dim))),
            mean(grouped(false, at, lambda edge: (edge.size, edge.study))),
            holds if at == 0 else "",
            few if at == 0 else "",
            f"{len(wanted)}, {len(false)}" if at == 0 else "",
        ]
        for at, name in enumerate(RULES)
    ]


def by_dimensions(edges: Sequence[Edge]) -> Table:
    """Recall and false alarms per dimension of tuneplay alone, by the number of dimensions."""
    table = [
        ["dimensions"] + [f"{k} trials each: {w}" for k in PER_DIM for w in ("found", "false")]
    ]
    for dims in DIMS:
        row = [str(dims)]
        for per_dim in PER_DIM:
            ours = rates("", [edge for edge in edges if edge.size == (dims, dims * per_dim)])[0]
            row += [ours[2], ours[4]]
        table.append(row)
    return table


def cliffs(edges: Sequence[Edge]) -> Table:
    """What is said at an edge that is infeasible, and at the other edge of the same range."""
    judged = [edge for edge in edges if edge.verdict != "too-few"]
    table = [["edge", "edges", "instability edge", "wider", "nothing"]]
    rows = (
        ("infeasible, the best right before it", "before"),
        ("infeasible, the best within a quarter of the range before it", "unclear"),
        ("infeasible, the best elsewhere", "elsewhere"),
        ("feasible, the best elsewhere", ""),
    )
    for label, place in rows:
        some = [e for e in judged if e.infeasible == place and (place or e.false)]
        said = [mean([e.verdict == v for e in some]) for v in ("instability-edge", "widen", "ok")]
        table.append([label, str(len(some)), *said])
    return table


def narrowing(widths: Sequence[Width]) -> Table:
    """How often a narrower range is suggested, how wide it is, and whether it holds the optimum."""
    table = [["optimum", "ranges", "narrowed", "mean width", "holds the optimum"]]
    labels = {"inside": ("inside",), "beyond an edge": ("low", "high"), "no effect": ("dead",)}
    for label, truths in labels.items():
        judged = [w for w in widths if w.truth in truths and w.verdict != "too-few"]
        cut = [w for w in judged if w.verdict == "narrow"]
        width = mean([w.width for w in cut], 2)
        holds = "–" if label == "no effect" else mean([w.holds for w in cut])
        table.append(
            [label, str(len(judged)), mean([w.verdict == "narrow" for w in judged]), width, holds]
        )
    return table
