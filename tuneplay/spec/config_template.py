"""Reading `config_template`: a configuration file with placeholders, filled in for each trial."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from tuneplay.domain.command import BUILTIN_PLACEHOLDERS, ConfigTemplate, placeholders_in
from tuneplay.domain.round import Study
from tuneplay.spec.fields import Field

#: A larger configuration is a data file. In bytes.
MAX_TEMPLATE = 1_000_000

#: A word in braces this much like a hyperparameter's name is probably misspelt.
ALIKE = 0.75


def read_template(
    fields: Mapping[str, Field], base: Path, recorded: str | None, in_command: bool
) -> ConfigTemplate | None:
    """The template that the spec names; None without one, or after an error.

    Args:
        fields: The keys of the spec.
        base: Folder that its path is relative to: the one in which the trials run.
        recorded: Its text as the ledger has it, for a round that was opened before; None to
            read the file.
        in_command: Whether the command passes `{config}`.
    """
    if "config_template" not in fields:
        return None
    field = fields["config_template"]
    path = field.text("write the path of a file, as in configs/base.yaml")
    if not path:
        return None
    if not in_command:
        field.error(
            "{config} is never passed to the program", "add {config} to the command or to env"
        )
    text = _read(field, base / path) if recorded is None else recorded
    return None if text is None else ConfigTemplate(Path(path).suffix, text)


def _read(field: Field, path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_TEMPLATE + 1)
        if len(data) > MAX_TEMPLATE:
            right = "use a smaller file; data belongs elsewhere"
            field.error(f"{path} is larger than {MAX_TEMPLATE:,} bytes", right)
            return None
        return data.decode("utf-8")
    except OSError as error:
        right = "write the path relative to the folder in which the trials run"
        field.error(f"{path} cannot be read: {(error.strerror or str(error)).lower()}", right)
    except UnicodeDecodeError:
        field.error(f"{path} is not UTF-8 text", "save it as UTF-8")
    return None


def check_template(template: ConfigTemplate, field: Field, studies: tuple[Study, ...]) -> None:
    """Warn of words in braces that resemble a placeholder and are not one.

    Others stay as they are: a configuration may have braces of its own.
    """
    known = {*BUILTIN_PLACEHOLDERS}.union(*(study.names for study in studies))
    for name in sorted(set(placeholders_in(template.text)) - known):
        near = difflib.get_close_matches(name, known, n=1, cutoff=ALIKE)
        if near:
            wrong = f"{{{name}}} in this file is not a hyperparameter and stays as it is"
            field.problems.warning(field.mark, field.path, wrong, f"did you mean {{{near[0]}}}?")
