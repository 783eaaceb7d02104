"""Loading a spec: text in, a `Round` out, or a `SpecError` that lists everything wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tuneplay.domain.curves import Direction
from tuneplay.domain.round import Infeasibility, Objective, Phase, Resources, Round
from tuneplay.errors import SpecError
from tuneplay.spec.command import check_command, read_command
from tuneplay.spec.fields import Field
from tuneplay.spec.nodes import MAX_BYTES, ListNode, MapNode, ScalarNode, parse
from tuneplay.spec.problems import Mark, Problem, Problems
from tuneplay.spec.redact import read_redact
from tuneplay.spec.studies import read_baseline, read_studies

REQUIRED = {
    "goal": "the question of the round in one sentence",
    "phase": "exploration or exploitation",
    "command": "the train command, as in python train.py {args}",
    "objective": "what decides, as in {metric: val_error, direction: minimize}",
    "epochs": "one number of epochs for all trials",
    "trials": "the number of trials of each study",
}
OPTIONAL = (
    "baseline",
    "scientific",
    "nuisance",
    "fixed",
    "seed",
    "metrics",
    "infeasible",
    "reruns",
    "resources",
    "launcher",
    "checkpoints",
    "env",
    "trial_variance",
    "redact",
)


#: Trials of a study and slots beyond these are slips of the pen.
MAX_TRIALS = 1_000_000
MAX_SLOTS = 10_000

#: Durations beyond a hundred years are, too. In seconds.
MAX_SECONDS = 100 * 366 * 86_400


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec that was read.

    Attributes:
        round: What it declares.
        text: Its text, as the ledger records it.
        warnings: What was found odd, as `file:line:column: …` lines.
    """

    round: Round
    text: str
    warnings: tuple[str, ...]


def load(path: Path, name: str, shown: str | None = None) -> Spec:
    """Read the spec in a file.

    Args:
        path: The file.
        name: The round's name.
        shown: The file's name in messages; the path itself by default.

    Raises:
        SpecError: The file cannot be read, or the spec is wrong.
    """
    shown = shown or str(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SpecError(f"{shown}: cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise SpecError(f"{shown}: larger than {MAX_BYTES:,} bytes", "A spec is a page of text.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SpecError(f"{shown}:{line}:1: not UTF-8 text") from None
    return loads(text, name, shown)


def loads(text: str, name: str, shown: str) -> Spec:
    """Read a spec from its text; see `load`."""
    problems = Problems(shown)
    node = parse(text, problems)
    if node is None:
        problems.raise_errors()
        raise AssertionError("no node, and no error that says why")
    root = Field(node, "", problems)
    fields = root.fields((*REQUIRED, *OPTIONAL))
    for key, right in REQUIRED.items():
        if key not in fields:
            root.error(f"'{key}' is missing", right)
    round_ = _round(fields, root, name)
    problems.raise_errors()
    warnings = [problem.line(shown) for problem in sorted(problems.warnings)]
    return Spec(round_, text, tuple(warnings))


def _round(fields: Mapping[str, Field], root: Field, name: str) -> Round:
    """The round, with stand-ins where an error was noted."""
    studies = read_studies(fields, root)
    command = read_command(fields)
    check_command(command, fields, studies)
    _check_single_way(fields, "metrics", "auto")
    _check_single_way(fields, "launcher", "local")
    if len(studies) == 1:
        some = bool(studies[0].scientific)
        only = "one value only" if some else "no scientific hyperparameter"
        mark = fields["scientific"].mark if "scientific" in fields else Mark(1, 1)
        right = "the round only tunes; it compares nothing"
        root.problems.warnings.append(Problem(mark, "scientific", only, right))
    return Round(
        name=name,
        goal=fields["goal"].text(REQUIRED["goal"]) if "goal" in fields else "",
        phase=(fields["phase"].one_of(Phase) if "phase" in fields else None) or Phase.EXPLORATION,
        command=command,
        objective=_read_objective(fields.get("objective")),
        epochs=fields["epochs"].whole(1) if "epochs" in fields else 1,
        trials=fields["trials"].whole(1, MAX_TRIALS) if "trials" in fields else 1,
        studies=studies,
        baseline=read_baseline(fields, root, studies),
        redact=read_redact(fields, command, studies),
        seed=fields["seed"].whole(0) if "seed" in fields else 0,
        rerun_seeds=_read_reruns(fields.get("reruns")),
        infeasible=_read_infeasible(fields.get("infeasible")),
        keep_checkpoints=_read_checkpoints(fields.get("checkpoints")),
        resources=_read_resources(fields.get("resources")),
        trial_variance=(
            fields["trial_variance"].text("a round's folder")
            if "trial_variance" in fields
            else None
        ),
    )


def _check_single_way(fields: Mapping[str, Field], key: str, only: str) -> None:
    """A key of which this version knows one value."""
    if key in fields:
        node = fields[key].node
        if not isinstance(node, ScalarNode) or node.text != only:
            fields[key].error(f"{fields[key].shown()} is not supported yet", f"{key}: {only}")


def _read_objective(field: Field | None) -> Objective:
    if field is None:
        return Objective("", Direction.MINIMIZE)
    fields = field.fields(("metric", "direction", "worthwhile", "test_metric"))
    for key, right in (("metric", "its name"), ("direction", "minimize or maximize; not guessed")):
        if key not in fields and field.is_mapping:
            field.error(f"'{key}' is missing", right)
    metric = fields["metric"].text("the name of a metric") if "metric" in fields else ""
    direction = fields["direction"].one_of(Direction) if "direction" in fields else None
    worthwhile = fields["worthwhile"].number() if "worthwhile" in fields else 0.0
    if worthwhile < 0:
        fields["worthwhile"].error(f"{worthwhile:g} is below 0", "a size, in the metric's unit")
    test_metric = fields["test_metric"].text("a name") if "test_metric" in fields else None
    if test_metric is not None and test_metric == metric:
        fields["test_metric"].error("it is the objective as well", "only validation metrics decide")
    return Objective(metric, direction or Direction.MINIMIZE, worthwhile, test_metric)


def _read_infeasible(field: Field | None) -> Infeasibility:
    if field is None:
        return Infeasibility()
    fields = field.fields(("worse_than", "exit_codes"))
    limit = fields.get("worse_than")
    codes = fields["exit_codes"].items() if "exit_codes" in fields else []
    for code in codes:
        if code.whole(1) > 255:
            code.error(f"{code.shown()} is not an exit code", "from 1 to 255")
    return Infeasibility(
        None if limit is None or _is_null(limit) else limit.number(),
        tuple(code.whole(1) for code in codes),
    )


def _read_reruns(field: Field | None) -> int:
    fields = field.fields(("seeds",)) if field else {}
    return fields["seeds"].whole(1) if "seeds" in fields else 5


def _read_checkpoints(field: Field | None) -> int | None:
    """How many of the best checkpoints are kept; None for all."""
    keep = field.fields(("keep",)).get("keep") if field else None
    if keep is None or _is_word(keep, "best"):
        return 1
    if _is_word(keep, "all"):
        return None
    if isinstance(keep.node, MapNode):
        best_n = keep.fields(("best_n",)).get("best_n")
        return best_n.whole(1) if best_n else 1
    keep.error(f"{keep.shown()} is not known", "one of best, {best_n: 3}, all")
    return 1


def _read_resources(field: Field | None) -> Resources:
    known = ("slots", "gpus", "gpus_per_trial", "trials_per_gpu", "timeout", "stall_timeout")
    fields = field.fields((*known, "retries")) if field else {}

    def whole(key: str, default: int, least: int, most: int) -> int:
        return fields[key].whole(least, most) if key in fields else default

    slots = fields.get("slots")
    resources = Resources(
        slots=None if slots is None or _is_word(slots, "auto") else slots.whole(1, MAX_SLOTS),
        gpus=_read_gpus(fields.get("gpus")),
        gpus_per_trial=whole("gpus_per_trial", 1, 1, MAX_SLOTS),
        trials_per_gpu=whole("trials_per_gpu", 1, 1, MAX_SLOTS),
        timeout=_read_seconds(fields.get("timeout")),
        stall_timeout=_read_seconds(fields.get("stall_timeout")),
        retries=whole("retries", 1, 0, MAX_SLOTS),
    )
    if field is not None:
        _check_gpus(field, resources)
    return resources


def _check_gpus(field: Field, resources: Resources) -> None:
    if resources.gpus is not None and len(resources.gpus) < resources.gpus_per_trial:
        field.error(
            f"each trial gets {resources.gpus_per_trial} GPUs, of {len(resources.gpus)}",
            "fewer gpus_per_trial, or more gpus",
        )


def _read_gpus(field: Field | None) -> tuple[int, ...] | None:
    if field is None or _is_word(field, "auto"):
        return None
    if isinstance(field.node, ListNode):
        return tuple(item.whole(0) for item in field.items())
    field.error(f"{field.shown()} is not a list of GPUs", "auto, or indices as in [0, 1]")
    return None


class _Unit(StrEnum):
    SECONDS = "s"
    MINUTES = "m"
    HOURS = "h"
    DAYS = "d"


_SECONDS = {_Unit.SECONDS: 1, _Unit.MINUTES: 60, _Unit.HOURS: 3_600, _Unit.DAYS: 86_400}


def _read_seconds(field: Field | None) -> float | None:
    """A duration: a number of seconds, or a number with s, m, h or d; None for null."""
    if field is None or _is_null(field):
        return None
    text = field.node.text if isinstance(field.node, ScalarNode) else ""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]*)?)\s*([smhd]?)", text)
    seconds = float(match[1]) * _SECONDS[_Unit(match[2] or "s")] if match else 0.0
    if not 0 < seconds <= MAX_SECONDS:
        field.error(f"{field.shown()} is not a duration", "as in 90s, 30m or 2h")
        return None
    return seconds


def _is_null(field: Field) -> bool:
    return isinstance(field.node, ScalarNode) and field.node.value is None


def _is_word(field: Field, word: str) -> bool:
    return isinstance(field.node, ScalarNode) and field.node.text == word
