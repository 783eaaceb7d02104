"""The house keeps its own rules: short files and functions, and one name for each thing."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest
from support.places import ROOT

SOURCES = sorted([*(ROOT / "tuneplay").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")])
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

#: CONTRIBUTING.md says so.
MOST_LINES = 350
MOST_LINES_OF_A_FUNCTION = 40

#: Words for which docs/glossary.md has another one. `run` is a verb here and never a noun; only the
#: name of a class shows which it is.
FORBIDDEN = re.compile(
    r"jobs?|sweeps?|experiments?|winners?|significan(?:t|ce)|managers?|utils?|helpers?"
)
NOUN = re.compile(r"Runs?(?![a-z])")

#: "Significant digits" is the usual term.
DIGITS = re.compile(r"significant[_\s]digits?", re.IGNORECASE)

#: Names of the playbook's sections, and words of other tools.
QUOTED = re.compile(
    r"informative and affordable experiments|next round of experiments|(nightly|CI|cron) jobs?"
    r"|--cfg job"
)


def test_there_is_something_to_look_at():
    assert len(SOURCES) > 150
    assert len(PAGES) > 8


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_are_short_and_names_use_the_words_of_the_glossary(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    assert not FORBIDDEN.fullmatch(path.stem)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < MOST_LINES_OF_A_FUNCTION, node.name
        for name in _names(node):
            words = DIGITS.sub("", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)).lower()
            assert not any(FORBIDDEN.fullmatch(word) for word in words.split("_")), name
        if isinstance(node, ast.ClassDef):
            assert not NOUN.search(node.name), node.name


def _names(node):
    """Names that a node gives to something of ours."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return [node.id]
    return []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_docs_use_the_words_of_the_glossary(path):
    text = DIGITS.sub("", QUOTED.sub("", path.read_text(encoding="utf-8")))
    found = re.findall(rf"\b(?:{FORBIDDEN.pattern})\b", text, flags=re.IGNORECASE)
    assert found == []


def test_every_error_says_what_to_do_next():
    ours = {"UsageError", "SpecError", "LedgerError", "BusyError", "CannotStartError"}
    raised = [
        (path.name, node.lineno, len(node.args) + len(node.keywords))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ours
    ]
    assert len(raised) > 30
    assert [one for one in raised if one[2] < 2] == []


def test_tests_lie_in_folders_and_take_what_they_share_from_support_alone():
    files = sorted((ROOT / "tests").rglob("*.py"))
    tests = [path for path in files if path.name.startswith("test_")]
    assert len(tests) > 50
    assert {path.parent.parent for path in tests} == {ROOT / "tests"}
    assert len({path.name for path in tests}) == len(tests), "pytest knows a file by its name"
    shared = {"conftest", *(path.stem for path in tests)}
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in getattr(node, "names", ())]
            names.append(getattr(node, "module", None) or "")
            assert not shared.intersection(names), f"{path.name}: {names}"


def test_what_the_linter_has_to_leave_alone_is_explained():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("ignore = [")
    block = [line.strip() for line in lines[start + 1 : lines.index("]", start)]]
    assert block[0].startswith("#")
    assert all(
        line.startswith("#") or block[place - 1].startswith("#") for place, line in enumerate(block)
    )


#: Names that do not say what a thing is, alone or as a word of a longer name.
UNCLEAR = re.compile(r"(?:^|_)(told|deaf|pasted|by_?hand|picture|parts|anew|kept|lookout)(?=_|$)")


def test_names_say_what_things_are():
    unclear = {_place(path) for path in SOURCES if any(map(_is_unclear, _given(path)))}
    assert sorted(unclear) == []


@pytest.mark.parametrize(
    ("name", "unclear"),
    [
        ("told", True),
        ("_EPOCHS_TOLD", True),
        ("Parts", True),
        ("RoundParts", True),
        ("kept_in", True),
        ("byhand", True),
        ("run_by_hand", True),
        ("counterparts", False),
        ("pictures", False),
        ("part", False),
    ],
)
def test_an_unclear_name_is_recognised(name, unclear):
    assert _is_unclear(name) is unclear


def _is_unclear(name):
    return UNCLEAR.search(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()) is not None


def _given(path):
    """The names that a file gives: its own, and those of everything in it."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        yield from _names(node)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        if isinstance(node, ast.alias) and node.asname:
            yield node.asname


def _place(path):
    return path.relative_to(ROOT).as_posix()


#: Modules of one name that belong together, with the reason. The same command in cli, app and
#: render needs none.
SHARED_MODULES = {
    "command": "the train command: what it is (domain), and how a spec states it (spec)",
    "rehearsal": "check --try: its facts (domain), how it is done (app), how it is shown (render)",
    "repair": "run --repair: the lines of the ledger (ledger), and the round (app)",
    "schema": "the JSON Schema: how it is built (spec), and the command that prints it",
}

#: Where a command has a module of its name.
COMMAND_ROOMS = {Path(f"tuneplay/{room}") for room in ("cli", "app", "render")}


def test_modules_and_classes_have_names_of_their_own():
    modules, classes = defaultdict(set), defaultdict(set)
    for path in SOURCES:
        place = path.relative_to(ROOT)
        if place.parts[0] != "tuneplay":
            continue
        if not place.stem.startswith("__"):
            modules[place.stem].add(place.parent)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                classes[node.name].add(place)
    modules = {name: rooms for name, rooms in modules.items() if not rooms <= COMMAND_ROOMS}
    shared = {name: sorted(map(str, at)) for name, at in modules.items() if len(at) > 1}
    assert {name: at for name, at in shared.items() if name not in SHARED_MODULES} == {}
    assert sorted(set(SHARED_MODULES) - set(shared)) == [], "not shared any more: take it off"
    assert {name: sorted(map(str, at)) for name, at in classes.items() if len(at) > 1} == {}
