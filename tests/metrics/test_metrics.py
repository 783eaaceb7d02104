"""Reading what trials write, while they write it."""

import json
import math
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tuneplay
from tuneplay.domain.folder import AttemptFolder
from tuneplay.metrics.collect import Collector
from tuneplay.metrics.follow import Follower, tail
from tuneplay.metrics.json_lines import BadLineError, parse_json_line

#: No deadline: a busy machine is no defect.
rule = settings(deadline=None, max_examples=40)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "stdout.log"


def add(path, data):
    with open(path, "ab") as file:
        file.write(data)


# Following a file.


def test_each_complete_line_is_read_once(path):
    follower = Follower(path)
    add(path, b"a\nb\n")
    assert list(follower.lines()) == [b"a", b"b"]
    assert list(follower.lines()) == []
    add(path, b"c\n")
    assert list(follower.lines()) == [b"c"]


def test_a_partial_last_line_waits_for_its_rest(path):
    follower = Follower(path)
    add(path, b'a\n{"epoch":')
    assert list(follower.lines()) == [b"a"]
    assert list(follower.lines()) == []
    add(path, b" 1}\nb")
    assert list(follower.lines()) == [b'{"epoch": 1}']
    assert list(follower.lines(end=True)) == [b"b"]
    assert list(follower.lines(end=True)) == []


@rule
@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=5))
def test_lines_are_the_same_however_they_come_in(tmp_path_factory, data, cuts):
    path = tmp_path_factory.mktemp("attempt") / "stdout.log"
    path.write_bytes(data)
    at_once = list(Follower(path).lines(end=True))
    path.write_bytes(b"")
    follower, found = Follower(path), []
    ends = sorted({min(cut, len(data)) for cut in cuts} | {len(data)})
    for begin, end in zip([0, *ends], ends, strict=False):
        add(path, data[begin:end])
        found += follower.lines()
    assert found + list(follower.lines(end=True)) == at_once


def test_a_truncated_file_is_read_again(path):
    follower = Follower(path)
    add(path, b"first\nsecond\nhalf of")
    assert list(follower.lines()) == [b"first", b"second"]
    path.write_bytes(b"again\n")
    assert list(follower.lines()) == [b"again"]


def test_a_file_replaced_by_a_shorter_one_is_read_again(path, tmp_path):
    follower = Follower(path)
    add(path, b"first\nsecond\n")
    assert list(follower.lines()) == [b"first", b"second"]
    other = tmp_path / "other"
    other.write_bytes(b"again\n")
    os.replace(other, path)
    assert list(follower.lines()) == [b"again"]


def test_a_file_replaced_by_itself_and_more_goes_on(path, tmp_path):
    # As a program does that rewrites its log next to the old one and moves it into place.
    follower = Follower(path)
    add(path, b"first\n")
    assert list(follower.lines()) == [b"first"]
    other = tmp_path / "other"
    other.write_bytes(b"first\nsecond\n")
    os.replace(other, path)
    assert list(follower.lines()) == [b"second"]


def test_a_file_that_is_not_there_yet_is_read_once_it_is(path):
    follower = Follower(path)
    assert list(follower.lines()) == []
    add(path, b"a\n")
    assert list(follower.lines()) == [b"a"]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda p: os.symlink(p, p)])
def test_what_is_no_file_is_left_alone(path, make):
    make(path)
    assert list(Follower(path).lines()) == []
    assert list(Follower(path).lines(end=True)) == []
    assert tail(path) == ""


def test_a_device_is_left_alone(path):
    path.symlink_to("/dev/zero")
    assert list(Follower(path).lines()) == []


def test_a_line_of_three_megabytes_is_passed_over_in_little_memory(path):
    path.write_bytes(b"a\n" + b"x" * 3_000_000 + b"\nb\n")
    follower = Follower(path)
    tracemalloc.start()
    found = list(follower.lines())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [b"a", b"", b"b"]
    assert peak < 5_000_000


def test_an_endless_line_is_never_kept(path):
    follower = Follower(path)
    for _ in range(5):
        add(path, b"x" * 1_000_000)
        assert list(follower.lines()) == []
    assert list(follower.lines(end=True)) == []
    add(path, b"\na\n")
    assert list(follower.lines()) == [b"", b"a"]


def test_a_line_of_half_a_megabyte_is_a_line(path):
    line = b"x" * 500_000
    path.write_bytes(line + b"\n")
    assert list(Follower(path).lines()) == [line]


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (b"10 %\r20 %\rdone\n", [b"done"]),
        (b"windows\r\n", [b"windows"]),
        (b'10 %\r{"epoch": 1}\r\n', [b'{"epoch": 1}']),
        (b"\r\n", [b""]),
        (b"a\r\r\n", [b"a"]),
        (b"10 %\r20 %\rdone", [b"done"]),
        (b"windows\r", [b"windows"]),
    ],
)
def test_of_a_progress_bar_only_what_is_seen_last_is_read(path, written, seen):
    path.write_bytes(written)
    assert list(Follower(path).lines(end=True)) == seen


def test_bytes_that_are_no_text_are_lines_like_any_other(path):
    path.write_bytes(b"\xff\xfe\n\0\n\xc3\n")
    assert list(Follower(path).lines()) == [b"\xff\xfe", b"\0", b"\xc3"]


def test_a_file_that_holds_its_latest_line_alone_is_read_again_at_the_end_too(path, tmp_path):
    follower = Follower(path)
    path.write_bytes(b"epoch 1\n")
    assert list(follower.lines()) == [b"epoch 1"]
    other = tmp_path / "other"
    other.write_bytes(b"epoch 2\n")
    os.replace(other, path)
    assert list(follower.lines(end=True)) == [b"epoch 2"]
    assert list(follower.lines(end=True)) == []


def test_the_tail_of_a_log_is_its_last_lines(path):
    path.write_bytes(b"".join(b"line %d\n" % i for i in range(100)) + b"\xff end\n\n")
    assert tail(path, lines=2) == "line 99\n\ufffd end"
    assert tail(path, lines=1000).startswith("line 0\n")
    assert len(tail(path, limit=10)) <= 10


def test_the_tail_of_no_log_is_empty(path):
    assert tail(path) == ""


# One line.


def measured(text):
    measurement = parse_json_line(text.encode() if isinstance(text, str) else text)
    return None if measurement is None else (measurement.epoch, dict(measurement.values))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"epoch": 3, "val_error": 0.25}', (3, {"val_error": 0.25})),
        ('  {"val_error": 1, "epoch": 0}\r', (0, {"val_error": 1.0})),
        ('{"epoch": 3.0, "e": 1e-3}', (3, {"e": 0.001})),
        ('{"epoch": 1}', (1, {})),
        ('{"epoch": 1, "e": -0.0}', (1, {"e": -0.0})),
        ('{"epoch": 1, "e": 1e999, "f": -1e999}', (1, {"e": math.inf, "f": -math.inf})),
        ('{"epoch": 1, "e": Infinity, "f": -Infinity}', (1, {"e": math.inf, "f": -math.inf})),
        ('{"epoch": 1, "größe": 2}', (1, {"größe": 2.0})),
        ('{"epoch": 1, "e": null}', (1, {"e": None})),
        # What is no number is no metric.
        ('{"epoch": 1, "done": true, "model": "resnet", "shape": [1, 2], "x": {"y": 1}}', (1, {})),
        ('{"epoch": 1, "e": "0.5"}', (1, {})),
        ('{"epoch": 1, "' + "n" * 300 + '": 1}', (1, {})),
        # Another encoding, and a mark that some programs put before UTF-8.
        (b'{"epoch": 1, "name": "mod\xe8le", "e": 0.5}', (1, {"e": 0.5})),
        (b'{"epoch": 1, "gr\xf6\xdfe": 2}', (1, {"gr\ufffd\ufffde": 2.0})),
        (b'\xef\xbb\xbf{"epoch": 1, "e": 0.5}', (1, {"e": 0.5})),
        # Python itself refuses to read integers of that many digits.
        ('{"epoch": 1, "e": ' + "1" * 5000 + ', "f": 2}', (1, {"e": math.inf, "f": 2.0})),
    ],
)
def test_a_json_object_with_an_epoch_is_a_measurement(line, expected):
    assert measured(line) == expected


@pytest.mark.parametrize(
    "written", ["NaN", '"nan"', '"NaN"', '"inf"', '"-inf"', '"Infinity"', '" -Infinity "']
)
def test_whatever_a_program_writes_for_not_a_number_is_not_finite(written):
    _, values = measured(f'{{"epoch": 1, "e": {written}}}')
    assert not math.isfinite(values["e"])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "epoch 3: val_error 0.25",
        "[1, 2]",
        "3",
        '"epoch"',
        "null",
        "{}",
        '{"val_error": 0.5}',
        '{"Epoch": 1}',
        '{"step": 1, "loss": 2}',
        "{'a': 'python dict'}",
        "{not json at all}",
        '[{"epoch": 1}]',
    ],
)
def test_a_line_that_pretends_to_nothing_is_passed_over(line):
    assert measured(line) is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"epoch": 1, "e": 0.5', "not valid JSON"),
        ('{"epoch": 1, "e": 0.5} trailing', "not valid JSON"),
        ('{"epoch": 1, "e": nan}', "not valid JSON"),
        ('{"epoch": 2.5}', "epoch 2.5 is not a whole number"),
        ('{"epoch": -1}', "epoch -1 is negative"),
        ('{"epoch": true}', "epoch True is not a number"),
        ('{"epoch": null}', "epoch None is not a number"),
        ('{"epoch": "3"}', "epoch '3' is not a number"),
        ('{"epoch": [1]}', "epoch [1] is not a number"),
        ('{"epoch": NaN}', "epoch nan is not a whole number"),
        ('{"epoch": Infinity}', "epoch inf is not a whole number"),
        ('{"epoch": 1e999}', "epoch inf is not a whole number"),
        ('{"epoch": 1, "e": ' + "[" * 100_000 + "]" * 100_000 + "}", "not valid JSON"),
    ],
)
def test_a_line_that_looks_like_a_measurement_but_is_not_says_why(line, why):
    with pytest.raises(BadLineError) as caught:
        measured(line)
    assert str(caught.value) == why


def test_an_epoch_beyond_any_float_is_a_bad_line_like_others():
    with pytest.raises(BadLineError):
        measured('{"epoch": 1' + "0" * 400 + "}")


def test_a_bad_line_is_described_in_few_words_however_long_it_is():
    with pytest.raises(BadLineError) as caught:
        measured('{"epoch": "' + "x" * 900_000 + '"}')
    assert len(str(caught.value)) < 300


def test_an_integer_beyond_any_float_is_infinite():
    huge = "1" + "0" * 400
    assert measured(f'{{"epoch": 1, "e": {huge}, "f": -{huge}}}') == (
        1,
        {"e": math.inf, "f": -math.inf},
    )


@rule
@given(
    st.integers(0, 10**6),
    st.dictionaries(st.text(max_size=20), st.floats(allow_nan=False), max_size=5),
)
def test_whatever_json_writes_is_read_back(epoch, metrics):
    metrics.pop("epoch", None)
    assert measured(json.dumps({"epoch": epoch} | metrics)) == (epoch, metrics)


def usable(line):
    try:
        return parse_json_line(line)
    except BadLineError:
        return None


@rule
@given(st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)))
def test_no_line_whatever_breaks_the_reader(line):
    assert usable(line) is None
    around = usable(b'{"epoch": 1, "e": ' + line + b"}")
    assert around is None or around.epoch >= 0


# A trial's measurements.


@pytest.fixture
def attempt(tmp_path):
    return AttemptFolder(str(tmp_path))


def collected(attempt, stdout=b"", metrics=None, *, end=True):
    add(attempt.stdout, stdout)
    if metrics is not None:
        add(attempt.metrics, metrics)
    collector = Collector(attempt)
    collector.read(end=end)
    return collector


def test_an_objective_that_is_no_number_is_named_and_never_a_value(attempt):
    add(attempt.stdout, b'{"epoch": 1, "e": "0.5", "x": "y"}\n{"epoch": 2, "e": true, "loss": 1}\n')
    collector = Collector(attempt, "e")
    collector.read(end=True)
    assert collector.bad_lines == (
        2,
        ("stdout.log:1: e is a string, not a number", "stdout.log:2: e is true or false, not a number"),
    )  # fmt: skip
    assert dict(collector.curves().metrics) == {"loss": [None, 1.0]}


def test_a_line_that_is_not_utf_8_is_reported_and_its_numbers_count(attempt):
    line = '{"epoch": 1, "e": 0.5, "name": "mod\xe8le"}\n'
    collector = collected(attempt, line.encode("latin-1") + line.encode())
    assert collector.bad_lines == (1, ("stdout.log:1: not UTF-8; its numbers count",))
    assert dict(collector.curves().metrics) == {"e": [0.5]}


def table(collector):
    curves = collector.curves()
    return list(curves.epochs), {name: list(column) for name, column in curves.metrics.items()}


def test_measurements_are_read_from_standard_output(attempt):
    collector = collected(attempt, b'hello\n{"epoch": 1, "e": 0.5}\nbye\n{"epoch": 2, "e": 0.25}')
    assert table(collector) == ([1, 2], {"e": [0.5, 0.25]})
    assert (collector.last_epoch, collector.value("e")) == (2, 0.25)
    assert collector.names == ("e",)
    assert collector.bad_lines == (0, ())


def test_the_metrics_file_goes_over_standard_output(attempt):
    collector = collected(attempt, b'{"epoch": 1, "e": 0.5}\n', b'{"epoch": 1, "e": 0.75}\n')
    assert table(collector) == ([1], {"e": [0.75]})


@pytest.mark.parametrize("metrics", [b"", b"not a measurement\n", b'{"epoch": "x"}\n'])
def test_a_metrics_file_without_measurements_does_not_hide_standard_output(attempt, metrics):
    collector = collected(attempt, b'{"epoch": 1, "e": 0.5}\n', metrics)
    assert table(collector) == ([1], {"e": [0.5]})


def test_a_metrics_file_that_comes_later_takes_over(attempt):
    collector = collected(attempt, b'{"epoch": 1, "e": 0.5}\n', end=False)
    assert collector.value("e") == 0.5
    add(attempt.metrics, b'{"epoch": 1, "e": 0.75}\n{"epoch": 2, "e": 0.7}\n')
    assert collector.read()
    assert table(collector) == ([1, 2], {"e": [0.75, 0.7]})
    assert (collector.last_epoch, collector.value("e")) == (2, 0.7)


def test_reading_says_whether_there_was_news(attempt):
    collector = Collector(attempt)
    assert not collector.read()
    add(attempt.stdout, b'{"epoch": 1, "e": 0.5}')
    assert not collector.read()
    add(attempt.stdout, b"\n")
    assert collector.read()
    assert not collector.read()
    add(attempt.stdout, b"chatter\n")
    assert not collector.read()


def test_nothing_measured_is_nothing(attempt):
    collector = Collector(attempt)
    collector.read(end=True)
    assert table(collector) == ([], {})
    assert (collector.last_epoch, collector.value("e"), collector.names) == (None, None, ())


def test_two_lines_of_one_epoch_make_one_measurement(attempt):
    collector = collected(
        attempt,
        b'{"epoch": 1, "loss": 2}\n{"epoch": 1, "e": 0.5}\n{"epoch": 2, "loss": 1}\n',
    )
    assert table(collector) == ([1, 2], {"loss": [2.0, 1.0], "e": [0.5, None]})
    assert collector.bad_lines == (0, ())
    assert collector.value("e") is None


def test_null_is_a_metric_that_was_not_measured(attempt):
    # As programs write it that validate every other epoch only.
    collector = collected(
        attempt, b'{"epoch": 1, "e": null, "f": 1}\n{"epoch": 2, "e": 0.5, "f": null, "g": null}\n'
    )
    assert table(collector) == ([1, 2], {"e": [None, 0.5], "f": [1.0, None]})
    assert "g" in collector.names


def test_null_as_the_objective_is_not_a_number_for_json_has_no_other_word(attempt):
    add(attempt.stdout, b'{"epoch": 1, "e": 0.5, "f": 1}\n{"epoch": 2, "e": null, "f": null}\n')
    collector = Collector(attempt, "e")
    collector.read(end=True)
    assert repr(table(collector)) == repr(([1, 2], {"e": [0.5, math.nan], "f": [1.0, None]}))


def test_where_a_metric_was_null_and_nothing_else_is_remembered(attempt):
    lines = b'{"epoch": 2, "e": 1, "f": null}\n{"epoch": 1, "f": null}\n{"epoch": 3, "f": null}\n'
    collector = collected(attempt, lines + b'{"epoch": 3, "f": 2}\n{"epoch": 2, "e": null}\n')
    assert collector.nulls == {"f": [1, 2]}
    assert table(collector) == ([1, 2, 3], {"e": [None, 1.0, None], "f": [None, None, 2.0]})
    assert collector.bad_lines == (0, ())


def test_a_metric_reported_twice_is_counted_and_the_later_value_holds(attempt):
    collector = collected(attempt, b'{"epoch": 3, "e": 0.5}\nx\n{"epoch": 3, "e": 0.25}\n')
    assert table(collector) == ([3], {"e": [0.25]})
    assert collector.bad_lines == (
        1,
        ("stdout.log:3: e of epoch 3 was reported again; the later value counts",),
    )


def test_the_same_line_twice_is_nothing_to_complain_about(attempt):
    collector = collected(attempt, b'{"epoch": 3, "e": 0.5, "f": NaN}\n' * 2)
    assert table(collector)[0] == [3]
    assert collector.bad_lines == (0, ())


def test_epochs_that_come_backwards_are_put_in_order(attempt):
    collector = collected(
        attempt, b"".join(b'{"epoch": %d, "e": %d}\n' % (n, n) for n in (3, 1, 2))
    )
    assert table(collector) == ([1, 2, 3], {"e": [1.0, 2.0, 3.0]})
    assert (collector.last_epoch, collector.value("e")) == (2, 2.0)


def test_bad_lines_are_counted_and_the_first_few_described_with_their_number(attempt):
    collector = collected(
        attempt, b'ok\n{"epoch": -1}\n{"epoch": 1, "e": 0.5}\n' + b'{"epoch":\n' * 9
    )
    count, described = collector.bad_lines
    assert count == 10
    assert described[:2] == (
        "stdout.log:2: epoch -1 is negative",
        "stdout.log:4: not valid JSON",
    )
    assert len(described) < 10
    assert table(collector) == ([1], {"e": [0.5]})


def test_a_bad_line_after_an_endless_one_has_its_own_number(attempt):
    collector = collected(attempt, b"x" * 3_000_000 + b'\n{"epoch": -1}\n')
    assert collector.bad_lines == (1, ("stdout.log:2: epoch -1 is negative",))


def test_progress_bars_on_standard_output_do_not_hide_measurements(attempt):
    collector = collected(
        attempt, b'  10 %\r  50 %\r{"epoch": 1, "e": 0.5}\n 99 %\r{"epoch": 2, "e": 1}'
    )
    assert table(collector) == ([1, 2], {"e": [0.5, 1.0]})


def test_a_log_in_another_encoding_is_read_as_far_as_it_makes_sense(attempt):
    collector = collected(
        attempt, "Größe\n".encode("latin-1") + b'\xff\xfe{"epoch": 1}\n{"epoch": 1, "e": 0.5}\n'
    )
    assert table(collector) == ([1], {"e": [0.5]})


rows = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(["e", "loss"]), st.floats(allow_nan=False)),
    max_size=12,
)


@rule
@given(rows)
def test_the_last_value_of_each_epoch_and_metric_is_kept(tmp_path_factory, rows):
    attempt = AttemptFolder(str(tmp_path_factory.mktemp("attempt")))
    lines = [json.dumps({"epoch": epoch, name: value}) for epoch, name, value in rows]
    epochs, metrics = table(collected(attempt, "\n".join(lines).encode()))
    last = {(epoch, name): value for epoch, name, value in rows}
    assert epochs == sorted({epoch for epoch, _, _ in rows})
    assert metrics == {
        name: [last.get((epoch, name)) for epoch in epochs]
        for name in dict.fromkeys(n for _, n, _ in rows)
    }


# What a training script calls.


@pytest.mark.parametrize("value", [None, ""])
def test_logging_outside_of_a_round_does_nothing(monkeypatch, tmp_path, value):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TUNEPLAY_METRICS", raising=False)
    if value is not None:
        monkeypatch.setenv("TUNEPLAY_METRICS", value)
    tuneplay.log(epoch=1, val_error=0.5)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def log(monkeypatch, attempt):
    """Log as within a trial, and read back what the coordinator sees."""
    monkeypatch.setenv("TUNEPLAY_METRICS", str(attempt.metrics))

    def log(**values):
        tuneplay.log(**values)
        collector = Collector(attempt)
        collector.read()
        assert collector.bad_lines == (0, ())
        return table(collector)

    return log


def test_the_library_call_takes_numbers_beyond_any_float(tmp_path, monkeypatch):
    path = tmp_path / "metrics.jsonl"
    monkeypatch.setenv("TUNEPLAY_METRICS", str(path))
    tuneplay.log(epoch=1, loss=10**400, gain=-(10**400))
    measured = parse_json_line(path.read_bytes())
    assert measured.values == {"loss": math.inf, "gain": -math.inf}
    for epoch in (math.inf, math.nan, 1.5):
        with pytest.raises(ValueError, match="is not a whole number"):
            tuneplay.log(epoch=epoch, loss=1)


def test_logged_measurements_arrive_line_by_line(log, attempt):
    assert log(epoch=1, val_error=0.5, loss=2) == ([1], {"val_error": [0.5], "loss": [2.0]})
    assert log(epoch=2, val_error=0.25)[1]["val_error"] == [0.5, 0.25]
    assert Path(attempt.metrics).read_bytes().count(b"\n") == 2


def test_values_that_know_how_to_become_a_float_are_logged(log):
    class Tensor:
        def __float__(self):
            return 0.125

    values = {"a": np.float32(0.5), "b": np.int64(3), "c": np.array(0.25), "d": Tensor()}
    assert log(epoch=np.int32(4), **values) == (
        [4],
        {"a": [0.5], "b": [3.0], "c": [0.25], "d": [0.125]},
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_divergence_can_be_logged(log, value):
    _, metrics = log(epoch=1, loss=value)
    assert repr(metrics["loss"]) == repr([value])


@pytest.mark.parametrize("value", ["half", [1, 2], {}, object()])
def test_logging_what_is_no_number_is_a_type_error(log, attempt, value):
    with pytest.raises(TypeError):
        log(epoch=1, val_error=value)
    assert not os.path.exists(attempt.metrics)


def test_half_an_epoch_is_not_logged_as_a_whole_one(log):
    with pytest.raises((TypeError, ValueError)):
        log(epoch=1.5, val_error=0.5)


def test_a_metrics_file_that_cannot_be_written_is_reported_to_the_script(monkeypatch, tmp_path):
    monkeypatch.setenv("TUNEPLAY_METRICS", str(tmp_path / "gone" / "metrics.jsonl"))
    with pytest.raises(OSError, match="gone"):
        tuneplay.log(epoch=1, val_error=0.5)


def test_importing_tuneplay_loads_the_standard_library_alone():
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "import tuneplay\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names) - {'tuneplay'}))\n"
        "print(sorted(name for name in sys.modules if name.startswith('tuneplay')))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "['tuneplay', 'tuneplay._client']"]
