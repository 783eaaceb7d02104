"""Recognising the hyperparameters of an optimizer by their names."""

from __future__ import annotations

import re

#: Optimizer hyperparameters, which "interact the most with other changes" (playbook): spellings
#: of PyTorch, Keras, Optax, timm, Hugging Face and fairseq, lower case, without separators.
_INTERACTING = re.compile(
    r"(base|init|initial|max|min|peak|final|end|warmup|start)?"
    r"(lr|learningrate|stepsize)(init|base|max|min|peak|initial|final|end)?"
    r"|lr(schedule|scheduler|decay|gamma|policy|warmup).*|learningrate(schedule|decay|scheduler).*"
    r"|(nesterov)?momentum|nesterov|mom|(adam)?beta[s12]?|b[12]|(adam)?(eps|epsilon)"
    r"|wd|weightdecay|l2|l2reg|l2regularization|l2penalty|decoupledweightdecay"
    r"|(lr|learningrate)?schedule[r]?|decayschedule|cosinedecay|gamma|decayrate|decaysteps"
    r"|warmup|warmup(steps|epochs|ratio|fraction|iters|factor|proportion)|numwarmupsteps"
    r"|rho|dampening|clipnorm|gradclip|clipgrad|maxgradnorm|gradientclip(ping|val|norm)?"
)

#: Words in front of a hyperparameter's own name: `optim.lr`, `adam_beta1`, `sgd_momentum`.
_PREFIXES = re.compile(
    r"^(?:(?:optim|optimizer|opt|adam|adamw|sgd|lamb|lion|training|train|trainer|model|args|cfg"
    r"|config|hp|hparams|optimization)[._/\-]+)+"
)


def interacts(name: str) -> bool:
    """Whether a hyperparameter belongs to the optimizer, by the usual spellings of its name."""
    plain = _PREFIXES.sub("", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).casefold())
    tails = [plain[k:] for k in (0, *(m.end() for m in re.finditer(r"[._/]", plain)))]
    return any(_INTERACTING.fullmatch(re.sub(r"[._/\-]", "", tail)) for tail in tails)
