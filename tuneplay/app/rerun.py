"""`tuneplay rerun`: train the best configurations again with new seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tuneplay.app.coordination.observer import Observer
from tuneplay.app.coordination.parts import Parts
from tuneplay.app.coordination.session import SessionResult, coordinate, session
from tuneplay.app.coordination.stop import Stop
from tuneplay.app.coordination.tally import Tally
from tuneplay.app.opening.opening import Opening
from tuneplay.app.report import judge_history
from tuneplay.domain.round import Round
from tuneplay.domain.trial import Reruns, Trial
from tuneplay.errors import UsageError
from tuneplay.judge.judgement import Judgement
from tuneplay.judge.measures.selection import ranked
from tuneplay.judge.verdict.seeds.sequential import plan
from tuneplay.launch.base import Launcher
from tuneplay.launch.local import LocalLauncher
from tuneplay.ledger.events import Rerun


@dataclass(frozen=True, slots=True)
class RerunRequest:
    """What `tuneplay rerun` was asked for.

    Attributes:
        seeds: Reruns of each configuration, in all; None for the spec's `reruns`.
        study: Key of the only candidate to train again, beside the baseline; None for all.
        baseline_only: Train only the baseline again, to know the trial variance.
        max_seeds: Look in steps up to so many seeds, and stop when decided; None for a fixed
            number.
        top: Train so many of each study's best configurations again.
    """

    seeds: int | None = None
    study: str | None = None
    baseline_only: bool = False
    max_seeds: int | None = None
    top: int = 1


@dataclass(frozen=True, slots=True)
class RerunResult:
    """How the reruns ended.

    Attributes:
        session: How it ended: the exit code and the progress of the reruns.
        judgement: What the round supports now.
        round: The round.
    """

    session: SessionResult
    judgement: Judgement
    round: Round


def rerun_round(
    opening: Opening,
    request: RerunRequest,
    observer: Observer,
    launcher: Launcher | None = None,
) -> RerunResult:
    """Train the selected configurations again, paired across studies by their seeds.

    Seeds that were trained already count; asking for more adds them.

    Raises:
        UsageError: There is nothing to train again, or no such study.
        TuneplayError: As for `tuneplay run`.
    """
    round_ = opening.spec.round
    if opening.history.opened is None:
        raise UsageError(
            f"{round_.name} has no trials yet", "Reruns come after the search: `tuneplay run`."
        )
    keys = _keys(round_, request)
    with session(opening, observer, launcher or LocalLauncher()) as parts:
        selected = _select(parts, keys, request.top)
        _say_if_unfinished(parts)
        if request.max_seeds is None:
            seeds = request.seeds or round_.rerun_seeds
            result = _stage(parts, opening, Reruns(selected, seeds))
        else:
            result = _until_decided(parts, opening, selected, plan(request.max_seeds))
        judgement = judge_history(round_, parts.history)
        return RerunResult(result, judgement, round_)


def _keys(round_: Round, request: RerunRequest) -> list[str]:
    """Keys of the studies to train again."""
    known = [study.key for study in round_.studies]
    if request.study is not None and request.study not in known:
        raise UsageError(f"no study {request.study}", f"The studies are {', '.join(known)}.")
    if request.baseline_only:
        return [round_.baseline or known[0]]
    if request.study is not None:
        return [key for key in known if key in (request.study, round_.baseline)]
    return known


def _select(parts: Parts, keys: Sequence[str], top: int) -> dict[str, tuple[int, ...]]:
    """The configurations of each study that are trained again: the best ones of the search."""
    trials: dict[str, list[Trial]] = {key: [] for key in keys}
    for trial in parts.history.finished.values():
        if trial.id.study in trials:
            trials[trial.id.study].append(trial)
    selected: dict[str, tuple[int, ...]] = {}
    for key in keys:
        best = ranked(trials[key], parts.round.objective.direction)[:top]
        if not best:
            parts.observer.remark(f"{key} has no feasible trial, so nothing to train again")
        else:
            selected[key] = tuple(trial.id.number for trial in best)
    if not selected:
        raise UsageError(
            "no trial was feasible, so there is nothing to train again",
            "Look at why with `tuneplay report`, and begin a new round where some are.",
        )
    return selected


def _say_if_unfinished(parts: Parts) -> None:
    ended = sum(1 for trial in parts.history.finished if not trial.rerun)
    planned = parts.round.trials * len(parts.round.studies)
    if ended < planned:
        parts.observer.remark(
            f"the search has {planned - ended} of {planned} trials to go; the best so far are "
            "trained again"
        )


def _stage(parts: Parts, opening: Opening, reruns: Reruns) -> SessionResult:
    """Train up to a number of seeds."""
    if not parts.history.reruns or parts.history.reruns[-1] != reruns:
        event = Rerun(reruns)
        parts.ledger.append([event])
        parts.history.apply(event)
    wanted = list(reruns.trials())
    tally = Tally(parts.round, parts.history.finished.values(), reruns=set(wanted))
    return coordinate(parts, opening, wanted, tally)


def _until_decided(
    parts: Parts, opening: Opening, selected: dict[str, tuple[int, ...]], looks: tuple[int, ...]
) -> SessionResult:
    """Add seeds look by look for the candidates that are still open.

    The looks are in the ledger before the first seed, so that the report corrects for them.
    """
    remaining, result, started = selected, None, False
    for look in looks:
        result = _stage(parts, opening, Reruns(remaining, look, looks))
        started = started or result.started
        if parts.stop.level is not Stop.NO:
            break
        judgement = judge_history(parts.round, parts.history)
        candidates = {
            c.study for c in judgement.comparisons if c.needs_seeds and c.study in selected
        }
        remaining = {
            key: numbers
            for key, numbers in selected.items()
            if key in candidates or key == parts.round.baseline
        }
        if not candidates:
            break
    if result is None:
        raise AssertionError("a plan has at least one look")
    return replace(result, started=started)
