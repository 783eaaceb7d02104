#!/usr/bin/env python3
"""How much wall time tuneplay adds to the trainings themselves, next to a bare subprocess pool.

    python scripts/bench/overhead.py             all three, about five minutes
    python scripts/bench/overhead.py --quick     all three on fewer trials, a minute or two
    python scripts/bench/overhead.py python      30 ms Python commands: ratio, with start-up
    python scripts/bench/overhead.py true        a no-op: milliseconds a trial, 200 to 10,000 trials
    python scripts/bench/overhead.py slots       1 s trials: share of the time in which slots train

`python` is the one of .venv, which scripts/test makes. Prints wall times and ratios; it never passes
or fails, because timings belong in a benchmark. The floor is a pool of two threads that start the
same commands and wait for them. Measurements of tuneplay and of the pool alternate: both see the
same machine.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS, QUICK_REPEATS = 3, 1
SIZES, QUICK_SIZES = (200, 1000, 10_000), (100, 200)

SPEC = """\
goal: What does the orchestration of {trials} trials cost?
phase: exploration
command: {command}
objective: {{metric: val_error, direction: minimize}}
epochs: 1
trials: {trials}
nuisance:
  learning_rate: {{low: 1e-5, high: 1, scale: log}}
  momentum: {{low: 0.8, high: 0.999, scale: reverse_log}}
resources: {{slots: {slots}}}
"""

#: Burns CPU for the rest of 30 ms, then reports one epoch.
TRAIN = """\
import sys, time
while time.process_time() < 0.03:
    pass
print('{"epoch": 1, "val_error": %s}' % float(sys.argv[1]))
"""

#: The floor: the same commands from threads that only start them and wait.
POOL = """\
import subprocess, sys
from concurrent.futures import ThreadPoolExecutor
count, slots, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
def one(_):
    subprocess.run(command, stdout=subprocess.DEVNULL)
with ThreadPoolExecutor(slots) as pool:
    list(pool.map(one, range(count)))
"""


def timed(command: list[str], folder: Path) -> float:
    """Wall time of a command in seconds."""
    started = time.perf_counter()
    result = subprocess.run(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    seconds = time.perf_counter() - started
    if result.returncode not in (0, 3):
        sys.exit(f"{command} ended with {result.returncode}: {result.stderr.decode()}")
    return seconds


def tuneplay(folder: Path, trials: int, command: str, slots: int) -> float:
    """Wall time of one round, start-up included."""
    name = f"r{time.monotonic_ns()}"
    (folder / f"{name}.yaml").write_text(
        SPEC.format(trials=trials, command=command, slots=slots), encoding="utf-8"
    )
    return timed([sys.executable, "-m", "tuneplay", "run", f"{name}.yaml"], folder)


def pool(folder: Path, trials: int, command: list[str], slots: int) -> float:
    """Wall time of the same commands from a bare pool, start-up included."""
    return timed([sys.executable, "-c", POOL, str(trials), str(slots), *command], folder)


def python_commands(folder: Path, repeats: int) -> None:
    """Rows of 200 and 400 trials of 30 ms on two slots."""
    (folder / "train.py").write_text(TRAIN, encoding="utf-8")
    ours: dict[int, list[float]] = {200: [], 400: []}
    floor: dict[int, list[float]] = {200: [], 400: []}
    for _ in range(repeats):
        for trials in (200, 400):
            floor[trials].append(pool(folder, trials, [sys.executable, "train.py", "1"], 2))
            command = f"{sys.executable} train.py {{learning_rate}} {{momentum}}"
            ours[trials].append(tuneplay(folder, trials, command, 2))
    for trials in (200, 400):
        ratios = [a / b for a, b in zip(ours[trials], floor[trials], strict=True)]
        print(
            f"{trials} trials of 30 ms, 2 slots: {statistics.median(ours[trials]):.2f} s, pool "
            f"{statistics.median(floor[trials]):.2f} s, ratio {statistics.median(ratios):.3f} "
            f"(bar 1.25)"
        )
    slopes = [
        (a4 - a2) / (b4 - b2)
        for a2, a4, b2, b4 in zip(ours[200], ours[400], floor[200], floor[400], strict=True)
    ]
    print(f"slope from 200 to 400: ratio {statistics.median(slopes):.3f} (bar 1.10)")


def no_ops(folder: Path, sizes: tuple[int, ...]) -> None:
    """Milliseconds a trial of /bin/true, from one size of round to the next."""
    script = folder / "report.sh"
    # /bin/true measures nothing, and a round of failures is stopped: one builtin reports.
    script.write_text('#!/bin/sh\necho \'{"epoch": 1, "val_error": 1}\'\n', encoding="utf-8")
    script.chmod(0o755)
    seconds = {}
    floor = {}
    for trials in sizes:
        floor[trials] = pool(folder, trials, ["/bin/sh", str(script)], 2)
        seconds[trials] = tuneplay(folder, trials, f"{script} {{learning_rate}} {{momentum}}", 2)
        print(f"{trials} trials of a no-op: {seconds[trials]:.2f} s, pool {floor[trials]:.2f} s")
    for small, large in itertools.pairwise(sizes):
        per = (seconds[large] - seconds[small]) / (large - small) * 1e3
        bare = (floor[large] - floor[small]) / (large - small) * 1e3
        print(
            f"slope {small} to {large}: {per:.2f} ms a trial (bar 3), pool {bare:.2f} ms, "
            f"ratio {per / bare:.2f}"
        )


def busy_slots(folder: Path) -> None:
    """Share of the time in which slots train, with trials of one second."""
    (folder / "sleep.py").write_text(
        "import sys, time\ntime.sleep(1)\n"
        'print(\'{"epoch": 1, "val_error": %s}\' % float(sys.argv[1]))\n',
        encoding="utf-8",
    )
    trials, slots = 40, 2
    command = f"{sys.executable} sleep.py {{learning_rate}} {{momentum}}"
    name = folder / "rounds"
    before = set(name.glob("*")) if name.exists() else set()
    tuneplay(folder, trials, command, slots)
    (made,) = set(name.glob("*")) - before
    events = [json.loads(line) for line in (made / "ledger.jsonl").read_text().splitlines()]
    finished = [event for event in events if event["event"] == "finished"]
    busy = sum(event["seconds"] for event in finished)
    stamps = [Path(p).stat().st_mtime for p in made.glob("trials/*/*/started")]
    ends = [Path(p).stat().st_mtime for p in made.glob("trials/*/*/exit")]
    span = max(ends) - min(stamps)
    lived = sum(
        (path / "exit").stat().st_mtime - (path / "started").stat().st_mtime
        for path in made.glob("trials/*/*")
    )
    print(
        f"{trials} trials of 1 s, {slots} slots: busy {lived / (slots * span):.4f} by the trials' "
        f"own stamps (bar 0.98), {busy / (slots * span):.4f} by the ledger"
    )


def main() -> None:
    """Runs the measurements that were asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("what", nargs="*", choices=["python", "true", "slots", []], default=[])
    parser.add_argument("--quick", action="store_true", help="fewer trials, a minute or two")
    parser.add_argument("--repeats", type=int, help="of the Python commands; 3 without it")
    parser.add_argument("--sizes", type=int, nargs="+", help="trials of a no-op, in rising order")
    options = parser.parse_args()
    what = options.what or ["python", "true", "slots"]
    repeats = options.repeats or (QUICK_REPEATS if options.quick else REPEATS)
    sizes = tuple(options.sizes or (QUICK_SIZES if options.quick else SIZES))
    with tempfile.TemporaryDirectory(prefix="tuneplay-bench-") as name:
        folder = Path(name)
        if "python" in what:
            python_commands(folder, repeats)
        if "true" in what:
            no_ops(folder, sizes)
        if "slots" in what:
            busy_slots(folder)


if __name__ == "__main__":
    main()
