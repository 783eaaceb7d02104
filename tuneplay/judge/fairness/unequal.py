"""Was the comparison fair, and what limits its conclusion?

Playbook, "Identifying scientific, nuisance, and fixed hyperparameters": each scientific value must
be tuned equally well, and every fixed hyperparameter is a caveat.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from scipy.special import gammaln

from tuneplay.domain.hyperparameter import Hyperparameter, Range, Scalar, Scale
from tuneplay.domain.meaning import OPTIMIZER_MEANINGS
from tuneplay.domain.round import Round, Study
from tuneplay.domain.trial import Trial
from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.measures.selection import ranked

#: A study with at most this share of another's feasible trials was searched less densely. In
#: quasi-random search of two dimensions it costs about a fifth of the resolution in each.
UNEQUAL_RATIO = 2 / 3

#: ... when so low a count would be chance with at most this probability (Fisher's exact test).
UNEQUAL_CHANCE = 0.05

#: A range is narrower when its width on the scale is at most this share of another study's.
NARROWER = 0.5


def fairness_findings(
    round_: Round, by_study: Mapping[str, Sequence[Trial]], findings: Sequence[Finding]
) -> list[Finding]:
    """What makes the comparison of a round's studies unfair, or limits its conclusion.

    Args:
        round_: The round.
        by_study: Its ended trials by study key; reruns are left out.
        findings: What is known already: edges (warnings) and overfitting; that of a best trial
            has its `rise` in the evidence.

    Returns:
        Findings in the order of the studies, the fixed caveat last; none in a round of one study.
    """
    if len(round_.studies) < 2:
        return []
    searched = {
        study.key: [t for t in by_study.get(study.key, ()) if not t.id.rerun]
        for study in round_.studies
    }
    found = [*_unequal_counts(round_.studies, searched), *_one_sided(round_, searched, findings)]
    found += [*_unequal_spaces(round_.studies), *_untuned(round_.studies)]
    order = [study.key for study in round_.studies]
    found.sort(key=lambda finding: order.index(finding.study or order[0]))
    return found + _fixed_caveats(round_)


def _finding(study: Study, severity: Severity, message: str, **numbers: float) -> Finding:
    return Finding(
        Kind.UNFAIR_COMPARISON, severity, message, study=study.key, evidence=dict(numbers)
    )


def _unequal_counts(
    studies: Sequence[Study], searched: Mapping[str, Sequence[Trial]]
) -> list[Finding]:
    """Studies with clearly fewer feasible trials than the one that has most."""
    counts = {key: (sum(t.feasible for t in ts), len(ts)) for key, ts in searched.items()}
    most = max(studies, key=lambda study: counts[study.key][0])
    top, top_all = counts[most.key]
    found = []
    for study in studies:
        few, ended = counts[study.key]
        if few > UNEQUAL_RATIO * top or not ended:
            continue
        chance = fewer_by_chance(few, ended, top, top_all)
        if chance > UNEQUAL_CHANCE / (len(studies) - 1):
            continue
        words = (
            f"{few} of {ended} trials are feasible, against {top} of {top_all} for {most.key}: "
            "fewer usable points were compared"
        )
        found.append(
            _finding(study, Severity.WARNING, words, feasible=few, others=top, chance=chance)
        )
    return found


def fewer_by_chance(few: int, ended: int, top: int, top_all: int) -> float:
    """Chance of so few feasible trials if both studies had the same rate (Fisher's exact test)."""
    whole, good = ended + top_all, few + top

    def log_choose(n: int, k: int) -> float:
        return float(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))

    least = max(0, good - top_all)
    return min(
        1.0,
        math.fsum(
            math.exp(log_choose(ended, k) + log_choose(top_all, good - k) - log_choose(whole, good))
            for k in range(least, few + 1)
        ),
    )


def _one_sided(
    round_: Round, searched: Mapping[str, Sequence[Trial]], findings: Sequence[Finding]
) -> list[Finding]:
    """An edge, or overfitting of the best trial, in some studies but not in all."""
    leader = _leader(round_, searched)
    edges, overfits = _known(findings, searched)
    found = []
    for study in round_.studies:
        ahead = study.key == leader
        severity = Severity.NOTE if ahead else Severity.WARNING
        effect = "it is ahead even so" if ahead else "it may be better than it looks"
        if study.key in edges and len(edges) < len(searched):
            names = ", ".join(sorted(edges[study.key]))
            words = f"the range of {names} was too narrow, not so in every study: {effect}"
            if len(edges) == 1:
                words = f"only here the range of {names} was too narrow: {effect}"
            found.append(_finding(study, severity, words, edges=len(edges[study.key])))
        if study.key in overfits and len(overfits) < len(searched):
            words = f"its best trial overfits, not so in every study: {effect}"
            found.append(_finding(study, severity, words, overfitting=len(overfits)))
    return found


def _known(
    findings: Sequence[Finding], searched: Mapping[str, Sequence[Trial]]
) -> tuple[dict[str, set[str]], set[str]]:
    """Hyperparameters at an edge by study, and the studies whose best trial overfits."""
    edges, overfits = dict[str, set[str]](), set[str]()
    for finding in findings:
        if finding.study is None or finding.study not in searched:
            continue
        if finding.kind is Kind.BOUNDARY and finding.severity is Severity.WARNING:
            edges.setdefault(finding.study, set()).add(finding.hyperparameter or "")
        elif finding.kind is Kind.OVERFITTING and "rise" in finding.evidence:
            overfits.add(finding.study)
    return edges, overfits


def _leader(round_: Round, searched: Mapping[str, Sequence[Trial]]) -> str | None:
    direction = round_.objective.direction
    best = [t for trials in searched.values() for t in ranked(trials, direction)[:1]]
    sign = direction.sign
    first = min(best, key=lambda t: sign * (t.outcome.value or 0.0), default=None)
    return None if first is None else first.id.study


def _unequal_spaces(studies: Sequence[Study]) -> list[Finding]:
    """More hyperparameters to tune with the same trials, or a narrower range of the same name."""
    least = min(
        (study for study in studies if study.space),
        key=lambda study: len(study.space),
        default=None,
    )
    found = []
    for study in studies:
        dims, fewer = len(study.space), len(least.space) if least is not None else 0
        if least is not None and dims > fewer:
            words = (
                f"{dims} nuisance hyperparameters are tuned here and {fewer} for {least.key}: with "
                "equal trials this study is searched less densely"
            )
            found.append(_finding(study, Severity.NOTE, words, dimensions=dims, others=fewer))
        for h in study.conditional:
            if isinstance(h, Range):
                found += _narrower(study, h, studies)
    return found


def _narrower(study: Study, h: Range, studies: Sequence[Study]) -> list[Finding]:
    others = [
        (_width(other), rival.key)
        for rival in studies
        for other in rival.conditional
        if isinstance(other, Range) and other.name == h.name and other.scale is h.scale
    ]
    widest, rival = max(others)
    if _width(h) > NARROWER * widest:
        return []
    words = f"the range of {h.name} is {_width(h) / widest:.0%} as wide as the one of {rival}"
    return [_finding(study, Severity.NOTE, words, width=_width(h), others=widest)]


def _width(h: Hyperparameter) -> float:
    """Width of a range on its scale: decades, or the plain difference."""
    if not isinstance(h, Range):
        return 0.0
    if h.scale is Scale.LOG:
        return math.log10(h.high / h.low)
    if h.scale is Scale.REVERSE_LOG:
        return math.log10((1 - h.low) / (1 - h.high))
    return h.high - h.low


def _untuned(studies: Sequence[Study]) -> list[Finding]:
    """Studies whose single configuration stands for a scientific value."""
    words = "nothing is tuned here: one configuration stands for the scientific value"
    return [
        _finding(study, Severity.WARNING, words, dimensions=0)
        for study in studies
        if not study.space
    ]


def _fixed_caveats(round_: Round) -> list[Finding]:
    """One note with all fixed hyperparameters that usually interact with what is compared."""
    fixed: dict[str, dict[str, Scalar]] = {}
    for study in round_.studies:
        for name, value in study.fixed.items():
            if round_.meaning(name) in OPTIMIZER_MEANINGS:
                fixed.setdefault(name, {})[study.key] = value
    if not fixed:
        return []
    parts = [f"{name} at {_values(values)}" for name, values in sorted(fixed.items())]
    one = len(parts) == 1
    words = (
        f"{', '.join(parts)} {'was' if one else 'were'} not tuned: the conclusion holds for "
        f"{'this value' if one else 'these values'} only"
    )
    only = next(iter(fixed)) if one else None
    return [Finding(Kind.FIXED_CAVEAT, Severity.NOTE, words, hyperparameter=only)]


def _values(by_study: Mapping[str, Scalar]) -> str:
    return " or ".join(dict.fromkeys(str(value) for value in by_study.values()))
