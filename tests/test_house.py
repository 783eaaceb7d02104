"""The house keeps its own rules: short files and functions, and one word for each thing."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted([*(ROOT / "tuneplay").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")])
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

#: CONTRIBUTING.md says so.
MOST_LINES = 250
MOST_LINES_OF_A_FUNCTION = 40

#: Words for which docs/glossary.md has another one. `run` is a verb here and never a noun, which
#: only a class's name tells.
FORBIDDEN = re.compile(
    r"jobs?|sweeps?|experiments?|winners?|significan(?:t|ce)|managers?|utils?|helpers?"
)
NOUN = re.compile(r"Runs?(?![a-z])")

#: "Significant digits" are what everybody calls them.
DIGITS = re.compile(r"significant[_\s]digits?", re.IGNORECASE)

#: Names of the playbook's sections, and what others call theirs.
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


def test_what_the_linter_is_told_to_leave_alone_is_explained():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("ignore = [")
    block = [line.strip() for line in lines[start + 1 : lines.index("]", start)]]
    assert block[0].startswith("#")
    assert all(
        line.startswith("#") or block[place - 1].startswith("#") for place, line in enumerate(block)
    )
