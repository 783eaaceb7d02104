"""Symbolic links: welcome where the user puts a round, never a way out of its folder."""

import os

import pytest

from tuneplay.metrics.holes import cut, make_hole, punch
from tuneplay.metrics.saved import Saved, load, save

#: Saves a checkpoint each epoch; with a third argument its folder becomes a link to there first.
SAVE = """\
import os, sys
folder = sys.argv[1]
if len(sys.argv) > 4:
    os.rmdir(folder)
    os.symlink(sys.argv[4], folder)
for epoch, error in enumerate([3, 1, 2], start=1):
    open(os.path.join(folder, f'ckpt_{epoch:03d}.pt'), 'w').close()
    print('{"epoch": %d, "val_error": %d}' % (epoch, error))
"""

COMMAND = "python3 save.py {checkpoint_dir} {learning_rate} {arm}"


@pytest.fixture
def outside(tmp_path_factory):
    """A folder that is nobody's business, with a file in it."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "ckpt_001.pt").write_text("precious")
    return folder


def untouched(folder):
    return [p.name for p in folder.iterdir()] == ["ckpt_001.pt"] and (
        folder / "ckpt_001.pt"
    ).read_text() == "precious"


def test_a_round_on_another_disk_behind_a_link_is_one_round_by_any_name(bench, outside):
    disk = outside / "disk"
    disk.mkdir()
    (bench.root / "rounds").mkdir()
    os.symlink(disk, bench.root / "rounds/r")
    spec = bench.spec(trials=1)
    assert bench.tuneplay("run", spec).returncode == 0
    bench.spec(trials=2)
    for argument in (bench.root / "rounds/r", disk, spec):
        result = bench.tuneplay("run", argument)
        assert result.returncode == 0, result.stderr
    assert len(bench.events("finished")) == 4
    assert len(list((disk / "trials").glob("*/*"))) == 4
    assert bench.tuneplay("report", "rounds/r").returncode == 0


@pytest.mark.parametrize("name", ["rounds", "rounds/r"])
def test_a_link_to_a_disk_that_is_not_there_is_said_and_nothing_is_made(bench, outside, name):
    link = bench.root / name
    link.parent.mkdir(exist_ok=True)
    os.symlink(outside / "gone", link)
    result = bench.tuneplay("run", bench.spec(trials=1))
    assert result.returncode == 2
    assert f"{name} is a link to {outside}/gone, which is not there" in result.stderr
    assert untouched(outside)


def test_the_whole_folder_of_rounds_may_be_a_link(bench, outside):
    os.symlink(outside, bench.root / "rounds")
    assert bench.tuneplay("run", bench.spec(trials=1)).returncode == 0
    assert (outside / "r/ledger.jsonl").exists()


def test_a_spec_that_is_a_link_belongs_to_the_round_whose_folder_holds_it(bench, outside):
    text = bench.spec(trials=1).read_text()
    (outside / "shared.yaml").write_text(text)
    (bench.root / "rounds/r").mkdir(parents=True)
    os.symlink(outside / "shared.yaml", bench.root / "rounds/r/round.yaml")
    assert bench.tuneplay("run", "rounds/r/round.yaml").returncode == 0
    assert len(bench.attempts()) == 2
    assert sorted(p.name for p in outside.iterdir()) == ["ckpt_001.pt", "shared.yaml"]


@pytest.mark.parametrize("name", ["trials", "trials/arm=a"])
def test_a_link_out_of_the_rounds_folder_is_refused_before_any_trial(bench, outside, name):
    path = bench.root / "rounds/r" / name
    path.parent.mkdir(parents=True)
    os.symlink(outside, path)
    result = bench.tuneplay("run", bench.spec(trials=1))
    assert result.returncode == 2
    assert f"{path} is a link that leads out of the round's folder" in result.stderr
    assert "link the round's folder itself" in result.stderr
    assert untouched(outside)
    assert not (bench.root / "rounds/r/ledger.jsonl").exists()


def test_a_link_that_stays_in_the_rounds_folder_is_no_matter(bench):
    (bench.root / "rounds/r/elsewhere").mkdir(parents=True)
    os.symlink("elsewhere", bench.root / "rounds/r/trials")
    assert bench.tuneplay("run", bench.spec(trials=1)).returncode == 0


@pytest.mark.parametrize("name", ["ledger.jsonl", "coordinator.lock"])
@pytest.mark.parametrize("there", [True, False])
def test_neither_ledger_nor_lock_is_written_through_a_link(bench, outside, name, there):
    target = outside / ("ckpt_001.pt" if there and "lock" in name else "new")
    if there and "ledger" in name:
        target.write_bytes(b"")
    (bench.root / "rounds/r").mkdir(parents=True)
    os.symlink(target, bench.root / "rounds/r" / name)
    result = bench.tuneplay("run", bench.spec(trials=1))
    assert result.returncode == 5
    assert f"{name}: cannot be written: it is a link" in result.stderr
    assert (outside / "ckpt_001.pt").read_text() == "precious"
    assert not target.exists() or target.read_bytes() in (b"", b"precious")
    assert bench.attempts() == []


def test_what_is_set_aside_is_never_written_through_a_link(bench, outside):
    spec = bench.spec(trials=1)
    assert bench.tuneplay("run", spec).returncode == 0
    ledger = bench.root / "rounds/r/ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-5])
    os.symlink(outside / "new", bench.root / "rounds/r/ledger.torn-1")
    assert bench.tuneplay("run", spec).returncode == 0
    assert untouched(outside)
    assert (bench.root / "rounds/r/ledger.torn-2").exists()


def test_an_attempts_place_that_is_taken_by_a_link_is_passed_over(bench, outside):
    (bench.root / "rounds/r/trials/arm=a").mkdir(parents=True)
    for number, target in ((1, outside), (2, outside / "nowhere")):
        os.symlink(target, bench.root / f"rounds/r/trials/arm=a/0000.{number}")
    assert bench.tuneplay("run", bench.spec(trials=1)).returncode == 0
    assert untouched(outside)
    assert {e["attempt"] for e in bench.events("finished")} == {1, 3}


def test_checkpoints_behind_a_link_are_found_and_never_deleted(bench, outside):
    bench.write("save.py", SAVE)
    assert bench.tuneplay("run", bench.spec(f"{COMMAND} {outside}", trials=1)).returncode == 0
    assert sorted(p.name for p in outside.iterdir()) == [f"ckpt_00{n}.pt" for n in (1, 2, 3)]
    best = bench.report()["studies"][0]["best"]
    assert best["checkpoint"] == "trials/arm=a/0000.1/checkpoints/ckpt_002.pt"


def test_a_link_among_the_checkpoints_is_deleted_and_not_what_it_points_to(bench, outside):
    bench.write("save.py", SAVE.replace(
        "    open(os.path", f"    if epoch == 1:\n        os.symlink('{outside}', "
        "os.path.join(folder, 'ckpt_001.pt'))\n        print('{\"epoch\": 1, \"val_error\": 3}')\n"
        "        continue\n    open(os.path",
    ))  # fmt: skip
    result = bench.tuneplay("run", bench.spec(COMMAND, trials=1))
    assert result.returncode == 0, result.stderr
    kept = bench.root / "rounds/r/trials/arm=a/0000.1/checkpoints"
    assert [p.name for p in kept.iterdir()] == ["ckpt_002.pt"]
    assert untouched(outside)


def test_metrics_are_read_through_a_link_and_never_written(bench, outside):
    log = outside / "log.jsonl"
    log.write_text('{"epoch": 1, "val_error": 0.5}\n')
    bench.write("link", '#!/bin/sh\nln -s "$3" "$TUNEPLAY_METRICS"\n').chmod(0o755)
    assert bench.tuneplay(
        "run", bench.spec(f"./link {{learning_rate}} {{arm}} {log}", trials=1)
    ).returncode == 0  # fmt: skip
    assert [e["value"] for e in bench.events("finished")] == [0.5, 0.5]
    assert log.read_text() == '{"epoch": 1, "val_error": 0.5}\n'


def test_a_log_that_is_a_link_is_never_shortened(outside):
    precious = outside / "log"
    precious.write_bytes(b"x" * 1_000_000)
    link = outside / "stdout.log"
    os.symlink(precious, link)
    assert punch(str(link), 100_000, None) is None
    with pytest.raises(OSError, match="symbolic links"):
        make_hole(str(link), 65_536, 131_072)
    cut(str(link), 100_000)
    assert precious.read_bytes() == b"x" * 1_000_000


def test_what_is_written_again_does_not_go_through_a_link(outside):
    log = outside / "stdout.log"
    log.write_bytes(b"a line\n" * 100_000)
    saved = Saved(0, 0, None, {}, [], 0, [])
    for name in ("stdout.log.cut", "measured.json.new"):
        os.symlink(outside / "ckpt_001.pt", outside / name)
    cut(str(log), 100_000)
    save(str(outside / "measured.json"), saved)
    assert log.stat().st_size <= 100_000
    assert load(str(outside / "measured.json")) == saved
    assert (outside / "ckpt_001.pt").read_text() == "precious"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_a_ledger_that_is_no_file_is_refused_by_every_command(bench, make):
    spec = bench.spec(trials=1)
    (bench.root / "rounds/r").mkdir(parents=True)
    make(bench.root / "rounds/r/ledger.jsonl")
    for arguments in (["run"], ["run", "--repair"], ["status"], ["report"]):
        result = bench.tuneplay(arguments[0], spec, *arguments[1:])
        assert result.returncode == 5, result.stderr
        assert "not a file" in result.stderr
