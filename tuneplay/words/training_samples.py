"""Findings of judge/training with sample numbers, for docs/messages.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.judge.finding import Evidence, Finding, Kind, Severity
from tuneplay.judge.training.best_epochs import MetricsDisagree
from tuneplay.judge.training.chance import NotBeyondChance
from tuneplay.judge.training.epochs import (
    FewerEpochs,
    MoreEpochs,
    ObjectiveNeverChanged,
    SettledEarly,
)
from tuneplay.judge.training.noisy_training import NoiseAboveDifference, NoiseAgainstImprovement
from tuneplay.judge.training.overfitting import BestTrialOverfits, OthersOverfit
from tuneplay.judge.training.periodicity import MetricRepeats
from tuneplay.judge.training.rising_loss import TrainingLossRises
from tuneplay.judge.training.transfer import ShortRound, Transfer
from tuneplay.judge.training.unusable_output import UnusableOutput

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


def _warning(
    kind: Kind, evidence: Evidence, study: str | None = None, **suggestion: Scalar
) -> Finding:
    return _finding(kind, Severity.WARNING, evidence, study, suggestion)


def _note(
    kind: Kind, evidence: Evidence, study: str | None = None, **suggestion: Scalar
) -> Finding:
    return _finding(kind, Severity.NOTE, evidence, study, suggestion)


def _finding(
    kind: Kind,
    severity: Severity,
    evidence: Evidence,
    study: str | None,
    suggestion: Mapping[str, Scalar],
) -> Finding:
    return Finding(
        kind=kind, severity=severity, evidence=evidence, study=study, suggestion=suggestion
    )


EPOCH_BUDGET = (
    _warning(
        Kind.EPOCH_BUDGET,
        MoreEpochs(share_early=0.0, share_late=1.0, trials=6, late=6, **_SHARES, **_ENDS),
        epochs=40,
    ),
    _warning(
        Kind.EPOCH_BUDGET,
        MoreEpochs(share_early=0.0, share_late=0.8, trials=5, late=4, **_SHARES),
        study=_STUDY,
        epochs=30,
    ),
    _note(
        Kind.EPOCH_BUDGET,
        FewerEpochs(
            share_early=1.0, share_late=0.0, trials=6, early=6, latest=4, **_SHARES, **_ENDS
        ),
        epochs=8,
    ),
    _note(
        Kind.EPOCH_BUDGET,
        FewerEpochs(
            share_early=1.0, share_late=0.0, trials=6, early=6, latest=4, **_SHARES, **_ENDS
        ),
        study=_STUDY,
        epochs=8,
    ),
    _warning(
        Kind.EPOCH_BUDGET,
        ObjectiveNeverChanged(trials=6),
    ),
    _note(
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
    _note(
        Kind.EPOCH_BUDGET,
        MetricsDisagree(metric="val_loss", objective_epoch=40, metric_epoch=8.5, trials=6),
    ),
    _note(
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
)

OVERFITTING = (
    _warning(
        Kind.OVERFITTING,
        BestTrialOverfits(overfitting=3, feasible=18, best_epoch=20, rise=0.013, loss="train_loss"),
        study=_STUDY,
    ),
    _note(
        Kind.OVERFITTING,
        BestTrialOverfits(overfitting=3, feasible=18, best_epoch=20, rise=0.013),
        study=_STUDY,
    ),
    _note(
        Kind.OVERFITTING,
        OthersOverfit(overfitting=4, feasible=18),
        study=_STUDY,
    ),
)

NOISY_TRAINING = (
    _warning(
        Kind.NOISY_TRAINING,
        NoiseAboveDifference(noise=0.0061, improvement=0.31, trials=5, difference=0.002),
        study=_STUDY,
    ),
    _note(
        Kind.NOISY_TRAINING,
        NoiseAgainstImprovement(noise=0.052, improvement=0.31, trials=5),
        study=_STUDY,
    ),
    _note(
        Kind.NOISY_TRAINING,
        MetricRepeats(metric="val_loss", period=5, trials=2, long=3),
        study=_STUDY,
    ),
)

RISING_TRAINING_LOSS = (
    _warning(
        Kind.RISING_TRAINING_LOSS,
        TrainingLossRises(loss="train_loss", rising=4, trials=5, rise=0.34),
        study=_STUDY,
    ),
)

UNUSABLE_OUTPUT = (
    _note(
        Kind.UNUSABLE_OUTPUT,
        UnusableOutput(
            trials=2,
            lines=7,
            first="optimizer=adam/0003",
            remark="stdout.log:12: epoch -1 is negative",
        ),
    ),
    _note(
        Kind.UNUSABLE_OUTPUT,
        UnusableOutput(
            trials=1, lines=0, first="optimizer=adam/0003", remark="stdout.log was emptied"
        ),
    ),
)

CHANCE = (
    _warning(
        Kind.CHANCE,
        NotBeyondChance(chance=0.9, best=0.8936, least_gain=0.018, trials=40),
    ),
    _warning(
        Kind.CHANCE,
        NotBeyondChance(chance=0.9, best=0.8936, least_gain=0.018, trials=20),
        study=_STUDY,
    ),
)
