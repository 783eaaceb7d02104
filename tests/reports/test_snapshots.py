"""What people read, at a fixed width. UPDATE_SNAPSHOTS=1 writes them anew; then read the change."""

import os

import pytest
from support.places import SNAPSHOTS

WIDTH = "100"

#: Arm a has a bowl with its best learning rate inside, arm b one at the upper edge; beyond 0.3
#: arm a diverges. The seed adds a little.
BOWL = """\
import math, sys
arm, rate, seed = sys.argv[1], math.log10(float(sys.argv[2])), int(sys.argv[3])
centre = -2.0 if arm == "a" else 1.0
for epoch in range(1, 11):
    value = 0.1 + 0.02 * (rate - centre) ** 2 + 0.3 / epoch**2 + seed % 5 / 500
    if arm == "a" and rate > -0.5:
        value = math.nan
    print('{"epoch": %d, "val_error": %.5f, "train_loss": %.5f}' % (epoch, value, 1 / epoch))
"""


@pytest.fixture
def bowl(bench):
    bench.write("bowl.py", BOWL)
    bench.write("train.py", "")
    return bench.spec("python3 bowl.py {arm} {learning_rate} {seed}", trials=15, epochs=10)


def check(name, text):
    path = SNAPSHOTS / f"{name}.txt"
    text = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def shown(bench, *arguments):
    result = bench.tuneplay(*arguments, env={"COLUMNS": WIDTH})
    assert result.returncode == 0, result.stderr
    return result.stdout.replace(str(bench.root), "/project")


def test_the_report_before_and_after_the_reruns_and_the_status(bench, bowl):
    check("check", shown(bench, "check", "r.yaml"))
    bench.tuneplay("run", bowl)
    check("report-search", shown(bench, "report", "rounds/r"))
    bench.tuneplay("rerun", bowl)
    check("report-reruns", shown(bench, "report", "rounds/r"))
    check("status", shown(bench, "status", "rounds/r"))
