"""What the ledger records about where results come from."""

import hashlib
import os
import platform
import socket
import subprocess

import pytest

from tuneplay.app.opening import provenance
from tuneplay.domain.folder import RoundFolder


def git(folder, *arguments):
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    done = subprocess.run(
        ["git", "-C", folder, *identity, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(bench):
    bench.write("code.py", "rate = 1\n")
    git(bench.root, "init", "-q")
    git(bench.root, "add", "code.py", "train")
    git(bench.root, "commit", "-qm", "first")
    return bench.root


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "kept"
    root.mkdir()
    return RoundFolder(root)


def opened(bench):
    return bench.events("opened")[-1]


def test_the_ledger_names_the_machine_python_and_the_commit(bench, repository):
    assert bench.tuneplay("run", bench.spec(trials=1)).returncode == 0
    event = opened(bench)
    assert event["versions"]["python"] == platform.python_version()
    spec = (bench.root / "r.yaml").read_bytes()
    assert event["spec_sha256"] == hashlib.sha256(spec).hexdigest()
    assert event["machine"] == {"host": socket.gethostname(), "platform": platform.platform()}
    assert event["git"] == {"commit": git(repository, "rev-parse", "HEAD"), "dirty": False}
    assert not (bench.root / "rounds/r/dirty.diff").exists()


def test_what_differs_from_the_commit_is_kept_next_to_the_ledger(bench, repository):
    bench.write("code.py", "rate = 2  # größer\n")
    spec = bench.spec(trials=1)
    bench.tuneplay("run", spec)
    state = opened(bench)["git"]
    kept = (bench.root / "rounds/r" / state["diff"]["file"]).read_bytes()
    assert "+rate = 2  # größer" in kept.decode()
    assert state["dirty"] is True
    assert state["diff"] == {
        "file": "dirty.diff", "sha256": hashlib.sha256(kept).hexdigest(), "bytes": len(kept),
        "cut": False,
    }  # fmt: skip
    # It is the diff that git itself would apply.
    git(repository, "stash")
    git(repository, "apply", "rounds/r/dirty.diff")
    assert (repository / "code.py").read_text() == "rate = 2  # größer\n"


def test_a_later_opening_keeps_the_diff_that_an_earlier_one_names(bench, repository):
    for trials in (1, 2, 3):
        bench.write("code.py", f"rate = {2 if trials == 1 else 3}\n")
        bench.tuneplay("run", bench.spec(trials=trials))
    states = [event["git"]["diff"] for event in bench.events("opened")]
    assert [state["file"] for state in states] == ["dirty.diff", "dirty-2.diff", "dirty-2.diff"]
    for state in states:
        kept = (bench.root / "rounds/r" / state["file"]).read_bytes()
        assert hashlib.sha256(kept).hexdigest() == state["sha256"]


def test_a_diff_is_not_written_through_a_link(repository, folder, tmp_path_factory):
    (repository / "code.py").write_text("rate = 2\n")
    outside = tmp_path_factory.mktemp("outside") / "file"
    folder.diff(1).symlink_to(outside)
    state = provenance.git_state(repository, folder)
    assert state["diff"]["file"] == "dirty-2.diff"
    assert not outside.exists()


def test_a_large_diff_is_cut(repository, folder, monkeypatch):
    monkeypatch.setattr(provenance, "MAX_DIFF", 1_000)
    (repository / "code.py").write_text("x = 1\n" * 10_000)
    state = provenance.git_state(repository, folder)
    assert (state["diff"]["bytes"], state["diff"]["cut"]) == (1_000, True)
    assert folder.diff(1).stat().st_size == 1_000


def test_outside_of_git_there_is_no_state(bench):
    assert bench.tuneplay("run", bench.spec(trials=1)).returncode == 0
    assert opened(bench)["git"] == {}


def test_a_diff_that_cannot_be_written_stops_nobody(repository, tmp_path):
    (repository / "code.py").write_text("rate = 2\n")
    state = provenance.git_state(repository, RoundFolder(tmp_path / "not there"))
    assert (state["dirty"], state["diff"]) == (True, None)


@pytest.mark.slow
@pytest.mark.parametrize(("hangs", "state"), [("rev-parse", {}), ("status", {"dirty": None})])
def test_a_git_that_hangs_does_not_hold_up_the_round(
    bench, repository, folder, monkeypatch, hangs, state
):
    # It would wait for ten minutes; the commit is known where that question was answered.
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout
    bench.write(
        "bin/git",
        f'#!/bin/sh\ncase "$*" in *{hangs}*) exec sleep 600;; esac\nexec {real.strip()} "$@"\n',
    ).chmod(0o755)
    monkeypatch.setenv("PATH", f"{bench.root}/bin:{os.environ['PATH']}")
    monkeypatch.setattr(provenance, "GIT_SECONDS", 5.0)
    found = provenance.git_state(repository, folder)
    commit = {"commit": found["commit"]} if state else {}
    assert found == commit | state


def test_gpus_are_named_where_trials_use_them(bench):
    bench.write(
        "bin/nvidia-smi",
        "#!/bin/sh\ncase $1 in -L) echo 'GPU 0: Tesla T0 (UUID: GPU-a-0)';; esac\n",
    ).chmod(0o755)
    spec = bench.spec(trials=1)
    spec.write_text(spec.read_text().replace("slots: 2}", "gpus: [0]}"))
    path = {"PATH": f"{bench.root}/bin:{os.environ['PATH']}"}
    assert bench.tuneplay("run", spec, env=path).returncode == 0
    assert opened(bench)["machine"]["gpus"] == ["GPU 0: Tesla T0 (UUID: GPU-a-0)"]
