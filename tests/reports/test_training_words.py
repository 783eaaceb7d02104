"""Everything that judge/training can find has words, and a sample of them."""

import dataclasses
import importlib
import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge import training
from tuneplay.judge.case import RoundCase, StudyCase
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.training.transfer import Transfer
from tuneplay.judge.training.unusable_output import UnusableLines, check
from tuneplay.spec.load import loads
from tuneplay.words import curve_findings, epoch_findings, output_findings
from tuneplay.words.findings import say
from tuneplay.words.message import FindingWords
from tuneplay.words.naming import Naming

WORDS = [
    words
    for module in (epoch_findings, curve_findings, output_findings)
    for words in vars(module).values()
    if isinstance(words, FindingWords)
]
SAMPLES = [sample for words in WORDS for sample in words.samples]
NAMES = Naming("val_error", epochs=50)


def found_classes():
    """The evidence classes of the room, and those that others are derived from."""
    modules = [
        importlib.import_module(f"{training.__name__}.{module.name}")
        for module in pkgutil.iter_modules(training.__path__)
    ]
    named = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    evidence = {one for one in named if issubclass(one, Evidence) and one is not Evidence}
    return evidence, {base for one in evidence for base in one.__mro__[1:]}


def test_every_kind_and_class_of_evidence_has_words_and_a_sample():
    classes, shared = found_classes()
    assert len(classes - shared) >= 14
    assert classes - shared <= {type(sample.evidence) for sample in SAMPLES} <= classes
    for words in WORDS:
        assert {sample.kind for sample in words.samples} == {words.kind}
        for text in (*words.means, words.judged, words.right, words.do):
            assert text.endswith(".")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample.evidence).__name__)
def test_a_sample_is_said_in_full_sentences(sample):
    message = say(sample, NAMES)
    for text in (message.what, message.fix):
        assert text == "" or text[-1] == "."
        assert "None" not in text
        assert "  " not in text
    assert message.what


def test_no_two_samples_are_said_in_the_same_words():
    said = [say(sample, NAMES).text for sample in SAMPLES]
    said = [text for text, sample in zip(said, SAMPLES, strict=True) if sample.kind != Kind.CHANCE]
    assert len(set(said)) == len(said)


odd_text = st.text(min_size=1, max_size=300) | st.sampled_from(
    ["C:\\data\\", "a\\d", "{x}", "%s %d", "[red]", "\u202eabc", "x.", "a" * 300]
)


@given(st.sampled_from(SAMPLES), odd_text, odd_text)
def test_any_text_in_names_comes_through(sample, metric, text):
    """The objective's name, and every name in the evidence."""
    evidence = sample.evidence
    named = [
        field.name
        for field in dataclasses.fields(evidence)
        if isinstance(getattr(evidence, field.name), str)
    ]
    odd = dataclasses.replace(evidence, **dict.fromkeys(named, text))
    if hasattr(evidence, "transfer"):
        odd, named = dataclasses.replace(evidence, transfer={text: Transfer.LIKELY}), [text]
    plain = say(sample, Naming("val_error")).text
    said = say(dataclasses.replace(sample, evidence=odd), Naming(metric)).text
    assert not named or text in said
    assert "val_error" not in plain or metric in said


# Output that could not be used.

SPEC = """\
goal: g
phase: exploration
command: python t.py --seed {seed} {args}
objective: {metric: e, direction: minimize}
epochs: 20
trials: 5
"""


def output_of(*trials):
    round_ = loads(SPEC, "r", "r.yaml").round
    study = round_.studies[0]
    ended = [
        Trial(
            TrialId("all", n), n, {}, Outcome(State.FAILED, "x"), bad_lines=lines, remarks=remarks
        )
        for n, (lines, remarks) in enumerate(trials)
    ]
    case = StudyCase(round=round_, study=study, trials=ended)
    return list(check(RoundCase(round=round_, studies={"all": case})))


def test_output_that_could_not_be_used_is_counted_and_the_first_is_named():
    assert output_of((0, ()), (0, ())) == []
    (note,) = output_of((0, ()), (2, ("stdout.log:3: epoch -1 is negative",)), (1, ()))
    assert note == Finding(
        kind=Kind.UNUSABLE_OUTPUT,
        severity=Severity.NOTE,
        evidence=UnusableLines(
            trials=2, lines=3, first="all/0001", remark="stdout.log:3: epoch -1 is negative"
        ),
    )
    assert say(note, NAMES).what == (
        "3 lines in the output of 2 trials could not be used. In all/0001: "
        "stdout.log:3: epoch -1 is negative."
    )
    (note,) = output_of((0, ("stdout.log was emptied",)))
    assert say(note, NAMES).what.startswith("Measurements of 1 trial may be missing.")
    (note,) = output_of((1, ()))
    assert say(note, NAMES).what.endswith("could not be used. See all/0000.")


def test_lines_and_files_that_could_not_be_used_are_said_apart():
    lines, files = output_of(
        (0, ("stdout.log was emptied",)),
        (0, ("metrics.jsonl is a FIFO",)),
        (7, ("stdout.log was emptied", "stdout.log:3: epoch -1 is negative")),
    )
    assert say(lines, NAMES).what == (
        "7 lines in the output of 1 trial could not be used. In all/0002: stdout.log was emptied."
    )
    assert lines.evidence.known() == {
        "trials": 1,
        "lines": 7,
        "first": "all/0002",
        "remark": "stdout.log was emptied",
    }
    assert say(files, NAMES).what == (
        "Measurements of 2 trials may be missing. In all/0000: stdout.log was emptied."
    )
    assert files.evidence.known()["lines"] == 0
