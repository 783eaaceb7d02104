"""The ledger: nothing that was written is lost, whatever ends the writer."""

import fcntl
import hashlib
import json
import math
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuneplay.domain.curves import Curves
from tuneplay.domain.folder import RoundFolder
from tuneplay.domain.trial import Cause, Outcome, Reruns, State, Trial, TrialId
from tuneplay.errors import BusyError, ExitCode, LedgerError
from tuneplay.ledger.codec import decode, encode
from tuneplay.ledger.events import Finished, Intent, Note, Opened, Rerun, Started
from tuneplay.ledger.file import LedgerWriter, read
from tuneplay.ledger.history import History, replay
from tuneplay.ledger.lock import CoordinatorLock, holder_of

#: No deadline: a busy machine is no defect.
rule = settings(deadline=None, max_examples=40)

A = TrialId("a=1", 0)
B = TrialId("a=2", 0)


def finished(trial=A, attempt=1, value=0.25, state=State.FEASIBLE):
    outcome = Outcome(state, "" if state is State.FEASIBLE else "because", value, 2)
    curves = Curves([1, 2], {"e": [0.5, value]})
    return Finished(Trial(trial, 3, {"lr": 0.1}, outcome, curves, attempt, 1.5))


def intent(trial=A, attempt=1):
    return Intent(trial, attempt, 3, {"lr": 0.1})


def note(kind, trial=A, attempt=1):
    return Note(kind, trial, attempt, "why")


OPENED = Opened("goal: g\n", "/r.yaml", "/", {"python": "3"}, {"commit": "c", "dirty": True})
EVENTS = [OPENED, intent(), Started(A, 1, {"pid": 7}), finished(), note("lost", B)]


@pytest.fixture
def folder(tmp_path):
    return RoundFolder(tmp_path)


@pytest.fixture
def quick_folder():
    """A round's folder in memory, where the system has such: a thousand fsyncs take their time."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield RoundFolder(Path(name))


def append(folder, *batches):
    """One coordinator's life: open the ledger, append each batch, close it."""
    writer = LedgerWriter(folder)
    for batch in batches:
        writer.append(batch)
    writer.close()


# Reading back.


def test_what_was_appended_is_read_in_order(folder):
    append(folder, EVENTS[:2], EVENTS[2:3])
    append(folder, EVENTS[3:])
    assert read(folder) == EVENTS


def test_an_event_that_need_not_wait_for_the_disk_is_read_all_the_same(folder):
    writer = LedgerWriter(folder)
    writer.append(EVENTS[:3], sync=False)
    assert read(folder) == EVENTS[:3]
    writer.append(EVENTS[3:])
    writer.close()
    assert read(folder) == EVENTS


def test_every_line_is_one_json_object_with_its_kind_and_time_in_utc(folder):
    append(folder, EVENTS)
    lines = folder.ledger.read_text(encoding="ascii").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["event"] for row in rows] == ["opened", "intent", "started", "finished", "note"]
    assert all(row["at"].endswith("+00:00") for row in rows)


def test_a_ledger_that_is_not_there_is_no_damage(folder):
    with pytest.raises(FileNotFoundError):
        read(folder)


def test_a_new_ledger_is_empty(folder):
    append(folder)
    assert read(folder) == []


def test_an_event_that_a_later_version_added_is_passed_over(folder):
    append(folder, EVENTS[:1])
    with folder.ledger.open("a") as file:
        file.write('{"event":"celebrated","at":"2030-01-01T00:00:00+00:00"}\n')
    append(folder, EVENTS[1:])
    assert read(folder) == EVENTS


def test_a_ledger_of_a_newer_version_is_refused_with_what_to_do(folder):
    append(folder, EVENTS)
    text = folder.ledger.read_text()
    folder.ledger.write_text(text.replace('"ledger_version":1', '"ledger_version":2'))
    with pytest.raises(LedgerError, match="written by a newer tuneplay") as caught:
        read(folder)
    assert caught.value.exit_code == ExitCode.LEDGER
    assert "upgrade" in caught.value.hint


# Cut off, damaged, full.


def test_a_ledger_cut_at_any_byte_keeps_every_complete_line_and_goes_on(quick_folder):
    folder = quick_folder
    written = [Started(A, 1, {"pid": 7}), finished(), note("lost", B)]
    append(folder, written)
    whole = folder.ledger.read_bytes()
    more = [note("interrupted"), finished(B)]
    for cut in range(len(whole) + 1):
        folder.ledger.write_bytes(whole[:cut])
        complete = written[: whole[:cut].count(b"\n")]
        assert read(folder) == complete
        append(folder, more[:1], more[1:])
        assert read(folder) == complete + more
        torn = whole[:cut].rpartition(b"\n")[2]
        aside = [path.read_bytes() for path in folder.root.glob("ledger.torn-*")]
        assert aside == ([torn] if torn else [])
        for path in folder.root.glob("ledger.torn-*"):
            path.unlink()


@pytest.mark.parametrize(
    "tail",
    [
        b"\0" * 50,
        b"\0" * 50 + b"\n",
        b"\n",
        b'{"event":"inte\0\0\0\n',
        b"[]\n",
        b"7\n",
        b"\xff\xfe\n",
    ],
)
def test_a_tail_that_the_file_system_made_up_is_set_aside(folder, tail):
    append(folder, EVENTS)
    with folder.ledger.open("ab") as file:
        file.write(tail)
    assert read(folder) == EVENTS
    append(folder, [finished(B)])
    assert read(folder) == [*EVENTS, finished(B)]
    assert folder.torn(1).read_bytes() == tail


def test_no_torn_tail_replaces_an_earlier_one(folder):
    for number in (1, 2, 3):
        append(folder, EVENTS[:1])
        with folder.ledger.open("ab") as file:
            file.write(b"tail %d" % number)
    append(folder)
    assert [folder.torn(n).read_bytes() for n in (1, 2, 3)] == [b"tail 1", b"tail 2", b"tail 3"]
    assert read(folder) == EVENTS[:1] * 3


def test_reading_changes_nothing(folder):
    append(folder, EVENTS)
    with folder.ledger.open("ab") as file:
        file.write(b'{"event":')
    before = folder.ledger.read_bytes()
    read(folder)
    assert folder.ledger.read_bytes() == before
    assert [path.name for path in folder.root.iterdir()] == ["ledger.jsonl"]


def test_the_hash_of_a_spec_is_held_against_its_text_and_may_be_missing(folder):
    append(folder, EVENTS)
    first, *rest = folder.ledger.read_bytes().split(b"\n")
    fields = json.loads(first)
    assert fields["spec_sha256"] == hashlib.sha256(EVENTS[0].spec.encode()).hexdigest()

    def rewritten(**changes):
        line = json.dumps({k: v for k, v in (fields | changes).items() if v is not None})
        folder.ledger.write_bytes(b"\n".join([line.encode(), *rest]))
        return read(folder)

    assert rewritten(spec_sha256=None) == EVENTS  # as ledgers were before it was recorded
    with pytest.raises(LedgerError, match=r"ledger\.jsonl:1: damaged line"):
        rewritten(spec=fields["spec"] + " ")


FINISHED = json.dumps(encode(finished(), "t"))


def finished_but(**changes):
    return json.dumps(json.loads(FINISHED) | changes).encode()


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\0\0\0\0",
        b"null",
        b"[]",
        b"17",
        b'"finished"',
        b"{}",
        b'{"event":"finished"}',
        b'{"event":"intent","study":"a=1","trial":0}',
        b'{"event":"opened"}',
        b'{"event":"opened","ledger_version":"one"}',
        FINISHED.encode()[:-1],
        FINISHED.encode() * 2,
        b"[" * 100_000,
        b'{"event":"note","kind":"lost","study":"\xff","trial":0,"attempt":1,"text":""}',
        finished_but(state="triumphant"),
        finished_but(trial=[0]),
        finished_but(curves=None),
        finished_but(curves=5),
        finished_but(curves="e"),
        finished_but(curves=[]),
        finished_but(curves={"e": [1]}),
        finished_but(value=math.inf),
        finished_but(hyperparameters={"lr": math.nan}),
        finished_but(hyperparameters={"lr": [0.1]}),
        b'{"event":"rerun","at":"t","selected":{"a=1":[[0]]},"seeds":3,"looks":[]}',
        b'{"event":"rerun","at":"t","selected":{"a=1":[0]},"seeds":[3],"looks":[]}',
        b'{"event":"rerun","at":"t","selected":{"a=1":[0]},"seeds":3,"looks":["3"]}',
    ],
)
def test_a_damaged_line_in_the_middle_is_named_and_nothing_is_changed(folder, damage):
    append(folder, EVENTS)
    lines = folder.ledger.read_bytes().split(b"\n")
    lines[2] = damage
    folder.ledger.write_bytes(b"\n".join(lines))
    with pytest.raises(LedgerError, match=r"ledger\.jsonl:3: damaged line") as caught:
        read(folder)
    assert caught.value.exit_code == ExitCode.LEDGER
    assert folder.ledger.read_bytes() == b"\n".join(lines)


def test_when_the_storage_is_full_the_ledger_stays_whole_and_goes_on_later(folder):
    writer = LedgerWriter(folder)
    writer.append(EVENTS[:2])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Ten bytes of the next line still fit, and no more.
    resource.setrlimit(resource.RLIMIT_FSIZE, (folder.ledger.stat().st_size + 10, limits[1]))
    try:
        with pytest.raises(LedgerError, match=r"ledger\.jsonl: cannot be written") as caught:
            writer.append([finished()])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.exit_code == ExitCode.LEDGER
    assert "Nothing recorded is lost" in caught.value.hint
    assert read(folder) == EVENTS[:2]
    assert folder.ledger.read_bytes().endswith(b"\n")
    writer.append(EVENTS[2:])
    writer.close()
    assert read(folder) == EVENTS


def test_a_ledger_that_cannot_be_opened_says_why(folder, tmp_path):
    with pytest.raises(LedgerError, match="cannot be written: No such file or directory"):
        LedgerWriter(RoundFolder(tmp_path / "gone"))
    folder.ledger.mkdir()
    with pytest.raises(LedgerError, match="cannot be written: Is a directory"):
        LedgerWriter(folder)


# What is not a number.


def strictly(line):
    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(line, parse_constant=refuse)


@rule
@given(
    st.lists(
        st.one_of(st.none(), st.floats(), st.sampled_from([math.nan, math.inf, -math.inf])),
        min_size=1,
        max_size=6,
    )
)
def test_a_value_that_is_not_finite_becomes_null(tmp_path_factory, column):
    folder = RoundFolder(tmp_path_factory.mktemp("round"))
    curves = Curves(list(range(len(column))), {"e": column})
    outcome = Outcome(State.INFEASIBLE, "diverged", None, None)
    append(folder, [Finished(Trial(A, 0, {}, outcome, curves))])
    (line,) = folder.ledger.read_text().splitlines()
    strictly(line)
    (back,) = read(folder)
    assert back.trial.curves.column("e") == [
        v if v is not None and math.isfinite(v) else None for v in column
    ]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_event_reaches_the_file_as_anything_but_json(folder, value):
    writer = LedgerWriter(folder)
    writer.append(EVENTS[:1])
    with pytest.raises(ValueError, match="JSON"):
        writer.append([EVENTS[1], Intent(B, 1, 0, {"lr": value})])
    writer.close()
    assert read(folder) == EVENTS[:1]


# Any event.

names = st.text(min_size=1, max_size=8)
numbers = st.floats(allow_nan=False, allow_infinity=False)
trial_ids = st.builds(TrialId, names, st.integers(0, 10**6), st.integers(0, 100))
attempts = st.integers(1, 100)
values = st.dictionaries(
    names, st.one_of(st.text(), st.integers(), numbers, st.booleans(), st.none()), max_size=4
)
objects = st.dictionaries(
    names,
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text()), st.lists, max_leaves=4
    ),
    max_size=3,
)


@st.composite
def trials(draw):
    epochs = sorted(draw(st.sets(st.integers(0, 100), max_size=5)))
    column = st.lists(st.one_of(numbers, st.none()), min_size=len(epochs), max_size=len(epochs))
    metrics = draw(st.dictionaries(names.filter(lambda n: n != "epoch"), column, max_size=3))
    outcome = st.builds(
        Outcome, st.sampled_from(State), st.text(), numbers | st.none(), st.integers(0) | st.none(),
        st.none() | st.sampled_from(Cause),
    )  # fmt: skip
    seconds = draw(st.none() | st.integers(0, 10**8).map(lambda ms: ms / 1000))
    return Trial(
        draw(trial_ids),
        draw(st.integers(0, 2**63)),
        draw(values),
        draw(outcome),
        Curves(epochs, metrics),
        draw(attempts),
        seconds,
        draw(st.none() | st.text()),
    )


several = st.lists(st.integers(0, 10**6), max_size=3).map(tuple)
reruns = st.builds(Reruns, st.dictionaries(names, several, max_size=3), attempts, several)

events = st.one_of(
    st.builds(Opened, st.text(), st.text(), st.text(), st.dictionaries(names, names), objects),
    st.builds(Intent, trial_ids, attempts, st.integers(0, 2**63), values),
    st.builds(Started, trial_ids, attempts, objects),
    st.builds(Finished, trials()),
    st.builds(Note, st.sampled_from(["interrupted", "lost", "withdrawn"]), trial_ids, attempts),
    st.builds(Rerun, reruns),
)


@rule
@given(events)
def test_every_event_is_read_back_as_it_was(event):
    line = json.dumps(encode(event, "2030-01-01T00:00:00.000+00:00"), allow_nan=False)
    assert decode(json.loads(line)) == event


@settings(deadline=None, max_examples=25)
@given(st.lists(events, max_size=5))
def test_every_ledger_is_read_back_as_it_was(tmp_path_factory, written):
    folder = RoundFolder(tmp_path_factory.mktemp("round"))
    append(folder, written)
    assert read(folder) == written
    assert folder.ledger.read_bytes().count(b"\n") == len(written)


# Put together.


def test_an_empty_ledger_has_no_history():
    assert replay([]) == History()


def test_an_attempt_is_open_from_its_intent_to_its_end():
    history = replay([OPENED, intent()])
    assert history.opened == OPENED
    assert history.open[A].intent == intent()
    assert history.open[A].handle is None
    history.apply(Started(A, 1, {"pid": 7}))
    assert history.open[A].handle == {"pid": 7}
    history.apply(finished())
    assert history.open == {}
    assert history.finished == {A: finished().trial}


@pytest.mark.parametrize(("kind", "losses"), [("lost", {A: 1}), ("interrupted", {})])
def test_only_a_lost_attempt_counts_as_a_retry(kind, losses):
    history = replay([intent(), Started(A, 1, {}), note(kind)])
    assert history.open == {}
    assert history.finished == {}
    assert history.losses == losses
    assert history.attempts == {A: 1}


def test_a_second_attempt_keeps_the_configuration_of_the_first():
    again = Intent(A, 2, 99, {"lr": 0.7})
    history = replay([intent(), note("lost"), again, note("lost", attempt=2)])
    assert history.configured == {A: intent()}
    assert history.attempts == {A: 2}
    assert history.losses == {A: 2}


def test_a_trial_finishes_once_and_the_first_time_counts():
    first, second = finished(value=0.25), finished(value=0.125, attempt=2)
    history = replay([intent(), first, second])
    assert history.finished == {A: first.trial}


def test_a_withdrawn_trial_can_finish_again():
    failed = finished(state=State.FAILED)
    history = replay([intent(), failed, note("withdrawn")])
    assert history.finished == {}
    assert history.losses == {}
    again = [intent(attempt=2), finished(attempt=2)]
    assert replay([intent(), failed, note("withdrawn"), *again]).finished == {A: again[1].trial}


def test_what_is_said_of_one_trial_leaves_the_others_alone():
    history = replay([intent(), intent(B), note("lost", B), intent(B, 2), finished()])
    assert set(history.open) == {B}
    assert set(history.finished) == {A}
    assert history.losses == {B: 1}


def test_a_late_started_opens_nothing():
    # It may be written without waiting for the disk, and so come to rest after the end.
    assert replay([intent(), finished(), Started(A, 1, {"pid": 7})]).open == {}


def test_reruns_are_remembered_in_the_order_in_which_they_were_asked_for():
    asked = [Reruns({"a=1": (3,)}, 5), Reruns({"a=1": (3,), "a=2": (7, 1)}, 10, (5, 10))]
    assert replay([OPENED, *map(Rerun, asked)]).reruns == asked


def test_the_last_opened_counts():
    amended = Opened("goal: h\n", "/r.yaml", "/")
    assert replay([OPENED, intent(), amended]).opened == amended


# One coordinator a round.

HOLD = """\
import subprocess, sys
from pathlib import Path
from tuneplay.domain.folder import RoundFolder
from tuneplay.ledger.lock import CoordinatorLock
lock = CoordinatorLock(RoundFolder(Path(sys.argv[1])))
child = subprocess.Popen(["sleep", "60"], close_fds=False) if "child" in sys.argv else None
print(child.pid if child else "held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def hold(folder):
    """Start another process that holds the lock; what it printed once it did."""
    holders = []

    def start(*arguments):
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(folder.root), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        holders.append(holder)
        return holder, holder.stdout.readline().strip()

    yield start
    for holder in holders:
        holder.kill()
        holder.communicate()


def test_a_second_coordinator_learns_who_the_first_one_is(folder, hold):
    holder, _ = hold()
    with pytest.raises(BusyError) as caught:
        CoordinatorLock(folder)
    assert caught.value.exit_code == ExitCode.BUSY
    words = f"process {holder.pid} on {socket.gethostname()}, since "
    assert words in caught.value.message
    assert str(folder.root) in caught.value.message
    assert "tuneplay status" in caught.value.hint
    assert holder_of(folder).startswith(words)


def test_a_killed_coordinator_frees_the_round_at_once(folder, hold):
    holder, _ = hold()
    holder.kill()
    holder.wait()
    assert holder_of(folder) is None
    CoordinatorLock(folder).close()


def test_what_a_coordinator_started_does_not_hold_the_round(folder, hold):
    holder, child = hold("child")
    holder.kill()
    holder.wait()
    os.kill(int(child), 0)
    CoordinatorLock(folder).close()
    os.kill(int(child), signal.SIGKILL)


def test_a_round_that_nobody_coordinates_has_no_holder(folder):
    assert holder_of(folder) is None
    lock = CoordinatorLock(folder)
    assert f"process {os.getpid()} " in holder_of(folder)
    lock.close()
    assert holder_of(folder) is None
    CoordinatorLock(folder).close()


def test_a_look_at_the_lock_does_not_turn_a_coordinator_away(folder):
    folder.lock.touch()
    looking = os.open(folder.lock, os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    timer = threading.Timer(0.05, os.close, [looking])
    timer.start()
    CoordinatorLock(folder).close()
    timer.join()


@pytest.mark.parametrize("content", [b"", b"{", b"\0\0", b"[1]", b"\xff"])
def test_a_lock_with_odd_content_is_a_lock(folder, content):
    folder.lock.write_bytes(content)
    held = os.open(folder.lock, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(BusyError, match="a process that has just begun"):
        CoordinatorLock(folder)
    os.close(held)


def test_a_lock_that_cannot_be_written_says_why(tmp_path):
    with pytest.raises(LedgerError, match="cannot be written: No such file or directory"):
        CoordinatorLock(RoundFolder(tmp_path / "gone"))


# Causes.


def recorded(reason, **more):
    """A `finished` line of an infeasible trial, as an object."""
    line = encode(finished(state=State.INFEASIBLE), "")
    del line["cause"]
    return line | {"reason": reason} | more


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("out of memory", Cause.OUT_OF_MEMORY),
        ("diverged: val\nloss is null from epoch 3 on", Cause.DIVERGED),
        ("killed by SIGKILL (possibly out of memory)", Cause.KILLED),
        ("killed by SIGTERM from outside", Cause.TERMINATED),
        ("because", None),
    ],
)
def test_a_ledger_without_causes_has_them_by_its_reasons(reason, cause):
    assert decode(recorded(reason)).trial.outcome.cause is cause


@pytest.mark.parametrize(
    ("named", "cause"), [("killed", Cause.KILLED), (None, None), ("of a later version", None)]
)
def test_a_recorded_cause_counts_whatever_the_reason_says(named, cause):
    assert decode(recorded("out of memory", cause=named)).trial.outcome.cause is cause


def test_a_cause_that_is_not_a_text_is_damage():
    with pytest.raises(TypeError):
        decode(recorded("out of memory", cause=7))
