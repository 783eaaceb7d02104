#!/usr/bin/env python3
"""What a report of a large round costs: seconds of CPU and memory, step by step.

    python scripts/bench/report.py                            10,000 trials of 100 epochs: ten seconds
    python scripts/bench/report.py --quick                    400 trials of 20 epochs: two seconds
    python scripts/bench/report.py --trials 2000 --epochs 30
    python scripts/bench/report.py --optuna                   with the floor: some minutes

`python` is the one of .venv, which scripts/test makes. Writes the ledger of a made-up round (two
studies, curves that fall and end in noise, some infeasible trials) and reports on it in new
processes. Prints seconds and megabytes; it never passes or fails. The floor is what Optuna takes to
load the same trials from SQLite.
"""

from __future__ import annotations

import argparse
import math
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TRIALS, QUICK_TRIALS = 10_000, 400
EPOCHS, QUICK_EPOCHS = 100, 20

SPEC = """\
goal: What does a report of many trials cost?
phase: exploration
command: python train.py --epochs {{epochs}} --seed {{seed}} {{args}}
objective: {{metric: val_error, direction: minimize}}
epochs: {epochs}
trials: {trials}
baseline: {{arm: a}}
scientific: {{arm: [a, b]}}
nuisance:
  learning_rate: {{low: 1e-5, high: 1, scale: log}}
  momentum: {{low: 0.5, high: 0.999, scale: reverse_log}}
  weight_decay: {{low: 1e-6, high: 1e-2, scale: log}}
  width: {{low: 32, high: 512, scale: log, type: int}}
"""


def write_round(root: Path, trials: int, epochs: int) -> Path:
    """A round's folder with a spec and the ledger of a finished round."""
    from tuneplay.domain.folder import RoundFolder
    from tuneplay.domain.trial import Trial
    from tuneplay.ledger.events import Finished, Intent, Opened
    from tuneplay.ledger.file import LedgerWriter
    from tuneplay.search.plan import hyperparameters, planned_units, seed_of, turns, values_at
    from tuneplay.spec.load import loads

    folder = RoundFolder(root / "rounds" / "big")
    folder.root.mkdir(parents=True)
    text = SPEC.format(trials=trials // 2, epochs=epochs)
    folder.spec.write_text(text)
    round_ = loads(text, "big", "round.yaml").round
    events: list[Any] = [Opened(text, str(folder.spec), str(root))]
    rng = random.Random(0)
    for trial in turns(round_):
        study = round_.study(trial.study)
        units = planned_units(round_, study, trial.number)
        assert units is not None
        values = hyperparameters(study, values_at(study, units))
        outcome, curves = training(units, epochs, rng)
        seed = seed_of(round_, trial)
        events.append(Intent(trial, 1, seed, values))
        events.append(Finished(Trial(trial, seed, values, outcome, curves, 1, 60.0)))
    writer = LedgerWriter(folder)
    writer.append(events)
    writer.close()
    return folder.root


def training(units: tuple[float, ...], epochs: int, rng: random.Random) -> tuple[Any, Any]:
    """Outcome and curves of a training: a power law with noise; some trainings diverge."""
    from tuneplay.domain.curves import Curves, Direction
    from tuneplay.domain.trial import Outcome, State

    level = 0.05 + 0.2 * (units[0] - 0.6) ** 2 + 0.05 * (units[1] - 0.5) ** 2
    numbers = tuple(range(1, epochs + 1))
    metrics = {
        "train_loss": [level / 2 + 1 / e + 0.002 * rng.gauss(0, 1) for e in numbers],
        "val_loss": [level * 2 + 1 / math.sqrt(e) + 0.01 * rng.gauss(0, 1) for e in numbers],
        "val_error": [level + 0.5 / e + 0.003 * rng.gauss(0, 1) for e in numbers],
    }
    curves = Curves(numbers, metrics)
    if units[0] > 0.95:
        return Outcome(State.INFEASIBLE, "diverged: val_error is not finite"), curves
    epoch, value = curves.best("val_error", Direction.MINIMIZE) or (1, math.inf)
    return Outcome(State.FEASIBLE, "", value, epoch), curves


def steps(folder: Path) -> None:
    """Times each step of a report in this process, in seconds of CPU.

    Importing the rules is a step: this is why judge/ is imported here and not in pieces/judging.py.
    """
    from tuneplay.app.opening.locate import locate

    history, took = timed(lambda: locate(str(folder)).history())
    print(f"  read the ledger   {took:6.2f} s")
    round_ = locate(str(folder)).recorded(history).round
    trials = list(history.finished.values())
    _, took = timed(lambda: __import__("tuneplay.judge.judgement"))
    print(f"  import the rules  {took:6.2f} s")
    from tuneplay.judge.judgement import judge_round

    judgement, took = timed(lambda: judge_round(round_, trials))
    print(f"  judge             {took:6.2f} s   ({len(judgement.findings)} findings)")
    print(
        f"  memory at most    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB"
    )


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """A result, and the CPU seconds that it took."""
    started = time.process_time()
    result = work()
    return result, time.process_time() - started


def as_called(folder: Path) -> None:
    """`tuneplay report --json` as a person calls it."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "tuneplay", "report", str(folder), "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"tuneplay report --json: {time.perf_counter() - started:.2f} s of wall, {cpu:.2f} s of CPU, "
        f"{after.ru_maxrss / 1024:.0f} MB at most"
    )


def optuna_load(folder: Path, root: Path) -> None:
    """The floor: the same trials loaded from Optuna's SQLite storage."""
    import optuna

    from tuneplay.app.opening.locate import locate

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = f"sqlite:///{root / 'optuna.db'}"
    study = optuna.create_study(storage=storage, study_name="big")
    frozen = []
    for trial in locate(str(folder)).history().finished.values():
        values = trial.curves.metrics["val_error"]
        curve = {e: v for e, v in zip(trial.curves.epochs, values, strict=True) if v is not None}
        state = optuna.trial.TrialState.COMPLETE if trial.feasible else optuna.trial.TrialState.FAIL
        frozen.append(
            optuna.trial.create_trial(
                state=state, value=trial.outcome.value, intermediate_values=curve
            )
        )
    study.add_trials(frozen)
    started = time.perf_counter()
    count = len(optuna.load_study(storage=storage, study_name="big").trials)
    print(
        f"optuna.load_study(...).trials of {count} from SQLite: {time.perf_counter() - started:.1f} s"
    )


def main() -> None:
    """Writes the round, then measures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="a smaller round, two seconds")
    parser.add_argument("--trials", type=int, help="trials of both studies")
    parser.add_argument("--epochs", type=int, help="epochs of each trial")
    parser.add_argument("--optuna", action="store_true", help="the floor as well: slow")
    parser.add_argument("--steps", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.steps:
        steps(options.steps)
        return
    quick_or_full = (QUICK_TRIALS, QUICK_EPOCHS) if options.quick else (TRIALS, EPOCHS)
    trials, epochs = options.trials or quick_or_full[0], options.epochs or quick_or_full[1]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        folder = write_round(root, trials, epochs)
        size = (folder / "ledger.jsonl").stat().st_size / 1e6
        print(f"{trials} trials of {epochs} epochs, a ledger of {size:.0f} MB")
        subprocess.run([sys.executable, __file__, "--steps", str(folder)], check=True)
        as_called(folder)
        if options.optuna:
            optuna_load(folder, root)


if __name__ == "__main__":
    main()
