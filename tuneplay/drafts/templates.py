"""The questions that a round usually asks, as the playbook would ask them."""

from __future__ import annotations

from dataclasses import dataclass

from tuneplay.domain.meaning import Meaning
from tuneplay.drafts.script import Option, Script, Style


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of question.

    Attributes:
        name: Its name, on the command line and in the round's folder.
        subject: What the question is about, in two or three words.
        meanings: Options with one of these meanings can be what the question is about.
        why: The reasoning, at the head of the spec.
        example: How its `scientific` looks. Shown if the script has no such option.
        trials: Trials of each study, when nothing else is said.
        greedy: Whether the round only wants the best value, and compares nothing.
    """

    name: str
    subject: str
    meanings: tuple[Meaning, ...]
    why: str
    example: str = ""
    trials: int = 20
    greedy: bool = False


_OPTIMIZER = Template(
    "optimizer",
    "the optimizer",
    (Meaning.OPTIMIZER,),
    "The optimizer is scientific. Learning rate and momentum are nuisance, in ranges of their own for "
    "each optimizer: a learning rate that suits SGD is orders of magnitude too large for Adam. Start "
    "simple: popular optimizers, few hyperparameters, no schedule.",
    "optimizer: [sgd, adam]",
)
_REGULARIZER = Template(
    "regularizer",
    "regularization",
    (Meaning.DROPOUT, Meaning.LABEL_SMOOTHING, Meaning.REGULARIZATION, Meaning.WEIGHT_DECAY),
    "Whether to regularize at all is scientific, because it makes the pipeline more complicated. How "
    "strongly is nuisance, and tuned only where it is used. Ask this once the training error is well "
    "below the validation error.",
    "regularizer:\n"
    "    none: {fixed: {dropout: 0}}\n"
    "    dropout: {nuisance: {dropout: {low: 0.05, high: 0.5, limits: [0, 1]}}}",
)
_ARCHITECTURE = Template(
    "architecture",
    "the architecture",
    (Meaning.ARCHITECTURE,),
    "Architecture is scientific: it changes what training and serving cost. The best learning rate "
    "and weight decay depend on the size of the model, so they are tuned for each.",
    "num_layers: [2, 4]",
)
_ACTIVATION = Template(
    "activation",
    "the activation function",
    (Meaning.ACTIVATION,),
    "The activation function is scientific. The best learning rate depends on it, so it is tuned for "
    "each.",
    "activation: [relu, gelu]",
)
_BATCH_SIZE = Template(
    "batch-size",
    "the batch size",
    (Meaning.BATCH_SIZE,),
    "The batch size sets the speed of training, not the validation error: every batch size reaches "
    "the same error when all else is tuned and training is long enough. Ask this to learn whether a "
    "larger batch, which trains faster, loses nothing. Most hyperparameters of the optimizer and of "
    "regularization depend on the batch size and are tuned for each. With equal epochs a larger "
    "batch takes fewer steps, so the comparison only shows how far perfect scaling goes.",
    "batch_size: [64, 256]",
)
_PREPROCESSING = Template(
    "preprocessing",
    "preprocessing of the data",
    (Meaning.AUGMENTATION,),
    "Preprocessing changes what the model sees, so it is adopted only on evidence. Augmentation "
    "regularizes, so the other regularizers are tuned together with it. It often needs longer "
    "training.",
    "augmentation: [none, flip]",
)
_EXPLOIT = Template(
    "exploit",
    "the best value",
    (),
    "Exploration is over: the search space is known, and nothing is compared. Bayesian optimization "
    "looks for the best configuration near good values. Before you start, narrow the ranges as the "
    "reports of earlier rounds suggest.",
    trials=40,
    greedy=True,
)

TEMPLATES = {
    template.name: template
    for template in (
        *(_OPTIMIZER, _REGULARIZER, _ARCHITECTURE, _ACTIVATION, _BATCH_SIZE, _PREPROCESSING),
        _EXPLOIT,
    )
}

#: The script that a template assumes while nothing is known of the real one. Its defaults are
#: those that PyTorch users start with.
TYPICAL_COMMAND = "python train.py"
_TYPICAL = (
    Option(("--learning_rate",)),
    Option(("--weight_decay",)),
    Option(("--batch_size",), default=64),
    Option(("--epochs",)),
    Option(("--seed",)),
    Option(("--out",), metavar="DIR"),
)
_TYPICAL_SUBJECT = {
    "optimizer": (
        Option(("--optimizer",), choices=("sgd", "adam"), default="sgd"),
        Option(("--momentum",)),
        Option(("--beta1",)),
    ),
    "regularizer": (Option(("--dropout",), default=0.0),),
    "architecture": (Option(("--num_layers",), default=2),),
    "activation": (Option(("--activation",), choices=("relu", "gelu"), default="relu"),),
    "batch-size": (),
    "preprocessing": (Option(("--augmentation",), choices=("none", "flip"), default="none"),),
    "exploit": (Option(("--dropout",)),),
}


def typical_script(template: Template) -> Script:
    """The script that a template assumes."""
    return Script(Style.FLAGS, (*_TYPICAL_SUBJECT[template.name], *_TYPICAL))
