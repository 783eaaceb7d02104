"""Facts with sample numbers and what is said of them: answers, remarks, epochs, ended trials.

Findings and verdicts have their samples next to their words; these are the rest of
docs/messages.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tuneplay.domain.round import Study
from tuneplay.domain.trial import Cause, Outcome, State, Trial, TrialId
from tuneplay.judge.divergence import Divergence
from tuneplay.judge.ending import Decision, Ending, Limit, What
from tuneplay.judge.fairness.isolation import Bucket, RangeIsolation
from tuneplay.judge.judgement import Judgement, StudySummary
from tuneplay.judge.training.epoch_budget import Advice, Because, EpochBudget
from tuneplay.judge.training.improvement import Improvement
from tuneplay.judge.verdict.facts import Caution, CautionKind, Comparison, Limitation, LimitedBy
from tuneplay.judge.verdict.luck import Luck
from tuneplay.judge.verdict.reruns import RerunSummary
from tuneplay.words.answer import say_answer
from tuneplay.words.cautions import say_caution
from tuneplay.words.epoch_advice import say_budget
from tuneplay.words.message import Message, Spoken, joined
from tuneplay.words.naming import Naming
from tuneplay.words.outcomes import reason_of, why_not_evidence
from tuneplay.words.range_answer import range_answer
from tuneplay.words.rehearsal_samples import REHEARSED
from tuneplay.words.remarks import say_detectable, say_limit, say_remarks
from tuneplay.words.verdict_words import ADOPT, KEEP_BASELINE, NEEDS_RERUNS, NOT_DISTINGUISHABLE

_STUDIES = ("optimizer=adam", "optimizer=lion")


def _together(
    say: Callable[[Judgement, Naming], Sequence[Message]],
) -> Callable[[Judgement, Naming], Message]:
    """All that is said of a judgement, as one message."""
    return lambda judgement, naming: Message(
        joined(*(message.text for message in say(judgement, naming)))
    )


# Answers.


def _trial(study: str, number: int, value: float, **hyperparameters: float) -> Trial:
    return Trial(TrialId(study, number), 7, hyperparameters, Outcome(State.FEASIBLE, "", value, 17))


def _summary(study: str, best: Trial | None, **more: Any) -> StudySummary:
    facts: dict[str, Any] = {"feasible": 20, "infeasible": 0, "failed": 0, "study_sd": None}
    facts |= {"expected_best": {}, "reruns": None, **more}
    return StudySummary(study=Study(study, {}), best=best, **facts)


def _judgement(
    studies: Sequence[StudySummary],
    comparisons: Sequence[Comparison] = (),
    ranges: Sequence[RangeIsolation] = (),
) -> Judgement:
    return Judgement(
        studies=tuple(studies),
        comparisons=tuple(comparisons),
        findings=(),
        epoch_budget=EpochBudget(advice=Advice.KEEP, because=Because.SPREAD_OUT, current=20),
        epoch_budgets={},
        isolation=(),
        ranges=tuple(ranges),
    )


def _two(comparison: Comparison) -> Judgement:
    """Two candidates with the verdict of one sample."""
    study = _summary("optimizer=sgd", _trial("optimizer=sgd", 4, 0.0217))
    return _judgement([study], [replace(comparison, study=key) for key in _STUDIES])


_ALONE = _summary("all", _trial("all", 4, 0.0217))

ANSWERS = Spoken(
    "The answer, with several candidates or with none",
    _together(say_answer),
    (
        _two(ADOPT.samples[0]),
        _two(KEEP_BASELINE.samples[0]),
        _two(NOT_DISTINGUISHABLE.samples[0]),
        _two(replace(NOT_DISTINGUISHABLE.samples[0], seeds_needed=23)),
        _two(NEEDS_RERUNS.samples[0]),
        _judgement([_ALONE]),
        _judgement([_summary("all", None)]),
    ),
)

_SLICES = (
    Bucket(1e-6, 1e-5, 5, 0, 0.0312, 0.0008, None),
    Bucket(1e-5, 1e-4, 6, 0, 0.0217, 0.0007, _trial("weight_decay", 7, 0.0217, weight_decay=3e-5)),
    Bucket(1e-4, 1e-3, 5, 0, 0.0224, 0.0009, None),
    Bucket(1e-3, 1e-2, 2, 4, 0.0405, 0.0011, None),
)


def _along(first: int, last: int, edge: str | None = None) -> tuple[RangeIsolation, str | None]:
    slices, best = _SLICES, (first, last)
    return RangeIsolation("weight_decay", "weight_decay", slices, best, slices[1]), edge


RANGES = Spoken(
    "The answer about a scientific range",
    lambda fact, naming: range_answer(fact[0], naming, fact[1]),
    (
        _along(1, 1),
        _along(1, 2),
        _along(0, 2),
        _along(1, 3),
        _along(0, 3),
        _along(0, 1, "low"),
        (RangeIsolation("weight_decay", "weight_decay", (), None), None),
    ),
)


# Remarks on reruns.


def _again(selected: float, *values: float, trial: int = 4, **more: Any) -> RerunSummary:
    return RerunSummary(trial, values, 0, selected, **more)


def _luck(reruns: RerunSummary, lucky: bool, better: tuple[int, ...] = ()) -> Luck:
    if reruns.mean is None:
        raise AssertionError("a sample has reruns")
    seeds = len(reruns.usable)
    return Luck(
        selected=reruns.selected_value,
        mean=reruns.mean,
        sd=reruns.sd,
        seeds=seeds,
        lucky=lucky,
        better_trials=better,
    )


def _rerun(reruns: RerunSummary, luck: Luck, best: int = 4) -> Judgement:
    study = "optimizer=sgd"
    return _judgement([_summary(study, _trial(study, best, 0.0217), reruns=reruns, luck=luck)])


_FIVE = _again(0.0217, 0.0233, 0.0262, 0.0201, 0.0214, 0.0255)
_OTHER = _again(0.0221, 0.0219, 0.0224, 0.0209, trial=9)
_FINER = replace(_FIVE, test=0.0241, others=(_OTHER,))

LUCK = Spoken(
    "What new seeds say of the selected trial",
    _together(say_remarks),
    (
        _rerun(_FIVE, _luck(_FIVE, lucky=True)),
        _rerun(_FINER, _luck(_FINER, lucky=False, better=(9,))),
        _rerun(one := _again(0.0217, 0.0233), _luck(one, lucky=False)),
        _rerun(same := _again(0.0217, 0.0233, 0.0233, 0.0233), _luck(same, lucky=False)),
        _rerun(_FIVE, _luck(_FIVE, lucky=False), best=12),
    ),
)

DETECTABLE = Spoken(
    "What these seeds could have found",
    lambda fact, naming: say_detectable(fact, naming) or Message(""),
    (NOT_DISTINGUISHABLE.samples[0], NOT_DISTINGUISHABLE.samples[1]),
)

LIMITS = Spoken(
    "What limits the conclusion",
    lambda fact, _: say_limit(fact),
    (
        Limitation(study_sd=0.004, trial_sd=0.0016, by=LimitedBy.STUDY_VARIANCE),
        Limitation(study_sd=0.0011, trial_sd=0.0016, by=LimitedBy.TRIAL_VARIANCE),
        Limitation(study_sd=0.0011, trial_sd=0.0016, by=LimitedBy.NEITHER),
    ),
)


def _caution(kind: CautionKind, study: str = "optimizer=adam", **numbers: float) -> Caution:
    return Caution(kind=kind, study=study, **numbers)  # type: ignore[arg-type]


CAUTIONS = Spoken(
    "What a reader must know next to a verdict",
    lambda fact, naming: say_caution(fact, ADOPT.samples[0], naming),
    (
        _caution(CautionKind.INFEASIBLE_RERUNS, count=2, of=5),
        _caution(CautionKind.OUTLIER, value=0.412),
        _caution(CautionKind.EQUAL_VALUES, count=5, of=5),
        _caution(CautionKind.NOISIER, ratio=4.7),
        _caution(CautionKind.RANKS_DISAGREE),
        _caution(CautionKind.FAILED_RERUNS, count=1, of=6),
        _caution(CautionKind.REPEATED_TRAININGS, count=2, of=7),
    ),
)


# The number of epochs.

_GAINS = Improvement(0.012, 0.02, 0.05, 0.003, 0.0021, 1.0, 0.005, 0.001)


def _budget(advice: Advice, because: Because, suggested: int | None = None, **more: Any) -> Any:
    facts = {"current": 20, "better": 6, "trials": 6, "early": 0, "late": 6, "ends": _GAINS}
    facts |= {"best_epochs": (18, 19, 20, 20, 19, 20), **more}
    return EpochBudget(advice=advice, because=because, suggested=suggested, **facts)  # type: ignore[arg-type]


EPOCHS = Spoken(
    "The number of epochs",
    say_budget,
    (
        _budget(Advice.INCREASE, Because.STILL_IMPROVING, 40),
        _budget(Advice.INCREASE, Because.LATE, 30, ends=None),
        _budget(Advice.DECREASE, Because.EARLY, 8, early=6, late=0, best_epochs=(2, 3, 4)),
        _budget(Advice.KEEP, Because.IMPROVES_AGAIN, early=5, late=0),
        _budget(Advice.KEEP, Because.SPREAD_OUT, early=2, late=1),
        _budget(Advice.KEEP, Because.STALLED),
        _budget(Advice.KEEP, Because.FEW_AGREE, ends=replace(_GAINS, agreeing=0.33)),
        _budget(Advice.KEEP, Because.WITHIN_NOISE, ends=replace(_GAINS, gain=0.0012)),
        _budget(Advice.KEEP, Because.WITHIN_NOISE, ends=replace(_GAINS, gain=0.0)),
        _budget(Advice.KEEP, Because.NOT_WORTHWHILE),
        _budget(Advice.UNKNOWN, Because.TOO_SHORT, current=3),
        _budget(Advice.UNKNOWN, Because.TOO_FEW, better=2, trials=2),
        _budget(Advice.UNKNOWN, Because.OTHER_LENGTH, trials=2),
        _budget(Advice.UNKNOWN, Because.NEVER_CHANGED),
    ),
)


# Ended trials.


def _infeasible(cause: Cause, ending: Ending, **more: Any) -> tuple[Decision, Ending]:
    state = State.INFEASIBLE if cause in _INFEASIBLE else State.FAILED
    return Decision(What.FINISHED, None, state, cause, **more), ending


def _lost(what: What, cause: Cause | None, ending: Ending) -> tuple[Decision, Ending]:
    return Decision(what, cause, State.FAILED), ending


_INFEASIBLE = (Cause.DIVERGED, Cause.OUT_OF_MEMORY, Cause.WORSE_THAN_LIMIT)

#: The limit in the sample of a trial that did worse.
_WORSE_THAN = 0.9

REASONS = Spoken(
    "Why a trial is not feasible",
    lambda fact, naming: Message(reason_of(fact[0], fact[1], naming.metric, _WORSE_THAN)),
    (
        _infeasible(Cause.DIVERGED, Ending(), divergence=Divergence("train_loss", 7)),
        _infeasible(Cause.DIVERGED, Ending(), divergence=Divergence("train_loss", 7, null=True)),
        _infeasible(Cause.OUT_OF_MEMORY, Ending(exit_file=1)),
        _infeasible(Cause.WORSE_THAN_LIMIT, Ending(), value=0.92),
        _infeasible(Cause.EXIT_CODE, Ending(exit_file=1)),
        _infeasible(Cause.KILLED, Ending(exit_file=137)),
        _infeasible(Cause.VANISHED, Ending()),
        _infeasible(Cause.TIMEOUT, Ending(limit=Limit(Cause.TIMEOUT, 60))),
        _infeasible(Cause.STALLED, Ending(limit=Limit(Cause.STALLED, 30, 3))),
        _infeasible(Cause.STALLED, Ending(limit=Limit(Cause.STALLED, 30))),
        _infeasible(Cause.NO_METRIC, Ending(names=("loss", "lr"))),
        _infeasible(Cause.NO_METRIC, Ending()),
    ),
    phrase=True,
)

LOST = Spoken(
    "Why an attempt does not count, and its trial starts again",
    lambda fact, _: Message(why_not_evidence(fact[0], fact[1])),
    (
        _lost(What.STOPPED_ON_REQUEST, None, Ending()),
        _lost(What.NEVER_BEGAN, None, Ending(began=False)),
        _lost(What.NOT_EVIDENCE, Cause.NO_SPACE, Ending(exit_torn=True)),
        _lost(What.LOST, Cause.NO_SPACE, Ending(exit_file=1)),
        _lost(What.LOST, Cause.TERMINATED, Ending(exit_file=0)),
        _lost(What.LOST, Cause.FOLDER_GONE, Ending(folder_gone=True)),
        _lost(What.NOT_EVIDENCE, Cause.LOG_SHORTENED, Ending(log_cut=True)),
    ),
    phrase=True,
)

#: In the order of docs/messages.md.
SPOKEN = (ANSWERS, RANGES, CAUTIONS, LUCK, DETECTABLE, LIMITS, EPOCHS, REASONS, LOST, *REHEARSED)
