"""Loading a spec: text in, a `Round` out, or a `SpecError` that lists everything wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tuneplay.domain.round import Phase, Round, Study
from tuneplay.errors import SpecError
from tuneplay.spec.command import command_of
from tuneplay.spec.design_rules import Earlier, check_design, read_meanings, read_silenced
from tuneplay.spec.fields import Field
from tuneplay.spec.nodes import MAX_BYTES, ScalarNode, parse
from tuneplay.spec.objective import read_infeasible, read_objective
from tuneplay.spec.problems import Mark, Problem, Problems
from tuneplay.spec.redact import read_redact
from tuneplay.spec.resources import read_budget, read_resources
from tuneplay.spec.studies import check_axes, read_baseline, read_studies
from tuneplay.spec.trainings import read_checkpoints, read_epochs, read_final_epochs, read_reruns

REQUIRED = {
    "goal": "write the question of the round in one sentence",
    "phase": "write exploration or exploitation",
    "command": "write the train command, as in python train.py {args}",
    "objective": "write what decides, as in {metric: val_error, direction: minimize}",
    "epochs": "write one number of epochs for all trials",
    "trials": "write the number of trials of each study",
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
    "final_epochs",
    "parent",
    "roles",
    "silence",
    "config_template",
    "workdir",
    "budget",
    "redact",
)


#: More trials of a study than this are a typing error.
MAX_TRIALS = 1_000_000


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec that was read.

    Attributes:
        round: What it declares.
        text: Its text, as the ledger records it.
        problems: Its warnings and notes.
    """

    round: Round
    text: str
    problems: Problems

    @property
    def warnings(self) -> list[str]:
        """What endangers the answer, as `file:line:column: …` lines."""
        return [problem.line(self.problems.file) for problem in sorted(self.problems.warnings)]

    @property
    def notes(self) -> list[str]:
        """What is good to know, in the same form."""
        return [problem.line(self.problems.file) for problem in sorted(self.problems.notes)]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a spec may refer to.

    Attributes:
        earlier: Reads the round that `parent` names; None where earlier rounds are not read.
        base: Folder in which the trials run; None to take it from the spec.
        folder: Folder of the spec's file, which `workdir` is relative to.
        template: Text of the `config_template` as it was recorded; None to read its file.
    """

    earlier: Earlier | None = None
    base: Path | None = None
    folder: Path = Path()
    template: str | None = None


def load(
    path: Path,
    name: str,
    shown: str | None = None,
    around: Surroundings | None = None,
    *,
    design: bool = True,
) -> Spec:
    """Read the spec in a file, and check its design by the playbook's rules.

    Args:
        path: The file.
        name: The round's name.
        shown: The file's name in messages; the path itself by default.
        around: What it may refer to; its folder is that of the file.
        design: As for `loads`.

    Raises:
        SpecError: The file cannot be read, or the spec is wrong.
    """
    shown = shown or str(path)
    around = replace(around or Surroundings(), folder=path.parent)
    return loads(_text_of(path, shown), name, shown, design=design, around=around)


def _text_of(path: Path, shown: str) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SpecError(
            f"{shown}: cannot be read: {error.strerror}", "Fix the file permissions."
        ) from None
    if len(data) > MAX_BYTES:
        raise SpecError(
            f"{shown}: larger than {MAX_BYTES:,} bytes", "Shorten it: a spec is a page of text."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        start = data.rfind(b"\n", 0, error.start) + 1
        column = len(data[start : error.start].decode("utf-8", "replace")) + 1
        where = f"{shown}:{line}:{column}"
        raise SpecError(f"{where}: not UTF-8 text", "Save the file as UTF-8.") from None


def loads(
    text: str,
    name: str,
    shown: str,
    *,
    design: bool = True,
    around: Surroundings | None = None,
) -> Spec:
    """Read a spec from its text; see `load`.

    Args:
        text: The spec.
        name: The round's name.
        shown: The file's name in messages.
        design: Whether the rules of design are applied. They are not for a round that ran.
        around: What it may refer to.
    """
    around = around or Surroundings()
    problems = Problems(shown, text)
    node = parse(text, problems)
    if node is None:
        problems.raise_errors()
        raise AssertionError("no node, and no error that says why")
    root = Field(node, "", problems)
    if not (root.is_mapping or root.is_null):
        root.error(
            f"{root.shown()} is not a mapping", "write lines of `key: value`, such as goal: …"
        )
        problems.raise_errors()
    fields = root.fields((*REQUIRED, *OPTIONAL))
    for key, right in REQUIRED.items():
        if key not in fields:
            root.error(f"'{key}' is missing", right)
    round_ = _round(fields, root, name, around)
    silenced = read_silenced(fields.get("silence"))
    if design:
        check_design(round_, root, fields, silenced, around.earlier)
    problems.raise_errors()
    return Spec(round_, text, problems)


def _round(fields: Mapping[str, Field], root: Field, name: str, place: Surroundings) -> Round:
    """The round; where an error was noted, it holds a stand-in."""
    studies = read_studies(fields, root)
    workdir = _read_place(fields, "workdir")
    base = place.base or (place.folder / workdir if workdir else Path())
    command = command_of(fields, studies, base, place.template)
    _check_single_way(fields, "metrics", "auto")
    _check_single_way(fields, "launcher", "local")
    phase = (fields["phase"].one_of(Phase) if "phase" in fields else None) or Phase.EXPLORATION
    _say_if_nothing_is_compared(fields, root, studies, phase)
    epochs = read_epochs(fields.get("epochs"))
    check_axes(fields, studies, phase)
    return Round(
        name=name,
        goal=fields["goal"].text(REQUIRED["goal"]) if "goal" in fields else "",
        phase=phase,
        command=command,
        objective=read_objective(fields.get("objective")),
        epochs=epochs,
        trials=fields["trials"].whole(1, MAX_TRIALS) if "trials" in fields else 1,
        studies=studies,
        baseline=read_baseline(fields, root, studies),
        redact=read_redact(fields, command, studies),
        seed=fields["seed"].whole(0) if "seed" in fields else 0,
        rerun_seeds=read_reruns(fields.get("reruns")),
        infeasible=read_infeasible(fields.get("infeasible")),
        keep_checkpoints=read_checkpoints(fields.get("checkpoints")),
        resources=read_resources(fields.get("resources")),
        trial_variance=_read_place(fields, "trial_variance"),
        final_epochs=read_final_epochs(fields.get("final_epochs"), epochs),
        parent=_read_place(fields, "parent"),
        workdir=workdir,
        budget=read_budget(fields.get("budget")),
        meanings=read_meanings(fields.get("roles"), _names(studies)),
    )


def _say_if_nothing_is_compared(
    fields: Mapping[str, Field], root: Field, studies: tuple[Study, ...], phase: Phase
) -> None:
    if len(studies) != 1 or studies[0].axes:
        return
    only = "only one scientific value" if studies[0].scientific else "no scientific hyperparameter"
    wrong = f"there is {only}, so this round tunes and compares nothing"
    mark = fields["scientific"].mark if "scientific" in fields else Mark(1, 1)
    right = "to compare, list two values or more"
    if phase is Phase.EXPLOITATION:
        # Exploitation is for just that (playbook, "After exploration concludes").
        root.problems.notes.append(Problem(mark, "scientific", wrong))
    else:
        root.problems.warning(mark, "scientific", wrong, right)


def _names(studies: tuple[Study, ...]) -> frozenset[str]:
    return frozenset().union(*(study.names for study in studies))


def _read_place(fields: Mapping[str, Field], key: str) -> str | None:
    """A folder, as the spec names it; None if it names none."""
    return fields[key].text("write the path of a folder") if key in fields else None


def _check_single_way(fields: Mapping[str, Field], key: str, only: str) -> None:
    """Note an error unless a key has the only value that this version knows."""
    if key in fields:
        node = fields[key].node
        if not isinstance(node, ScalarNode) or node.text != only:
            fields[key].error(f"{fields[key].shown()} is not supported yet", f"write {only}")
