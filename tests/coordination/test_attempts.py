"""Attempts: what counts as a result, what is lost and begun anew, and what is infeasible."""

import os
import time
from types import SimpleNamespace

import pytest
from support.waiting import wait_for

from tuneplay.app.attempts.attempt import STEP, Attempt
from tuneplay.app.coordination.enforcer import Enforcer
from tuneplay.app.coordination.stop import Stop
from tuneplay.domain.folder import AttemptFolder
from tuneplay.domain.round import Resources
from tuneplay.domain.trial import Cause
from tuneplay.judge.ending import Limit


def said(bench):
    """How each trial ended: state and reason, by study."""
    return {e["study"]: (e["state"], e["reason"]) for e in bench.events("finished")}


#: Says much, or nothing, before a gate, and measures behind it.
WORDY = """\
import json, os, sys, time
def say(epoch):
    print(json.dumps({"epoch": epoch, "val_error": 1 / epoch}), flush=True)
noise = int(sys.argv[3])
for _ in range(noise):
    print("x" * 99_999, flush=True)
open(sys.argv[4] + "/there", "w").close()
while not os.path.exists("go"):
    time.sleep(0.02)
say(1)
say(2)
"""


@pytest.mark.parametrize("noise", [0, 40], ids=["silent", "wordy"])
def test_a_trial_that_is_taken_back_has_not_stalled_while_nobody_watched(bench, noise):
    bench.write("wordy.py", WORDY)
    command = f"python3 wordy.py {{learning_rate}} {{arm}} {noise} {{trial_dir}}"
    spec = bench.spec(command, epochs=2, trials=1)
    first = bench.start("run", spec)
    wait_for(lambda: sum((f / "there").exists() for f in bench.attempts()) == 2)
    first.kill()
    first.communicate()
    # The trials have lived for an hour by now, as far as anybody can tell.
    ages = bench.write("ages/sitecustomize.py", AGED)
    spec.write_text(spec.read_text().replace("slots: 2}", "slots: 2, stall_timeout: 30m}"))
    result = bench.tuneplay("run", spec, env={"PYTHONPATH": path_with(ages.parent)})
    assert result.returncode == 0, result.stderr
    assert said(bench) == {"arm=a": ("feasible", ""), "arm=b": ("feasible", "")}
    assert [e["attempt"] for e in bench.events("finished")] == [1, 1]
    assert [e["curves"]["epoch"] for e in bench.events("finished")] == [[1, 2]] * 2


#: Every attempt is an hour old, and may go on once the enforcer has judged it twice.
AGED = """\
import pathlib, tuneplay.app.coordination.recovery as recovery
from tuneplay.app.coordination.enforcer import Enforcer
recovery.age_of = lambda folder: 3600.0
real, seen = Enforcer.apply, []
def apply(self, running, level, *, broken):
    real(self, running, level, broken=broken)
    seen.append(running)
    if len(seen) > 1:
        pathlib.Path("go").touch()
Enforcer.apply = apply
"""


def path_with(folder):
    return f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"


@pytest.mark.parametrize("measures", [True, False])
def test_a_trial_has_not_stalled_as_long_as_its_output_is_not_read(tmp_path, measures):
    words = "x" * 99 + "\n"
    line = '{"epoch": 1, "val_error": 1}\n' if measures else ""
    (tmp_path / "stdout.log").write_text(words * (2 * STEP // len(words)) + line)
    attempt = Attempt(SimpleNamespace(), AttemptFolder(str(tmp_path)), "val_error", None)
    attempt.news = time.monotonic() - 3600
    ended = []
    launcher = SimpleNamespace(cancel=lambda key, *, kill: ended.append((key, kill)))
    enforcer = Enforcer(Resources(stall_timeout=1800), launcher)
    attempt.follow()
    assert attempt.collector.behind
    while attempt.collector.behind:
        enforcer.apply({"a": attempt}, Stop.NO, broken=False)
        assert ended == []
        attempt.follow()
    enforcer.apply({"a": attempt}, Stop.NO, broken=False)
    assert ended == ([] if measures else [("a", False)])


@pytest.mark.parametrize("first", [0, 1])
def test_a_training_that_did_all_its_epochs_counts_from_whichever_epoch_it_counts(bench, first):
    last = first + 2
    bench.write(
        "t",
        f"#!/bin/sh\nfor e in $(seq {first} {last}); do\n"
        "    echo '{\"epoch\": '$e', \"val_error\": 0.'$e'1}'\ndone\n"
        "echo 'warning: cache not written: No space left on device' >&2\n",
    ).chmod(0o755)
    result = bench.tuneplay("run", bench.spec("./t {learning_rate} {arm}", epochs=3, trials=1))
    assert result.returncode == 0, result.stderr
    assert said(bench) == {"arm=a": ("feasible", ""), "arm=b": ("feasible", "")}
    assert [e["attempt"] for e in bench.events("finished")] == [1, 1]


#: Saves and leaves with exit code 0 on TERM, which somebody sends to its whole group after the
#: epoch `argv[3]`, as long as there is no file `peace`. Leaves by itself after the epoch `argv[4]`.
SAVES = """\
import json, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
for epoch in range(1, int(sys.argv[4]) + 1):
    print(json.dumps({"epoch": epoch, "val_error": 1 / epoch}), flush=True)
    if epoch == int(sys.argv[3]) and not os.path.exists("peace"):
        open("peace", "w").close()
        os.killpg(0, signal.SIGTERM)
"""


def saves(bench, after, last, **more):
    bench.write("saves.py", SAVES)
    command = f"python3 saves.py {{learning_rate}} {{arm}} {after} {last}"
    return bench.spec(command, epochs=3, trials=1, slots=1, **more)


@pytest.mark.parametrize("more", ["", "infeasible: {worse_than: 0.4}\n"], ids=["", "limit"])
def test_a_partial_training_that_somebody_ended_is_lost_and_started_again(bench, more):
    result = bench.tuneplay("run", saves(bench, 2, 3, more=more))
    assert result.returncode == 0, result.stderr
    assert "killed by SIGTERM from outside; it gets another attempt" in result.stdout
    assert said(bench) == {"arm=a": ("feasible", ""), "arm=b": ("feasible", "")}
    assert [e["attempt"] for e in bench.events("finished")] == [2, 1]
    assert [e["curves"]["epoch"] for e in bench.events("finished")] == [[1, 2, 3]] * 2
    (lost,) = bench.events("note")
    assert (lost["kind"], lost["text"]) == ("lost", "killed by SIGTERM from outside")


def test_a_training_that_somebody_ends_each_time_fails_after_its_retries(bench):
    spec = saves(bench, 2, 3)
    text = (bench.root / "saves.py").read_text()
    bench.write("saves.py", text.replace('open("peace", "w").close()', ""))
    assert bench.tuneplay("run", spec).returncode == 3
    assert set(said(bench).values()) == {("failed", "killed by SIGTERM from outside")}
    assert [e["attempt"] for e in bench.events("finished")] == [2, 2]


@pytest.mark.parametrize(
    ("after", "last"), [(3, 3), (9, 2)], ids=["ended when all was done", "left early by itself"]
)
def test_a_training_that_left_by_itself_or_had_done_all_is_a_result(bench, after, last):
    result = bench.tuneplay("run", saves(bench, after, last))
    assert result.returncode == 0, result.stderr
    assert [e["attempt"] for e in bench.events("finished")] == [1, 1]
    assert (bench.root / "peace").exists() == (after == 3)


@pytest.mark.parametrize("stream", [1, 2])
@pytest.mark.parametrize("end", ["exit 1", "kill -TERM $$", "kill -KILL $$"])
def test_out_of_memory_is_seen_in_either_stream_and_not_tried_again(bench, stream, end):
    bench.write(
        "t",
        "#!/bin/sh\necho 'FutureWarning: ...' >&2\necho 'epoch 1 ...'\n"
        f"echo 'OutOfMemoryError: CUDA out of memory. Tried to' >&{stream}\n{end}\n",
    ).chmod(0o755)
    bench.tuneplay("run", bench.spec("./t {learning_rate} {arm}", trials=1))
    assert set(said(bench).values()) == {("infeasible", "out of memory")}
    assert [e["attempt"] for e in bench.events("finished")] == [1, 1]


OVERDUE = Limit(Cause.STALLED, 30.0, 4)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (None, OVERDUE),  # as this version writes it
        ("stalled after epoch 4: nothing new for 30 s", OVERDUE),  # as an earlier one did
        ("timeout after 60 s", Limit(Cause.TIMEOUT, 60.0)),
        ("", None),
        ('{"cause": "stal', None),  # torn
    ],
)
def test_the_next_coordinator_knows_why_a_trial_was_being_ended(tmp_path, text, limit):
    folder = AttemptFolder(str(tmp_path))
    first = Attempt(SimpleNamespace(), folder, "val_error", None, limit=limit)
    if text is None:
        first.mark_stopping()
    else:
        (tmp_path / "stopping").write_text(text)
    later = Attempt(SimpleNamespace(), folder, "val_error", None)
    later.read_stopping()
    assert (later.limit, later.interrupted) == (limit, limit is None)
