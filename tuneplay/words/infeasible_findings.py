"""What is said about infeasible and failed trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuneplay.domain.trial import Cause
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.measures.reasons import Reasons
from tuneplay.judge.space.infeasible import (
    Beyond,
    Chosen,
    FurtherInfeasiblePart,
    InfeasiblePart,
    InfeasibleTrials,
    MostlyFailed,
    NothingFeasible,
)
from tuneplay.words.message import FindingWords, Message, no_words
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import as_typed, count, exact, in_full

#: What trials of each cause did; worse-than-limit is said with its limit, and folder-gone and
#: log-shortened are never the cause of a trial's outcome.
_CAUSES: Mapping[Cause | None, str] = {
    Cause.DIVERGED: "diverged",
    Cause.OUT_OF_MEMORY: "ran out of memory",
    Cause.EXIT_CODE: "ended with an error code",
    Cause.KILLED: "got killed",
    Cause.VANISHED: "vanished",
    Cause.TIMEOUT: "ran into the timeout",
    Cause.STALLED: "stalled",
    Cause.NO_METRIC: "reported no objective",
    Cause.TERMINATED: "got stopped from outside",
    Cause.NO_SPACE: "ran out of disk space",
}

_LOOK = "Look at the log of one of them."


def _infeasible(finding: Finding, _: Naming) -> Message:
    match finding.evidence:
        case InfeasiblePart() as found:
            who = f"{found.inside} of them"
            if found.inside == found.infeasible:
                who = "All of them"
            place = _place(finding.side, found)
            return Message(f"{_some(found)} {who} {place}.", _leave_out(finding))
        case InfeasibleTrials() as found:
            return Message(_some(found), _LOOK if found.infeasible > 1 else "Look at its log.")
        case FurtherInfeasiblePart() as found:
            who = f"{found.inside} more of the {found.infeasible} infeasible trials"
            return Message(f"{who} {_place(finding.side, found)}.", _leave_out(finding))
        case NothingFeasible() as found:
            return _nothing(found)
        case MostlyFailed() as found:
            failed = f"{found.failed} of {count(found.trials, 'trial')} failed"
            nothing = "This says nothing about the search space."
            return Message(f"{failed}: {_why(found.failures, None)}. {nothing}", _LOOK)
    raise no_words(finding)


def _some(found: InfeasibleTrials) -> str:
    are = f"{found.infeasible} of {count(found.trials, 'trial')}"
    are += " is" if found.infeasible == 1 else " are"
    return f"{are} infeasible: {_why(found.reasons, found.limit)}."


def _place(side: str | None, found: InfeasiblePart | FurtherInfeasiblePart) -> str:
    """Where the trials of a part are, with the feasible ones in it."""
    match found.where:
        case Chosen(choice):
            place = f"have the value {in_full(choice)}"
        case Beyond(bound):
            place = f"are {'above' if side == 'high' else 'below'} {exact(bound)}"
    feasible = found.trials_inside - found.inside
    if not feasible:
        return place
    are = "is" if feasible == 1 else "are"
    return f"{place}, where {feasible} of {count(found.trials_inside, 'trial')} {are} feasible"


def _leave_out(finding: Finding) -> str:
    suggestion = finding.suggestion
    if "fixed" in suggestion:
        return f"Fix it at {in_full(suggestion['fixed'])}."
    if "choices" in suggestion:
        return f"Leave it out: {suggestion['choices']}."
    ((side, bound),) = suggestion.items()
    return f"{'End' if side == 'high' else 'Start'} the range at {as_typed(bound)}."


def _nothing(found: NothingFeasible) -> Message:
    one = found.trials == 1
    look = "Look at its log." if one else _LOOK
    if not found.failed:
        they_are = "The only trial is" if one else f"All {found.trials} trials are"
        return Message(
            f"Nothing in this search space trains. {they_are} infeasible:"
            f" {_why(found.reasons, found.limit)}.",
            "Start from values that are known to work, or look for a bug.",
        )
    if not found.infeasible:
        they = "The only trial" if one else f"All {found.trials} trials"
        return Message(
            f"{they} failed: {_why(found.failures, None)}."
            " This says nothing about the search space.",
            look,
        )
    return Message(
        f"None of the {found.trials} trials is feasible."
        f" {found.infeasible} {'is' if found.infeasible == 1 else 'are'} infeasible:"
        f" {_why(found.reasons, found.limit)}."
        f" {found.failed} failed: {_why(found.failures, None)}.",
        look,
    )


def _why(reasons: Reasons, limit: float | None) -> str:
    """Reasons with their numbers of trials: `all diverged`, or `7 diverged, 2 ran out of memory`."""
    if len(reasons) == 1:
        ((reason, trials),) = reasons
        return f"{'it' if trials == 1 else 'all'} {_did(reason, limit)}"
    return ", ".join(f"{trials} {_did(reason, limit)}" for reason, trials in reasons)


def _did(cause: Cause | None, limit: float | None) -> str:
    """What trials with a cause did."""
    if cause is Cause.WORSE_THAN_LIMIT:
        stated = "the stated limit" if limit is None else f"the limit of {exact(limit)}"
        return f"did worse than {stated}"
    return _CAUSES.get(cause, "ended for a reason that is not known")


def _sample(evidence: Evidence, **about: Any) -> Finding:
    about = {"study": "optimizer=sgd", "severity": Severity.WARNING} | about
    return Finding(kind=Kind.INFEASIBLE, evidence=evidence, **about)


INFEASIBLE = FindingWords(
    kind=Kind.INFEASIBLE,
    say=_infeasible,
    means=(
        (
            "Trials gave no usable result: they diverged, ran out of memory, or were worse than a"
            " stated limit."
        ),
        "Trials that failed are named as well, if they are half of a study or more.",
    ),
    judged=(
        "They are counted, with their causes. A part of one range, or one of the choices, is"
        " named if all of this holds: at least 3 infeasible trials are in it, at least 70 % of its"
        " trials are infeasible, at most a tenth of all feasible trials are in it, and chance"
        " would hardly give as clear a part. The best trial is never in it. Corners of two"
        " hyperparameters are not looked for."
    ),
    right=(
        "On synthetic studies, a part of one range is found in 72 % of the cases with 10 trials"
        " and in 99 % with 20. A part is named in 1 % to 2 % of the studies whose infeasible"
        " trials were scattered. Where there was such a part, no wrong one was named."
    ),
    do=(
        "Cut the range as suggested; the next round then spends its trials on what trains. If most"
        " trials failed, look at a log first: they say nothing about the search space."
    ),
    samples=(
        _sample(
            InfeasibleTrials(
                infeasible=5,
                trials=20,
                share=0.25,
                reasons=((Cause.DIVERGED, 3), (Cause.WORSE_THAN_LIMIT, 2)),
                limit=0.9,
            ),
            severity=Severity.NOTE,
        ),
        _sample(
            InfeasibleTrials(
                infeasible=3,
                trials=20,
                share=0.15,
                reasons=((Cause.DIVERGED, 2), (None, 1)),
                limit=None,
            ),
            severity=Severity.NOTE,
        ),
        _sample(
            InfeasiblePart(
                infeasible=11,
                trials=20,
                share=0.55,
                reasons=((Cause.DIVERGED, 9), (Cause.OUT_OF_MEMORY, 2)),
                limit=None,
                inside=9,
                trials_inside=10,
                log_likelihood_ratio=7.9,
                where=Beyond(0.1),
            ),
            hyperparameter="learning_rate",
            side="high",
            suggestion={"high": 0.1},
        ),
        _sample(
            InfeasiblePart(
                infeasible=7,
                trials=20,
                share=0.35,
                reasons=((Cause.DIVERGED, 7),),
                limit=None,
                inside=7,
                trials_inside=7,
                log_likelihood_ratio=12.9,
                where=Chosen("batch"),
            ),
            severity=Severity.NOTE,
            hyperparameter="norm",
            suggestion={"choices": "[layer, null]"},
        ),
        _sample(
            FurtherInfeasiblePart(
                infeasible=12,
                inside=3,
                trials_inside=3,
                log_likelihood_ratio=4.4,
                where=Beyond(0.001),
            ),
            severity=Severity.NOTE,
            hyperparameter="learning_rate",
            side="low",
            suggestion={"low": 0.001},
        ),
        _sample(
            NothingFeasible(
                infeasible=8,
                failed=0,
                trials=8,
                share=1.0,
                reasons=((Cause.DIVERGED, 8),),
                failures=(),
                limit=None,
            )
        ),
        _sample(
            NothingFeasible(
                infeasible=0,
                failed=8,
                trials=8,
                share=0.0,
                reasons=(),
                failures=((Cause.EXIT_CODE, 8),),
                limit=None,
            )
        ),
        _sample(
            NothingFeasible(
                infeasible=5,
                failed=3,
                trials=8,
                share=0.625,
                reasons=((Cause.OUT_OF_MEMORY, 5),),
                failures=((Cause.EXIT_CODE, 2), (Cause.TIMEOUT, 1)),
                limit=None,
            )
        ),
        _sample(
            MostlyFailed(
                failed=12,
                trials=20,
                share=0.6,
                failures=((Cause.EXIT_CODE, 11), (Cause.NO_METRIC, 1)),
            )
        ),
    ),
)
