"""Reading the train command, and checking that every hyperparameter reaches the program."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from tuneplay.domain.command import ARGS_FORMS, BUILTIN_PLACEHOLDERS, Command, placeholders_in
from tuneplay.domain.round import Study
from tuneplay.spec.fields import Field
from tuneplay.spec.nodes import ListNode, MapNode, Node, ScalarNode
from tuneplay.spec.problems import closest

_ROLES = ("scientific", "nuisance", "fixed")

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_command(fields: Mapping[str, Field]) -> Command:
    """The train command and its environment; an empty command after an error."""
    env = _read_env(fields["env"]) if "env" in fields else {}
    words = _read_words(fields["command"]) if "command" in fields else ()
    return Command(words, env)


def check_command(
    command: Command, fields: Mapping[str, Field], studies: tuple[Study, ...]
) -> None:
    """Note placeholders without a value, and hyperparameters that reach the program by no way."""
    if "command" not in fields or not command.words:
        return
    field = fields["command"]
    named = command.placeholders()
    every = frozenset().union(*(study.names for study in studies))
    # A hyperparameter with an error of its own is no hyperparameter yet; one complaint is enough.
    declared = every.union(*(_keys(fields[k].node) for k in _ROLES if k in fields))
    for name in sorted(named - declared - set(BUILTIN_PLACEHOLDERS)):
        if name.partition(":")[0] == "args":
            forms = " ".join(f"{{{form}}}" for form in ARGS_FORMS)
            field.error(f"{{{name}}} is not a word of its own", f"one of {forms}, as a whole word")
        else:
            known = [*every, *BUILTIN_PLACEHOLDERS, "args"]
            field.error(f"unknown placeholder {{{name}}}", closest(name, known))
    for study in studies:
        for name in sorted(named & every - study.names):
            field.error(
                f"{{{name}}} has no value in study {study.key}",
                "use {args}, which passes what each study has",
            )
    unreached = sorted(every - named)
    if unreached and not command.passes_all:
        names = ", ".join(unreached)
        verb = "reaches" if len(unreached) == 1 else "reach"
        field.error(
            f"{names} {verb} the program by no way",
            f"add {{args}}, or --{unreached[0]} {{{unreached[0]}}}",
        )
    for name, loss in (
        ("epochs", "the program must train that long by itself"),
        ("seed", "reruns with new seeds would measure nothing unless it draws its own"),
    ):
        if name not in named:
            field.problems.warning(
                field.mark, field.path, f"{{{name}}} is not passed to the program", loss
            )


def _keys(node: Node) -> set[str]:
    """Every key in a mapping and below it."""
    if not isinstance(node, MapNode):
        return set()
    return {key.text for key, _ in node.entries}.union(*(_keys(n) for _, n in node.entries))


def _read_words(field: Field) -> tuple[str, ...]:
    if isinstance(field.node, ListNode):
        words = [i.node.text for i in field.items() if isinstance(i.node, ScalarNode)]
        if len(words) < len(field.node.items):
            field.error("a word of the command is a list or mapping", "each word is one text")
    else:
        try:
            words = shlex.split(field.text("the train command, as in python train.py {args}"))
        except ValueError as error:
            field.error(f"cannot be split into words: {str(error).lower()}", "close the quote")
            return ()
    if not words or not words[0]:
        field.error("the command is empty", "the train command, as in python train.py {args}")
        return ()
    return tuple(words)


def _read_env(field: Field) -> dict[str, str]:
    env: dict[str, str] = {}
    for key, value in field.entries():
        if not _VARIABLE.fullmatch(key.text):
            value.error(f"'{key.text}' cannot be an environment variable", "letters, digits, `_`")
        elif key.text.startswith("TUNEPLAY_"):
            value.error(f"{key.text} is set by tuneplay", "choose another name")
        else:
            node = value.node
            env[key.text] = node.text if isinstance(node, ScalarNode) else ""
            if not isinstance(node, ScalarNode):
                value.error(f"{value.shown()} is not a single value")
            _check_placeholders(value, env[key.text])
    return env


def _check_placeholders(field: Field, text: str) -> None:
    for name in placeholders_in(text):
        if name.partition(":")[0] == "args":
            field.error("{args} goes into the command only", "name the hyperparameter")
