"""Infeasible trials: how many, why, and where (playbook, "Extracting insight")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Choice, Range, Scalar, Scale
from tuneplay.domain.round import Study
from tuneplay.domain.trial import State, Trial
from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.measures.positions import positions
from tuneplay.judge.measures.selection import ranked
from tuneplay.judge.space.regions import Axis, BoolArray, Cut, Region, find_region
from tuneplay.judge.suggestions.new_ranges import edge_text, point_at
from tuneplay.judge.suggestions.series import list_text

#: "A very large fraction" of infeasible trials (playbook): from here on it is a warning, for the
#: study has fewer than half of the trials that the comparison counts on.
LARGE_SHARE = 0.5

#: Regions that are named in one study: a low side, a high side and a choice. More is no advice.
MAX_REGIONS = 3

#: Digits tried for a bound, the shortest that separates the two trials around it.
_MAX_DIGITS = 8


def infeasible_findings(
    study: Study, trials: Sequence[Trial], direction: Direction | None = None
) -> list[Finding]:
    """The share of infeasible trials of a study, their reasons, and where they lie.

    Args:
        study: The study.
        trials: Its ended trials; reruns are left out.
        direction: Which way the objective is better. A suggested range always keeps the best
            trial; without a direction it is not known which that is.

    Returns:
        First the share, with the clearest region that holds the infeasible trials, then other
        regions. Trials that all failed, or mostly, are a warning of their own.
    """
    searched = sorted((t for t in trials if not t.id.rerun), key=lambda t: t.id.number)
    bad = [t for t in searched if t.outcome.state is State.INFEASIBLE]
    failed = [t for t in searched if t.outcome.state is State.FAILED]
    if searched and len(bad) + len(failed) == len(searched):
        return [_none_feasible(study, bad, failed)]
    findings = []
    if bad:
        counted = [t for t in searched if t.outcome.state is not State.FAILED]
        findings += _with_regions(study, searched, counted, _regions(study, counted, direction))
    if failed and len(failed) >= LARGE_SHARE * len(searched):
        findings.append(_mostly_failed(study, failed, len(searched)))
    return findings


def _regions(study: Study, counted: Sequence[Trial], direction: Direction | None) -> list[Region]:
    """Regions one after another, each among the trials that the earlier ones leave over."""
    bad = np.array([not t.feasible for t in counted])
    axes = [
        Axis(positions(h, [t.hyperparameters.get(h.name) for t in counted]), isinstance(h, Range))
        for h in study.space
    ]
    known = np.ones(len(counted), dtype=np.bool_)
    for axis in axes:
        known &= np.isfinite(axis.units)
    best = None
    if direction is not None:
        first = next(iter(ranked(counted, direction)), None)
        best = None if first is None else counted.index(first)
    left, found = np.flatnonzero(known), list[Region]()
    while len(found) < MAX_REGIONS and axes and bad[left].any() and not bad[left].all():
        part = [Axis(axis.units[left], axis.ordered) for axis in axes]
        at = None if best is None or best not in left else int(np.searchsorted(left, best))
        region = find_region(part, bad[left], at)
        if region is None:
            break
        inside: BoolArray = np.zeros(len(counted), dtype=np.bool_)
        inside[left[region.inside]] = True
        found.append(Region(region.cuts, inside, region.gain))
        left = left[~region.inside]
    return found


def _with_regions(
    study: Study, searched: Sequence[Trial], counted: Sequence[Trial], regions: Sequence[Region]
) -> list[Finding]:
    bad = [t for t in searched if t.outcome.state is State.INFEASIBLE]
    share = len(bad) / len(searched)
    severity = Severity.WARNING if share >= LARGE_SHARE else Severity.NOTE
    words = f"{len(bad)} of {len(searched)} trials are infeasible ({_reasons(bad)})"
    numbers = {"infeasible": len(bad), "trials": len(searched), "share": share}
    if not regions:
        return [Finding(Kind.INFEASIBLE, severity, words, study=study.key, evidence=numbers)]
    findings = []
    for place, region in enumerate(regions):
        first = place == 0
        lead = words if first else f"of the {len(bad)} infeasible trials"
        findings.append(
            _region_finding(
                study,
                region,
                f"{lead}{'; ' if first else ', '}{_where(study, region, counted, len(bad))}",
                severity if first else Severity.NOTE,
                (numbers if first else {}) | _evidence(region, counted),
            )
        )
    return findings


def _region_finding(
    study: Study, region: Region, message: str, severity: Severity, evidence: dict[str, float]
) -> Finding:
    cut = region.cuts[0]
    h = study.space[cut.axis]
    suggestion: dict[str, Scalar] = {}
    if len(region.cuts) == 1:
        if isinstance(h, Choice):
            suggestion = _without(h, int(cut.kept))
        else:
            suggestion = {cut.side: bound_of(h, cut)}
    return Finding(
        Kind.INFEASIBLE,
        severity,
        message,
        study=study.key,
        hyperparameter=h.name,
        side=cut.side or None,
        evidence=evidence,
        suggestion=suggestion,
    )


def _without(h: Choice, index: int) -> dict[str, Scalar]:
    """The list without one choice; the last one that is left is no longer searched."""
    left = [*h.choices[:index], *h.choices[index + 1 :]]
    return {"fixed": left[0]} if len(left) == 1 else {"choices": list_text(left)}


def _counts(region: Region, counted: Sequence[Trial]) -> tuple[int, int]:
    """Infeasible trials inside of a region, and all trials inside."""
    inside = [t for t, held in zip(counted, region.inside, strict=True) if held]
    return sum(not t.feasible for t in inside), len(inside)


def _evidence(region: Region, counted: Sequence[Trial]) -> dict[str, float]:
    hit, size = _counts(region, counted)
    return {"inside": hit, "trials_inside": size, "log_likelihood_ratio": region.gain}


def _where(study: Study, region: Region, counted: Sequence[Trial], bad: int) -> str:
    hit, size = _counts(region, counted)
    places = []
    for place, cut in enumerate(region.cuts):
        h = study.space[cut.axis]
        name = f"{h.name} " if place else ""
        if isinstance(h, Choice):
            places.append(f"at {h.choices[int(cut.kept)]}")
        else:
            side = "above" if cut.side == "high" else "below"
            places.append(f"{name}{side} {edge_text(bound_of(h, cut))}")
    who = "all of them" if hit == bad else f"{hit} of them"
    mixed = f", where {size - hit} of {size} are feasible" if size > hit else ""
    return f"{who} lie {' with '.join(places)}{mixed}"


def bound_of(h: Range, cut: Cut) -> float | int:
    """A short value between the last trial that is kept and the first that is lost.

    Where values are whole numbers or steps it is the value of the trial that is kept.
    """
    kept, lost = min(max(cut.kept, 0.0), 1.0), min(max(cut.lost, 0.0), 1.0)
    if h.kind == "int" or h.step is not None:
        return point_at(h, kept)
    middle = float(h.at((kept + lost) / 2))
    for digits in range(1, _MAX_DIGITS):
        value = float(f"{middle:.{digits}g}")
        if h.scale is Scale.REVERSE_LOG:
            value = round(1 - float(f"{1 - middle:.{digits}g}"), 12)
        if h.low < value < h.high and min(kept, lost) < h.unit(value) < max(kept, lost):
            return value
    return middle


def _reasons(trials: Sequence[Trial]) -> str:
    counts = Counter(_short(t.outcome.reason) for t in trials).most_common()
    return ", ".join(f"{count} {reason}" if reason else f"{count}" for reason, count in counts)


def _short(reason: str) -> str:
    """A reason without what differs from trial to trial."""
    _, worse, limit = reason.partition(" is worse than ")
    return f"worse than {limit}" if worse else reason.partition(":")[0]


def _none_feasible(study: Study, bad: Sequence[Trial], failed: Sequence[Trial]) -> Finding:
    count = len(bad) + len(failed)
    if not failed:
        words = (
            "nothing in this search space trains; start from values that are known to work, or "
            f"look for a bug: {count} of {count} trials are infeasible ({_reasons(bad)})"
        )
    elif not bad:
        words = (
            f"all {count} trials failed ({_reasons(failed)}): this says nothing about the search "
            "space; look at the log of one of them"
        )
    else:
        words = (
            f"none of the {count} trials is feasible: {len(bad)} are infeasible "
            f"({_reasons(bad)}), {len(failed)} failed ({_reasons(failed)})"
        )
    numbers = {"infeasible": len(bad), "failed": len(failed), "trials": count}
    return Finding(
        Kind.INFEASIBLE,
        Severity.WARNING,
        words,
        study=study.key,
        evidence=numbers | {"share": len(bad) / count},
    )


def _mostly_failed(study: Study, failed: Sequence[Trial], count: int) -> Finding:
    return Finding(
        Kind.INFEASIBLE,
        Severity.WARNING,
        f"{len(failed)} of {count} trials failed ({_reasons(failed)}): they say nothing about the "
        "search space; look at the log of one of them",
        study=study.key,
        evidence={"failed": len(failed), "trials": count, "share": len(failed) / count},
    )
