"""Trials that flood their logs, or do strange things to the file of their metrics."""

import json
import os
import subprocess
import time
import tracemalloc

import pytest
from support.waiting import wait_for

from tuneplay.app.attempts.attempt import STEP, Attempt
from tuneplay.app.attempts.log_cap import LogCap
from tuneplay.domain.folder import AttemptFolder
from tuneplay.domain.trial import TrialId
from tuneplay.ledger.events import Intent
from tuneplay.metrics import collect
from tuneplay.metrics.collect import Collector
from tuneplay.metrics.follow import Follower
from tuneplay.spec.load import loads

#: What a coordinator may need beyond what it needs for a quiet round, in kB. One line of a million
#: bytes is held a few times over while it is split.
ROOM = 20_000


def peak_of(bench, spec):
    """Run a round; the peak of the coordinator's memory, in kB."""
    process = subprocess.Popen(
        bench.command("run", spec), cwd=bench.root, env=bench.environment(),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss


def program(bench, name, body):
    """A train command in sh; it gets its learning rate, arm and folder."""
    bench.write(name, f"#!/bin/sh\n# usage: {name} LEARNING_RATE ARM FOLDER\n{body}\n").chmod(0o755)
    return bench.spec(f"./{name} {{learning_rate}} {{arm}} {{trial_dir}}", name="f.yaml", trials=1)


#: The lines of a measurement before and after whatever stands between them.
FIRST = 'echo \'{"epoch": 1, "val_error": 0.5}\''
LAST = 'echo; echo \'{"epoch": 2, "val_error": 0.25}\''


def curves(bench):
    return [event["curves"]["val_error"] for event in bench.events("finished", "f")]


def test_a_line_of_a_hundred_megabytes_takes_no_memory_and_hides_no_measurement(bench):
    quiet = peak_of(bench, bench.spec(trials=1))
    body = f"{FIRST}\ndd if=/dev/zero bs=1M count=100 2>/dev/null | tr '\\0' x\n{LAST}"
    assert peak_of(bench, program(bench, "long", body)) < quiet + ROOM
    assert curves(bench) == [[0.5, 0.25]] * 2


def test_a_progress_bar_that_redraws_one_line_for_ever_does_not_hide_what_follows_it(bench):
    body = "yes '  10 %' | head -c 21000000 | tr '\\n' '\\r'\n" + FIRST
    program(bench, "bar", body)
    assert bench.tuneplay("run", "f.yaml").returncode == 0
    assert curves(bench) == [[0.5]] * 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", ["step 12345 of 99999: loss 0.12345", "epoch 3, step 5 of 9: loss 0.1"]
)
def test_a_gigabyte_of_lines_takes_no_memory(bench, line):
    quiet = peak_of(bench, bench.spec(trials=1))
    body = f"{FIRST}\nyes '{line}' | head -c 1000000000\n{LAST}"
    assert peak_of(bench, program(bench, "flood", body)) < quiet + ROOM
    assert curves(bench) == [[0.5, 0.25]] * 2


@pytest.mark.timeout(400)  # a busy machine is slow at writing hundreds of megabytes
def test_a_flood_holds_up_no_other_trial(bench):
    # It is followed while it runs (a stall timeout asks for that), and never stops by itself. That
    # each look at it is bounded is shown by the next test: a quick machine may read faster than
    # it writes, and would get to an end without a bound.
    body = (
        f'[ "$2" = b ] && {FIRST} && exit\n{FIRST}\n'
        "while [ ! -e go ]; do\n"
        '  [ "$(stat -c %s "$3/stdout.log")" -lt 400000000 ] || : >"$3/stdout.log"\n'
        "  head -c 50000000 /dev/zero\ndone\n" + LAST
    )
    spec = program(bench, "flood", body)
    text = spec.read_text().replace("slots: 2}", "slots: 2, stall_timeout: 1d}")
    spec.write_text(text.replace("trials: 1", "trials: 3"))
    process = bench.start("run", spec)

    def recorded(arm):
        return sum(event["study"] == f"arm={arm}" for event in bench.events("finished", "f"))

    wait_for(lambda: recorded("b") >= 1, seconds=120)
    assert recorded("a") == 0
    bench.write("go", "")
    process.communicate(timeout=240)
    assert process.returncode == 0
    assert (recorded("a"), recorded("b")) == (3, 3)


def test_what_a_living_trial_wrote_is_read_in_pieces(tmp_path):
    log = tmp_path / "stdout.log"
    log.write_bytes(b"x\n" * (2 * STEP) + b'{"epoch": 1, "e": 0.5}\n')
    attempt = Attempt(Intent(TrialId("all", 0), 1, 0, {}), AttemptFolder(str(tmp_path)), "e", ())
    attempt.follow()
    assert attempt.collector.behind, "the loop comes back at once"
    assert attempt.collector.passed < 2 * STEP, "and sees to the others first"
    while attempt.collector.behind:
        attempt.follow()
    assert attempt.collector.last_epoch == 1


def test_what_an_ended_trial_left_is_read_in_pieces(tmp_path):
    log = tmp_path / "stdout.log"
    log.write_bytes(b'{"epoch": 1, "e": 0.5}\n' + b"x" * (3 * STEP) + b'\n{"epoch": 2, "e": 0.25}')
    attempt = Attempt(Intent(TrialId("all", 0), 1, 0, {}), AttemptFolder(str(tmp_path)), "e", ())
    calls = 1
    while not attempt.read_to_end():
        calls += 1
    assert calls > 3
    assert attempt.collector.curves().metrics["e"] == [0.5, 0.25]


@pytest.mark.slow
def test_a_grandchild_that_writes_for_ever_does_not_keep_its_trial_from_ending(tmp_path):
    log = tmp_path / "stdout.log"
    log.write_bytes(b"x\n" * STEP)
    follower = Follower(log)
    for _ in range(50):
        with log.open("ab") as file:
            file.write(b"y\n" * STEP)
        lines = follower.lines(end=True, most=STEP)
        assert b"\n" not in b"".join(lines)
        if not follower.behind:
            break
    assert not follower.behind


def test_lines_that_are_passed_over_are_counted(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(b"x\n" * 400_000 + b"epoch\n" + b"y\n" * 400_000 + b"epoch")
    follower = Follower(path, b"epoch")
    numbers = [follower.number for line in follower.lines(end=True) if line == b"epoch"]
    assert numbers == [400_001, 800_002]


def test_what_a_program_measures_beyond_any_reason_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(collect, "MAX_VALUES", 1_000)
    log = tmp_path / "stdout.log"
    log.write_bytes(b"".join(b'{"epoch": %d, "e": 1}\n' % n for n in range(9_000)))
    collector = Collector(AttemptFolder(str(tmp_path)))
    tracemalloc.start()
    collector.read(end=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    count, described = collector.bad_lines
    assert count == 9_000 - len(collector.curves().epochs)
    assert "more than 1,000 values" in described[0]
    assert peak < 5_000_000


# The metrics file.


@pytest.fixture
def attempt(tmp_path):
    return AttemptFolder(str(tmp_path))


def row(epoch, value):
    return json.dumps({"epoch": epoch, "e": value}) + "\n"


def columns(collector):
    found = collector.curves()
    return dict(zip(found.epochs, found.metrics.get("e", ()), strict=True))


@pytest.mark.parametrize("how", ["in place", "replaced"])
@pytest.mark.parametrize("later", [[(3, 3)], [(n, n) for n in range(3, 9)]])
def test_a_metrics_file_written_again_keeps_what_was_read_and_says_so(attempt, how, later):
    def write(rows):
        path = attempt.metrics if how == "in place" else f"{attempt.root}/other"
        with open(path, "w") as file:
            file.write("".join(row(*r) for r in rows))
        if how == "replaced":
            os.replace(path, attempt.metrics)

    collector = Collector(attempt)
    write([(1, 1), (2, 2)])
    collector.read()
    write(later)
    collector.read(end=True)
    assert columns(collector) == dict([(1, 1.0), (2, 2.0), *((n, float(v)) for n, v in later)])
    assert "truncated or replaced" in collector.happened[0]
    assert collector.bad_lines == (0, ())


def test_a_program_that_writes_its_file_again_each_epoch_is_nothing_odd(attempt):
    collector = Collector(attempt)
    for epochs in range(1, 8):
        with open(f"{attempt.root}/other", "w") as file:
            file.write("".join(row(n, n) for n in range(epochs)))
        os.replace(f"{attempt.root}/other", attempt.metrics)
        collector.read()
    assert len(columns(collector)) == 7
    assert (list(collector.happened), collector.bad_lines) == ([], (0, ()))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (os.mkfifo, "it is a FIFO, not a file"),
        (os.mkdir, "it is a folder, not a file"),
        (lambda path: os.symlink("/dev/zero", path), "it is a device, not a file"),
        (lambda path: os.symlink(path, path), "Too many levels of symbolic links"),
    ],
)
def test_a_metrics_file_that_is_not_a_file_is_left_alone_and_said(attempt, make, why):
    make(attempt.metrics)
    with open(attempt.stdout, "w") as file:
        file.write(row(1, 0.5))
    collector = Collector(attempt)
    collector.read(end=True)
    assert columns(collector) == {1: 0.5}
    assert list(collector.happened) == [f"metrics.jsonl: cannot be read: {why}"]


def test_a_link_to_a_file_is_read_and_one_that_leads_nowhere_is_no_file_yet(attempt):
    os.symlink("elsewhere", attempt.metrics)
    collector = Collector(attempt)
    collector.read()
    assert list(collector.happened) == []
    with open(f"{attempt.root}/elsewhere", "w") as file:
        file.write(row(1, 0.5))
    collector.read(end=True)
    assert columns(collector) == {1: 0.5}


def test_a_file_that_cannot_be_read_in_the_midst_is_said_to_be_so(attempt, monkeypatch):
    collector = Collector(attempt)
    with open(attempt.metrics, "w") as file:
        file.write(row(1, 0.5))
    collector.read()
    with open(attempt.metrics, "a") as file:
        file.write(row(2, 0.25))

    def broken(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "pread", broken)
    collector.read(end=True)
    assert columns(collector) == {1: 0.5}
    assert list(collector.happened) == ["metrics.jsonl: cannot be read: Input/output error"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_metrics_file_without_rights_is_said_to_be_so(attempt):
    with open(attempt.metrics, "w") as file:
        file.write(row(1, 0.5))
    os.chmod(attempt.metrics, 0)
    collector = Collector(attempt)
    collector.read(end=True)
    assert list(collector.happened) == ["metrics.jsonl: cannot be read: Permission denied"]


def test_a_trial_says_what_happened_to_its_metrics_file(bench):
    body = (
        f'mkfifo "$3/metrics.jsonl"\n{FIRST}\necho \'{{"epoch": -4}}\'\necho \'{{"epoch": 1.5}}\''
    )
    program(bench, "odd", body)
    result = bench.tuneplay("run", "f.yaml")
    assert result.returncode == 0, result.stderr
    assert "arm=a/0000: metrics.jsonl: cannot be read: it is a FIFO" in result.stdout
    assert "arm=a/0000: stdout.log:2: epoch -4 is negative (and 1 more)" in result.stdout
    for event in bench.events("finished", "f"):
        assert event["state"] == "feasible"
        assert event["bad_lines"] == 2
        assert event["remarks"] == [
            "metrics.jsonl: cannot be read: it is a FIFO, not a file",
            "stdout.log:2: epoch -4 is negative",
            "stdout.log:3: epoch 1.5 is not a whole number",
        ]
    found = [f for f in bench.report("f")["findings"] if f["kind"] == "unusable-output"]
    first = {
        "first": "arm=a/0000",
        "remark": "metrics.jsonl: cannot be read: it is a FIFO, not a file",
    }
    assert [f["severity"] for f in found] == ["note"]
    assert found[0]["evidence"] == {"trials": 2, "lines": 4, **first}
    assert "4 lines in the output of 2 trials could not be used" in found[0]["message"]
    assert "unusable-output" in bench.tuneplay("report", "f.yaml").stdout


def test_a_program_that_waits_at_a_fifo_for_a_reader_is_not_let_in(bench):
    # Opening it for a look would let the program begin to write, and then break its pipe.
    body = (
        'mkfifo "$3/metrics.jsonl"\n'
        f'(echo x >"$3/metrics.jsonl"; touch "$3/passed") &\n{FIRST}\n'
        "while [ ! -e go ]; do sleep 0.05; done\nkill $!\n"
    )
    spec = program(bench, "fifo", body)
    spec.write_text(spec.read_text().replace("slots: 2}", "slots: 2, stall_timeout: 1d}"))
    process = bench.start("run", spec)
    wait_for(lambda: sum((f / "metrics.jsonl").exists() for f in bench.attempts("f")) == 2)
    time.sleep(1)
    bench.write("go", "")
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert not any((folder / "passed").exists() for folder in bench.attempts("f"))


#: A line each, and what is said of it; nothing for one that is passed over or used.
STRANGE = [
    (b"\xff\xfe no text", ""),
    (b'{"epoch": 1, "val_error": 0.5}', ""),
    (
        b'{"epoch": 1, "val_error": 0.4}',
        "val_error of epoch 1 was reported again; the later value counts",
    ),
    (b'{"epoch": 3, "val_error": 0.3}', ""),
    (b'{"epoch": 2, "val_error": 0.2}', ""),
    (b'{"epoch": 2.5, "val_error": 0}', "epoch 2.5 is not a whole number"),
    (b'{"epoch": -1, "val_error": 0}', "epoch -1 is negative"),
    (b'{"epoch": true, "val_error": 0}', "epoch True is not a number"),
    (b'{"epoch": 4, "val_error": 1e999}', ""),
    (b'{"epoch": 5, "val_error": NaN}', ""),
    (b'{"epoch": 6, "val_error": "-inf"}', ""),
    (b'{"epoch": 7, "val_error": true}', "val_error is true or false, not a number"),
    (b'{"epoch": 8, "val_error": "0.0"}', "val_error is a string, not a number"),
    (b'{"epoch": 9, "val_error": "\xff"}', "not UTF-8; its numbers count"),
    (b'{"epoch": 9, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not valid JSON"),
    (b'{"epoch": 9, "x": ' + b"1" * 5_000 + b"}", ""),
    (b'[{"epoch": 9}]', ""),
    (b"17", ""),
    (b'{"epoch": 10, "val_error": 0.25}', ""),
    (b'{"epoch": 11, "val_error"', "not valid JSON"),
]


def test_of_strange_lines_the_good_ones_count_and_the_bad_ones_are_reported_by_number(bench):
    (bench.root / "strange.log").write_bytes(b"\n".join(line for line, _ in STRANGE))
    program(bench, "odd", "cat strange.log")
    assert bench.tuneplay("run", "f.yaml").returncode == 0
    expected = [f"stdout.log:{n}: {why}" for n, (_, why) in enumerate(STRANGE, 1) if why]
    for event in bench.events("finished", "f"):
        assert event["bad_lines"] == len(expected)
        assert event["remarks"] == expected[: len(event["remarks"])]
        assert len(event["remarks"]) == 5
        assert event["curves"]["epoch"] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        column = [0.4, 0.2, 0.3, None, None, None, None, None, None, 0.25]
        assert event["curves"]["val_error"] == column
        assert (event["value"], event["best_epoch"]) == (0.2, 2)
    best = bench.report("f")["studies"][0]["best"]
    assert (best["value"], best["epoch"]) == (0.2, 2)


# Logs of limited size.


def used(path):
    """Bytes of the disk that a file takes."""
    return path.stat().st_blocks * 512


#: Writes three megabytes of numbered lines, a measurement in the midst, and waits for a gate.
CHATTY = (
    'seq 1 60000 | sed "s/$/ and some more text to fill the line with/"\n'
    f"{FIRST}\n"
    'seq 60001 120000 | sed "s/$/ and some more text to fill the line with/"\n'
    'seq 1 120000 | sed "s/$/ and some more text to fill the line with/" >&2\n'
    "while [ ! -e go ]; do sleep 0.05; done\n" + LAST
)

LIMIT = 1_000_000


def capped(bench, body=CHATTY):
    spec = program(bench, "chatty", body)
    spec.write_text(spec.read_text().replace("slots: 2}", "slots: 2, max_log: 1MB}"))
    return spec


def logs(bench):
    return [f / name for f in bench.attempts("f") for name in ("stdout.log", "stderr.log")]


def shortened(bench):
    return len(logs(bench)) == 4 and all(
        path.exists() and path.stat().st_size > 3 * LIMIT and used(path) <= LIMIT
        for path in logs(bench)
    )


def check_cut(bench):
    """Both logs of both trials have their begin, their end and a line that tells of the middle."""
    assert [event["curves"]["epoch"] for event in bench.events("finished", "f")] == [[1, 2]] * 2
    for path in logs(bench):
        data = path.read_bytes()
        assert len(data) <= LIMIT
        assert b"\0" not in data
        lines = data.decode().splitlines()
        assert lines[0].startswith("1 and")
        said = [line for line in lines if "bytes dropped: max_log" in line]
        assert len(said) == 1
        last = lines[-1] if path.name == "stderr.log" else lines[-3]
        assert last.startswith("120000 and")


def test_logs_are_shortened_while_the_trial_runs_and_its_measurements_stay(bench):
    process = bench.start("run", capped(bench))
    wait_for(lambda: shortened(bench), seconds=60)
    assert bench.events("finished", "f") == []
    bench.write("go", "")
    process.communicate(timeout=60)
    assert process.returncode == 0
    check_cut(bench)


def test_a_shortened_log_is_no_evidence_once_its_line_in_the_ledger_is_lost(bench):
    spec = capped(bench)
    bench.write("go", "")
    assert bench.tuneplay("run", spec).returncode == 0
    for folder in bench.attempts("f"):
        (folder / "measured.json").unlink(missing_ok=True)
    path = bench.root / "rounds/f/ledger.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if '"finished"' not in line))
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0, result.stderr
    assert [event["attempt"] for event in bench.events("finished", "f")] == [2, 2]
    assert [event["curves"]["epoch"] for event in bench.events("finished", "f")] == [[1, 2]] * 2


def test_what_was_measured_in_a_part_that_was_dropped_outlives_the_coordinator(bench):
    spec = capped(bench)
    process = bench.start("run", spec)
    wait_for(lambda: shortened(bench), seconds=60)
    os.kill(process.pid, 9)
    process.communicate()
    status = json.loads(bench.tuneplay("status", "rounds/f", "--json").stdout)
    assert [trial["epoch"] for trial in status["running"]] == [1, 1]
    bench.write("go", "")
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0, result.stderr
    check_cut(bench)
    assert "remarks" not in bench.events("finished", "f")[0]


def test_where_no_hole_can_be_made_logs_are_shortened_at_the_end_and_that_is_said(
    tmp_path, monkeypatch
):
    (tmp_path / "stdout.log").write_bytes(b"line\n" * LIMIT)
    (tmp_path / "stderr.log").write_bytes(b"x" * 3 * LIMIT)
    said = []
    monkeypatch.setattr("sys.platform", "darwin")
    cap = LogCap(LIMIT, said.append)
    folder = AttemptFolder(str(tmp_path))
    attempt = Attempt(Intent(TrialId("all", 0), 1, 0, {}), folder, "e", ())
    attempt.collector.read()
    cap.look([attempt])
    assert used(tmp_path / "stdout.log") > LIMIT
    assert len(said) == 1
    assert "logs are shortened when their trial has ended" in said[0]
    cap.end(folder)
    for name in ("stdout.log", "stderr.log"):
        data = (tmp_path / name).read_bytes()
        assert len(data) <= LIMIT
        assert b"bytes dropped: max_log" in data


@pytest.mark.slow
def test_nothing_is_dropped_that_was_not_read_or_cannot_be_kept(tmp_path):
    log = tmp_path / "stdout.log"
    log.write_bytes(b'{"epoch": 1, "e": 0.5}\n' * 200_000)
    folder = AttemptFolder(str(tmp_path))
    attempt = Attempt(Intent(TrialId("all", 0), 1, 0, {}), folder, "e", ())
    LogCap(LIMIT, print).look([attempt])
    assert used(log) >= log.stat().st_size, "it was not read yet"
    attempt.collector.read()
    os.mkdir(folder.measured)
    LogCap(LIMIT, print).look([attempt])
    assert used(log) >= log.stat().st_size, "there is no place to keep what was read"
    os.rmdir(folder.measured)
    LogCap(LIMIT, print).look([attempt])
    assert used(log) <= LIMIT


def test_a_log_that_is_small_enough_stays_as_it_is(bench):
    spec = bench.spec(trials=1)
    text = spec.read_text().replace("slots: 2}", "slots: 2, max_log: 64kB}")
    spec.write_text(text)
    assert bench.tuneplay("run", spec).returncode == 0
    for folder in bench.attempts():
        assert len((folder / "stdout.log").read_text().splitlines()) == 3
        assert not (folder / "measured.json").exists()


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("100", "100 is too small for a log; write at least 64kB"),
        ("10X", "10X is not a size; write it as in 500kB, 100MB or 2GiB"),
        ("-5MB", "-5MB is not a size"),
        ("[1]", "a list is not a size"),
    ],
)
def test_a_size_that_makes_no_sense_is_refused(bench, written, problem):
    spec = bench.spec()
    spec.write_text(spec.read_text().replace("slots: 2}", f"slots: 2, max_log: {written}}}"))
    result = bench.tuneplay("check", spec)
    assert result.returncode == 2
    assert f"resources.max_log: {problem}" in result.stderr


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("100MB", 10**8),
        ("1.5 GiB", 3 * 2**29),
        ("500kb", 500_000),
        ("70000", 70_000),
        ("64 KiB", 65_536),
        ("null", None),
    ],
)
def test_sizes_have_units(written, size):
    text = (
        "goal: g\nphase: exploration\ncommand: t {a}\nobjective: {metric: m, direction: minimize}\n"
        f"epochs: 1\ntrials: 1\nscientific: {{a: [1]}}\nresources: {{max_log: {written}}}\n"
    )
    assert loads(text, "r", "r.yaml").round.resources.max_log == size
