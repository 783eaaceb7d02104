"""What the training curves show (playbook, "Examining the training curves")."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from tuneplay.domain.curves import Direction
from tuneplay.domain.round import Round, Study
from tuneplay.domain.trial import Trial
from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.measures.metric_names import is_validation, training_loss
from tuneplay.judge.measures.selection import better_part, ranked
from tuneplay.judge.training.overfitting import Overfitting, overfits
from tuneplay.judge.training.period import LEAST_VALUES as LEAST_FOR_PERIOD
from tuneplay.judge.training.period import period_of
from tuneplay.judge.training.shape import fifth_of, finite_points, late_noise, lateness, level

#: Of the trials beside the best, so many and this share must overfit for a note: one odd trial of
#: many is no pattern.
OTHERS_LEAST = 2
OTHERS_SHARE = 0.15

#: Late noise from this share of a trial's own improvement on is worth a note. (The playbook gives
#: no number; a tenth moves a trial past others that are nine tenths as good.)
NOISY_SHARE = 0.1

#: Fewer epochs do not tell late noise from training itself.
NOISE_LEAST_EPOCHS = 10

#: A training loss that ends higher than its lowest fifth, by this share of the way that it had come
#: down and by this many times its noise, rises.
RISE_SHARE = 0.25
RISE_NOISE = 3.0

#: "Most of the best trials" are more than this share.
MOST = 0.5

#: A period is looked for in so many of the best trials; it must be in most of them.
PERIOD_TRIALS = 3


def curve_findings(
    round_: Round, study: Study, trials: Sequence[Trial], difference: float | None = None
) -> list[Finding]:
    """What the curves of one study show; reruns are left out, None and NaN values as well.

    Args:
        round_: The round.
        study: One of its studies.
        trials: The ended trials of that study.
        difference: The difference between studies that is being judged, in the objective's unit;
            None, NaN or 0 when there is none.

    Returns:
        At most one finding each on overfitting, late noise, a rising training loss, and metrics
        that repeat with a period.
    """
    best_first = ranked(trials, round_.objective.direction)
    if not best_first:
        return []
    better = better_part(best_first)
    loss = training_loss({name for trial in better for name in trial.curves.metrics})
    found = (
        _overfitting(round_, study, best_first, loss),
        _noisy(round_, study, better, difference),
        _rising(study, better, loss),
        _periodic(round_, study, better[:PERIOD_TRIALS]),
    )
    return [finding for finding in found if finding is not None]


def _overfitting(
    round_: Round, study: Study, best_first: Sequence[Trial], loss: str | None
) -> Finding | None:
    """Overfitting of the best trial, else of enough others (playbook, "problematic overfitting").

    Without a training loss a worsening objective may as well be instability: only a note.
    """
    metric = round_.objective.metric
    seen = [overfits(trial, round_.objective, loss) for trial in best_first]
    count = sum(one is not None for one in seen)
    evidence = {"overfitting": float(count), "feasible": float(len(seen))}
    if seen[0] is not None:
        severity = Severity.NOTE if loss is None else Severity.WARNING
        message = (
            f"The best trial overfits: {_worse(metric, seen[0])}, {_training(loss)}. Regularize "
            "more before studies are compared."
        )
        return Finding(
            Kind.OVERFITTING,
            severity,
            message,
            study.key,
            evidence={**evidence, **seen[0].evidence},
        )
    if loss is None or count < max(OTHERS_LEAST, OTHERS_SHARE * len(seen)):
        return None
    message = (
        f"{count} of {len(seen)} feasible trials overfit, but not the best one. The selection may "
        "favor whatever regularizes by accident, such as a low learning rate."
    )
    return Finding(Kind.OVERFITTING, Severity.NOTE, message, study.key, evidence=evidence)


def _worse(metric: str, one: Overfitting) -> str:
    return f"{metric} gets worse by {one.rise:.2g} after epoch {one.epoch}"


def _training(loss: str | None) -> str:
    if loss is None:
        return "and no training loss was reported to tell this from instability"
    return f"while {loss} still improves"


def _noisy(
    round_: Round, study: Study, better: Sequence[Trial], difference: float | None
) -> Finding | None:
    """Late noise against the difference that is judged, or against the trials' improvement."""
    objective = round_.objective
    curves = [finite_points(t.curves, objective.metric, objective.direction)[1] for t in better]
    ends = [end for c in curves if len(c) >= NOISE_LEAST_EPOCHS and (end := lateness(c))]
    if not ends:
        return None
    noise = statistics.median(end.noise for end in ends)
    total = statistics.median(c[0] - min(c) for c in curves if len(c) >= NOISE_LEAST_EPOCHS)
    evidence = {"noise": noise, "improvement": total, "trials": float(len(ends))}
    text = f"Late in training {objective.metric} changes by {noise:.2g} from epoch to epoch"
    if difference and noise > abs(difference):
        text += f", more than the difference that is judged ({abs(difference):.2g})"
        evidence["difference"] = abs(difference)
        severity = Severity.WARNING
    elif noise > NOISY_SHARE * total and noise > 0:
        text += f"; over training the best trials improve by {total:.2g}"
        severity = Severity.NOTE
    else:
        return None
    text += ". A learning rate that decays, larger batches, more validation data or averaged "
    text += "weights make it steadier."
    return Finding(Kind.NOISY_TRAINING, severity, text, study.key, evidence=evidence)


def _rising(study: Study, better: Sequence[Trial], loss: str | None) -> Finding | None:
    """A training loss that rises in most of the best trials: usually a bug."""
    if loss is None:
        return None
    curves = [finite_points(trial.curves, loss, Direction.MINIMIZE)[1] for trial in better]
    rises = [rise for curve in curves if (rise := _rise(curve)) is not None]
    rising = [rise for rise in rises if rise > 0]
    if not rises or len(rising) <= MOST * len(rises):
        return None
    message = (
        f"In {len(rising)} of the {len(rises)} best trials {loss} rises by the end of training, by "
        f"{statistics.median(rising):.2g}. That is usually a bug in the training pipeline."
    )
    evidence = {"rising": float(len(rising)), "trials": float(len(rises))}
    evidence["rise"] = statistics.median(rising)
    return Finding(
        Kind.RISING_TRAINING_LOSS, Severity.WARNING, message, study.key, evidence=evidence
    )


def _rise(values: Sequence[float]) -> float | None:
    """By how much a training loss ends above its lowest fifth; 0 when not clearly; None if short."""
    if lateness(values) is None:
        return None
    part = fifth_of(len(values))
    levels = [level(values[k : k + part]) for k in range(0, len(values) - part, part)]
    lowest, last = min(levels), level(values[-part:])
    rise = last - lowest
    clear = rise > RISE_NOISE * late_noise(values) and rise > RISE_SHARE * (values[0] - lowest)
    return rise if clear else 0.0


def _periodic(round_: Round, study: Study, trials: Sequence[Trial]) -> Finding | None:
    """The first metric that repeats with one period in most of the trials.

    (playbook, "Setting up periodic evaluations": periodicity in validation metrics can show that
    data overlap or are not shuffled.)
    """
    objective = round_.objective.metric
    names = {name for trial in trials for name in trial.curves.metrics if is_validation(name)}
    for name in (objective, *sorted(names - {objective})):
        curves = [finite_points(trial.curves, name, Direction.MINIMIZE) for trial in trials]
        long = [pair for pair in curves if len(pair[1]) >= LEAST_FOR_PERIOD]
        periods = [found for pair in long if (found := period_of(*pair)) is not None]
        if len(periods) < 2 or len(periods) <= MOST * len(long):
            continue
        period = statistics.median_low(periods)
        if sum(abs(p - period) <= 1 for p in periods) <= MOST * len(long):
            continue
        message = (
            f"{name} repeats every {period} epochs in {len(periods)} of {len(long)} best trials. "
            "Unless the learning rate does so too, look at how data are shuffled and split."
        )
        evidence = {"period": float(period), "trials": float(len(periods))}
        return Finding(Kind.NOISY_TRAINING, Severity.NOTE, message, study.key, evidence=evidence)
    return None
