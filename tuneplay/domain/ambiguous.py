"""Names that mean one thing in one round and another in the next: what their neighbours tell."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tuneplay.domain.meaning import Meaning, meaning_of

#: Names that reinforcement learning alone uses (Stable-Baselines3, CleanRL, RLlib, Spinning Up).
_REINFORCEMENT = re.compile(
    r"gaelambda|gaelam|clip(range|coef|ratio|param)(vf)?|ent(ropy)?coeff?|(vf|value)(loss)?coeff?"
    r"|(n|num)envs|envid|envname|learningstarts|target(network)?(update)?(interval|frequency)"
    r"|exploration(fraction|initialeps|finaleps)|(total|num)timesteps|rollout(length|steps)"
    r"|(q|qf|policy|actor|critic|vf|pi)lr|updateepochs|ppoepochs|(n|num)minibatches|replay(buffer)?(size|capacity)|targetkl"
)

#: There, `gamma` is the discount of rewards, and epochs are those of one update.
_DISCOUNT = re.compile(r"gamma")
_UPDATE_EPOCHS = re.compile(r"(n|num)?epochs")

#: What may be the length of the training, or a rollout, or how often something is done.
_STEPS = re.compile(
    r"(train(er|ing)?|cfg|config|args|hparams)?(n|num|nb|numberof)?(steps|iters|iterations)"
)


def are_reinforcement(names: Iterable[str]) -> bool:
    """Whether the hyperparameters of a round are those of reinforcement learning."""
    return any(_REINFORCEMENT.fullmatch(_plain(name)) for name in names)


def meaning_there(name: str, *, reinforcement: bool) -> Meaning | None:
    """What a hyperparameter is, in a round of reinforcement learning or in another."""
    if reinforcement and (_DISCOUNT.fullmatch(name) or _UPDATE_EPOCHS.fullmatch(_plain(name))):
        return None
    return meaning_of(name)


def may_be_length(name: str, *, reinforcement: bool) -> bool:
    """Whether a name may stand for the length of the training, and may not.

    `steps` and `iterations` usually do; in reinforcement learning they are those of a rollout,
    where epochs may be those of one update.
    """
    may = _UPDATE_EPOCHS if reinforcement else _STEPS
    return may.fullmatch(_plain(name)) is not None


def _plain(name: str) -> str:
    return re.sub(r"[._/\-+]", "", name.casefold())
