"""`tuneplay rerun`: train the best configurations again with new seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tuneplay.app.coordination.carry_out import SessionResult, carry_out
from tuneplay.app.coordination.observer import Observer
from tuneplay.app.coordination.session import Session, open_session
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
        seeds: Reruns of each configuration, in total; None for the spec's `reruns`.
        study: Key of the only candidate to train again, next to the baseline; None for all.
        baseline_only: Train only the baseline again, to know the trial variance.
        max_seeds: Look in steps up to this many seeds, and stop when decided; None for a fixed
            number.
        top: How many of each study's best configurations are trained again.
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
    with open_session(opening, observer, launcher or LocalLauncher()) as session:
        selected = _select(session, keys, request.top)
        _say_if_unfinished(session)
        if request.max_seeds is None:
            seeds = request.seeds or round_.rerun_seeds
            result = _stage(session, opening, Reruns(selected, seeds))
        else:
            result = _until_decided(session, opening, selected, plan(request.max_seeds))
        judgement = judge_history(round_, session.history)
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


def _select(session: Session, keys: Sequence[str], top: int) -> dict[str, tuple[int, ...]]:
    """The configurations of each study that are trained again: the best ones of the search."""
    trials: dict[str, list[Trial]] = {key: [] for key in keys}
    for trial in session.history.finished.values():
        if trial.id.study in trials:
            trials[trial.id.study].append(trial)
    selected: dict[str, tuple[int, ...]] = {}
    for key in keys:
        best = ranked(trials[key], session.round.objective.direction)[:top]
        if not best:
            session.observer.remark(f"{key} has no feasible trial, so nothing to train again")
        else:
            selected[key] = tuple(trial.id.number for trial in best)
    if not selected:
        raise UsageError(
            "no trial was feasible, so there is nothing to train again",
            "See why with `tuneplay report`, and start a new round where some are feasible.",
        )
    return selected


def _say_if_unfinished(session: Session) -> None:
    ended = sum(1 for trial in session.history.finished if not trial.rerun)
    planned = session.round.trials * len(session.round.studies)
    if ended < planned:
        session.observer.remark(
            f"the search has {planned - ended} of {planned} trials to go; the best so far are "
            "trained again"
        )


def _stage(session: Session, opening: Opening, reruns: Reruns) -> SessionResult:
    """Train up to a number of seeds."""
    if not session.history.reruns or session.history.reruns[-1] != reruns:
        session.record([Rerun(reruns)])
    wanted = list(reruns.trials())
    tally = Tally(session.round, session.history.finished.values(), reruns=set(wanted))
    return carry_out(session, opening, wanted, tally)


def _until_decided(
    session: Session, opening: Opening, selected: dict[str, tuple[int, ...]], looks: tuple[int, ...]
) -> SessionResult:
    """Add seeds look by look for the candidates that are still open.

    The looks are in the ledger before the first seed, so that the report corrects for them.
    """
    remaining, result, started = selected, None, False
    for look in looks:
        result = _stage(session, opening, Reruns(remaining, look, looks))
        started = started or result.started
        if session.stop.level is not Stop.NO:
            break
        judgement = judge_history(session.round, session.history)
        candidates = {
            c.study for c in judgement.comparisons if c.needs_seeds and c.study in selected
        }
        remaining = {
            key: numbers
            for key, numbers in selected.items()
            if key in candidates or key == session.round.baseline
        }
        if not candidates:
            break
    if result is None:
        raise AssertionError("a plan has at least one look")
    return replace(result, started=started)
