"""The command as the user typed it: what of it stays, and what tuneplay fills in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tuneplay.domain.command import placeholders_in
from tuneplay.drafts.script import Option, Script, Style, value_of
from tuneplay.errors import UsageError

#: Begins what the user has to write in the draft: a word that no script takes for its own.
MARK = "EDIT-ME:"


#: Stands for the marks where a draft is checked: only what is left to the user may be missing in it.
_STAND_IN = "stand-in-"

#: What is quoted or escaped is no shell syntax.
_IN_QUOTES = re.compile(r"""\\.|'[^']*'|"(?:\\.|[^"\\])*\"""", re.DOTALL)
_OPERATOR = re.compile(r"&&|\|\||\d?>>?|<<?|[|;&]")
_VARIABLE = re.compile(r"\s*(?:env\s+)?([A-Za-z_]\w*)=")


def split_command(command: str) -> tuple[str, ...]:
    """The words of a train command.

    Raises:
        UsageError: It is empty, a quote is open, or it needs a shell, which tuneplay never starts.
    """
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError(
            f"--from cannot be split into words: {error}", "Close the quote."
        ) from None
    if not words or not words[0]:
        raise UsageError(
            "--from is empty", 'Give the train command, as in --from "python train.py".'
        )
    bare = _IN_QUOTES.sub("", command)
    if variable := _VARIABLE.match(bare):
        raise UsageError(
            f"--from begins with the variable {variable[1]}, and no shell ever reads the command",
            f"Leave it out, and write it into the spec, as in `env: {{{variable[1]}: VALUE}}`.",
        )
    if operator := _OPERATOR.search(bare):
        raise UsageError(
            f"--from has `{operator[0]}` in it, and no shell ever reads the command",
            "Leave it out: give the train command alone. What it prints is kept with each trial, "
            "and its environment goes under env.",
        )
    return words


def without_marks(text: str) -> str:
    """A draft as it might be once its user has edited it, so that the rest of it can be checked."""
    return text.replace(MARK, _STAND_IN)


@dataclass(frozen=True, slots=True)
class Typed:
    """One part of the typed command: a word, or an option with its value.

    Attributes:
        words: As they were typed.
        option: The option, when the script's help knows it.
        value: Its value as a text.
    """

    words: tuple[str, ...]
    option: Option | None = None
    value: str | None = None


def split_typed(words: Sequence[str], script: Script) -> tuple[list[Typed], int]:
    """The parts of a typed command, and how many of them are positional arguments."""
    start = _program_length(words)
    parts = [Typed((word,)) for word in words[:start]]
    known = {name: option for option in script.options for name in option.names}
    positionals, index = 0, start
    while index < len(words):
        word, *after = words[index:]
        name, equals, value = word.partition("=")
        option = known.get(name.lstrip("+") if script.style is Style.HYDRA else name)
        length = 1
        if option is not None and equals:
            parts.append(Typed((word,), option, value))
        elif option is not None and script.style is Style.FLAGS:
            length = 2 if option.values == 1 and after else 1
            taken = tuple(words[index : index + length])
            parts.append(Typed(taken, option, after[0] if length == 2 else None))
        else:
            positionals += not word.startswith("-") and option is None
            parts.append(Typed((word,)))
        index += length
    return parts, positionals


def with_typed_defaults(script: Script, parts: Sequence[Typed]) -> Script:
    """The script, with what the user typed in place of its defaults."""
    values = {part.option.name: part.value for part in parts if part.option and part.value}
    options = tuple(
        replace(o, default=value_of(values[o.name])) if o.name in values else o
        for o in script.options
    )
    return replace(script, options=options)


def command_words(
    script: Script, parts: Sequence[Typed], positionals: int, passes: Mapping[str, str], rest: str
) -> list[str]:
    """The words of the spec's command.

    Args:
        script: The script.
        parts: The typed command.
        positionals: How many positional arguments were typed.
        passes: What is filled in: placeholder by the option's name.
        rest: The word that passes every other hyperparameter.
    """
    options = {option.name: option for option in script.options}
    words: list[str] = []
    left = dict(passes)
    for part in parts:
        name = part.option.name if part.option else ""
        if name in left and part.option:
            words += script.passed(options[name], left.pop(name))
        elif name not in passes:
            words += [_literal(word) for word in part.words]
    words += [MARK + re.sub(r"[^\w.,\-]", "-", name) for name in script.positionals[positionals:]]
    typed = {part.option.name for part in parts if part.option}
    for option in script.options:
        if option.required and option.name not in typed and option.name not in left:
            if not _reaches(option, passes):
                what = re.sub(r"[^\w.\-]", "", (option.metavar or option.name).split()[0])
                words += script.passed(option, MARK + (what or option.name))
    for name, placeholder in left.items():
        words += script.passed(options[name], placeholder)
    return [*words, rest]


def _reaches(option: Option, passes: Mapping[str, str]) -> bool:
    return option.is_flag or option.name in passes


def shell_text(words: Sequence[str]) -> str:
    """Words as one line, quoted where a shell would have to; braces are no matter here."""
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    if re.fullmatch(r"[\w@%+=:,./{}\[\]*?~^-]+", word, re.ASCII):
        return word
    if "'" in word and not re.search(r'["\\$`]', word):
        return f'"{word}"'
    return "'" + word.replace("'", "'\"'\"'") + "'"


def _literal(word: str) -> str:
    """A typed word, so that nothing in it is taken for a placeholder."""
    for name in dict.fromkeys(placeholders_in(word)):
        word = word.replace(f"{{{name}}}", f"{{{{{name}}}}}")
    return word


def _program_length(words: Sequence[str]) -> int:
    """How many words start the program, before its own arguments."""
    for index, word in enumerate(words):
        if word.endswith(".py"):
            return index + 1
        if word == "-m" and index + 1 < len(words) and "python" in words[0]:
            return index + 2
    return 1
