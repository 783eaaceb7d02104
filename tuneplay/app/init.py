"""`tuneplay init`: the draft of a spec, from a template and a script's help."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tuneplay.app.opening.locate import shown
from tuneplay.app.schema import schema_file, write_schema
from tuneplay.domain.folder import ROUNDS_NAME, SPEC_NAME
from tuneplay.drafts.compose import Wish, compose, minimal
from tuneplay.drafts.script import Script
from tuneplay.drafts.templates import TEMPLATES, TYPICAL_COMMAND, Template, typical_script
from tuneplay.drafts.typed_command import split_command, without_marks
from tuneplay.errors import CannotStartError, SpecError, UsageError
from tuneplay.spec.load import loads

_NUMBERED = re.compile(r"(\d+)-.*")

_SPEC_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class ReadScript:
    """A train command whose script was asked for its help.

    Attributes:
        words: The command.
        script: The script, with its options.
    """

    words: tuple[str, ...]
    script: Script


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft that was written.

    Attributes:
        spec: The spec, as a person would type its path.
        round: The round, as it is named to other commands.
        edits: Lines of the spec that the user has to edit.
        nuisance: What is tuned in each study.
        studies: The keys of its studies.
        fell_back: Whether a minimal spec was written, because the draft was not a valid one.
    """

    spec: str
    round: str
    edits: tuple[str, ...]
    nuisance: tuple[str, ...]
    studies: tuple[str, ...]
    fell_back: bool


def template_named(name: str) -> Template:
    """A template by its name.

    Raises:
        UsageError: There is no template of that name.
    """
    if name not in TEMPLATES:
        raise UsageError(f"there is no template '{name}'", f"One of {', '.join(TEMPLATES)}.")
    return TEMPLATES[name]


def read_script(command: str) -> ReadScript:
    """Ask a script for its help, and for nothing else.

    Raises:
        TuneplayError: It cannot be started, does not know `--help`, or lists no options.
    """
    from tuneplay.drafts.call import call
    from tuneplay.drafts.help_text import read_help
    from tuneplay.drafts.hydra import is_hydra, read_hydra
    from tuneplay.drafts.settings import read_settings
    from tuneplay.drafts.source import with_source

    words = split_command(command)
    source = _source(words)
    settings = read_settings(source)
    if settings is not None:
        return ReadScript(words, settings)
    answer = call([*words, "--help"])
    if is_hydra(answer.text):
        script = read_hydra(answer.text, call([*words, "--cfg", "job"]).text)
    else:
        script = with_source(read_help(answer.text), source)
    if script.subcommands:
        raise UsageError(
            f"`{command}` has subcommands, and none was named: {', '.join(script.subcommands)}",
            f'Name one, as in --from "{command} {script.subcommands[0]}".',
        )
    if script.options:
        return ReadScript(words, script)
    if answer.exit_code != 0:
        raise CannotStartError(
            f"`{command} --help` ended with exit code {answer.exit_code}: {answer.last_words}",
            "Fix the command, or leave out --from and edit the draft.",
        )
    hint = "Leave out --from and edit the draft."
    if script.positionals:
        # A script whose options belong to its subcommands.
        first = script.positionals[0].strip("{}").partition(",")[0]
        hint = f'Name a subcommand, as in --from "{command} {first}".'
    raise UsageError(f"`{command} --help` lists no options", hint)


def _source(words: Sequence[str]) -> str:
    """The text of the program's own file; empty if it cannot be read."""
    from tuneplay.drafts.source import MAX_BYTES

    name = next((word for word in words if word.endswith(".py")), None)
    try:
        if name is None or os.path.getsize(name) > MAX_BYTES:
            return ""
        return Path(name).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def place_for(path: str | None, template: Template) -> Path:
    """The file of a new spec.

    Args:
        path: A file that ends in .yaml, or a round's folder; None for the next number in rounds/.
        template: Names the folder where none is given.

    Raises:
        UsageError: Something is there already.
    """
    if path is None:
        numbers = [
            int(match[1])
            for entry in Path(ROUNDS_NAME).glob("*")
            if (match := _NUMBERED.fullmatch(entry.name))
        ]
        path = f"{ROUNDS_NAME}/{max(numbers, default=0) + 1:02}-{template.name}"
    spec = Path(path) if path.lower().endswith(_SPEC_ENDINGS) else Path(path) / SPEC_NAME
    if os.path.lexists(spec):
        raise UsageError(f"{spec} exists already and was not touched", "Name another place.")
    if spec.name == SPEC_NAME and os.path.lexists(spec.with_name("ledger.jsonl")):
        raise UsageError(
            f"{spec.parent} holds a round whose spec is gone; nothing was written",
            "Name another place: its trials belong to another spec.",
        )
    return spec


def write_draft(
    spec: Path, wish: Wish, read: ReadScript | None, command: str | None = None
) -> Drafted:
    """Write a new spec, after it passed the check that every spec passes.

    Args:
        spec: The file, which does not exist.
        wish: What the user wants.
        read: The user's script; None to assume a typical one.
        command: The train command, if the script was not read; None for a typical one.

    Raises:
        UsageError: The file cannot be written, or exists.
    """
    words: Sequence[str] = read.words if read else split_command(command or TYPICAL_COMMAND)
    script = read.script if read else typical_script(wish.template)
    text = compose(wish, script, words, known=read is not None)
    name, fell_back = spec.parent.name if spec.name == SPEC_NAME else spec.stem, False
    try:
        loaded = loads(without_marks(text), name, str(spec))
    except SpecError:
        # A misread help text must not leave the user with a spec that is refused.
        text, fell_back = minimal(wish, words), True
        loaded = loads(without_marks(text), name, str(spec))
    _write(spec, text)
    absolute = spec.resolve()
    studies = loaded.round.studies
    return Drafted(
        spec=shown(absolute),
        round=shown(absolute.parent if spec.name == SPEC_NAME else absolute) or ".",
        edits=tuple(line.strip() for line in text.splitlines() if "EDIT:" in line),
        nuisance=tuple(dict.fromkeys(h.name for study in studies for h in study.space)),
        studies=tuple(study.key for study in studies),
        fell_back=fell_back,
    )


def _write(spec: Path, text: str) -> None:
    """Write the spec, and the schema that its first line points to; never over a file."""
    try:
        spec.parent.mkdir(parents=True, exist_ok=True)
        write_schema(schema_file(spec))
        with spec.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(
            f"{spec} exists already and was not touched", "Name another place."
        ) from None
    except OSError as error:
        raise UsageError(
            f"{spec} cannot be written: {error.strerror}", "Name another place."
        ) from None
