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
        meanings: What a script's option must be for the question to be about it.
        why: The reasoning, at the head of the spec.
        example: How its `scientific` would look, where the script has no such option.
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
    "The choice of the optimizer is scientific; its learning rate and momentum are nuisance, and "
    "each optimizer has its own: a learning rate that suits SGD is orders of magnitude too large "
    "for Adam. Begin simple: popular optimizers, few of their hyperparameters, no schedule.",
    "optimizer: [sgd, adam]",
)
_REGULARIZER = Template(
    "regularizer",
    "regularization",
    (Meaning.DROPOUT, Meaning.LABEL_SMOOTHING, Meaning.REGULARIZATION, Meaning.WEIGHT_DECAY),
    "Whether to regularize at all is scientific, for it makes the pipeline more complicated; how "
    "strongly is nuisance, and exists only where it is used. Ask this once training error is well "
    "below validation error, and not before.",
    "regularizer:\n"
    "    none: {fixed: {dropout: 0}}\n"
    "    dropout: {nuisance: {dropout: {low: 0.05, high: 0.5, limits: [0, 1]}}}",
)
_ARCHITECTURE = Template(
    "architecture",
    "the architecture",
    (Meaning.ARCHITECTURE,),
    "Architecture is scientific: it changes what training and serving cost. The best learning rate "
    "and weight decay depend on the size of the model, so they are tuned anew for each.",
    "num_layers: [2, 4]",
)
_ACTIVATION = Template(
    "activation",
    "the activation function",
    (Meaning.ACTIVATION,),
    "Which activation function is a question about the model; learning rates differ between them, "
    "so each is tuned anew.",
    "activation: [relu, gelu]",
)
_BATCH_SIZE = Template(
    "batch-size",
    "the batch size",
    (Meaning.BATCH_SIZE,),
    "The batch size sets the speed of training; it is not a means to a better validation error, "
    "which any batch size reaches when all else is tuned and training is long enough. Ask this to "
    "learn whether a larger one, which is quicker, loses nothing. Nearly every hyperparameter of "
    "optimizer and regularization depends on it and is tuned anew. With the same number of epochs "
    "a larger batch takes fewer steps: the comparison only sees perfect scaling.",
    "batch_size: [64, 256]",
)
_PREPROCESSING = Template(
    "preprocessing",
    "preprocessing of the data",
    (Meaning.AUGMENTATION,),
    "A change of what the model sees is a change of the pipeline: it is adopted only on evidence. "
    "Augmentation works as a regularizer, so the other regularizers are tuned anew with it, and it "
    "often needs longer training.",
    "augmentation: [none, flip]",
)
_EXPLOIT = Template(
    "exploit",
    "the best value",
    (),
    "Exploration has ended: the search space is known, and nothing is compared. Bayesian "
    "optimization looks for the best configuration near what was good. Narrow the ranges to what "
    "the reports of earlier rounds suggest before you start.",
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

#: Read by nobody: the script that a template is written for while nothing is known of the real
#: one. Defaults are those that PyTorch users begin with.
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
    """A script as a template supposes it."""
    return Script(Style.FLAGS, (*_TYPICAL_SUBJECT[template.name], *_TYPICAL))
