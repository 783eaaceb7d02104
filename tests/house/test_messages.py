"""docs/messages.md has every finding, verdict, remark and error, and none of earlier versions."""

import ast
import dataclasses
import enum
import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

from tuneplay.design.rules import RULES
from tuneplay.domain.rehearsal import Shown
from tuneplay.domain.trial import Cause
from tuneplay.judge.finding import Evidence, Kind
from tuneplay.judge.training.epoch_budget import Because
from tuneplay.judge.verdict.facts import CautionKind, Futility, Ground, LimitedBy, Route
from tuneplay.spec.problems import Problems
from tuneplay.words.findings import FINDING_WORDS
from tuneplay.words.samples import SPOKEN
from tuneplay.words.verdict_words import VERDICT_WORDS

ROOT = Path(__file__).resolve().parents[2]
SPEC_FOLDER = ROOT / "tuneplay" / "spec"


def load_script():
    loader = SourceFileLoader("messages_script", str(ROOT / "scripts" / "messages"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


messages = load_script()


def test_the_page_is_what_the_script_would_write():
    written = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    assert messages.page() == written, "docs/messages.md is out of date: run scripts/messages"


@pytest.mark.parametrize("kind", Kind, ids=str)
def test_every_kind_of_finding_has_words(kind):
    assert kind in FINDING_WORDS


def classes_below(cls):
    return [one for sub in cls.__subclasses__() for one in (sub, *classes_below(sub))]


def _name(cls):
    return f"{cls.__module__}.{cls.__qualname__}"


def test_every_class_of_evidence_has_a_sample_on_the_page():
    classes = [one for one in classes_below(Evidence) if one.__module__.startswith("tuneplay.")]
    # By name, for a dataclass with slots leaves a second class behind. What has subclasses is
    # what they share, and never found by itself.
    shared = {_name(one) for one in classes if one.__subclasses__()}
    shown = {
        _name(type(sample.evidence)) for words in FINDING_WORDS.values() for sample in words.samples
    }
    assert {_name(one) for one in classes} - shared - shown == set()


def values_in(value):
    """Every member of an enumeration in some facts."""
    if isinstance(value, enum.Enum):
        return {value}
    if dataclasses.is_dataclass(value):
        return {v for f in dataclasses.fields(value) for v in values_in(getattr(value, f.name))}
    return {v for one in value for v in values_in(one)} if isinstance(value, tuple) else set()


@pytest.mark.parametrize(
    "kind", [Ground, Route, CautionKind, LimitedBy, Futility, Because, Cause, Shown]
)
def test_everything_that_a_verdict_or_a_remark_can_say_is_on_the_page(kind):
    facts = (*VERDICT_WORDS.values(), *SPOKEN)
    shown = values_in(tuple(sample for words in facts for sample in words.samples))
    assert [one for one in kind if one not in shown] == []


def sites_of_errors():
    """File and lines of every place in the spec's source that notes an error."""
    return {
        (str(path), node.lineno, node.end_lineno)
        for path in SPEC_FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "error"
    }


def test_every_error_of_the_spec_is_on_the_page(monkeypatch):
    sites = sites_of_errors()
    reached = set()
    note = Problems.error

    def noted(self, *arguments):
        frame = sys._getframe(1)
        while frame is not None:
            file, line = frame.f_code.co_filename, frame.f_lineno
            reached.update(s for s in sites if s[0] == file and s[1] <= line <= s[2])
            frame = frame.f_back
        note(self, *arguments)

    monkeypatch.setattr(Problems, "error", noted)
    with messages.templates():
        for _, _, _, text in messages.bad_specs():
            messages.errors_of(text)
    assert len(sites) > 100
    missing = sorted(f"{Path(file).name}:{line}" for file, line, _ in sites - reached)
    assert missing == [], "add a spec for each to tests/specs/bad.txt"


def test_every_rule_of_design_is_shown_by_a_round():
    lines = [line for _, _, lines in messages.designs() for line in lines]
    assert [name for name in RULES if not any(f"[{name};" in line for line in lines)] == []


def test_every_sample_round_goes_against_a_rule():
    assert [title for title, _, lines in messages.designs() if not lines] == []


def test_every_error_that_is_raised_is_on_the_page():
    calls = [
        node
        for path in (ROOT / "tuneplay").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in messages.ERRORS
    ]
    found = [
        said
        for path in (ROOT / "tuneplay").rglob("*.py")
        for said in messages.raised_in(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert len(found) == len(calls) > 50


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('UsageError("a", "b")', (2, (["a"], ["b"]))),
        ('UsageError(f"{e.strerror} in {path}", hint="b")', (2, (["⟨strerror⟩ in ⟨path⟩"], ["b"]))),
        ('LedgerError("a " f"{len(rows)} {{b}}")', (5, (["a ⟨rows⟩ {b}"], [""]))),
        ('BusyError("x" if here else f"{y}", "")', (6, (["x", "⟨y⟩"], [""]))),
        ('W = "what"\nUsageError(f"{W} now", "")', (2, (["what now"], [""]))),
        (
            "from tuneplay.spec.nodes import MAX_BYTES\nUsageError(f'{MAX_BYTES:,} bytes')",
            (2, (["200,000 bytes"], [""])),
        ),
        (
            "def f():\n  w = 'one' if x else f'{n}'\n  UsageError(f'{w} now')",
            (2, (["one now", "⟨n⟩ now"], [""])),
        ),
    ],
)
def test_an_error_is_shown_with_names_for_what_depends_on_the_round(source, said):
    assert list(messages.raised_in(ast.parse(source))) == [said]


def placeholders():
    """Every placeholder in an error, with the file in which it is raised."""
    return {
        messages.scoped(path.name, name)
        for path in (ROOT / "tuneplay").rglob("*.py")
        for _, said in messages.raised_in(ast.parse(path.read_text(encoding="utf-8")))
        if not any(f"{path.name}:{name}" in messages.PASSED_ON for name in messages.names_in(said))
        for name in messages.names_in(said)
    }


def test_every_placeholder_has_a_sample_and_every_sample_is_used():
    needed = placeholders()
    assert sorted(needed - set(messages.SAMPLES)) == [], (
        "add a value to SAMPLES in scripts/messages"
    )
    assert sorted(set(messages.SAMPLES) - needed) == []
