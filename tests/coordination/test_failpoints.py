"""The coordinator killed between any two writes: nothing is lost, nothing is counted twice."""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest
from support.places import FAULTS
from support.processes import pids_of

#: Two studies of two trials: a round of some sixty points.
ROUND = {"trials": 2, "slots": 2}


def killed_at(bench, point, how, *arguments):
    """Run a command until a point; its result, -9 when it was killed there."""
    return subprocess.run(
        [sys.executable, FAULTS, str(point), how, *map(str, arguments)],
        cwd=bench.root, env=bench.environment(), capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip


def acknowledged(bench):
    """The `finished` lines that are whole in the ledger."""
    path = bench.root / "rounds/r/ledger.jsonl"
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [line for line in lines if b'"event":"finished"' in line]


def check_after(bench, spec, promised, *, trials=4):
    """Go on to the end, and see that the round is as if nothing had happened."""
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0, result.stderr
    finished = bench.events("finished")
    assert len(finished) == trials, "the budget is met exactly"
    counted = Counter((e["study"], e["trial"]) for e in finished)
    assert set(counted.values()) == {1}, "each configuration counts once"
    points = {(e["study"], json.dumps(e["hyperparameters"])) for e in finished}
    assert len(points) == trials
    assert all(e["curves"]["epoch"] == [1, 2, 3] for e in finished), "every epoch is there"
    # Trials outlive their coordinator: each one that began is taken back or read, never repeated.
    started = [f / "started" for f in bench.attempts() if (f / "started").exists()]
    assert sum(f.read_text()[:1].isdigit() for f in started) == trials, "none is trained twice"
    known = {(e["study"], f"{e['trial']:04d}.{e['attempt']}") for e in bench.events("intent")}
    assert {(f.parent.name, f.name) for f in bench.attempts()} <= known, "no attempt is unknown"
    assert set(promised) <= set(acknowledged(bench)), "what was acknowledged is there"
    assert pids_of(str(bench.root / "rounds")) == [], "no process is left"


def points_of(bench, *arguments):
    """How many points a command has when nobody kills it."""
    result = killed_at(bench, 0, "before", *arguments)
    assert result.returncode == 0, result.stderr
    return int(result.stderr.rpartition("points: ")[2])


def kill_and_go_on(bench, point, how):
    spec = bench.spec(**ROUND)
    result = killed_at(bench, point, how, "run", spec)
    promised = acknowledged(bench)
    check_after(bench, spec, promised)
    return result.returncode


@pytest.mark.parametrize("how", ["before", "half"])
@pytest.mark.parametrize("point", [3, 8, 13, 21, 34, 43])
def test_a_round_killed_at_some_point_ends_as_if_it_had_not_been(bench, point, how):
    assert kill_and_go_on(bench, point, how) == -9


#: More than a round of this size has; beyond its end a point kills nobody.
MOST = 70


@pytest.mark.slow
@pytest.mark.parametrize("how", ["before", "half"])
@pytest.mark.parametrize("point", range(1, MOST))
def test_a_round_killed_at_any_point_ends_as_if_it_had_not_been(bench, point, how):
    if kill_and_go_on(bench, point, how) != -9:
        assert point > 45


def test_the_points_of_a_round_are_all_tried(bench):
    assert 45 < points_of(bench, "run", bench.spec(**ROUND)) < MOST


@pytest.mark.slow
@pytest.mark.parametrize("point", range(1, 40))
def test_the_coordinator_that_goes_on_may_be_killed_at_any_point_too(bench, point):
    spec = bench.spec(**ROUND)
    killed_at(bench, 30, "before", "run", spec)
    killed_at(bench, point, "half", "run", spec)
    check_after(bench, spec, acknowledged(bench))


def damage(bench):
    """Damage the first trial's `finished` and the whole story of another."""
    path = bench.root / "rounds/r/ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    for number, line in enumerate(lines):
        event = json.loads(line)
        first = event["event"] == "finished" and (event["study"], event["trial"]) == ("arm=a", 0)
        if first or (event.get("study"), event.get("trial")) == ("arm=b", 0):
            lines[number] = b"damaged\n"
    path.write_bytes(b"".join(lines))


@pytest.mark.parametrize(
    "point", [4, 7, 10, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 25))]
)
def test_a_repair_may_be_killed_at_any_point(bench, point):
    spec = bench.spec(**ROUND)
    assert bench.tuneplay("run", spec).returncode == 0
    damage(bench)
    promised = acknowledged(bench)
    killed_at(bench, point, "half", "run", spec, "--repair")
    kept = b"".join(p.read_bytes() for p in (bench.root / "rounds/r").glob("ledger.damaged-*"))
    whole = b"damaged" in (bench.root / "rounds/r/ledger.jsonl").read_bytes()
    assert whole or kept.count(b"damaged\n") >= 4, "the damage is kept somewhere"
    assert bench.tuneplay("run", spec, "--repair").returncode == 0
    check_after(bench, spec, promised)
    assert len(bench.attempts()) == 4, "nothing is trained twice"


def test_a_writer_shim_leaves_a_half_written_line(bench):
    """The faults are real: some point leaves a torn ledger behind."""
    spec = bench.spec(**ROUND)
    for point in range(3, 30):
        killed_at(bench, point, "half", "run", spec)
        data = bench.root / "rounds/r/ledger.jsonl"
        if data.exists() and data.read_bytes() and not data.read_bytes().endswith(b"\n"):
            break
    else:
        raise AssertionError("no torn line")
    check_after(bench, spec, acknowledged(bench))
    assert os.path.exists(bench.root / "rounds/r/ledger.torn-1")
