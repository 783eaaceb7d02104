"""The command as the user typed it: its words, which of them stay, and what tuneplay fills in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tuneplay.domain.command import placeholders_in
from tuneplay.drafts.script import Option, Script, Style, value_of
from tuneplay.errors import UsageError

#: Marks in the draft what the user has to write. No script uses such a word.
MARK = "EDIT-ME:"


#: Replaces the marks while a draft is checked: nothing else may be missing in it.
_STAND_IN = "stand-in-"

#: What is quoted or escaped means nothing to a shell.
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
            f"--from starts with the variable {variable[1]}, but no shell reads the command",
            f"Leave it out, and write it into the spec, as in `env: {{{variable[1]}: VALUE}}`.",
        )
    if operator := _OPERATOR.search(bare):
        raise UsageError(
            f"--from contains `{operator[0]}`, but no shell reads the command",
            "Give the train command alone. Its output is saved with each trial, and its environment "
            "goes under env.",
        )
    return words


def without_marks(text: str) -> str:
    """A draft as it may look after editing. In this form it can be checked."""
    return text.replace(MARK, _STAND_IN)


@dataclass(frozen=True, slots=True)
class Argument:
    """A piece of the typed command: a word, or an option with its value.

    Attributes:
        words: As they were typed.
        option: The option, if the script's help lists it.
        value: Its value as a text.
    """

    words: tuple[str, ...]
    option: Option | None = None
    value: str | None = None


def split_typed(words: Sequence[str], script: Script) -> tuple[list[Argument], int]:
    """The arguments of a typed command, and how many of them are positional."""
    start = _program_length(words)
    arguments = [Argument((word,)) for word in words[:start]]
    known = {name: option for option in script.options for name in option.names}
    positionals, index = 0, start
    while index < len(words):
        word, *after = words[index:]
        name, equals, value = word.partition("=")
        option = known.get(name.lstrip("+") if script.style is Style.HYDRA else name)
        length = 1
        if option is not None and equals:
            arguments.append(Argument((word,), option, value))
        elif option is not None and script.style is Style.FLAGS:
            length = 2 if option.values == 1 and after else 1
            taken = tuple(words[index : index + length])
            arguments.append(Argument(taken, option, after[0] if length == 2 else None))
        else:
            positionals += not word.startswith("-") and option is None
            arguments.append(Argument((word,)))
        index += length
    return arguments, positionals


def with_typed_defaults(script: Script, arguments: Sequence[Argument]) -> Script:
    """The script, with what the user typed in place of its defaults."""
    values = {one.option.name: one.value for one in arguments if one.option and one.value}
    options = tuple(
        replace(o, default=value_of(values[o.name])) if o.name in values else o
        for o in script.options
    )
    return replace(script, options=options)


def command_words(
    script: Script,
    arguments: Sequence[Argument],
    positionals: int,
    passes: Mapping[str, str],
    rest: str,
) -> list[str]:
    """The words of the spec's command.

    Args:
        script: The script.
        arguments: The typed command.
        positionals: How many positional arguments were typed.
        passes: What is passed by name: placeholder by the option's name.
        rest: The word that passes every other hyperparameter.
    """
    options = {option.name: option for option in script.options}
    words: list[str] = []
    left = dict(passes)
    for one in arguments:
        name = one.option.name if one.option else ""
        if name in left and one.option:
            words += script.passed(options[name], left.pop(name))
        elif name not in passes:
            words += [_literal(word) for word in one.words]
    words += [MARK + re.sub(r"[^\w.,\-]", "-", name) for name in script.positionals[positionals:]]
    typed = {one.option.name for one in arguments if one.option}
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
    """Words as one line, quoted where a shell needs it. Braces need no quotes here."""
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    if re.fullmatch(r"[\w@%+=:,./{}\[\]*?~^-]+", word, re.ASCII):
        return word
    if "'" in word and not re.search(r'["\\$`]', word):
        return f'"{word}"'
    return "'" + word.replace("'", "'\"'\"'") + "'"


def _literal(word: str) -> str:
    """A typed word, with braces doubled where they would make a placeholder."""
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
