"""What short trainings can say about longer ones."""

import pytest

from tuneplay.judge.case import RoundCase
from tuneplay.judge.finding import Kind, Severity
from tuneplay.judge.training.transfer import ShortRound, Transfer, check
from tuneplay.spec.load import loads
from tuneplay.words.findings import say
from tuneplay.words.naming import naming_of

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


def transfer(round_, final_epochs):
    return list(check(RoundCase(round=round_, studies={}, final_epochs=final_epochs)))


@pytest.mark.parametrize("final", [None, 20, 39])
def test_a_round_that_is_not_short_needs_no_note(final):
    assert transfer(a_round(), final) == []


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
    (note,) = transfer(round_, 200)
    assert (note.kind, note.severity) == (Kind.EPOCH_BUDGET, Severity.NOTE)
    assert note.evidence == ShortRound(
        epochs=20,
        final_epochs=200,
        transfer={
            "optimizer": Transfer.PERHAPS,
            "warmup_steps": Transfer.VERY_LIKELY,
            "learning_rate": Transfer.PERHAPS,
            "hidden_layers": Transfer.LIKELY,
            "lr_decay": Transfer.UNLIKELY,
            "quirk": Transfer.UNKNOWN,
        },
    )
    assert say(note, naming_of(round_)).text == (
        "This round trained 20 epochs; the final trainings will have 200. Very likely to hold: "
        "warmup_steps. Likely to hold: hidden_layers. May hold: optimizer and learning_rate. "
        "Unlikely to hold: lr_decay. Not known: quirk. Tune lr_decay again in the final trainings."
    )


def test_a_scientific_range_is_sorted_as_well():
    round_ = a_round("scientific: {weight_decay: {low: 1e-5, high: 1e-2, scale: log}}\n")
    (note,) = transfer(round_, 200)
    assert note.evidence.transfer == {"weight_decay": Transfer.PERHAPS}
