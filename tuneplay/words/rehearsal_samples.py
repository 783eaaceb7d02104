"""Sample facts of a rehearsal, for docs/messages.md."""

from __future__ import annotations

from tuneplay.domain.rehearsal import RehearsalFact, RoundCost, Shown, Tried
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.words.message import Spoken
from tuneplay.words.rehearsal import say_cost, say_shown, say_tried

_TRIAL = Trial(TrialId("optimizer=adam", 0), 7, {}, Outcome(State.FEASIBLE, "", 0.31, 2))

_TRIED = Spoken(
    "What a rehearsal trained",
    lambda tried, _: say_tried(tried),
    (
        Tried(_TRIAL, 2, 42.0, 30.0, 72.0, False, 0, None, 0),
        Tried(_TRIAL, 1, None, None, 42.0, False, 0, None, 0),
    ),
)

_SHOWN = Spoken(
    "What a rehearsal showed",
    say_shown,
    (
        RehearsalFact(kind=Shown.METRICS_READ, metrics=("val_error", "train_loss")),
        RehearsalFact(kind=Shown.NEVER_FINITE, metrics=("val_error",)),
        RehearsalFact(kind=Shown.NO_OBJECTIVE, metrics=("val_acc", "train_loss")),
        RehearsalFact(kind=Shown.NO_OBJECTIVE),
        RehearsalFact(kind=Shown.ENDLESS, asked=2, reported=3),
        RehearsalFact(kind=Shown.OTHER_EPOCHS, asked=2, reported=1),
        RehearsalFact(kind=Shown.SEED_MATTERS, values=(0.312, 0.298)),
        RehearsalFact(kind=Shown.SAME_CURVES, values=(0.312, 0.312)),
        RehearsalFact(kind=Shown.CHECKPOINT_FOUND, checkpoint="epoch_2.pt", size=45_000_000),
        RehearsalFact(kind=Shown.NOTHING_SAVED),
        RehearsalFact(kind=Shown.NOT_RECOGNISED, size=90_000_000),
    ),
    phrase=True,
)

_COST = Spoken(
    "What the entire round will take",
    lambda cost, _: say_cost(cost),
    (
        RoundCost(40, 4, 7500.0, 1_800_000_000),
        RoundCost(40, 4, 7500.0, None, 3600.0, 9),
        RoundCost(40, 4, None),
    ),
)

#: In the order of docs/messages.md.
REHEARSED = (_TRIED, _SHOWN, _COST)
