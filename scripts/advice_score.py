"""What the boundary rule and the rules of thumb say of studies with a known truth, as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from advice_family import Cliff, KnownStudy
from advice_landscape import FloatArray, Truth

from tuneplay.judge.space.edges import study_fit, widening
from tuneplay.judge.space.edges.narrowing import judge_narrow

DIMS = range(1, 7)
PER_DIM = (5, 10, 20)
RULES = ("tuneplay", "best within 5 %", "best within 10 %")
LEAST_SHARE = 0.05  # of the variance: a dimension that does less has no edge worth finding
Table = list[list[str]]


@dataclass(frozen=True)
class Edge:
    """One edge, what was said of it, and the truth.

    Attributes:
        study: Which study; edges of one study share it.
        size: Dimensions and trials of that study.
        dim: The dimension.
        wanted: Whether the optimum lies clearly beyond this edge.
        false: Whether an alarm is wrong: the optimum is clearly inside, or nowhere.
        infeasible: Where the best trials are, if a part at this edge is infeasible: `before` it,
            `elsewhere`, or `unclear`; else empty.
        clear: Whether it counts for recall and false alarms: no infeasible part in its dimension.
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
class Shape:
    """What was said of the width of a range: its truth, the verdict, and the new width."""

    truth: str
    verdict: str
    width: float
    holds: bool


@dataclass(frozen=True)
class Sample:
    """All edges and ranges of some studies."""

    edges: list[Edge]
    shapes: list[Shape]


def judge(studies: Iterable[KnownStudy], *, adaptive: bool = False) -> Sample:
    """Has every study judged by all rules."""
    sample = Sample([], [])
    for number, study in enumerate(studies):
        if not np.isfinite(study.values).any():
            continue
        found = study_fit.gather(study.units, study.values)
        judged = widening.judge_edges(study.units, study.values, adaptive=adaptive, evidence=found)
        sample.edges.extend(
            _edge(number, study, index // 2, edge) for index, edge in enumerate(judged)
        )
        shapes = judge_narrow(study.units, study.values, evidence=found)
        sample.shapes.extend(
            Shape(truth, shape.verdict, shape.high - shape.low, shape.low <= at <= shape.high)
            for shape, truth, at in zip(shapes, study.truth, study.optimum, strict=True)
        )
    return sample


def _edge(number: int, study: KnownStudy, dim: int, edge: widening.EdgeEvidence) -> Edge:
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
    """The rule of thumb: the best trial is close to the high edge, or at the outermost level."""
    on_levels = len(np.unique(unit)) < len(unit)
    return bool(best >= min(1 - share, unit.max() if on_levels else 1.0))


# Tables.


def mean(flags: Sequence[bool], digits: int = 3) -> str:
    """A share, or a dash where there is nothing to share."""
    return f"{np.mean(flags):.{digits}f}" if len(flags) else "–"


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
    """One row a rule: recall, and false alarms in three ways of counting.

    Then how many suggested ranges would hold the optimum, and how many edges had too few trials;
    these, and dimensions with an infeasible part, count for nothing else.
    """
    told = [edge for edge in edges if edge.clear and edge.verdict != "too-few"]
    wanted = [edge for edge in told if edge.wanted]
    false = [edge for edge in told if edge.false]
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
    """Recall and false alarms per dimension of tuneplay alone, by dimensions."""
    table = [
        ["dimensions"] + [f"{k} trials each: {w}" for k in PER_DIM for w in ("found", "false")]
    ]
    for dims in DIMS:
        row = [str(dims)]
        for per_dim in PER_DIM:
            told = rates("", [edge for edge in edges if edge.size == (dims, dims * per_dim)])[0]
            row += [told[2], told[4]]
        table.append(row)
    return table


def cliffs(edges: Sequence[Edge]) -> Table:
    """What is said at an edge that is infeasible, and at the other edge of the same range."""
    told = [edge for edge in edges if edge.verdict != "too-few"]
    table = [["edge", "edges", "instability edge", "wider", "nothing"]]
    rows = (
        ("infeasible, the best right before it", "before"),
        ("infeasible, the best within a quarter of the range before it", "unclear"),
        ("infeasible, the best elsewhere", "elsewhere"),
        ("feasible, the best elsewhere", ""),
    )
    for label, place in rows:
        some = [e for e in told if e.infeasible == place and (place or e.false)]
        said = [mean([e.verdict == v for e in some]) for v in ("instability-edge", "widen", "ok")]
        table.append([label, str(len(some)), *said])
    return table


def narrowing(shapes: Sequence[Shape]) -> Table:
    """How often a narrower range is suggested, how wide it is, and whether it holds the optimum."""
    table = [["optimum", "ranges", "narrowed", "mean width", "holds the optimum"]]
    labels = {"inside": ("inside",), "beyond an edge": ("low", "high"), "no effect": ("dead",)}
    for label, truths in labels.items():
        told = [s for s in shapes if s.truth in truths and s.verdict != "too-few"]
        cut = [s for s in told if s.verdict == "narrow"]
        width = f"{np.mean([s.width for s in cut]):.2f}" if cut else "–"
        holds = "–" if label == "no effect" else mean([s.holds for s in cut])
        table.append(
            [label, str(len(told)), mean([s.verdict == "narrow" for s in told]), width, holds]
        )
    return table


def markdown(title: str, table: Table) -> str:
    """A table as Markdown, its columns aligned so that it can be read as it is."""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |"
        for row in table
    ]
    line = "|" + "|".join("-" * (w + 2) for w in widths) + "|"
    return "\n".join([f"{title}\n", lines[0], line, *lines[1:]])
