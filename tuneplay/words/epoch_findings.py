"""What is said about the number of epochs."""

from __future__ import annotations

from typing import Any

from tuneplay.judge.finding import Finding, Kind
from tuneplay.judge.training.best_epochs import MetricsDisagree
from tuneplay.judge.training.epochs import (
    FewerEpochs,
    MoreEpochs,
    ObjectiveNeverChanged,
    SettledEarly,
)
from tuneplay.judge.training.transfer import ShortRound, Transfer
from tuneplay.words.epoch_advice import best_are_early, never_changed, still_improving
from tuneplay.words.message import FindingWords, Message, no_words
from tuneplay.words.naming import Naming, listed
from tuneplay.words.numbers import count
from tuneplay.words.sample_findings import note, warning

#: How the levels of transfer are said, before the hyperparameters.
_TRANSFERS = {
    Transfer.VERY_LIKELY: "Very likely to hold",
    Transfer.LIKELY: "Likely to hold",
    Transfer.PERHAPS: "May hold",
    Transfer.UNLIKELY: "Unlikely to hold",
    Transfer.UNKNOWN: "Not known",
}


def say_epochs(finding: Finding, naming: Naming) -> Message:
    """What is said about the number of epochs."""
    match finding.evidence:
        case MoreEpochs(late=late, trials=trials, gain=gain):
            return Message(still_improving(late, trials, gain), _train(finding))
        case FewerEpochs(early=early, trials=trials, latest=latest):
            return Message(best_are_early(early, trials, latest), _train(finding))
        case ObjectiveNeverChanged():
            return never_changed(naming)
        case SettledEarly(settled_epoch=epoch, epochs=epochs):
            return Message(
                f"The best trials gained nothing beyond noise after epoch {epoch} of {epochs}. "
                "Later best epochs are luck.",
                "Fewer epochs may be enough.",
            )
        case MetricsDisagree(metric=metric, objective_epoch=first, metric_epoch=second, trials=n):
            return Message(
                f"{naming.metric} is best at epoch {first:g}, {metric} at epoch {second:g} "
                f"(medians of the {n} best trials).",
                "Decide which of the two matters before you change the number of epochs.",
            )
        case ShortRound() as short:
            return _say_short(short)
    raise no_words(finding)


def _train(finding: Finding) -> str:
    """How many epochs to train; all studies need the same number."""
    epochs = count(int(finding.suggestion["epochs"] or 0), "epoch")
    if finding.study is None:
        return f"Train {epochs}."
    if isinstance(finding.evidence, MoreEpochs):
        return f"Train all studies for {epochs}, or this study may look worse than it is."
    return f"{epochs} would be enough for this study."


def _say_short(short: ShortRound) -> Message:
    levels = {
        level: [name for name, one in short.transfer.items() if one is level] for level in Transfer
    }
    held = [f" {_TRANSFERS[level]}: {listed(names)}." for level, names in levels.items() if names]
    length = count(short.epochs, "epoch")
    what = f"This round trained {length}; the final trainings will have {short.final_epochs}."
    what += "".join(held)
    again = listed(levels[Transfer.UNLIKELY])
    return Message(what, f"Tune {again} again in the final trainings." if again else "")


_STUDY = "optimizer=adam"

_SHARES: dict[str, Any] = {
    "share_first_tenth": 0.0,
    "share_last_quarter": 1.0,
    "all_share_early": 0.1,
    "all_share_late": 0.6,
    "all_trials": 20,
}
_ENDS: dict[str, Any] = {
    "gain": 0.012,
    "noise": 0.003,
    "least_gain": 0.0021,
    "share_improving": 1.0,
}

EPOCH_BUDGET = FindingWords(
    kind=Kind.EPOCH_BUDGET,
    say=say_epochs,
    means=(
        "The number of epochs was too small, larger than needed, or not enough to conclude for longer training.",
    ),
    judged="Judged by the best epochs of the better quarter of each study. If nine in ten are in "
    "the first fifth of training, fewer epochs are advised. If most are in the last fifth, "
    "with a gain above noise and trial variance, more epochs are advised. A round is short "
    "if it trains at most half of `final_epochs`.",
    right="On synthetic curves of 10 to 100 trials, more epochs are advised for 96 to 99 % of the "
    "studies that would gain, and for 6 to 14 % of those that settle late. Fewer epochs are "
    "advised for 88 to 100 % of the studies that need fewer (33 studies). The note that training "
    "settled comes for 38 to 46 % of the settled studies, and for 15 to 27 % of those that settle "
    "late. On recorded curves of DeepOBS and TaskSet, more epochs are advised for 89 to 95 % of "
    "the studies that gain, and for 7 to 13 % of those that do not. Metrics that disagree and "
    "short rounds were not measured.",
    do="Write the suggested `epochs` into the next spec. Warnings come first: a study that was "
    "still improving may be better than it looks.",
    samples=(
        warning(
            Kind.EPOCH_BUDGET,
            MoreEpochs(share_early=0.0, share_late=1.0, trials=6, late=6, **_SHARES, **_ENDS),
            epochs=40,
        ),
        warning(
            Kind.EPOCH_BUDGET,
            MoreEpochs(share_early=0.0, share_late=0.8, trials=5, late=4, **_SHARES),
            study=_STUDY,
            epochs=30,
        ),
        note(
            Kind.EPOCH_BUDGET,
            FewerEpochs(
                share_early=1.0, share_late=0.0, trials=6, early=6, latest=4, **_SHARES, **_ENDS
            ),
            epochs=8,
        ),
        note(
            Kind.EPOCH_BUDGET,
            FewerEpochs(
                share_early=1.0, share_late=0.0, trials=6, early=6, latest=4, **_SHARES, **_ENDS
            ),
            study=_STUDY,
            epochs=8,
        ),
        warning(
            Kind.EPOCH_BUDGET,
            ObjectiveNeverChanged(trials=6),
        ),
        note(
            Kind.EPOCH_BUDGET,
            SettledEarly(
                share_early=0.2,
                share_late=0.4,
                trials=5,
                settled_share=0.4,
                settled_epoch=20,
                epochs=50,
                **_SHARES,
                **_ENDS,
            ),
        ),
        note(
            Kind.EPOCH_BUDGET,
            MetricsDisagree(metric="val_loss", objective_epoch=40, metric_epoch=8.5, trials=6),
        ),
        note(
            Kind.EPOCH_BUDGET,
            ShortRound(
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
            ),
        ),
    ),
)
