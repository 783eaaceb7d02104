"""What a metric measures, by its name alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tuneplay.domain.curves import Direction

#: Words of a name, as programs and frameworks join them: `val_loss`, `eval/loss`, `val.acc`.
_WORD = re.compile(r"[a-z]+\d*")

_TRAINING = frozenset({"train", "training", "tr"})
_VALIDATION = frozenset({"val", "valid", "validation", "eval", "evaluation", "dev"})
_TEST = frozenset({"test", "holdout"})

#: Words of metrics that are better when lower, and when higher. Names that frameworks and
#: benchmarks use (Keras, Lightning, Hugging Face, TorchMetrics, AlgoPerf).
_LOWER = frozenset(
    [
        "loss",
        "error",
        "err",
        "perplexity",
        "ppl",
        "nll",
        "ce",
        "xent",
        "crossentropy",
        "entropy",
        "bpc",
        "bpb",
        "mse",
        "rmse",
        "mae",
        "wer",
        "cer",
        "fid",
        "mape",
    ]
)
_HIGHER = frozenset(
    [
        "acc",
        "accuracy",
        "f1",
        "bleu",
        "rouge",
        "auc",
        "auroc",
        "auprc",
        "ap",
        "map",
        "miou",
        "iou",
        "dice",
        "precision",
        "recall",
        "r2",
        "psnr",
        "ssim",
        "mcc",
        "kappa",
        "ndcg",
        "mrr",
        "reward",
    ]
)


def _words(name: str) -> set[str]:
    """The words of a name, with and without a number at their end: acc5 is an acc as well."""
    found = _WORD.findall(name.casefold())
    return {*found, *(word.rstrip("0123456789") for word in found)}


def direction_of(name: str) -> Direction | None:
    """Which way a metric is better, by its name; None when the name does not say.

    Only for metrics other than the objective: the objective's direction is always stated.
    """
    words = _words(name)
    lower, higher = not words.isdisjoint(_LOWER), not words.isdisjoint(_HIGHER)
    if lower == higher:
        return None
    return Direction.MINIMIZE if lower else Direction.MAXIMIZE


def is_validation(name: str) -> bool:
    """Whether a name says that the metric was measured on validation data."""
    return not _VALIDATION.isdisjoint(_words(name))


def training_loss(names: Iterable[str]) -> str | None:
    """The training loss among reported metrics; None when there is none.

    `train_loss`, `training_loss`, `train/loss` and the like; else a bare `loss`, which Keras and
    Hugging Face print for training. The shortest name counts, then the first in the alphabet.
    """
    losses = [name for name in sorted(names, key=lambda n: (len(n), n)) if "loss" in _words(name)]
    named = [name for name in losses if not _TRAINING.isdisjoint(_words(name))]
    other = _TRAINING | _VALIDATION | _TEST
    bare = [name for name in losses if other.isdisjoint(_words(name)) and len(_words(name)) == 1]
    return next(iter(named or bare), None)
