"""`tuneplay check --try`: a few epochs of one trial, to see what the full round would cost."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tuneplay.app.attempts.attempt import Attempt
from tuneplay.app.attempts.ending_files import read_ending
from tuneplay.app.attempts.intents import planned_intent
from tuneplay.app.attempts.workshop import Workshop
from tuneplay.app.coordination.failures import log_end, shell_line
from tuneplay.app.opening.opening import Opening
from tuneplay.domain.folder import RoundFolder
from tuneplay.domain.rehearsal import Rehearsal, Tried, appraise
from tuneplay.domain.round import Round
from tuneplay.domain.trial import TrialId
from tuneplay.errors import CannotStartError, ExitCode
from tuneplay.judge.ending import decide
from tuneplay.launch.base import Launcher, Order
from tuneplay.launch.gpus import gpu_shares
from tuneplay.launch.local import LocalLauncher

#: Epochs of a rehearsal: with two, the time of an epoch can be separated from that of the start.
EPOCHS = 2

#: A program that ignores `{epochs}` is ended this many epochs later.
SPARE_EPOCHS = 1

#: How often the measurements are read, in seconds: the time of an epoch is known to this.
LOOK_SECONDS = 0.02

#: A shutdown and a closed terminal end the training and take the folder away, as Ctrl-C does.
_LEAVING = {signal.SIGTERM: ExitCode.TERMINATED, signal.SIGHUP: ExitCode.HANGUP}


def rehearse(opening: Opening, launcher: Launcher | None = None) -> Rehearsal:
    """Train the first trial for `EPOCHS` epochs, twice, in a temporary folder.

    Args:
        opening: The round.
        launcher: How trials are started; on this machine by default.

    Raises:
        CannotStartError: The train command cannot start, or it failed.
    """
    with _leaving_in_order():
        return _rehearse(opening, launcher or LocalLauncher())


@contextlib.contextmanager
def _leaving_in_order() -> Iterator[None]:
    """Turn signals into exceptions; one that was ignored, as under nohup, stays ignored."""
    before = {number: signal.getsignal(number) for number in _LEAVING}
    heard = [number for number in before if before[number] != signal.SIG_IGN]
    for number in heard:
        signal.signal(number, _leave)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(_LEAVING[signal.Signals(number)])


def _rehearse(opening: Opening, launcher: Launcher) -> Rehearsal:
    round_ = opening.spec.round
    short = replace(round_, epochs=min(EPOCHS, round_.epochs), keep_checkpoints=None)
    with tempfile.TemporaryDirectory(prefix="tuneplay-try-", ignore_cleanup_errors=True) as name:
        workshop = Workshop(short, RoundFolder(Path(name)), opening.workdir, opening.secrets)
        try:
            tried = tuple(
                _train(short, workshop, launcher, rerun, RoundFolder(Path(name)))
                for rerun in (0, 1)
            )
        finally:
            launcher.end_leftovers(Path(name))
    slots = len(gpu_shares(round_.resources, os.environ))
    return appraise(round_, (tried[0], tried[1]), slots)


def _train(
    short: Round, workshop: Workshop, launcher: Launcher, rerun: int, folder: RoundFolder
) -> Tried:
    intent = planned_intent(short, TrialId(short.studies[0].key, 0, rerun))
    if intent is None:
        raise AssertionError("the first trial is always planned")
    intent = replace(intent, gpus=gpu_shares(short.resources, os.environ)[0])
    order = workshop.order(intent)
    launcher.check(order)
    workshop.prepare(order, intent.hyperparameters)
    launcher.submit(order)
    attempt = Attempt(intent, order.folder, short.objective.metric, None)
    with _ended_at_last(launcher, order.key):
        times, wrapper_code, stopped = _follow(launcher, attempt, short.epochs)
    ending = read_ending(attempt, wrapper_code, short.epochs)
    ended = workshop.result(attempt, ending, decide(ending, short))
    if ending.code != 0 and not stopped and not ended.feasible:
        secrets = workshop.secrets
        reason = secrets.hide(ended.outcome.reason)
        raise CannotStartError(
            f"the train command failed: {reason}.{log_end(order.folder, secrets)}",
            shell_line(order, secrets),
        )
    each = (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else None
    saved = _saved(order)
    path = folder.root / ended.checkpoint if ended.checkpoint else None
    return Tried(
        ended,
        short.epochs,
        times[0] if times else None,
        each,
        time.monotonic() - attempt.began,
        stopped,
        saved,
        path.name if path else None,
        _bytes(path) if path else 0,
    )


@contextlib.contextmanager
def _ended_at_last(launcher: Launcher, key: str) -> Iterator[None]:
    """Leave no process behind, whatever happens."""
    try:
        yield
    except BaseException:
        launcher.cancel(key, kill=True)
        raise


def _follow(
    launcher: Launcher, attempt: Attempt, epochs: int
) -> tuple[list[float], int | None, bool]:
    """Times at which epochs were reported, the wrapper's exit code, and whether we ended it."""
    reader, writer = os.pipe()
    times: list[float] = []
    stopped = False
    try:
        while not (ended := launcher.ended()):
            launcher.wait(LOOK_SECONDS, reader)
            attempt.follow()
            _note_times(attempt, times)
            if len(times) >= epochs + SPARE_EPOCHS and not stopped:
                launcher.cancel(attempt.key, kill=True)
                stopped = True
    finally:
        os.close(reader)
        os.close(writer)
    attempt.read_to_end(None)
    _note_times(attempt, times)
    return times, next(iter(ended.values())), stopped


def _note_times(attempt: Attempt, times: list[float]) -> None:
    """Note when each epoch was first seen, in seconds since the start."""
    seen = len(attempt.collector.curves().epochs)
    times += [time.monotonic() - attempt.began] * (seen - len(times))


def _bytes(path: Path) -> int:
    """Size of a file, or of everything in a folder; 0 without it."""
    if path.is_file():
        return path.stat().st_size
    return sum(
        entry.stat().st_size
        for entry in path.rglob("*")
        if entry.is_file() and not entry.is_symlink()
    )


def _saved(order: Order) -> int:
    """Bytes that the program saved in its folder: what is there besides our own files."""
    ours = [*order.folder.ours, *([order.config[0]] if order.config else [])]
    return _bytes(Path(order.folder.root)) - sum(_bytes(Path(path)) for path in ours)
