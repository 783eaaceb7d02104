"""Where things are, wherever a test was started."""

from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent

#: Train scripts of other people, as `tuneplay init` meets them.
TRAIN_SCRIPTS = TESTS / "scripts"
SNAPSHOTS = TESTS / "snapshots"
BAD_SPECS = TESTS / "specs" / "bad.txt"

#: Runs `tuneplay` and kills it at a chosen point; it explains its arguments.
FAULTS = TESTS / "support" / "faults.py"
