"""What short trainings tell about longer ones."""

import pytest

from tuneplay.judge.finding import Kind, Severity
from tuneplay.judge.training.transfer import transfer_findings
from tuneplay.spec.load import loads

SPEC = """\
goal: g
phase: exploration
command: python t.py --epochs {epochs} --seed {seed} {args}
objective: {metric: e, direction: minimize}
epochs: 20
trials: 5
"""


def a_round(more=""):
    return loads(SPEC + more, "r", "r.yaml").round


@pytest.mark.parametrize("final", [None, 20, 39])
def test_a_round_that_is_not_short_needs_no_note(final):
    assert transfer_findings(a_round(), final) == []


def test_every_hyperparameter_that_was_compared_or_tuned_is_sorted():
    round_ = a_round(
        "scientific: {optimizer: [sgd, adam]}\n"
        "baseline: {optimizer: sgd}\n"
        "nuisance:\n"
        "  warmup_steps: {low: 1, high: 100}\n"
        "  learning_rate: {low: 1e-4, high: 1, scale: log}\n"
        "  hidden_layers: [1, 2]\n"
        "  lr_decay: [cosine, linear]\n"
        "  quirk: [1, 2]\n"
        "fixed: {momentum: 0.9}\n"
    )
    (note,) = transfer_findings(round_, 200)
    assert (note.kind, note.severity) == (Kind.EPOCH_BUDGET, Severity.NOTE)
    assert note.evidence == {"epochs": 20.0, "final_epochs": 200.0}
    assert note.message == (
        "It trained 20 epochs, and 200 are the aim. For longer training its conclusions are, by "
        "experience: warmup_steps: very likely to hold; hidden_layers: likely to hold; optimizer, "
        "learning_rate: may hold; lr_decay: unlikely to hold, so tune it again; quirk: not known "
        "to hold."
    )


def test_a_scientific_range_is_sorted_as_well():
    round_ = a_round("scientific: {weight_decay: {low: 1e-5, high: 1e-2, scale: log}}\n")
    assert "weight_decay: may hold" in transfer_findings(round_, 200)[0].message
