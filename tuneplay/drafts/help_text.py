"""Reading what `--help` prints: argparse, click, typer, and what is laid out like them.

Nothing here is strict: a help text is written for people. What is not understood is left out, and
the user sees in the draft what was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.drafts.script import Option, Script, Style, value_of

#: Options start at this column or before it; argparse's descriptions start at column 24.
_DEEPEST = 12

#: Options that every program has.
_NOT_OURS = {"help", "version", "install-completion", "show-completion"}

_COLOR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_BOX = re.compile(r"[│┃|](?=\s)|(?<=\s)[│┃|]$|[╭╮╰╯─━┌┐└┘├┤]+")
_OPTION = re.compile(r"(?P<indent>\s*)(?:\*\s+)?(?P<rest>--?[A-Za-z\[].*)$")
_NEXT_NAME = re.compile(r",\s*(?=-)|\s+/\s+(?=-)|\s+(?=--?[A-Za-z])")
_DEFAULT = re.compile(
    r"\bdefaults?(?:\s+value)?(?:\s+to|\s+is|\s*[:=])?\s*[:=]?\s*"
    r"""('[^']*'|"[^"]*"|[^\s()\[\]{};,]+)""",
    re.IGNORECASE,
)
_BOXED_METAVAR = re.compile(
    r"(<[^<>]+>|[A-Z_]+)( RANGE)?(\s*\[[^\]]*\])?(\.\.\.)?|[\[{(][^\[\]]*[|,].*[\]})]"
)
_LISTED = re.compile(r"(?<![\w.|-])((?:[\w.-]+ \| ){2,}[\w.-]+)(?! ?\|)")
#: `INTEGER` of click and typer, `INT` of tyro, `(type: int)` of jsonargparse, absl's sentence.
_WHOLE = re.compile(r"^<?(INT|INTEGER|int|integer)\b|\(type: int\b|\(an integer\)")
_DISCOUNT = re.compile(r"\bdiscount", re.IGNORECASE)

#: argparse's `{train,eval} ...`; a positional argument with choices has no dots.
_SUBPARSERS = re.compile(r"\{([^{}]+)\} \.\.\.")

#: click's and typer's groups list the names in a section of their own.
_GROUP = re.compile(r"\bCOMMAND \[ARGS\]\.\.\.")
_SECTION = re.compile(r"\W*Commands\b\W*")
_ROW = re.compile(r"[\s│┃|]{1,4}([A-Za-z][\w.-]*)(\s.*)?")


def read_help(text: str) -> Script:
    """The script that a help text describes.

    Args:
        text: What the script printed.

    Returns:
        Its options and positional arguments; empty if the text is not a help text.
    """
    lines = [_COLOR.sub("", line).expandtabs().rstrip() for line in text.splitlines()]
    needed, positionals = _read_usage(lines)
    options: dict[str, Option] = {}
    for head, about, boxed in _entries(lines):
        option = _option(head, about, boxed=boxed)
        if option is not None and option.name not in _NOT_OURS:
            if needed & set(option.names):
                option = replace(option, required=True)
            options.setdefault(option.name, option)
    return Script(Style.FLAGS, tuple(options.values()), positionals, _subcommands(lines))


def _entries(lines: list[str]) -> Iterator[tuple[str, str, bool]]:
    """Head and description of each option; and whether it stood in a box of rich's."""
    head, about, boxed, indent = "", "", False, 0
    for line in _after_usage(lines):
        in_box = bool(re.match(r"\s*[│┃|]\s", line))
        plain = _BOX.sub(" ", line).rstrip() if in_box else line
        match = _OPTION.match(plain)
        if match and (in_box or len(match["indent"]) <= _DEEPEST):
            if head:
                yield head, about, boxed
            head, _, about = re.sub(
                r"\s{2,}", "\0", match["rest"], count=0 if in_box else 1
            ).partition("\0")
            boxed, indent = in_box, len(match["indent"])
        elif head and plain.strip() and (in_box or _indent(plain) > indent):
            about = f"{about} {plain.strip()}"
        elif head and plain.strip():
            yield head, about, boxed
            head = ""
    if head:
        yield head, about, boxed


def _after_usage(lines: list[str]) -> list[str]:
    """The lines without the usage: its second line may start like an option."""
    start = next((i for i, line in enumerate(lines) if _is_usage(line)), None)
    if start is None:
        return lines
    end = next((i for i in range(start + 1, len(lines)) if not lines[i].strip()), len(lines))
    return lines[:start] + lines[end:]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _option(head: str, about: str, *, boxed: bool) -> Option | None:
    """One option; None when the line only looked like one."""
    if boxed:
        head, about = _boxed(head, about)
    if head.startswith("--") and (match := re.match(r"(\S+):\s+<([^<>]+\|[^<>]+)>:\s*(.*)", head)):
        head, about = f"{match[1]} <{match[2]}>", f"{match[3]} {about}"  # an enumeration of absl's
    head, colon, more = head.partition(": ")  # absl: `--name: what it is`
    about = f"{more} {about}" if colon else about
    names: list[str] = []
    metavar = ""
    for spelled in _NEXT_NAME.split(head.rstrip(":")):
        name, value = [*re.split(r"(?<!-)\[?=|\s+", spelled.strip(), maxsplit=1), ""][:2]
        if match := re.fullmatch(r"--\[no-?\](.+)", name):
            names += [f"--{match[1]}", f"--no{match[1]}"]
        elif name.startswith("-"):
            names.append(name)
        metavar = metavar or value.strip()
    if not names:
        return None
    typed = re.search(r"\((an? (?:integer|number|boolean)|a string)", about) if colon else None
    values = 1 if typed or (colon and len(names) == 1) else _values(metavar)
    choices = _choices(metavar) or _listed(about, values)
    return Option(
        tuple(dict.fromkeys(names)), values, choices, _default(about, names),
        required="[required]" in about or "(required)" in about, about=" ".join(about.split()),
        metavar=metavar, integer=_WHOLE.search(f"{metavar}\0{about}") is not None,
    )  # fmt: skip


def _boxed(head: str, about: str) -> tuple[str, str]:
    """In rich's tables names, type and description are cells of their own."""
    text = re.sub(r"\s+(?=\((?:default|required)\b)", "\0", f"{head}\0{about}")
    cells = [cell.strip() for cell in text.split("\0") if cell.strip()]
    names = [cell for cell in cells if cell.startswith("-")]
    rest = [cell for cell in cells if not cell.startswith("-")]
    if rest and _BOXED_METAVAR.fullmatch(rest[0]):
        names.append(rest.pop(0))
    return " ".join(names), " ".join(rest)


def _values(metavar: str) -> int:
    """How many values an option takes, by what stands for them."""
    if not metavar:
        return 0
    plain = re.sub(r"\s(RANGE\b|\[).*", "", re.sub(r"\{[^}]*\}|<[^>]*>", "X", metavar))
    return 2 if "..." in metavar or len(plain.split()) > 1 else 1


def _choices(metavar: str) -> tuple[str, ...]:
    """`{a,b}` of argparse, `[a|b]` of click, `<a|b>`."""
    if match := re.fullmatch(r"\{([^{}]+)\}", metavar):
        return tuple(choice.strip() for choice in match[1].split(",") if choice.strip())
    if match := re.fullmatch(r"[\[<(]([^\[\]]+\|[^\[\]]+)[\]>)]", metavar):
        return tuple(choice.strip() for choice in match[1].split("|"))
    return ()


def _listed(about: str, values: int) -> tuple[str, ...]:
    """Choices in a description: `model: alexnet | resnet18 | vgg16`."""
    found = _LISTED.search(about) if values == 1 else None
    return tuple(found[1].split(" | ")) if found else ()


def _default(about: str, names: list[str]) -> Scalar:
    """The default in a description: the last one, because programs append theirs."""
    found = _DEFAULT.findall(about)
    if not found:
        return None
    text = found[-1]
    if not re.fullmatch(r"[-+]?\d+\.", text):
        text = text.rstrip(".:")
    if any(text == name.lstrip("-") for name in names):  # click: --amp / --no-amp, default: no-amp
        return not text.startswith("no")
    return value_of(text)


def is_discount(option: Option) -> bool:
    """Whether a `gamma` is a discount of rewards, not a decay of learning rates."""
    return _DISCOUNT.search(option.about) is not None


def _is_usage(line: str) -> bool:
    """Whether a line is the first of the usage."""
    return line.strip().lower().startswith("usage:")


def _usage_text(lines: list[str]) -> str:
    """The usage in one line; empty where there is none."""
    start = next((i for i, line in enumerate(lines) if _is_usage(line)), None)
    if start is None:
        return ""
    end = next((i for i in range(start + 1, len(lines)) if not lines[i].strip()), len(lines))
    return " ".join(lines[start:end])


def _read_usage(lines: list[str]) -> tuple[set[str], tuple[str, ...]]:
    """Options and positional arguments that the script requires."""
    text = _usage_text(lines)
    if not text:
        return set(), ()
    # Before the first bracket is the program's name.
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


def _subcommands(lines: list[str]) -> tuple[str, ...]:
    """The subcommands, if the command has to name one."""
    text = " ".join(_usage_text(lines).split())
    while (plain := re.sub(r"\[[^\[\]{}]*(\{[^{}]*\})?[^\[\]{}]*\](?!\.\.\.)", " ", text)) != text:
        text = plain  # `[--opt {a,b}]` is not a subcommand
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
