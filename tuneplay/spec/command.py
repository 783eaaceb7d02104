"""Reading the train command, and checking that every hyperparameter reaches the program."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path

from tuneplay.domain.command import ARGS_FORMS, BUILTIN_PLACEHOLDERS, Command, placeholders_in
from tuneplay.domain.round import Study
from tuneplay.spec.config_template import check_template, read_template
from tuneplay.spec.fields import Field
from tuneplay.spec.nodes import ListNode, MapNode, Node, ScalarNode
from tuneplay.spec.problems import closest

_ROLES = ("scientific", "nuisance", "fixed")

_EXAMPLE = "write the train command, as in python train.py {args}"

#: A draft writes this where it does not know a value.
MARK = "EDIT-ME"

#: Words that mean something to a shell; without one the program gets them as arguments.
_SHELL = frozenset({"&&", "||", "|", ";", "&", "<", ">", ">>"})

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def command_of(
    fields: Mapping[str, Field], studies: tuple[Study, ...], base: Path, recorded: str | None
) -> Command:
    """The train command with its template, checked against the hyperparameters."""
    command = read_command(fields)
    template = read_template(fields, base, recorded, "config" in command.placeholders())
    if template is not None:
        command = replace(command, template=template)
        check_template(template, fields["config_template"], studies)
    check_command(command, fields, studies)
    return command


def read_command(fields: Mapping[str, Field]) -> Command:
    """The train command and its environment; an empty command after an error."""
    env = _read_env(fields["env"]) if "env" in fields else {}
    words = _read_words(fields["command"]) if "command" in fields else ()
    return Command(words, env)


def check_command(
    command: Command, fields: Mapping[str, Field], studies: tuple[Study, ...]
) -> None:
    """Note placeholders without a value, and hyperparameters that are never passed on."""
    if "command" not in fields or not command.words:
        return
    field = fields["command"]
    every = frozenset().union(*(study.names for study in studies))
    # A hyperparameter with an error of its own is in no study; one complaint about it is enough.
    declared = every.union(*(_keys(fields[k].node) for k in _ROLES if k in fields))
    in_words = Command(command.words).placeholders()
    if "config" in in_words and "config_template" not in fields:
        field.error(
            "{config} needs a config_template, and the spec has none",
            "add one, as in config_template: configs/base.yaml",
            "{config}",
        )
    _check_names(field, in_words, declared, studies)
    for key, value in fields["env"].entries() if "env" in fields else []:
        in_value = set(placeholders_in(command.env.get(key.text, "")))
        _check_names(value, in_value, declared, studies)
    named = command.placeholders()
    unreached = sorted(every - named)
    if unreached and not command.passes_all:
        alone = len(unreached) == 1
        option = f"--{unreached[0]} {{{unreached[0]}}}"
        field.error(
            f"{', '.join(unreached)} {'is' if alone else 'are'} never passed to the program",
            f"add {{args}}, or {option if alone else f'each of them, as in {option}'}",
        )
    for name, loss in (
        ("epochs", "add it, or make sure that the program trains exactly this long"),
        (
            "seed",
            "add it; without it reruns measure nothing, unless the program picks its own seed",
        ),
    ):
        if name not in named:
            wrong = f"{{{name}}} is not passed to the program"
            field.problems.warning(field.mark, field.path, wrong, loss)


def _check_names(
    field: Field, named: AbstractSet[str], declared: AbstractSet[str], studies: tuple[Study, ...]
) -> None:
    """Note placeholders of one text that have no value, in any study or in some."""
    for name in sorted(named - declared - set(BUILTIN_PLACEHOLDERS)):
        if name.partition(":")[0] != "args":
            known = [] if field.problems.overflowing else [*declared, *BUILTIN_PLACEHOLDERS, "args"]
            right = closest(name, known) if known else ""
            if known and not right.startswith("did"):
                right = f"if you mean the text {{{name}}}, write {{{{{name}}}}}; {right}"
            field.error(f"unknown placeholder {{{name}}}", right, f"{{{name}}}")
        elif field.path == "command":
            forms = " ".join(f"{{{form}}}" for form in ARGS_FORMS)
            wrong, right = f"{{{name}}} is not known", f"write one of {forms}"
            if name in ARGS_FORMS:
                wrong, right = f"{{{name}}} is part of a longer word", "separate it with spaces"
            field.error(wrong, right, f"{{{name}}}")
        else:
            right = "name the hyperparameter here, as in {learning_rate}"
            field.error(f"{{{name}}} works in the command only", right, f"{{{name}}}")
    for study in studies:
        for name in sorted(named & declared - study.names - set(BUILTIN_PLACEHOLDERS)):
            if any(name in other.names for other in studies):
                field.error(
                    f"{{{name}}} has no value in study {study.key}",
                    "use {args}, which passes each study its own hyperparameters",
                    f"{{{name}}}",
                )


def _keys(node: Node) -> set[str]:
    """Every key in a mapping and below it, except those of ranges."""
    if not isinstance(node, MapNode):
        return set()
    names = {key.text for key, _ in node.entries}
    if names & {"low", "high"}:
        return set()  # a range: its keys are not names
    return names.union(*(_keys(below) for _, below in node.entries))


def _read_words(field: Field) -> tuple[str, ...]:
    if isinstance(field.node, ListNode):
        words = [i.node.text for i in field.items() if isinstance(i.node, ScalarNode)]
        if len(words) < len(field.node.items):
            field.error("a word of the command is a list or mapping", "write each word as one text")
    elif isinstance(field.node, ScalarNode):
        try:
            words = shlex.split("" if field.node.value is None else field.node.text)
        except ValueError as error:
            field.error(f"cannot be split into words: {str(error).lower()}", "close the quote")
            return ()
    else:
        field.error(f"{field.shown()} is not a text", _EXAMPLE)
        return ()
    if not words or not words[0]:
        field.error("the command is empty", _EXAMPLE)
        return ()
    marked = next((word for word in words if MARK in word), None)
    if marked is not None:
        field.error(f"{marked} was not replaced", "write what your program needs there", MARK)
    shell = next((word for word in words if word in _SHELL or word.startswith((">", "2>"))), None)
    if shell is not None and isinstance(field.node, ScalarNode):
        field.problems.warning(
            field.mark,
            field.path,
            f"'{shell}' has no effect, because no shell reads the command",
            "leave it out (all output is saved anyway), or start a shell: sh -c '…'",
        )
    return tuple(words)


def _read_env(field: Field) -> dict[str, str]:
    env: dict[str, str] = {}
    for key, value in field.entries():
        if not _VARIABLE.fullmatch(key.text):
            wrong = f"'{key.text}' cannot be the name of an environment variable"
            right = "use letters, digits and `_`, and no digit in front"
            field.problems.error(key.mark, value.path, wrong, right)
        elif key.text.startswith("TUNEPLAY_"):
            wrong = f"{key.text} is set by tuneplay"
            field.problems.error(key.mark, value.path, wrong, "choose another name")
        else:
            node = value.node
            env[key.text] = node.text if isinstance(node, ScalarNode) else ""
            if not isinstance(node, ScalarNode):
                value.refuse_several()
    return env
