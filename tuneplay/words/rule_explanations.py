"""What each rule of design means, for `tuneplay explain`."""

from __future__ import annotations

from collections.abc import Mapping

from tuneplay.design.advice import Level, Rule
from tuneplay.design.scales import NARROW_FACTOR
from tuneplay.design.trial_counts import TRIALS_PER_DIMENSION
from tuneplay.domain.meaning import ADAM_TRIALS, Meaning

#: What each rule asks for, and why, by sentences.
RULE_MEANS: Mapping[str, tuple[str, ...]] = {
    "training-length": (
        "Epochs and training steps are never searched.",
        "All trials of a round have one length, and the report says whether it was right.",
    ),
    "batch-size-tuned": (
        "The batch size is not tuned for a validation metric.",
        "With everything else tuned, any batch size reaches the same.",
    ),
    "batch-size-compared": (
        "With equal epochs, a comparison of batch sizes shows only how training scales with them.",
    ),
    "gradient-accumulation": (
        "Gradient accumulation only simulates a larger batch.",
        "It makes nothing faster.",
    ),
    "seed-as-hyperparameter": (
        "A tuned seed selects the luckiest training.",
        "With a fixed seed all reruns are the same training.",
    ),
    "early-stopping": (
        "The best epoch is selected afterwards, so early stopping gains nothing.",
        "Trials of unequal length cannot be compared.",
    ),
    "regularization-choice": (
        "The strength of a regularizer is tuned, but not whether to use it at all.",
    ),
    "optimizer-fixed": (
        "Hyperparameters of the optimizer interact most with other changes.",
        "With them fixed, the conclusion may not hold for other values.",
    ),
    "no-nuisance": (
        "Nothing is tuned for a scientific value.",
        "One configuration stands for it, and the comparison is unfair.",
    ),
    "untuned-value": (
        (
            "A hyperparameter is tuned for one scientific value and not for another that could "
            "use it as well."
        ),
    ),
    "learning-rate-compared": (
        "The best learning rate changes with the next change of the pipeline.",
        "It is a nuisance hyperparameter.",
    ),
    "optimizer-as-nuisance": (
        "Optimizers need ranges of their own.",
        "The choice between them is scientific or fixed.",
    ),
    "several-scientific": (
        (
            "The effects of several scientific hyperparameters cannot be separated by comparisons"
            " with one baseline."
        ),
        "Their combinations multiply the cost.",
    ),
    "empty-goal": ("The goal of a round is one question, not a name.",),
    "begin-simple": (
        "Schedules, warmup and the like are tuned in a first round, before the basics are known.",
    ),
    "linear-decades": (
        (
            "A range of more than a decade and a half is searched on a linear scale, so that most"
            " trials are in its last decade."
        ),
    ),
    "momentum-scale": (
        "Momentum or beta near 1 needs the scale reverse_log, the logarithm of 1 - x.",
    ),
    "narrow-learning-rate": (
        f"A learning rate is explored within a factor of {NARROW_FACTOR:g}.",
        "The best one often differs by more.",
    ),
    "grid": (
        "In exploration numbers are searched in a list instead of a range.",
        "Every trial in a range has a value of its own.",
    ),
    "adam-trials": (
        f"Below {ADAM_TRIALS[Meaning.BETA1]} trials only Adam's learning rate is worth tuning.",
        (
            f"From {ADAM_TRIALS[Meaning.BETA1]} on beta1 is, from {ADAM_TRIALS[Meaning.EPSILON]} "
            f"on epsilon, from {ADAM_TRIALS[Meaning.BETA2]} on beta2."
        ),
    ),
    "few-trials": (
        f"A study has fewer than {TRIALS_PER_DIMENSION} trials for each of its hyperparameters.",
    ),
    "retune-after-change": (
        (
            "The batch size or the architecture was changed since the parent round, and "
            "hyperparameters of the optimizer or of regularization are fixed as before."
        ),
    ),
}

_LEVELS = {
    Level.ERROR: "Error: a round that goes against this rule does not start.",
    Level.WARNING: "Warning: the answer of a round that goes against this rule is in danger.",
    Level.NOTE: "Note: a caveat to know of.",
}


def level_of(rule: Rule) -> str:
    """What happens to a round that goes against a rule."""
    return _LEVELS[rule.level]


def silence_of(rule: Rule) -> str:
    """How a spec silences a rule: a line to paste."""
    return f"silence: {{{rule.name}: your reason in a few words}}"
