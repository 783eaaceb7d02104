"""Reading what decides, and what is infeasible."""

from __future__ import annotations

from tuneplay.domain.curves import EPOCH_KEY, MAX_METRIC_NAME, Direction
from tuneplay.domain.round import Infeasibility, Objective
from tuneplay.spec.fields import Field


def read_objective(field: Field | None) -> Objective:
    """The metric that decides; a stand-in after an error."""
    if field is None:
        return Objective("", Direction.MINIMIZE)
    fields = field.fields(("metric", "direction", "worthwhile", "test_metric", "chance"))
    for key, right in (
        ("metric", "write the name of a metric"),
        ("direction", "write minimize or maximize; it is never guessed"),
    ):
        if key not in fields and field.is_mapping:
            field.error(f"'{key}' is missing", right)
    metric = _read_metric(fields["metric"]) if "metric" in fields else ""
    direction = fields["direction"].one_of(Direction) if "direction" in fields else None
    worthwhile = fields["worthwhile"].number() if "worthwhile" in fields else 0.0
    if worthwhile < 0:
        right = "write a size in the metric's unit, 0 or more"
        fields["worthwhile"].error(f"{worthwhile:g} is below 0", right)
    test_metric = _read_metric(fields["test_metric"]) if "test_metric" in fields else None
    if test_metric is not None and test_metric == metric:
        right = "name another one: only a validation metric may decide"
        fields["test_metric"].error("this metric is the objective as well", right)
    chance = fields["chance"].number() if "chance" in fields else None
    return Objective(metric, direction or Direction.MINIMIZE, worthwhile, test_metric, chance)


def _read_metric(field: Field) -> str:
    """The name of a metric as a line of JSON can have it."""
    name = field.text("write the name of a metric")
    if name == EPOCH_KEY:
        field.error(f"'{EPOCH_KEY}' numbers the epochs; it is not a metric", "name another one")
    if len(name) > MAX_METRIC_NAME:
        problem = f"the name of a metric has at most {MAX_METRIC_NAME} characters"
        field.error(f"{problem}; this one has {len(name)}", "print it under a shorter name")
    return name


def read_infeasible(field: Field | None) -> Infeasibility:
    """What else the spec declares infeasible."""
    if field is None:
        return Infeasibility()
    fields = field.fields(("worse_than", "exit_codes"))
    limit = fields.get("worse_than")
    codes = (
        [_read_code(code) for code in fields["exit_codes"].items()]
        if "exit_codes" in fields
        else []
    )
    return Infeasibility(None if limit is None or limit.is_null else limit.number(), tuple(codes))


def _read_code(field: Field) -> int:
    if field.is_word("0"):
        field.error("exit code 0 means success", "write a code from 1 to 255")
        return 1
    code = field.whole(1)
    if code > 255:
        field.error(f"{field.shown()} is not an exit code", "write a code from 1 to 255")
    return code
