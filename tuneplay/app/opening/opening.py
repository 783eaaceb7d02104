"""Opening a round: everything is read and nothing is written."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tuneplay.app.attempts.intents import fits_plan, planned_intent
from tuneplay.app.attempts.workshop import Workshop
from tuneplay.app.opening.changes import check_changes, difference
from tuneplay.app.opening.earlier_rounds import trial_sd_of
from tuneplay.app.opening.locate import Place, locate
from tuneplay.app.opening.redaction import check_words, recorded_spec, secrets_of
from tuneplay.domain.round import Phase, Round
from tuneplay.domain.secrets import Secrets
from tuneplay.domain.trial import TrialId
from tuneplay.errors import CannotStartError, SpecChangedError
from tuneplay.ledger.history import History
from tuneplay.search.plan import turns, turns_from_the_end
from tuneplay.spec.load import Spec


@dataclass(frozen=True, slots=True)
class Opening:
    """A round that is ready to run: everything was read, nothing was written.

    Attributes:
        place: Where it lives.
        spec: Its spec.
        history: What its ledger says.
        workdir: Folder in which its trials run.
        recorded: The spec as the ledger has it, or will: without secrets.
        secrets: What is written nowhere.
    """

    place: Place
    spec: Spec
    history: History
    workdir: Path
    recorded: Spec
    secrets: Secrets


def open_round(argument: str, workdir: str | None = None) -> Opening:
    """Read a round and see whether it can run.

    Args:
        argument: The round.
        workdir: Folder in which its trials are to run from now on; None for where they ran
            before, or the current folder while no trial counts.

    Raises:
        TuneplayError: It cannot; nothing was written.
    """
    place = locate(argument)
    history = place.history()
    spec = place.spec(history, workdir)
    if spec.round.trial_variance is not None:
        # Better now than in the report: the round must be one that knows it.
        trial_sd_of(spec.round.trial_variance)
    secrets = secrets_of(spec.round, os.environ)
    recorded = recorded_spec(spec, secrets, argument)
    place_of_trials = place.workdir(spec, history, workdir)
    if history.opened is not None and (history.finished or history.open):
        _check_changes(place.recorded(history), spec, recorded, argument)
        if workdir is None:
            # The trials of one round all run in the same folder, wherever it is continued from.
            place_of_trials = Path(history.opened.workdir)
    elif history.finished or history.open:
        _check_plan(spec.round, history, argument)
    if not place_of_trials.is_dir():
        raise CannotStartError(
            f"the folder in which the trials run is gone: {place_of_trials}",
            "Restore it, or name another one with --workdir: it must hold the same program.",
        )
    paths = [str(place_of_trials), str(place.spec_file or "")]
    if history.opened is not None:
        paths.append(history.opened.source)
    check_words(secrets, spec.round, paths)
    return Opening(place, spec, history, place_of_trials, recorded, secrets)


def _check_changes(before: Spec, spec: Spec, recorded: Spec, file: str) -> None:
    """As `check_changes`, with the difference shown.

    Trials from before `redact` was written have the spec with its secrets.
    """
    try:
        check_changes(before.round, recorded.round, file)
    except SpecChangedError as error:
        with contextlib.suppress(SpecChangedError):
            check_changes(before.round, spec.round, file)
            return
        shown = difference(before.text, recorded.text)
        raise SpecChangedError(f"{error.message}\n{shown}", error.hint) from None


def _check_plan(round_: Round, history: History, file: str) -> None:
    """See whether trials are those of a spec, where the ledger has lost the spec they began with.

    Raises:
        SpecChangedError: Some trial is not one that this spec plans.
    """
    keys = {study.key for study in round_.studies}
    for trial, known in history.configured.items():
        if trial.study not in keys or not fits_plan(round_, trial, known.hyperparameters):
            raise SpecChangedError(
                f"{file} does not plan {trial} as it was trained, and the ledger's copy of the "
                "spec is lost",
                "Restore the spec as it was when the round began.",
            )


def planned_commands(opening: Opening) -> Iterator[tuple[str, str]]:
    """What would start, as (trial, command line): only what the plan alone determines."""
    return _commands(opening, turns(opening.spec.round))


def last_command(opening: Opening) -> tuple[str, str] | None:
    """What would start last, in the same form; None where the plan alone does not determine it."""
    if opening.spec.round.phase is not Phase.EXPLORATION:
        return None
    return next(_commands(opening, turns_from_the_end(opening.spec.round)), None)


def _commands(opening: Opening, trials: Iterable[TrialId]) -> Iterator[tuple[str, str]]:
    round_, history = opening.spec.round, opening.history
    workshop = Workshop(round_, opening.place.folder, opening.workdir)
    for trial in trials:
        if trial in history.finished or trial in history.open:
            continue
        intent = planned_intent(round_, trial, history)
        if intent is not None:
            yield str(trial), opening.secrets.hide_command(workshop.order(intent).argv)


def count_pending(opening: Opening) -> int:
    """Trials that are neither ended nor under way."""
    history = opening.history
    known = {trial for trial in (*history.finished, *history.open) if not trial.rerun}
    return len(opening.spec.round.studies) * opening.spec.round.trials - len(known)
