"""What is said about training curves: overfitting, noise, periods, and a loss that rises."""

from __future__ import annotations

from tuneplay.judge.finding import Finding, Kind
from tuneplay.judge.training.noisy_training import NoiseAboveDifference, NoiseAgainstImprovement
from tuneplay.judge.training.overfitting import BestTrialOverfits, BestTrialWorsens, OthersOverfit
from tuneplay.judge.training.periodicity import MetricRepeats
from tuneplay.judge.training.rising_loss import TrainingLossRises
from tuneplay.words.epoch_advice import of_best
from tuneplay.words.message import FindingWords, Message, no_words
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import number
from tuneplay.words.sample_findings import note, warning

#: Digits of noise and gains, which are never known well.
_FEW_DIGITS = 2

#: What makes the end of training steadier.
_STEADIER = (
    "A learning rate that decays, larger batches, more validation data or averaged weights make "
    "it steadier."
)

_STUDY = "optimizer=adam"


def say_overfitting(finding: Finding, naming: Naming) -> Message:
    """What is said about overfitting."""
    match finding.evidence:
        case BestTrialOverfits(best_epoch=epoch, rise=rise, loss=loss):
            return Message(
                f"The best trial overfits: {naming.metric} ends worse by {_few(rise)} than at "
                f"epoch {epoch}, while {loss} still improves.",
                "Regularize more before you compare studies.",
            )
        case BestTrialWorsens(best_epoch=epoch, rise=rise):
            return Message(
                f"The best trial gets worse late in training: {naming.metric} ends worse by "
                f"{_few(rise)} than at epoch {epoch}. This is overfitting or instability.",
                "Print the training loss as well. If it still falls, regularize more.",
            )
        case OthersOverfit(overfitting=some, feasible=every):
            return Message(
                f"{some} of {every} feasible trials overfit, but not the best one. The search may "
                "prefer what regularizes by accident, such as a low learning rate.",
                "Regularize more before you compare studies.",
            )
    raise no_words(finding)


def say_noise(finding: Finding, naming: Naming) -> Message:
    """What is said about late noise and about periods."""
    match finding.evidence:
        case NoiseAboveDifference(noise=noise, difference=difference):
            return Message(
                f"Late in training {naming.metric} changes by {_few(noise)} from epoch to epoch. "
                f"That is more than the difference between the studies ({_few(difference)}).",
                _STEADIER,
            )
        case NoiseAgainstImprovement(noise=noise, improvement=improvement):
            return Message(
                f"Late in training {naming.metric} changes by {_few(noise)} from epoch to epoch. "
                f"All of training improved it by {_few(improvement)}.",
                _STEADIER,
            )
        case MetricRepeats(metric=metric, period=period, trials=trials, long=long):
            some = _lower(of_best(trials, long))
            return Message(
                f"The values of {metric} repeat every {period} epochs in {some}.",
                "Unless the learning rate has the same period, check how the data are shuffled "
                "and split.",
            )
    raise no_words(finding)


def say_rising_loss(finding: Finding, _naming: Naming) -> Message:
    """What is said about a training loss that rises."""
    match finding.evidence:
        case TrainingLossRises(loss=loss, rising=rising, trials=trials, rise=rise):
            some = _lower(of_best(rising, trials))
            return Message(
                f"In {some} {loss} rises at the end of training, by {_few(rise)}.",
                "This is usually a bug. Check the training pipeline.",
            )
    raise no_words(finding)


def _few(value: float) -> str:
    return number(value, _FEW_DIGITS)


def _lower(text: str) -> str:
    """A start of a sentence, in the middle of one."""
    return text[:1].lower() + text[1:]


OVERFITTING = FindingWords(
    kind=Kind.OVERFITTING,
    say=say_overfitting,
    means=(
        "The objective gets worse after its best epoch while the training loss still improves.",
    ),
    judged="The objective ends worse than its best level by three times its late noise, and by 5 "
    "% of what training had gained. Trials other than the best one count if there are at "
    "least two, and if they are at least 15 % of the feasible trials.",
    right="On synthetic curves with white noise, 98 to 100 % of the best trials that overfit are "
    "found, with a false alarm in 1 to 2 % of the studies. Noise that is correlated from epoch to "
    "epoch gives more: one study in twelve at a correlation of 0.5, one in five at 0.7. Recorded "
    "curves were not measured.",
    do="Regularize more: weight decay, dropout, label smoothing, data augmentation.",
    samples=(
        warning(
            Kind.OVERFITTING,
            BestTrialOverfits(
                overfitting=3, feasible=18, best_epoch=20, rise=0.013, loss="train_loss"
            ),
            study=_STUDY,
        ),
        note(
            Kind.OVERFITTING,
            BestTrialWorsens(overfitting=3, feasible=18, best_epoch=20, rise=0.013),
            study=_STUDY,
        ),
        note(
            Kind.OVERFITTING,
            OthersOverfit(overfitting=4, feasible=18),
            study=_STUDY,
        ),
    ),
)

NOISY_TRAINING = FindingWords(
    kind=Kind.NOISY_TRAINING,
    say=say_noise,
    means=(
        "The objective changes a lot from epoch to epoch late in training, or repeats with a period.",
    ),
    judged="The change from one epoch to the next is measured over the last two fifths of "
    "training, in the better quarter of a study. It is named if it is more than the "
    "smallest difference between studies, or than a tenth of what training improved. A "
    "period must show in two of the three best trials, in curves of at least 20 values.",
    right="On synthetic curves of 10 to 100 trials, late noise is found in 91 to 100 % of the "
    "clear cases, with a false alarm in at most 1 %. Periods are found in 83 to 100 %, "
    "without a false alarm in 1,212 studies. Recorded curves were not measured.",
    do="Make the end of training steadier: a learning rate that decays, larger batches, a larger "
    "validation set, averaged weights. With a period, check how the data are shuffled and split.",
    samples=(
        warning(
            Kind.NOISY_TRAINING,
            NoiseAboveDifference(noise=0.0061, improvement=0.31, trials=5, difference=0.002),
            study=_STUDY,
        ),
        note(
            Kind.NOISY_TRAINING,
            NoiseAgainstImprovement(noise=0.052, improvement=0.31, trials=5),
            study=_STUDY,
        ),
        note(
            Kind.NOISY_TRAINING,
            MetricRepeats(metric="val_loss", period=5, trials=2, long=3),
            study=_STUDY,
        ),
    ),
)

RISING_TRAINING_LOSS = FindingWords(
    kind=Kind.RISING_TRAINING_LOSS,
    say=say_rising_loss,
    means=(
        "The training loss ends higher than it was before.",
        "It should fall, or stay level.",
    ),
    judged="In most of the better quarter of a study the training loss ends above its lowest fifth "
    "by three times its noise, and by a quarter of its earlier fall.",
    right="On synthetic curves, found in all of 203 studies with a rising loss, without a false "
    "alarm in 2,126 studies. Recorded curves were not measured.",
    do="Look for a bug in the training pipeline: data, labels, learning rate schedule, "
    "regularization in the loss that is printed.",
    samples=(
        warning(
            Kind.RISING_TRAINING_LOSS,
            TrainingLossRises(loss="train_loss", rising=4, trials=5, rise=0.34),
            study=_STUDY,
        ),
    ),
)
