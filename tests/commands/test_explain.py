"""`tuneplay explain`: what is said in a report or of a spec, in full."""

import json
from types import SimpleNamespace

import pytest

from tuneplay.design.rules import RULES
from tuneplay.errors import UsageError
from tuneplay.render.explanation import explanation_json, explanation_list, explanation_text
from tuneplay.words import explanations as explained
from tuneplay.words.findings import FINDING_WORDS
from tuneplay.words.rule_explanations import RULE_MEANS


def test_a_finding_is_explained_in_full(bench):
    result = bench.tuneplay("explain", "unfair-comparison")
    assert result.returncode == 0, result.stderr
    words = next(w for kind, w in FINDING_WORDS.items() if kind == "unfair-comparison")
    said = " ".join(result.stdout.split())
    for text in (*words.means, words.judged, words.right, words.do):
        assert text in said


def test_a_rule_is_explained_with_its_level_its_section_and_how_to_silence_it(bench):
    result = bench.tuneplay("explain", "few-trials")
    assert result.returncode == 0, result.stderr
    assert "fewer than 5 trials" in result.stdout
    assert "Warning:" in result.stdout
    assert RULES["few-trials"].section in result.stdout
    assert "  silence: {few-trials: your reason in a few words}\n" in result.stdout


def test_the_line_that_silences_a_rule_can_be_pasted(bench):
    bench.spec(trials=3)
    assert "[few-trials;" in bench.tuneplay("check", "r.yaml").stdout
    found = bench.tuneplay("explain", "few-trials", "--json")
    bench.spec(trials=3, more=json.loads(found.stdout)["silence"] + "\n")
    result = bench.tuneplay("check", "r.yaml")
    assert result.returncode == 0, result.stderr
    assert "[few-trials;" not in result.stdout


def test_without_a_name_every_finding_and_rule_has_one_line(bench):
    result = bench.tuneplay("explain")
    assert result.returncode == 0, result.stderr
    lines = [line.split() for line in result.stdout.splitlines() if line.startswith("  ")]
    names = [line[0] for line in lines]
    assert names == list(explained.explanations())
    assert set(names) >= {*FINDING_WORDS, *RULES}
    assert all(len(line) > 2 for line in lines)


def test_json_has_all_that_the_text_has(bench):
    one = json.loads(bench.tuneplay("explain", "undersampled", "--json").stdout)
    assert set(one) == {"kind", "about", "means", "judged", "right", "do"}
    rule = json.loads(bench.tuneplay("explain", "grid", "--json").stdout)
    assert set(rule) == {"kind", "about", "means", "level", "section", "silence"}
    every = json.loads(bench.tuneplay("explain", "--json").stdout)
    assert one in every
    assert rule in every
    assert [entry["kind"] for entry in every] == list(explained.explanations())


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("undersampeld", "Did you mean 'undersampled'?"),
        ("Few-Trials", "Did you mean 'few-trials'?"),
        ("xyz", "`tuneplay explain` lists every name."),
    ],
)
def test_an_unknown_name_ends_with_the_code_for_usage_and_the_closest_one(bench, name, hint):
    result = bench.tuneplay("explain", name)
    assert result.returncode == 2
    assert result.stdout == ""
    assert f"'{name}' is not a finding, a verdict or a rule" in result.stderr
    assert hint in result.stderr


@pytest.mark.parametrize(
    ("name", "part"), [("outlier", "caution"), ("noisier", "caution"), ("search-only", "ground")]
)
def test_what_only_the_json_names_is_said_to_be_in_the_report(bench, name, part):
    result = bench.tuneplay("explain", name)
    assert result.returncode == 2
    assert f"'{name}' is the {part} of a verdict" in result.stderr
    assert "covers findings, verdicts and rules of design" in " ".join(result.stderr.split())


@pytest.mark.parametrize("width", range(30, 101))
def test_a_number_and_its_percent_sign_stay_in_one_line(width):
    for found in explained.explanations().values():
        text = explanation_text(found, width)
        assert not [line for line in text.splitlines() if line.strip().startswith("%")]
        assert "\u00a0" not in text


def test_the_error_is_an_ordinary_one():
    from tuneplay.app.explain import explain_one

    with pytest.raises(UsageError):
        explain_one("")


def test_any_words_with_the_same_fields_are_explained(monkeypatch):
    words = SimpleNamespace(
        means=("It is better.", "Clearly."), judged="By seeds.", right="Always.", do="Use it."
    )
    known = {**explained._EXPLAINED, "verdict": {"adopt": words}}
    monkeypatch.setattr(explained, "_EXPLAINED", known)
    found = explained.explanations()["adopt"]
    assert explanation_json(found)["judged"] == "By seeds."
    assert explanation_text(found, 80).splitlines()[:2] == [
        "adopt (verdict)",
        "  It is better. Clearly.",
    ]
    listed = explanation_list(list(explained.explanations().values()), 80)
    assert "  It is better.\n" in listed
    assert listed.index("Findings:") < listed.index("Verdicts:") < listed.index("Rules of design:")


def test_every_rule_says_what_it_asks_for():
    assert set(RULE_MEANS) == set(RULES)
    assert all(text.endswith(".") for sentences in RULE_MEANS.values() for text in sentences)


@pytest.mark.parametrize("width", [20, 40, 100])
def test_lines_are_no_longer_than_the_terminal(width):
    for found in explained.explanations().values():
        lines = explanation_text(found, width).splitlines()
        long = [line for line in lines[1:] if len(line) > width and not line.endswith(":")]
        assert all(len(line.split()) == 1 or "silence: {" in line for line in long)
