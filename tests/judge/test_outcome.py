"""How one ended attempt is judged: what it is, what its trial is recorded as, and in which words."""

import math
import signal
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Curves, Direction
from tuneplay.domain.round import Infeasibility, Objective, Phase, Round, Study
from tuneplay.domain.trial import Cause, Outcome, State
from tuneplay.judge.ending import EVIDENCE, RECORDED, Ending, Limit, What, decide, signal_of
from tuneplay.ledger.earlier_format import cause_in, limit_in
from tuneplay.words.outcomes import exit_in_words, limit_in_words, reason_of, why_not_evidence

#: No deadline: a busy machine is no defect.
rule = settings(deadline=None, max_examples=60)

NAN, INF = math.nan, math.inf
FEASIBLE, INFEASIBLE, FAILED = State.FEASIBLE, State.INFEASIBLE, State.FAILED


def a_round(direction=Direction.MINIMIZE, **infeasible):
    return Round(
        name="r",
        goal="g",
        phase=Phase.EXPLORATION,
        command=Command(("train",)),
        objective=Objective("val_error", direction),
        epochs=4,
        trials=3,
        studies=(Study("all", {}),),
        infeasible=Infeasibility(**infeasible),
    )


def ending(val_error=(0.5, 0.25, 0.375), *, exit_code=0, names=None, metrics=None, **others):
    """An attempt that measured these columns from epoch 1 on."""
    columns = {"val_error": list(val_error)} if val_error else {}
    columns |= {name: list(column) for name, column in (metrics or {}).items()}
    epochs = list(range(1, 1 + max(map(len, columns.values()), default=0)))
    return Ending(
        exit_file=exit_code,
        curves=Curves(epochs, columns),
        names=names or tuple(columns),
        last_epoch=epochs[-1] if epochs else None,
        **others,
    )


def outcome(
    val_error=(0.5, 0.25, 0.375),
    *,
    exit_code=0,
    log_tail="",
    limit=None,
    names=None,
    round_=None,
    nulls=None,
    **metrics,
):
    """The outcome of a trial whose last attempt measured these columns from epoch 1 on."""
    end = ending(
        val_error, exit_code=exit_code, names=names, metrics=metrics,
        log_tail=log_tail, limit=limit, nulls=nulls or {},
    )  # fmt: skip
    round_ = round_ or a_round()
    it = decide(end, round_)
    return Outcome(it.state, reason_in(it, end, round_), it.value, it.best_epoch, it.cause)


def reason_in(decision, end, round_):
    return reason_of(decision, end, round_.objective.metric, round_.infeasible.worse_than)


#: Why tuneplay ended it.
OVERDUE = Limit(Cause.TIMEOUT, 60)


# Usable.


def test_a_trial_is_worth_its_best_epoch_not_its_last():
    assert outcome() == Outcome(FEASIBLE, "", 0.25, 2)


@pytest.mark.parametrize(
    ("direction", "column", "best"),
    [
        (Direction.MINIMIZE, (0.5, 0.25, 0.25, 0.75), (2, 0.25)),
        (Direction.MAXIMIZE, (0.5, 0.75, 0.25, 0.75), (2, 0.75)),
        (Direction.MINIMIZE, (0.5, NAN, 0.75), (1, 0.5)),
        (Direction.MINIMIZE, (0.5, -INF, 0.75), (1, 0.5)),
        (Direction.MAXIMIZE, (0.5, INF, 0.25), (1, 0.5)),
        (Direction.MINIMIZE, (None, 0.5, None, 0.25, None), (4, 0.25)),
        (Direction.MAXIMIZE, (-0.5, -0.25, -0.75), (2, -0.25)),
        (Direction.MINIMIZE, (0.0, -0.0), (1, 0.0)),
    ],
)
def test_the_best_epoch_is_the_earliest_of_the_best_finite_values(direction, column, best):
    judged = outcome(column, round_=a_round(direction))
    assert (judged.state, judged.best_epoch, judged.value) == (FEASIBLE, *best)


columns = st.lists(st.one_of(st.none(), st.floats(), st.integers(-3, 3)), max_size=8)


@rule
@given(columns, st.sampled_from(Direction))
def test_no_epoch_is_better_than_the_selected_one_and_no_earlier_one_as_good(column, direction):
    curves = Curves(range(len(column)), {"e": column})
    usable = {e: v for e, v in enumerate(column) if v is not None and math.isfinite(v)}
    best = curves.best("e", direction)
    assert (best is None) == (not usable)
    if best is not None:
        epoch, value = best
        assert usable[epoch] == value
        assert not any(direction.better(other, value) for other in usable.values())
        assert all(usable[earlier] != value for earlier in usable if earlier < epoch)


@rule
@given(columns)
def test_selection_by_the_opposite_direction_is_selection_of_the_opposite(column):
    epochs = range(len(column))
    opposite = [None if value is None else -value for value in column]
    best = Curves(epochs, {"e": column}).best("e", Direction.MINIMIZE)
    mirrored = Curves(epochs, {"e": opposite}).best("e", Direction.MAXIMIZE)
    assert mirrored == (None if best is None else (best[0], -best[1]))


def test_a_metric_that_was_never_reported_has_no_best_epoch():
    assert Curves([1], {"loss": [0.5]}).best("val_error", Direction.MINIMIZE) is None


# Infeasible: a fact about the configuration.


@pytest.mark.parametrize("value", [NAN, INF, -INF])
@pytest.mark.parametrize("exit_code", [0, 1, 134, 137, None])
def test_a_trial_whose_objective_ends_not_finite_has_diverged_whatever_its_exit(value, exit_code):
    assert outcome((0.5, 0.25, value, value), exit_code=exit_code) == Outcome(
        INFEASIBLE, "diverged: val_error is not finite from epoch 3 on", 0.25, 2, Cause.DIVERGED
    )


def test_a_trial_that_never_measured_anything_finite_has_no_value():
    assert outcome((NAN, NAN)) == Outcome(
        INFEASIBLE, "diverged: val_error is not finite from epoch 1 on", None, None, Cause.DIVERGED
    )


def test_a_trial_that_recovered_is_usable():
    assert outcome((0.5, NAN, 0.25)) == Outcome(FEASIBLE, "", 0.25, 3)


def test_an_epoch_without_the_objective_is_no_divergence():
    assert outcome((0.5, 0.25, None)).state is FEASIBLE
    assert outcome((0.5, NAN, None)).reason == "diverged: val_error is not finite from epoch 2 on"


@pytest.mark.parametrize("name", ["loss", "train_loss", "Train/Loss", "val-LOSS", "eval_loss"])
def test_a_loss_that_is_not_finite_shows_divergence_though_the_objective_stays_finite(name):
    judged = outcome((0.9, 0.9, 0.9), **{name: [2.0, NAN, NAN]})
    reason = f"diverged: {name} is not finite from epoch 2 on"
    assert judged == Outcome(INFEASIBLE, reason, 0.9, 1, Cause.DIVERGED)


def test_another_metric_that_is_not_finite_means_nothing():
    others = {"grad_norm": [1.0, NAN, INF], "perplexity": [INF] * 3, "loss_scale": [INF] * 3}
    assert outcome(**others).state is FEASIBLE


@pytest.mark.parametrize(
    ("column", "epoch"),
    [
        # Measured every other epoch, every third one: an end like every other gap.
        ((NAN, 0.5, NAN, 0.25, NAN), None),
        ((0.5, NAN, NAN, 0.25, NAN, NAN), None),
        # An end that is longer than any gap before.
        ((NAN, 0.5, NAN, 0.25, NAN, NAN), 5),
        ((0.5, 0.25, NAN), 3),
    ],
)
def test_an_end_like_the_gaps_before_it_is_no_divergence(column, epoch):
    reason = "" if epoch is None else f"diverged: val_error is not finite from epoch {epoch} on"
    judged = outcome(column)
    assert (judged.reason, judged.value) == (reason, 0.25)


#: The last lines of real programs.
OUT_OF_MEMORY = {
    "PyTorch": "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has…",
    "older PyTorch": "RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; …)",
    "PyTorch, from the driver": "RuntimeError: CUDA error: out of memory\nCUDA kernel errors might…",
    "PyTorch on AMD": "torch.cuda.OutOfMemoryError: HIP out of memory. Tried to allocate 1.95 GiB",
    "PyTorch on Apple": "RuntimeError: MPS backend out of memory (MPS allocated: 17.94 GB, …)",
    "JAX": "jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory allocating 8",
    "TensorFlow": "ResourceExhaustedError: OOM when allocating tensor with shape[64,3,3] on GPU:0",
    "the driver": "failed call to cuInit: CUDA_ERROR_OUT_OF_MEMORY: out of memory",
}


@pytest.mark.parametrize("framework", OUT_OF_MEMORY)
@pytest.mark.parametrize("exit_code", [1, 134, None])
def test_a_crash_for_want_of_memory_is_infeasible(framework, exit_code):
    log = "Traceback (most recent call last):\n" + OUT_OF_MEMORY[framework]
    judged = outcome((), exit_code=exit_code, log_tail=log)
    assert (judged.state, judged.reason) == (INFEASIBLE, "out of memory")
    assert judged.cause is Cause.OUT_OF_MEMORY
    end = ending((), exit_code=exit_code, log_tail=log)
    assert decide(end, a_round()).what is What.FINISHED, "it would happen again"


@pytest.mark.parametrize("said", ["ResourceExhaustedError", "RESOURCE_EXHAUSTED"])
def test_a_full_disk_is_no_want_of_memory_though_tensorflow_has_one_word_for_both(said):
    log = f"{said}: checkpoints/1.data.tempstate1; No space left on device [Op:SaveV2]"
    judged = outcome((), exit_code=1, log_tail=log)
    assert (judged.state, judged.reason) == (FAILED, "exit code 1")
    decided = decide(ending((), exit_code=1, log_tail=log), a_round())
    assert (decided.what, decided.why) == (What.LOST, Cause.NO_SPACE)


def test_a_program_that_got_over_its_want_of_memory_is_feasible():
    assert outcome(log_tail=OUT_OF_MEMORY["PyTorch"] + "\nretrying").state is FEASIBLE


@pytest.mark.parametrize("exit_code", [3, 42, 137])
def test_an_exit_code_that_the_spec_declares_infeasible_goes_before_all_else(exit_code):
    round_ = a_round(exit_codes=(3, 42, 137))
    expected = Outcome(INFEASIBLE, f"exit code {exit_code}", 0.5, 1, Cause.EXIT_CODE)
    assert outcome((0.5, NAN), exit_code=exit_code, limit=OVERDUE, round_=round_) == expected
    assert outcome((0.5,), exit_code=exit_code, round_=round_) == expected
    assert outcome((0.5,), exit_code=4, round_=round_).state is FAILED


@pytest.mark.parametrize(
    ("direction", "limit", "state", "reason"),
    [
        (Direction.MINIMIZE, 0.2, INFEASIBLE, "best val_error 0.25 is worse than 0.2"),
        (Direction.MINIMIZE, 0.25, FEASIBLE, ""),
        (Direction.MINIMIZE, 0.3, FEASIBLE, ""),
        (Direction.MAXIMIZE, 0.6, INFEASIBLE, "best val_error 0.5 is worse than 0.6"),
        (Direction.MAXIMIZE, 0.5, FEASIBLE, ""),
        (Direction.MAXIMIZE, 0.4, FEASIBLE, ""),
    ],
)
def test_a_best_value_worse_than_the_stated_limit_is_infeasible(direction, limit, state, reason):
    judged = outcome(round_=a_round(direction, worse_than=limit))
    assert (judged.state, judged.reason) == (state, reason)
    assert (judged.cause is Cause.WORSE_THAN_LIMIT) == (state is INFEASIBLE)


@pytest.mark.parametrize(
    ("loss", "nulls", "exit_code", "state"),
    [
        ([2.5, None, None], [2, 3], 0, INFEASIBLE),  # lost, and goes on at chance level
        ([2.5, 2.0, None], [3], 3, INFEASIBLE),  # lost, and says that something is wrong
        ([None, None, None], [1, 2, 3], 3, INFEASIBLE),  # lost from the first epoch on
        ([2.5, 2.0, None], [3], 0, FEASIBLE),  # the last line sums up
        ([None, None, None], [1, 2, 3], 0, FEASIBLE),  # never measured
        ([2.5, None, 2.0], [2], 0, FEASIBLE),  # it recovered
        ([2.5, None, 2.0], [2], 1, FAILED),
        ([2.5, None, None], [], 0, FEASIBLE),  # not reported any more, which says nothing
    ],
)
@pytest.mark.parametrize("name", ["train_loss", "loss"])
def test_a_training_loss_that_became_null_for_good_has_diverged(
    name, loss, nulls, exit_code, state
):
    judged = outcome(
        (0.5, 0.9, 0.9), exit_code=exit_code, names=("val_error", name), nulls={name: nulls},
        **{name: loss},
    )  # fmt: skip
    assert judged.state is state
    assert (judged.reason.startswith(f"diverged: {name} is null from")) == (state is INFEASIBLE)


def test_the_null_of_a_validation_loss_says_that_it_was_not_measured():
    judged = outcome((0.5, 0.25, 0.2), nulls={"val_loss": [2, 3]}, val_loss=[1.0, None, None])
    assert judged.state is FEASIBLE


# Failed: no evidence about the configuration.


@pytest.mark.parametrize(
    ("exit_code", "reason", "cause"),
    [
        (1, "exit code 1", Cause.EXIT_CODE),
        (127, "exit code 127", Cause.EXIT_CODE),
        (137, "killed by SIGKILL (possibly out of memory)", Cause.KILLED),
        (143, "killed by SIGTERM", Cause.KILLED),
        (139, "killed by SIGSEGV", Cause.KILLED),
        (None, "vanished without an exit code (killed, or the machine stopped)", Cause.VANISHED),
    ],
)
def test_a_crash_is_a_failure_even_after_good_measurements(exit_code, reason, cause):
    assert outcome(exit_code=exit_code) == Outcome(FAILED, reason, 0.25, 2, cause)


@pytest.mark.parametrize("exit_code", [0, 143, None])
def test_a_trial_that_tuneplay_stopped_failed_for_that_reason(exit_code):
    assert outcome(exit_code=exit_code, limit=OVERDUE) == Outcome(
        FAILED, "timeout after 60 s", 0.25, 2, Cause.TIMEOUT
    )


def test_a_trial_that_was_stopped_after_it_diverged_is_infeasible():
    judged = outcome((0.5, NAN), exit_code=143, limit=OVERDUE)
    assert judged.state is INFEASIBLE


def test_a_trial_that_exits_well_without_the_objective_failed_and_says_what_it_saw():
    judged = outcome((), loss=[0.5], accuracy=[0.25])
    reason = "printed no val_error that could be read, but loss and accuracy"
    assert judged == Outcome(FAILED, reason, None, None, Cause.NO_METRIC)


def test_a_trial_without_any_metric_failed():
    assert outcome(()).reason == "printed no val_error, and no other metric that could be read"


def test_an_objective_that_was_only_ever_left_out_was_not_seen():
    judged = outcome((None, None), loss=[0.5, 0.25])
    reason = "printed no val_error that could be read, but loss"
    assert judged == Outcome(FAILED, reason, None, None, Cause.NO_METRIC)


@rule
@given(
    columns,
    st.none() | st.integers(0, 255),
    st.sampled_from(["", *OUT_OF_MEMORY.values()]),
    st.sampled_from([None, OVERDUE]),
    st.none() | st.floats(allow_nan=False),
)
def test_a_trial_that_is_not_feasible_always_says_why_and_a_feasible_one_has_a_value(
    column, exit_code, log_tail, over, limit
):
    judged = outcome(
        column,
        exit_code=exit_code,
        log_tail=log_tail,
        limit=over,
        round_=a_round(worse_than=limit),
    )
    assert (judged.state is FEASIBLE) == (judged.reason == "") == (judged.cause is None)
    assert (judged.value is None) == (judged.best_epoch is None)
    if judged.state is FEASIBLE:
        assert exit_code == 0
        assert math.isfinite(judged.value)


# Exit codes in words.


@pytest.mark.parametrize(
    ("code", "number"),
    [
        (0, None),
        (1, None),
        (127, None),
        (128, None),
        (129, signal.SIGHUP),
        (130, signal.SIGINT),
        (137, signal.SIGKILL),
        (143, signal.SIGTERM),
        (255, None),
        (None, None),
    ],
)
def test_an_exit_code_above_128_may_name_a_signal(code, number):
    assert signal_of(code) == number


@rule
@given(st.integers(0, 255))
def test_every_exit_code_has_words_of_its_own(code):
    others = [exit_in_words(other) for other in range(256) if other != code]
    assert exit_in_words(code) not in others


# What an attempt is: evidence, or not.

FULL = "OSError: [Errno 28] No space left on device"
SHORT = (0.5, 0.25)


@pytest.mark.parametrize("code", [None, 129, 130, 137, 143])
def test_what_was_killed_or_vanished_is_lost(code):
    decided = decide(ending(exit_code=code), a_round())
    why = Cause.VANISHED if code is None else Cause.KILLED
    assert (decided.what, decided.why) == (What.LOST, why)


@pytest.mark.parametrize("code", [0, 1, 2, 127, 134, 136, 139, 255])
def test_what_crashed_by_itself_is_evidence_of_a_broken_program(code):
    assert decide(ending(exit_code=code), a_round()).what is What.FINISHED


#: An ending that just that row of the first table decides.
BY_ROW = [
    ending(exit_code=None, wrapper_code=0, folder_gone=True, began=False),
    ending(exit_code=None, wrapper_code=0, exit_torn=True),
    ending(exit_code=None, wrapper_code=125, began=False),
    ending(exit_code=None, wrapper_code=0),
    ending(log_cut=True, watched=False),
    ending(exit_code=143, interrupted=True, signalled=True),
    ending(exit_code=143, limit=OVERDUE, signalled=True),
    ending(exit_code=1, log_tail="CUDA out of memory"),
    ending(exit_code=None),
    ending(exit_code=137),
    ending(SHORT, terminated=True),
    ending(SHORT, log_tail=FULL),
    ending(),
]


@pytest.mark.parametrize("row", range(len(EVIDENCE)))
def test_each_row_on_whether_an_attempt_is_evidence_decides_its_own_ending(row):
    assert len(BY_ROW) == len(EVIDENCE)
    decided = decide(BY_ROW[row], a_round())
    assert (decided.what, decided.why) == (EVIDENCE[row].what, EVIDENCE[row].why)


#: The same for the second table, with what the spec declares.
BY_RECORD = [
    (ending(exit_code=3), {"exit_codes": (3,)}),
    (ending(exit_code=1, log_tail="CUDA out of memory"), {}),
    (ending((0.5, NAN)), {}),
    (ending(exit_code=143, limit=OVERDUE), {}),
    (ending(exit_code=143, limit=Limit(Cause.STALLED, 30, 3)), {}),
    (ending(SHORT, terminated=True), {}),
    (ending(SHORT, log_tail=FULL), {}),
    (ending(exit_code=None), {}),
    (ending(exit_code=139), {}),
    (ending(exit_code=1), {}),
    (ending(()), {}),
    (ending(), {"worse_than": 0.2}),
    (ending(), {}),
]


@pytest.mark.parametrize("row", range(len(RECORDED)))
def test_each_row_on_what_a_trial_is_recorded_as_decides_its_own_ending(row):
    assert len(BY_RECORD) == len(RECORDED)
    end, declared = BY_RECORD[row]
    decided = decide(end, a_round(**declared))
    assert (decided.state, decided.cause) == (RECORDED[row].state, RECORDED[row].cause)


@pytest.mark.parametrize("ours", [{"limit": OVERDUE}, {"interrupted": True}, {"signalled": True}])
def test_a_term_that_we_sent_does_not_come_from_outside(ours):
    decided = decide(ending(SHORT, terminated=True, **ours), a_round())
    assert decided.why is None
    assert decided.cause is not Cause.TERMINATED


def test_a_wrapper_that_was_killed_before_it_began_is_lost_and_no_full_disk():
    nobody_knows = ending((), exit_code=None, began=False)
    assert decide(nobody_knows, a_round()).what is What.LOST
    could_not_write = replace(nobody_knows, wrapper_code=125)
    assert decide(could_not_write, a_round()).what is What.NEVER_BEGAN


def test_what_nobody_watched_and_never_began_starts_again():
    end = ending((), exit_code=None, began=False, submitted=False, watched=False)
    decided = decide(end, a_round())
    assert decided.what is What.NEVER_BEGAN
    assert why_not_evidence(decided, end) == "announced, but never started"


def test_a_program_that_emptied_its_folder_ran():
    end = ending(began=False, watched=False)
    assert end.emptied
    assert decide(end, a_round()).what is What.FINISHED


endings = st.builds(
    ending,
    columns,
    exit_code=st.none() | st.integers(0, 255),
    exit_torn=st.booleans(),
    wrapper_code=st.none() | st.integers(0, 255),
    log_tail=st.sampled_from(["", FULL, *OUT_OF_MEMORY.values()]),
    limit=st.sampled_from([None, OVERDUE, Limit(Cause.STALLED, 30)]),
    **{
        field.name: st.booleans()
        for field in fields(Ending)
        if field.type == "bool" and field.name != "exit_torn"
    },
)


@rule
@given(endings, st.sampled_from([None, 0.3]), st.sampled_from([(), (3, 137)]))
def test_every_ending_has_one_decision_that_agrees_with_itself(end, limit, codes):
    round_ = a_round(worse_than=limit, exit_codes=codes)
    decided = decide(end, round_)
    evidence = decided.what in (What.FINISHED, What.STOPPED_ON_REQUEST, What.NEVER_BEGAN)
    assert (decided.why is None) == evidence
    assert (why_not_evidence(decided, end) == "") == (decided.what is What.FINISHED)
    assert (decided.state is FEASIBLE) == (decided.cause is None)
    assert (reason_in(decided, end, round_) == "") == (decided.state is FEASIBLE)
    assert (decided.value is None) == (decided.best_epoch is None)
    if end.code in codes:
        assert (decided.state, decided.cause) == (INFEASIBLE, Cause.EXIT_CODE)
        assert decided.what is not What.LOST
    if end.code != 0 or decided.what is What.LOST:
        assert decided.state is not FEASIBLE


@rule
@given(endings)
def test_a_training_that_did_all_its_epochs_is_evidence_whatever_its_logs_and_signals_say(end):
    done = replace(
        end, exit_file=0, exit_torn=False, last_epoch=4, began=True, folder_gone=False,
        log_cut=False, limit=None,
    )  # fmt: skip
    assert decide(done, a_round()).what is What.FINISHED


# What earlier versions recorded.


@rule
@given(endings, st.sampled_from([None, 0.3]), st.sampled_from([(), (3, 137)]))
def test_the_cause_of_every_reason_of_an_earlier_version_is_known(end, limit, codes):
    round_ = a_round(worse_than=limit, exit_codes=codes)
    decided = decide(end, round_)
    # Its words have changed since.
    if decided.cause is not Cause.NO_METRIC:
        assert cause_in(reason_in(decided, end, round_)) is decided.cause


@pytest.mark.parametrize("saw", ["saw: loss, accuracy", "saw no metrics at all"])
def test_an_objective_that_was_missing_in_an_earlier_version_is_known(saw):
    assert cause_in(f"no val_error seen; {saw}") is Cause.NO_METRIC


@pytest.mark.parametrize("limit", [OVERDUE, Limit(Cause.STALLED, 30, 3), Limit(Cause.STALLED, 7)])
def test_the_limit_in_the_words_of_an_earlier_version_is_known(limit):
    assert limit_in(limit_in_words(limit)) == limit


@pytest.mark.parametrize("text", ["", "timeout", "stalled", "because"])
def test_other_words_are_no_limit(text):
    assert limit_in(text) is None
    assert cause_in(text) is None
