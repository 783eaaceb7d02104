"""Infeasible trials: how many, why, and where (playbook, "Extracting insight")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tuneplay.domain.hyperparameter import Choice, Range, Scalar
from tuneplay.domain.round import Study
from tuneplay.domain.trial import State, Trial
from tuneplay.judge.case import StudyCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.measures.positions import positions
from tuneplay.judge.measures.reasons import Reasons, reasons_of
from tuneplay.judge.space.regions import Axis, Region, find_regions
from tuneplay.judge.suggestions.new_ranges import bound_between
from tuneplay.judge.suggestions.series import list_text

#: "A very large fraction" of infeasible trials (playbook): from here on it is a warning, for the
#: study has fewer than half of the trials that the comparison counts on.
LARGE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Beyond:
    """The part of a range beyond a bound, at the finding's side.

    Attributes:
        bound: The bound: the last value that works, or one between it and the first that does not.
    """

    bound: float | int


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of the choices.

    Attributes:
        choice: The choice.
    """

    choice: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class InfeasibleTrials(Evidence):
    """Some trials are infeasible, in no part of the search space in particular.

    Attributes:
        infeasible: How many.
        trials: Ended trials of the search.
        share: Infeasible ones among them.
        reasons: Why, each with its number of trials.
        limit: The value that a feasible trial must reach, where the spec states one.
    """

    infeasible: int
    trials: int
    share: float
    reasons: Reasons
    limit: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InfeasiblePart(InfeasibleTrials):
    """Some trials are infeasible, most of them in one part of the search space.

    Attributes:
        inside: Infeasible trials in it.
        trials_inside: Trials in it that count, feasible or not.
        log_likelihood_ratio: How much better it explains the infeasible trials than one rate
            everywhere does.
        where: The part.
    """

    inside: int
    trials_inside: int
    log_likelihood_ratio: float
    where: Beyond | Chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherInfeasiblePart(Evidence):
    """Another part of the search space that holds infeasible trials.

    Attributes:
        infeasible: Infeasible trials of the study.
        inside: As in `InfeasiblePart`, among the trials that the earlier parts leave over.
        trials_inside: As in `InfeasiblePart`.
        log_likelihood_ratio: As in `InfeasiblePart`.
        where: The part.
    """

    infeasible: int
    inside: int
    trials_inside: int
    log_likelihood_ratio: float
    where: Beyond | Chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingFeasible(Evidence):
    """No trial of a study is feasible.

    Attributes:
        infeasible: Infeasible trials.
        failed: Failed ones.
        trials: Both.
        share: Infeasible ones among them.
        reasons: Why they are infeasible, each with its number of trials.
        failures: Why they failed, each with its number of trials.
        limit: As in `InfeasibleTrials`.
    """

    infeasible: int
    failed: int
    trials: int
    share: float
    reasons: Reasons
    failures: Reasons
    limit: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MostlyFailed(Evidence):
    """A large share of the trials failed.

    Attributes:
        failed: How many.
        trials: Ended trials of the search.
        share: Failed ones among them.
        failures: Why, each with its number of trials.
    """

    failed: int
    trials: int
    share: float
    failures: Reasons


def check(case: StudyCase) -> Iterator[Finding]:
    """The infeasible trials of a study: their share, their reasons, and where they are.

    First the share, with the clearest part that holds them, then other parts. Trials that all
    failed, or mostly, are a warning of their own.
    """
    bad = [t for t in case.searched if t.outcome.state is State.INFEASIBLE]
    failed = [t for t in case.searched if t.outcome.state is State.FAILED]
    if case.searched and len(bad) + len(failed) == len(case.searched):
        yield _finding(case, Severity.WARNING, _nothing_feasible(case, bad, failed))
        return
    if bad:
        yield from _some_infeasible(case, bad)
    if failed and len(failed) >= LARGE_SHARE * len(case.searched):
        count = len(case.searched)
        mostly = MostlyFailed(
            failed=len(failed),
            trials=count,
            share=len(failed) / count,
            failures=reasons_of(failed),
        )
        yield _finding(case, Severity.WARNING, mostly)


def _finding(case: StudyCase, severity: Severity, evidence: Evidence) -> Finding:
    return Finding(kind=Kind.INFEASIBLE, severity=severity, evidence=evidence, study=case.key)


def _nothing_feasible(
    case: StudyCase, bad: Sequence[Trial], failed: Sequence[Trial]
) -> NothingFeasible:
    count = len(bad) + len(failed)
    return NothingFeasible(
        infeasible=len(bad),
        failed=len(failed),
        trials=count,
        share=len(bad) / count,
        reasons=reasons_of(bad),
        failures=reasons_of(failed),
        limit=case.round.infeasible.worse_than,
    )


def _some_infeasible(case: StudyCase, bad: Sequence[Trial]) -> Iterator[Finding]:
    share = len(bad) / len(case.searched)
    severity = Severity.WARNING if share >= LARGE_SHARE else Severity.NOTE
    reasons, limit = reasons_of(bad), case.round.infeasible.worse_than
    regions = _regions(case)
    if not regions:
        scattered = InfeasibleTrials(
            infeasible=len(bad),
            trials=len(case.searched),
            share=share,
            reasons=reasons,
            limit=limit,
        )
        yield _finding(case, severity, scattered)
        return
    first, *others = regions
    part = InfeasiblePart(
        infeasible=len(bad),
        trials=len(case.searched),
        share=share,
        reasons=reasons,
        limit=limit,
        inside=_infeasible_inside(first, case.counted),
        trials_inside=int(first.inside.sum()),
        log_likelihood_ratio=first.gain,
        where=_where(case.study, first),
    )
    yield _part_finding(case, severity, first, part)
    for region in others:
        further = FurtherInfeasiblePart(
            infeasible=len(bad),
            inside=_infeasible_inside(region, case.counted),
            trials_inside=int(region.inside.sum()),
            log_likelihood_ratio=region.gain,
            where=_where(case.study, region),
        )
        yield _part_finding(case, Severity.NOTE, region, further)


def _part_finding(
    case: StudyCase, severity: Severity, region: Region, evidence: Evidence
) -> Finding:
    return Finding(
        kind=Kind.INFEASIBLE,
        severity=severity,
        evidence=evidence,
        study=case.key,
        hyperparameter=case.study.space[region.axis].name,
        side=region.side or None,
        suggestion=_without(case.study, region),
    )


def _regions(case: StudyCase) -> list[Region]:
    """The parts of the search space that hold infeasible trials, the clearest first."""
    counted, study = case.counted, case.study
    bad = np.array([not t.feasible for t in counted])
    axes = [
        Axis(positions(h, [t.hyperparameters.get(h.name) for t in counted]), isinstance(h, Range))
        for h in study.space
    ]
    best = None if case.best is None else counted.index(case.best)
    return find_regions(axes, bad, best)


def _infeasible_inside(region: Region, counted: Sequence[Trial]) -> int:
    return sum(not t.feasible for t, held in zip(counted, region.inside, strict=True) if held)


def _where(study: Study, region: Region) -> Beyond | Chosen:
    h = study.space[region.axis]
    if isinstance(h, Choice):
        return Chosen(h.choices[int(region.last_outside)])
    return Beyond(bound_between(h, region.last_outside, region.first_inside))


def _without(study: Study, region: Region) -> dict[str, Scalar]:
    """The search space without a region; the last choice that is left is no longer searched."""
    h = study.space[region.axis]
    if isinstance(h, Range):
        return {region.side: bound_between(h, region.last_outside, region.first_inside)}
    index = int(region.last_outside)
    left = [*h.choices[:index], *h.choices[index + 1 :]]
    return {"fixed": left[0]} if len(left) == 1 else {"choices": list_text(left)}
