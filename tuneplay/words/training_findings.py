"""What is said about findings of judge/training."""

from __future__ import annotations

from tuneplay.judge.finding import Finding, Kind
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
from tuneplay.words import training_samples as samples
from tuneplay.words.epoch_advice import best_are_early, never_changed, of_best, still_improving
from tuneplay.words.message import FindingWords, Message
from tuneplay.words.naming import Naming, listed
from tuneplay.words.numbers import count, in_step, number

#: Digits of noise and gains, which are never known well.
_FEW_DIGITS = 2

#: How the levels of transfer are said, before the hyperparameters.
_TRANSFERS = {
    Transfer.VERY_LIKELY: "Very likely to hold",
    Transfer.LIKELY: "Likely to hold",
    Transfer.PERHAPS: "May hold",
    Transfer.UNLIKELY: "Unlikely to hold",
    Transfer.UNKNOWN: "Not known",
}

#: What makes the end of training steadier.
_STEADIER = (
    "A learning rate that decays, larger batches, more validation data or averaged weights make "
    "it steadier."
)


def _few(value: float) -> str:
    return number(value, _FEW_DIGITS)


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
        case other:
            raise AssertionError(f"nothing is said about {other!r}")


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


def say_overfitting(finding: Finding, naming: Naming) -> Message:
    """What is said about overfitting."""
    match finding.evidence:
        case BestTrialOverfits(best_epoch=epoch, rise=rise, loss=None):
            return Message(
                f"The best trial gets worse late in training: {naming.metric} ends worse by "
                f"{_few(rise)} than at epoch {epoch}. This is overfitting or instability.",
                "Print the training loss as well. If it still falls, regularize more.",
            )
        case BestTrialOverfits(best_epoch=epoch, rise=rise, loss=loss):
            return Message(
                f"The best trial overfits: {naming.metric} ends worse by {_few(rise)} than at "
                f"epoch {epoch}, while {loss} still improves.",
                "Regularize more before you compare studies.",
            )
        case OthersOverfit(overfitting=some, feasible=every):
            return Message(
                f"{some} of {every} feasible trials overfit, but not the best one. The search may "
                "prefer what regularizes by accident, such as a low learning rate.",
                "Regularize more before you compare studies.",
            )
        case other:
            raise AssertionError(f"nothing is said about {other!r}")


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
        case other:
            raise AssertionError(f"nothing is said about {other!r}")


def say_rising_loss(finding: Finding, _naming: Naming) -> Message:
    """What is said about a training loss that rises."""
    match finding.evidence:
        case TrainingLossRises(loss=loss, rising=rising, trials=trials, rise=rise):
            some = _lower(of_best(rising, trials))
            return Message(
                f"In {some} {loss} rises at the end of training, by {_few(rise)}.",
                "This is usually a bug. Check the training pipeline.",
            )
        case other:
            raise AssertionError(f"nothing is said about {other!r}")


def say_output(finding: Finding, _naming: Naming) -> Message:
    """What is said about output that could not be used."""
    match finding.evidence:
        case UnusableOutput(trials=trials, lines=lines, first=first, remark=remark):
            where = count(trials, "trial")
            what = (
                f"{count(lines, 'line')} in the output of {where} could not be used."
                if lines
                else f"Measurements of {where} may be missing."
            )
            example = f" The first one, in {first}: {remark}." if remark else f" See {first}."
            return Message(what + example, "Check what the program prints.")
        case other:
            raise AssertionError(f"nothing is said about {other!r}")


def say_chance(finding: Finding, naming: Naming) -> Message:
    """What is said about trials that learned nothing."""
    match finding.evidence:
        case NotBeyondChance(chance=chance, best=best, least_gain=least, trials=trials):
            guess, found = in_step([chance, best], least)
            compared = "anything" if finding.study is None else "this study"
            return Message(
                f"The best {naming.metric} of {count(trials, 'trial')} is {found}. "
                f"That is not clearly better than guessing ({guess}).",
                f"Do not compare {compared} yet. Check the data, the labels and the loss, then try "
                "other learning rates.",
            )
        case other:
            raise AssertionError(f"nothing is said about {other!r}")


def _lower(text: str) -> str:
    """A start of a sentence, in the middle of one."""
    return text[:1].lower() + text[1:]


EPOCH_BUDGET = FindingWords(
    kind=Kind.EPOCH_BUDGET,
    say=say_epochs,
    means=(
        (
            "The number of epochs was too small, larger than needed, or not enough to conclude "
            "for longer training."
        ),
    ),
    judged="By the best epochs of the better quarter of each study. Nine in ten in the first fifth "
    "of training: fewer epochs. Most of them in the last fifth, with a gain above noise and trial "
    "variance: more epochs. A round of at most half of `final_epochs` is short.",
    right="On synthetic curves of 10 to 100 trials, more epochs are advised for 96 to 99 % of the "
    "studies that would gain, and for 6 to 14 % of those that settle late. Fewer epochs are "
    "advised for 88 to 100 % of the studies that need fewer (33 studies). The note that training "
    "settled comes for 38 to 46 % of the settled studies, and for 15 to 27 % of those that settle "
    "late. On recorded curves of DeepOBS and TaskSet, more epochs are advised for 89 to 95 % of "
    "the studies that gain, and for 7 to 13 % of those that do not. Metrics that disagree and "
    "short rounds were not measured.",
    do="Write the suggested `epochs` into the next spec. Warnings come first: a study that was "
    "still improving may be better than it looks.",
    samples=samples.EPOCH_BUDGET,
)

OVERFITTING = FindingWords(
    kind=Kind.OVERFITTING,
    say=say_overfitting,
    means=(
        "The objective gets worse after its best epoch while the training loss still improves.",
    ),
    judged="The objective ends worse than its best level by three times its late noise, and by 5 % "
    "of the way to that level. Others than the best trial count when they are two at least, and "
    "15 % of the feasible trials.",
    right="On synthetic curves with white noise, 98 to 100 % of the best trials that overfit are "
    "found, with a false alarm in 1 to 2 % of the studies. Noise that is correlated from epoch to "
    "epoch gives more: one study in twelve at a correlation of 0.5, one in five at 0.7. Recorded "
    "curves were not measured.",
    do="Regularize more: weight decay, dropout, label smoothing, data augmentation.",
    samples=samples.OVERFITTING,
)

NOISY_TRAINING = FindingWords(
    kind=Kind.NOISY_TRAINING,
    say=say_noise,
    means=(
        (
            "The objective changes a lot from epoch to epoch late in training, or repeats with a "
            "period."
        ),
    ),
    judged="By the change from one epoch to the next over the last two fifths of training, in the "
    "better quarter of a study: more than the smallest difference between studies, or than a tenth "
    "of what training improved. A period must show in two of the three best trials, for at least "
    "20 epochs.",
    right="On synthetic curves of 10 to 100 trials, late noise is found in 91 to 100 % of the clear "
    "cases, with a false alarm in at most 1 %. Periods are found in 83 to 100 %, without a false "
    "alarm in 1,212 studies. Recorded curves were not measured.",
    do="Make the end of training steadier: a learning rate that decays, larger batches, a larger "
    "validation set, averaged weights. With a period, check how the data are shuffled and split.",
    samples=samples.NOISY_TRAINING,
)

RISING_TRAINING_LOSS = FindingWords(
    kind=Kind.RISING_TRAINING_LOSS,
    say=say_rising_loss,
    means=(
        "The training loss ends higher than it was before.",
        "It should fall, or stay.",
    ),
    judged="In most of the better quarter of a study the training loss ends above its lowest fifth "
    "by three times its noise, and by a quarter of the way that it had come down.",
    right="On synthetic curves, found in all of 203 studies with a rising loss, without a false "
    "alarm in 2,126 studies. Recorded curves were not measured.",
    do="Look for a bug in the training pipeline: data, labels, learning rate schedule, "
    "regularization in the loss that is printed.",
    samples=samples.RISING_TRAINING_LOSS,
)

UNUSABLE_OUTPUT = FindingWords(
    kind=Kind.UNUSABLE_OUTPUT,
    say=say_output,
    means=("Some output of the trials looked like measurements and could not be read.",),
    judged="Lines that could not be used are counted, and files that could not be read are noted.",
    right="It is a count, and not an estimate. Whether anything is missing in a result was not "
    "measured.",
    do="Look at the first line that is named, and change what the program prints. A bare `nan` in "
    "a line of JSON is the usual reason.",
    samples=samples.UNUSABLE_OUTPUT,
)

CHANCE = FindingWords(
    kind=Kind.CHANCE,
    say=say_chance,
    means=(
        "No trial is clearly better than guessing.",
        "Trainings that learned nothing cannot be compared.",
    ),
    judged="The best value must be better than `chance` in the spec's `objective`, by more than the "
    "luck of the best of all epochs and trials (from the late noise of the curves), and by 0.5 % of "
    "the size of `chance`. Under five epochs the noise is not known: then the 0.5 % alone count.",
    right="On synthetic studies of 10 to 40 trials and 5 to 100 epochs (errors and losses, with white "
    "noise or a slow wander), 96 to 100 % of those that learned nothing get the warning. None of "
    "4,057 studies that learned by more than ten standard deviations of the noise got it. Of those "
    "that learned less, 36 to 49 % got it. With fewer than five epochs the noise is not known, and "
    "about a third of the studies that learned nothing are found. Recorded curves were not measured.",
    do="Check the data, the labels and the loss, then try other learning rates. Correct `chance` if "
    "guessing gives another value.",
    samples=samples.CHANCE,
)
