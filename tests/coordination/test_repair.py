"""A damaged ledger: `tuneplay run --repair` sets the damage aside and loses nothing."""

import json
import os
import shutil
import signal

import pytest
from support.bench import Bench
from support.waiting import wait_for


class Damaged:
    """A finished round whose ledger's lines can be damaged."""

    def __init__(self, bench: Bench, phase="exploration", **more):
        self.bench = bench
        self.spec = bench.spec(**{"trials": 2} | more)
        text = self.spec.read_text()
        self.spec.write_text(text.replace("phase: exploration", f"phase: {phase}"))
        assert bench.tuneplay("run", self.spec).returncode == 0
        self.path = bench.root / "rounds/r/ledger.jsonl"
        self.before = self.state()

    def state(self):
        return {
            (e["study"], e["trial"]): (e["hyperparameters"], e["value"], e["curves"], e["seed"])
            for e in self.bench.events("finished")
        }

    def damage(self, chosen, damage=b"\0\0\0"):
        """Damage the lines that `chosen` picks; their numbers and what they were."""
        lines = self.path.read_bytes().split(b"\n")
        found = {n: line for n, line in enumerate(lines, 1) if line and chosen(json.loads(line))}
        for number in found:
            lines[number - 1] = damage
        self.path.write_bytes(b"\n".join(lines))
        return found

    def repair(self):
        return self.bench.tuneplay("run", self.spec, "--repair")

    def trained(self):
        return len(self.bench.attempts())


def is_of(*kinds, trial=0, study="arm=a"):
    return lambda e: e["event"] in kinds and (e.get("study"), e.get("trial")) == (study, trial)


def test_the_message_names_the_line_and_the_command_that_goes_on(bench):
    round_ = Damaged(bench)
    (number,) = round_.damage(is_of("finished"))
    for command in ("run", "status", "report"):
        result = bench.tuneplay(command, round_.spec)
        assert result.returncode == 5
        assert f"ledger.jsonl:{number}: damaged line" in result.stderr
        assert f"tuneplay run {bench.root}/rounds/r --repair" in result.stderr
    result = bench.tuneplay("run", bench.root / "rounds/r", "--repair")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "kinds",
    [
        ["finished"],
        ["started"],
        ["intent"],
        ["intent", "started"],
        ["started", "finished"],
        ["intent", "finished"],
        ["intent", "started", "finished"],
    ],
)
def test_what_a_damaged_line_said_is_found_again_and_nothing_is_trained_twice(bench, kinds):
    round_ = Damaged(bench)
    damaged = round_.damage(is_of(*kinds), b'{"event":"finis\xff')
    before = round_.path.read_bytes()
    result = round_.repair()
    assert result.returncode == 0, result.stderr
    where = ", ".join(map(str, damaged))
    assert f"{where} of the ledger set aside in rounds/r/ledger.damaged-1" in result.stdout
    kept = (bench.root / "rounds/r/ledger.damaged-1").read_bytes()
    assert kept == b'{"event":"finis\xff\n' * len(kinds)
    assert all(line in before for line in round_.path.read_bytes().split(b"\n")[:3])
    assert round_.state() == round_.before
    assert len(bench.events("finished")) == 4
    assert round_.trained() == 4
    assert bench.report()["progress"]["feasible"] == 4
    assert "no line of the ledger is damaged" in round_.repair().stdout


def test_a_trial_whose_lines_and_folder_are_lost_is_trained_once_more(bench):
    round_ = Damaged(bench)
    round_.damage(is_of("intent", "started", "finished"))
    shutil.rmtree(bench.root / "rounds/r/trials/arm=a/0000.1")
    assert round_.repair().returncode == 0
    assert {key: value[:2] for key, value in round_.state().items()} == {
        key: value[:2] for key, value in round_.before.items()
    }
    assert round_.trained() == 4


def test_a_living_trial_whose_lines_are_lost_is_taken_back(bench):
    bench.write(
        "wait", '#!/bin/sh\necho \'{"epoch": 1, "val_error": 1}\'\n'
        "while [ ! -e go ]; do sleep 0.05; done\necho '{\"epoch\": 2, \"val_error\": 0.5}'\n",
    ).chmod(0o755)  # fmt: skip
    spec = bench.spec("./wait {learning_rate} {arm}", trials=2)
    first = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 2)
    wait_for(lambda: all((f / "started").exists() for f in bench.attempts()))
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    path = bench.root / "rounds/r/ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    about_a = [n for n, line in enumerate(lines) if b'"study":"arm=a"' in line]
    for number in about_a:
        lines[number] = b"damage\n"
    path.write_bytes(b"".join(lines))
    again = bench.start("run", spec, "--repair")
    found = []
    for line in again.stdout:
        if line.startswith("found arm="):
            found.append(line)
            if len(found) == 2:
                bench.write("go", "")
    again.wait()
    assert again.returncode == 0, again.stderr.read()
    assert len(bench.attempts()) == 4
    assert len(bench.events("finished")) == 4
    again.stdout.close()
    again.stderr.close()


def test_without_its_spec_the_ledger_is_checked_against_the_plan(bench):
    round_ = Damaged(bench)
    round_.damage(lambda e: e["event"] == "opened")
    result = bench.tuneplay("run", "rounds/r", "--repair")
    assert result.returncode == 2
    assert "Name the spec's file instead" in result.stderr
    text = round_.spec.read_text()
    round_.spec.write_text(text.replace("low: 1e-4", "low: 1e-3"))
    result = bench.tuneplay("run", round_.spec)
    assert result.returncode == 2
    assert "r.yaml does not plan arm=a/0000 as it was trained" in result.stderr
    round_.spec.write_text(text.replace("trials: 2", "trials: 3"))
    assert bench.tuneplay("run", round_.spec).returncode == 0
    assert len(bench.events("finished")) == 6
    assert round_.trained() == 6


def test_reruns_of_a_trial_whose_intent_is_lost_train_its_configuration(bench):
    round_ = Damaged(bench, trials=1)
    round_.damage(is_of("intent"))
    assert round_.repair().returncode == 0
    result = bench.tuneplay("rerun", round_.spec, "--seeds", "2")
    assert result.returncode == 0, result.stderr
    lr = {
        json.dumps(e["hyperparameters"]) for e in bench.events("finished") if e["study"] == "arm=a"
    }
    assert len(lr) == 1


def test_an_attempt_of_another_plan_is_not_taken_for_one_of_this_round(bench):
    """Its folder is left from before: somebody deleted the ledger and began anew."""
    round_ = Damaged(bench)
    round_.path.unlink()
    text = round_.spec.read_text().replace("low: 1e-4", "low: 1e-3")
    round_.spec.write_text(text.replace("trials: 2", "trials: 1"))
    assert bench.tuneplay("run", round_.spec).returncode == 0
    round_.spec.write_text(text)
    result = round_.repair()
    assert result.returncode == 0, result.stderr
    assert "found again" not in result.stdout
    assert all(e["hyperparameters"]["learning_rate"] >= 1e-3 for e in bench.events("finished"))
    assert {e["attempt"] for e in bench.events("finished")} == {2}


def test_a_repair_that_was_killed_half_way_is_made_again(bench):
    round_ = Damaged(bench)
    round_.damage(is_of("finished"))
    (bench.root / "rounds/r/ledger.repaired").write_bytes(b"half of it")
    (bench.root / "rounds/r/ledger.damaged-1").write_bytes(b"an earlier one")
    assert round_.repair().returncode == 0
    assert (bench.root / "rounds/r/ledger.damaged-1").read_bytes() == b"an earlier one"
    assert (bench.root / "rounds/r/ledger.damaged-2").read_bytes() == b"\0\0\0\n"
    assert not (bench.root / "rounds/r/ledger.repaired").exists()
    assert round_.state() == round_.before


def test_a_live_coordinator_is_not_repaired_under(bench):
    bench.write("wait", "#!/bin/sh\nwhile [ ! -e go ]; do sleep 0.05; done\n"
                "echo '{\"epoch\": 1, \"val_error\": 1}'\n").chmod(0o755)  # fmt: skip
    spec = bench.spec("./wait {learning_rate} {arm}", trials=1)
    first = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 2)
    assert bench.tuneplay("run", spec, "--repair").returncode == 6
    bench.write("go", "")
    first.communicate(timeout=60)
    assert first.returncode == 0


def test_repair_and_dry_run_exclude_each_other_and_a_new_round_needs_no_repair(bench):
    spec = bench.spec(trials=1)
    result = bench.tuneplay("run", spec, "--repair", "--dry-run")
    assert result.returncode == 2
    assert not (bench.root / "rounds").exists()
    assert bench.tuneplay("run", spec, "--repair").returncode == 0


def test_a_trial_whose_folder_is_lost_as_well_is_trained_again_also_in_exploitation(bench):
    round_ = Damaged(bench, phase="exploitation")
    round_.damage(is_of("intent", "started", "finished", trial=1))
    shutil.rmtree(bench.root / "rounds/r/trials/arm=a/0001.1")
    result = round_.repair()
    assert result.returncode == 0, result.stderr
    assert round_.state() == round_.before
