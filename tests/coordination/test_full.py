"""A full disk: nothing new is started, nothing is lost, and the round goes on when there is room."""

import os
import resource
import shutil
import subprocess

import pytest
from support.processes import pids_of
from support.waiting import wait_for

#: Bytes of a page: what the smallest file takes on a tmpfs.
PAGE = os.sysconf("SC_PAGE_SIZE")


def results(bench, name="r"):
    """What was measured: every trial's configuration, seed, value and curves."""
    finished = bench.events("finished", name)
    found = {
        (e["study"], e["trial"], e.get("rerun", 0)): (
            e["seed"], e["hyperparameters"], e["state"], e["value"], e["curves"],
        )
        for e in finished
    }  # fmt: skip
    assert len(found) == len(finished)
    return found


def undisturbed(bench, **more):
    """The results of the same round in peace."""
    assert bench.tuneplay("run", bench.spec(name="peace.yaml", **more)).returncode == 0
    return results(bench, "peace")


class SmallDisk:
    """A disk of 64 pages for the rounds; filling it leaves a chosen number of pages."""

    pages = 64

    def __init__(self, bench):
        self.peace = undisturbed(bench, trials=2)
        self.rounds = bench.root / "rounds"
        shutil.rmtree(self.rounds)
        self.rounds.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={self.pages * PAGE}", "tmpfs", self.rounds]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("a tmpfs cannot be mounted here: it takes root")

    def fill(self, but):
        (self.rounds / "ballast").write_bytes(b"x" * (self.pages - but) * PAGE)

    def free(self):
        (self.rounds / "ballast").unlink()


@pytest.fixture
def small_disk(bench):
    disk = SmallDisk(bench)
    yield disk
    subprocess.run(["umount", "-l", disk.rounds], check=True)


#: How many pages are left: from none for the round's folder to enough for the whole round.
SAMPLE = [6]
EVERY = [pages for pages in range(32) if pages not in SAMPLE]


@pytest.mark.parametrize("pages", SAMPLE + [pytest.param(p, marks=pytest.mark.slow) for p in EVERY])
def test_a_round_on_a_disk_that_fills_up_stops_with_5_and_ends_as_if_it_had_not(
    bench, small_disk, pages
):
    small_disk.fill(but=pages)
    spec = bench.spec(trials=2)
    result = bench.tuneplay("run", spec)
    full = result.returncode
    assert full in (0, 5), result.stderr
    assert full == 5 or pages > 12
    if full:
        assert "o space left" in result.stderr or "cannot be written" in result.stderr
        assert "space" in result.stderr.splitlines()[-1] or "Choose a place" in result.stderr
        started = len(bench.events("started"))
        again = bench.tuneplay("run", spec)
        assert again.returncode == 5, again.stdout
        assert len(bench.events("started")) == started
    small_disk.free()
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0, result.stderr
    assert results(bench) == small_disk.peace
    assert pids_of(str(bench.root / "rounds")) == []


@pytest.mark.parametrize("room", [0, 100, 700, 1500, 2500])
def test_a_limit_on_the_size_of_files_stops_the_round_until_it_is_lifted(bench, room):
    spec = bench.spec(trials=3)
    limited = subprocess.run(
        bench.command("run", spec), cwd=bench.root, env=bench.environment(), check=False,
        capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )  # fmt: skip
    assert limited.returncode == 5, limited.stdout
    assert "File too large" in limited.stderr or "no space left" in limited.stderr
    assert "the same command goes on" in limited.stderr or "Choose" in limited.stderr
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0, result.stderr
    assert results(bench) == undisturbed(bench, trials=3)


def test_what_a_shell_says_of_a_limit_on_files_is_no_evidence_either(bench):
    # A program that is killed for its large file, in a script that goes on with an exit code of its own.
    bench.write("big", '#!/bin/sh\nhead -c 9000 /dev/zero >"$3/blob" || exit 1\n./train $1 2 0\n')
    (bench.root / "big").chmod(0o755)
    spec = bench.spec("./big {learning_rate} {arm} {trial_dir}", epochs=2, trials=1)
    limited = subprocess.run(
        bench.command("run", spec), cwd=bench.root, env=bench.environment(), check=False,
        capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000)),
    )  # fmt: skip
    assert limited.returncode == 5, limited.stdout
    assert "its log says that its disk is full" in limited.stderr
    assert bench.tuneplay("run", spec).returncode == 0
    assert [e["state"] for e in bench.events("finished")] == ["feasible"] * 2


#: A program that prints two epochs, then fails as on a full disk while the file `full` is there.
LOW = """\
#!/bin/sh
echo '{"epoch": 1, "val_error": 0.5}'
if [ -e full ]; then
    echo 'OSError: [Errno 28] No space left on device' >&2
    exit $3
fi
echo '{"epoch": 2, "val_error": 0.25}'
"""


@pytest.mark.parametrize("code", [1, 0])
def test_a_trial_that_had_no_room_is_no_evidence_and_is_trained_again(bench, code):
    bench.write("low", LOW).chmod(0o755)
    bench.write("full", "")
    spec = bench.spec(f"./low {{learning_rate}} {{arm}} {code}", epochs=2, trials=4, slots=1)
    result = bench.tuneplay("run", spec)
    assert result.returncode == 5
    assert "arm=a/0000.1: its log says that its disk is full" in result.stderr
    assert "Free space" in result.stderr
    assert len(bench.events("intent")) == 1
    assert bench.events("finished") == []
    (bench.root / "full").unlink()
    assert bench.tuneplay("run", spec).returncode == 0
    assert [e["curves"]["epoch"] for e in bench.events("finished")] == [[1, 2]] * 8


def test_a_trial_that_never_has_room_fails_after_its_retries(bench):
    bench.write("low", LOW).chmod(0o755)
    bench.write("full", "")
    spec = bench.spec("./low {learning_rate} {arm} 0", epochs=2, trials=1, slots=1)
    assert bench.tuneplay("run", spec).returncode == 5
    assert bench.tuneplay("run", spec).returncode == 5
    (failed,) = bench.events("finished")
    assert (failed["state"], failed["reason"]) == ("failed", "no space left on a disk")


def test_a_trial_that_did_all_its_epochs_counts_whatever_its_log_says(bench):
    bench.write("low", LOW.replace("exit $3", ":")).chmod(0o755)
    bench.write("full", "")
    spec = bench.spec("./low {learning_rate} {arm}", epochs=2, trials=1)
    assert bench.tuneplay("run", spec).returncode == 0


def test_a_trial_that_ran_out_of_room_while_nobody_watched_is_started_again_at_once(bench):
    bench.write("low", LOW.replace("if [ -e", "while [ ! -e go ]; do sleep 0.05; done\nif [ -e"))
    (bench.root / "low").chmod(0o755)
    bench.write("full", "")
    spec = bench.spec("./low {learning_rate} {arm} 1", epochs=2, trials=1)
    first = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 2)
    first.kill()
    first.communicate()
    bench.write("go", "")
    wait_for(lambda: sum((f / "exit").exists() for f in bench.attempts()) == 2)
    (bench.root / "full").unlink()
    assert bench.tuneplay("run", spec).returncode == 0
    assert [e["attempt"] for e in bench.events("finished")] == [2, 2]
