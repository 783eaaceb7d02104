"""A storm: coordinators and trials killed at random moments, until the round is done."""

import json
import os
import random
import signal
import subprocess
from collections import Counter

import pytest
from support.processes import pids_of

#: A training of some 20 to 200 ms. What becomes of it depends on its seed and its arm alone: seed
#: 3 diverges, seed 5 crashes in arm b after its first epoch. It tells when another copy of the
#: same trial is alive: that must never be.
STORMY = """\
#!/bin/sh
# usage: stormy EPOCHS SECONDS SEED ARM KEY LEARNING_RATE
mkdir -p copies
if read -r other 2>/dev/null <"copies/$5.$4" && read -r _ _ state _ 2>/dev/null <"/proc/$other/stat"
then
    [ "$state" = Z ] || echo "$5.$4: $other and $$" >>double
fi
echo $$ >"copies/$5.$4"
epoch=1
while [ "$epoch" -le "$1" ]; do
    sleep "$2"
    value=0.$((100 + 50 / epoch + $3))
    [ "$3" = 3 ] && value=NaN
    echo "{\\"epoch\\": $epoch, \\"val_error\\": $value}"
    [ "$3$4" = 5b ] && exit 1
    epoch=$((epoch + 1))
done
"""

#: Kills of one round at most; then it is left in peace.
KILLS = 6


class Storm:
    """One round and its bad luck."""

    def __init__(self, bench, seed):
        self.bench = bench
        self.luck = random.Random(seed)
        self.epochs = self.luck.randint(2, 5)
        self.trials = self.luck.randint(2, 6)
        self.reruns = self.luck.random() < 0.3
        bench.write("stormy", STORMY).chmod(0o755)
        seconds = self.luck.choice([0.01, 0.02, 0.04])
        command = f"./stormy {{epochs}} {seconds} {{seed}} {{arm}} {{trial}} {{learning_rate}}"
        self.spec = bench.spec(
            command, epochs=self.epochs, trials=self.trials, slots=self.luck.randint(2, 4)
        )
        # Nobody's killing may use up a trial's retries: what it measures then does not depend on luck.
        text = self.spec.read_text().replace("resources: {", "resources: {retries: 1000, ")
        self.spec.write_text(text)
        self.promised = []

    def acknowledged(self):
        path = self.bench.root / "rounds/r/ledger.jsonl"
        lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
        return [line for line in lines if b'"event":"finished"' in line]

    def rage(self, *arguments):
        """Start a command again and again until it ends by itself; its exit code."""
        for kill in range(KILLS + 1):
            process = self.bench.start(*arguments)
            try:
                process.communicate(timeout=self.luck.uniform(0.1, 1.2) if kill < KILLS else 60)
            except subprocess.TimeoutExpired:
                self.strike(process)
            if process.returncode >= 0:
                return process.returncode
        raise AssertionError("the last one was not killed")

    def strike(self, process):
        """Kill some of the trials, the coordinator, or all of them at once."""
        whom = self.luck.choice(["coordinator", "trials", "both"])
        trials = pids_of(str(self.bench.root / "rounds")) if whom != "coordinator" else []
        for pid in trials:
            if self.luck.random() < 0.7:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        if whom == "trials":
            try:
                process.communicate(timeout=self.luck.uniform(0.1, 0.5))
            except subprocess.TimeoutExpired:
                process.kill()
        else:
            process.kill()
        process.communicate()
        self.promised += self.acknowledged()

    def check(self):
        finished = self.bench.events("finished")
        counted = Counter((e["study"], e["trial"], e.get("rerun", 0)) for e in finished)
        budget = 2 * self.trials + (4 if self.reruns else 0)
        assert set(counted.values()) == {1}, "each configuration counts once"
        assert len(counted) == budget, "the budget is met exactly"
        assert set(self.promised) <= set(self.acknowledged()), "what was acknowledged is there"
        assert pids_of(str(self.bench.root / "rounds")) == [], "no process is left"
        assert not (self.bench.root / "double").exists(), "no trial ran twice at the same time"
        for event in finished:
            assert (event["state"], len(event["curves"]["epoch"])) == self.expected(event)
        points = {
            (e["study"], json.dumps(e["hyperparameters"])) for e in finished if not e.get("rerun")
        }
        assert len(points) == 2 * self.trials

    def expected(self, event):
        if event["seed"] == 3:
            return "infeasible", self.epochs
        if event["seed"] == 5 and event["study"] == "arm=b":
            return "failed", 1
        return "feasible", self.epochs


SEEDS = range(50)
QUICK = (0, 1, 2, 3)


@pytest.mark.parametrize(
    "seed", [s if s in QUICK else pytest.param(s, marks=pytest.mark.slow) for s in SEEDS]
)
def test_a_round_in_a_storm_ends_as_it_should(bench, seed):
    storm = Storm(bench, seed)
    code = storm.rage("run", storm.spec)
    assert code == (3 if storm.trials > 5 else 0)
    if storm.reruns:
        assert storm.rage("rerun", storm.spec, "--seeds", "2") == 0
    storm.check()
