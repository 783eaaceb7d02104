"""The words for the findings of the search space: for all of them, and with any text in them."""

import dataclasses
import importlib
import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tuneplay.judge.space as room
from tuneplay.domain.trial import Cause
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.space.infeasible import Chosen, InfeasiblePart
from tuneplay.judge.space.interaction import Interaction
from tuneplay.judge.suggestions.series import list_text
from tuneplay.words import (
    edge_findings,
    effect_findings,
    infeasible_findings,
    undersampled_findings,
)
from tuneplay.words.findings import say
from tuneplay.words.message import FindingWords
from tuneplay.words.naming import Naming

NAMING = Naming("val_error")
WORDS = [
    words
    for module in (edge_findings, effect_findings, infeasible_findings, undersampled_findings)
    for words in vars(module).values()
    if isinstance(words, FindingWords)
]
SAMPLES = [
    sample
    for words in WORDS
    for sample in words.samples
    if type(sample.evidence).__module__.startswith(room.__name__)
]


def evidence_of_the_room():
    """Every class of evidence that a module of judge/space defines."""
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
    ]
    return {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Evidence) and value is not Evidence
    }


def test_every_class_of_evidence_has_words_and_a_sample():
    classes = evidence_of_the_room()
    shared = {base for one in classes for base in one.__mro__[1:]}
    assert len(classes) >= 14
    assert classes - shared <= {type(sample.evidence) for sample in SAMPLES} <= classes


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.kind)
def test_every_kind_is_explained_in_full_sentences(words):
    for text in (*words.means, words.judged, words.right, words.do):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "  " not in text


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample.evidence).__name__)
def test_what_is_said_of_a_sample_is_a_sentence_without_its_name(sample):
    message = say(sample, NAMING)
    assert message.what.endswith(".")
    assert not message.fix or message.fix.endswith(".")
    assert sample.study not in message.text
    assert sample.hyperparameter is None or sample.hyperparameter not in message.text


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample.evidence).__name__)
def test_another_kind_of_evidence_is_not_passed_over_in_silence(sample):
    with pytest.raises(AssertionError, match="no words for Evidence"):
        say(dataclasses.replace(sample, evidence=Evidence()), NAMING)


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
@pytest.mark.parametrize("nasty", ["C:\\data\\", "a\\d", "{0}", "%s %(x)d", "[red]", "\u202eabc"])
def test_any_text_goes_through_unharmed(nasty, name, choice):
    for text in (nasty, choice):
        found = Finding(
            kind=Kind.INFEASIBLE,
            severity=Severity.NOTE,
            evidence=InfeasiblePart(
                infeasible=3,
                trials=20,
                share=0.15,
                reasons=((Cause.DIVERGED, 3),),
                limit=None,
                inside=3,
                trials_inside=3,
                log_likelihood_ratio=5.0,
                where=Chosen(text),
            ),
            study="all",
            hyperparameter=name,
            suggestion={"choices": list_text([name, text])},
        )
        message = say(found, NAMING)
        assert f"have the value {text}." in message.what
        assert list_text([name, text]) in message.fix
        pair = Interaction(first=text, second=name, share=0.5)
        both = Finding(kind=Kind.INTERACTION, severity=Severity.NOTE, evidence=pair)
        assert say(both, NAMING).what == f"The best value of {text} depends on {name}."
