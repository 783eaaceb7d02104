"""The usage of a help text: what the script does not start without, and its subcommands."""

from __future__ import annotations

import re

#: argparse's `{train,eval} ...`; a positional argument with choices has no dots.
_SUBPARSERS = re.compile(r"\{([^{}]+)\} \.\.\.")

#: click's and typer's groups; the names stand in a section of their own.
_GROUP = re.compile(r"\bCOMMAND \[ARGS\]\.\.\.")
_SECTION = re.compile(r"\W*Commands\b\W*")
_ROW = re.compile(r"[\s│┃|]{1,4}([A-Za-z][\w.-]*)(\s.*)?")


def is_usage(line: str) -> bool:
    """Whether a line begins the usage."""
    return line.strip().lower().startswith("usage:")


def usage_text(lines: list[str]) -> str:
    """The usage in one line; empty where there is none."""
    start = next((i for i, line in enumerate(lines) if is_usage(line)), None)
    if start is None:
        return ""
    end = next((i for i in range(start + 1, len(lines)) if not lines[i].strip()), len(lines))
    return " ".join(lines[start:end])


def read_usage(lines: list[str]) -> tuple[set[str], tuple[str, ...]]:
    """Options and positional arguments without which the script does not start."""
    text = usage_text(lines)
    if not text:
        return set(), ()
    # What stands before the first bracket is the program's name.
    text = text[text.index("[") :] if "[" in text else " ".join(text.split()[2:])
    while (inner := re.sub(r"\[[^\[\]]*\](\s*\.\.\.)?|\([^()]*\)", " ", text)) != text:
        text = inner
    needed: set[str] = set()
    positionals: list[str] = []
    words = iter(text.replace("...", " ").split())
    for word in words:
        if word.startswith("-"):
            needed.add(word)
            next(words, None)
        elif re.match(r"[\w{<]", word):
            positionals.append(word if "," in word else word.strip("{}<>"))
    return needed, tuple(dict.fromkeys(positionals))


def subcommands(lines: list[str]) -> tuple[str, ...]:
    """The subcommands, where one of them has to be named before anything can be trained."""
    text = " ".join(usage_text(lines).split())
    while (plain := re.sub(r"\[[^\[\]{}]*(\{[^{}]*\})?[^\[\]{}]*\](?!\.\.\.)", " ", text)) != text:
        text = plain  # `[--opt {a,b}]` is no subcommand
    if found := _SUBPARSERS.search(" ".join(text.split())):
        return tuple(name.strip() for name in found[1].split(",") if name.strip())
    if not _GROUP.search(text):
        return ()
    start = next((i for i, line in enumerate(lines) if _SECTION.fullmatch(line)), len(lines))
    names: list[str] = []
    for line in lines[start + 1 :]:
        if not line.strip(" │┃|") or line.lstrip()[:1] in "╰└":
            break
        if match := _ROW.fullmatch(line):
            names.append(match[1])
    return tuple(names)
