"""What a hyperparameter is, by its name: the one table of usual spellings.

The playbook's rules are about learning rates, batch sizes and regularizers, while a spec has names.
Spellings are those of PyTorch, Keras, Optax, timm, Hugging Face, fairseq and Hydra configurations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType


class Meaning(StrEnum):
    """What a hyperparameter is."""

    LEARNING_RATE = "learning_rate"
    SCHEDULE = "schedule"
    WARMUP = "warmup"
    MOMENTUM = "momentum"
    BETA1 = "beta1"
    BETA2 = "beta2"
    EPSILON = "epsilon"
    OPTIMIZER = "optimizer"
    OPTIMIZER_DETAIL = "optimizer_detail"
    CLIPPING = "clipping"
    WEIGHT_DECAY = "weight_decay"
    DROPOUT = "dropout"
    LABEL_SMOOTHING = "label_smoothing"
    REGULARIZATION = "regularization"
    AUGMENTATION = "augmentation"
    BATCH_SIZE = "batch_size"
    ACCUMULATION = "accumulation"
    LENGTH = "length"
    EARLY_STOPPING = "early_stopping"
    SEED = "seed"
    INITIALIZATION = "initialization"
    ACTIVATION = "activation"
    NORMALIZATION = "normalization"
    ARCHITECTURE = "architecture"


_LR = r"(lr|learningrate|lrate|learnrate|lrrate)"
_ENDS = r"(base|init|initial|max|peak|start)"
#: Where a schedule ends is not the rate that is tuned.
_LAST = r"(min|final|end)"
_NETWORKS = (
    r"(head|backbone|encoder|decoder|body|g|d|gen|generator|disc|discriminator|actor|critic|policy"
    r"|value|vf|pi|q|embed|embeddings?|bert|classifier|clf|fc|lora|adapter|inner|outer|meta|w|theta"
    r"|features?|\d)"
)
_OPT = (
    r"(optim|opt|optimi[sz]er|sgd|adam|adamw|nadam|radam|adagrad|adadelta|adafactor|rmsprop|lamb"
    r"|lars|lion|muon)"
)
_SCHED = r"(lr|learningrate)?(sched|schedule|scheduler|(reducelron)?plateau)"
_MANY = r"(max|maximum|num|n|nb|no|total|numberof|numof|train|training)*"
_ROUNDS = r"(iters?|iterations|updates?)"

#: Spellings in lower case, without separators. The first that fits counts.
_SPELLINGS: dict[Meaning | None, str] = {
    # Nothing here, though their ends would be: a split stays as it is, and PPO clips no gradients.
    None: r"(data|dataset|split|fold|cv)seeds?|epsclip",
    # Never tuned: the budget, what ends a training early, and chance.
    # Bare `steps`, `n_steps` and `num_steps` are not lengths: they name rollouts and much else. Nor
    # is `num_train_timesteps`: it is how finely a diffusion model divides its noise.
    Meaning.LENGTH: rf"{_MANY}epochs?|epochs?(num|count|total|max|totrain)|(stop|end)epoch"
    rf"|(max|num|n|total){_ROUNDS}"
    rf"|(max|num|n|total)*(train|training)(max|num|n|total)?(steps|{_ROUNDS})"
    r"|(max|total|optimizer|optim|global)(time)?steps|(steps|iters)total|numboostrounds?|maxduration"
    r"|training(length|duration)|(train|training)tokens",
    Meaning.EARLY_STOPPING: r"earlystop(ping)?.*|stopearly|patience|(early)?stoppingpatience|niternochange",
    Meaning.SEED: r"(random|rand|rng|global|manual|torch|numpy|np|pythonhash)?seed(s|value|num|number|id|\d)?|rng|randomstate|seedeverything",
    # The batch.
    Meaning.ACCUMULATION: r"(grad|gradient)s?acc(um(ulat(e|ion))?)?(steps|iters?|batches|every)?"
    r"|accum(ulat(e|ion))?(grad)?(steps|iters?|batches|every|freq)?|acc(grad)?steps"
    r"|updatefreq"
    r"|iterstoaccumulate",
    Meaning.BATCH_SIZE: r"(train|training|global|local|micro|mini|perdevice|pergpu"
    r"|total|effective|device)*(batch(size|sz)?|bsz?|bsize|mbsize)(pergpu|perdevice|train)?"
    r"|(samples|images|imgs|ims|sequences)per(gpu|device|batch)|tokensperbatch|batchtokens|maxtokens",
    # The optimizer.
    Meaning.WARMUP: r"(lr|num|n)*(warmup|rampup).*|pctstart",
    Meaning.SCHEDULE: rf"{_SCHED}(name|type)?|{_LR}?policy|{_LR}(decay|gamma|drop"
    r"|patience|milestones|steps?(size)?|power|schedule|cooldown|cycle|factor|anneal|restart|reduce).*"
    rf"|{_LAST}{_LR}(ratio|factor|frac)?|{_LR}{_LAST}(ratio|factor|frac)?|lrf"
    rf"|(anneal|decay|cyclic|cosine|onecycle){_LR}|onecycle|cyclemult|stepgamma|polypower"
    r"|(cosine|exponential|linear|polynomial|poly|step|inverse|sqrt)(decay|annealing|schedule)"
    r"(steps|epochs|rate|power)?|decay(rate|steps|epochs|schedule|factor|power|type)|gamma"
    r"|milestones|annealing|tmax|t0|tmult|etamin|finaldivfactor|divfactor"
    r"|(cooldown|warmdown)(steps|epochs|iters|frac|fraction|ratio)?"
    rf"|{_SCHED}(stepsize|patience|gamma|factor|power|threshold|(max|num|total)?(steps|epochs|iters))",
    Meaning.LEARNING_RATE: rf"({_ENDS}|b)?{_LR}({_ENDS}|{_NETWORKS})?|{_LR}s|eta0|{_OPT}stepsize",
    Meaning.MOMENTUM: rf"({_OPT}|{_ENDS}|nesterov)?(momentum|mom)(init|initial|final|coeff?|value)?",
    Meaning.BETA1: rf"{_OPT}?beta1{_OPT}?|{_OPT}betas?|betas|betas0|b1",
    Meaning.BETA2: rf"{_OPT}?beta2{_OPT}?|betas1|b2",
    Meaning.EPSILON: rf"{_OPT}?(eps|epsilon)|(eps|epsilon){_OPT}",
    Meaning.CLIPPING: r"(max)?(grad|gradient)s?(norm)?(clip|clipping|clipnorm|clipval|norm)"
    r"(val|value|norm|algorithm)?|clip(gradients?|grads?|norm|value|gradnorm|mode)?|max(grad)?norm"
    r"|gradclip(ping)?|gradientclip(ping|val|norm)?",
    Meaning.OPTIMIZER: r"(optimi[sz]er|optim|opt)(name|type|class|cls|target)?|solver",
    Meaning.OPTIMIZER_DETAIL: r"nesterov|rho|dampening|amsgrad|beta3|b3|trustcoefficient"
    r"|lookahead(k|alpha)?|centered|preconditioner.*|nsteps?newtonschulz",
    # Regularization and data.
    Meaning.WEIGHT_DECAY: r"wd|w(eight)?decay(rate|coeff?|coefficient|factor)?|l2|l2reg(ularization|ularizer)?"
    r"|l2(penalty|coeff?|weight|alpha|lambda|strength|factor)|decoupledweightdecay|(weight)?decaywd"
    r"|lambdal2|regl2",
    Meaning.LABEL_SMOOTHING: r"labelsmooth(ing)?(factor|eps|epsilon)?|smooth(ing)?(factor)?",
    Meaning.DROPOUT: r"(attention|attn|hidden|embed(ding)?|resid(ual)?|input|classifier|mlp|ffn)*"
    r"(drop(out|path|connect|block|edge)?(rate|prob|probability|ratio|p)?|pdrop(out)?)"
    r"|dropout(\d|h|i|e|emb|embd|in|out)|wdrop"
    r"|stochasticdepth(rate|prob)?|survivalprob|layerdrop",
    Meaning.REGULARIZATION: r"l1|l1reg(ularization)?|l1lambda|regulari[sz](er|ation)"
    r"(strength|weight|type|coef|coefficient)?|reg(strength|weight|coef|lambda)?"
    r"|ema(decay|rate)?|modelema|gradientpenalty|entropy(coef|bonus)|zloss(weight)?|spectralnorm(coef)?",
    Meaning.AUGMENTATION: r"(data)?aug(ment|mentation|mentations)?(strength|prob|magnitude|policy|type|level)?"
    r"|mixup(alpha|prob)?|cutmix(alpha|prob)?|cutout(size|length)?|rand(om)?(aug(ment)?|eras(e|ing)|crop"
    r"|flip)(n|m|magnitude|prob)?|autoaugment|trivialaugment|colorjitter|hflip|vflip|(horizontal|vertical)flip|reprob"
    r"|ra(n|m|magnitude)"
    r"|randaugment(layers|magnitude|n|m)?|specaugment|maskprob|noisestd",
    # The model.
    Meaning.INITIALIZATION: r"(weight|kernel|param|parameter)?s?init(ializer|ialization|ializations"
    r"|scale|std|gain|range|method|type)?|initializerrange|fixup|zeroinit(lastbn)?",
    Meaning.NORMALIZATION: r"(batch|layer|group|instance|rms|weight|pre|post)?norm(alization|alisation"
    r"|layer|type|first|momentum|eps|epsilon)?|bn(momentum|eps|epsilon)?|usebn",
    Meaning.ACTIVATION: r"act(ivation)?s?(fn|function|func|layer|type)?|nonlinearity|hiddenact",
    Meaning.ARCHITECTURE: r"(num|n|nb|number)?(of)?(hidden|encoder|decoder|conv|transformer|residual"
    r"|attention|attn|res|dense|fc|mlp)*(layers?|blocks?|heads?|units?|channels?|filters?|experts?"
    r"|groups|nodes|neurons)(size)?|(nlayers?|nheads?|nembd|nembed|ninner|dmodel|dff|dinner|dhead)"
    r"|depth|width|(hidden|embed(ding)?|model|ffn|mlp|head|intermediate|latent|inner|emb?|rnn"
    r"|lstm|gru|fc|dense|conv|(hidden)?layer)(dim(ension)?s?|sizes?|width|ratio|multiplier)"
    r"|(n|num)?hidden|nhid|dims?|dimfeedforward|expandratio|bidirectional|rnntype|celltype|arch(itecture)?|model(name|type)?|net(work)?"
    r"|backbone|kernelsize|stride|dilation|pool(ing)?|(width|widen|depth)(mult|multiplier|factor)"
    r"|cardinality"
    r"|growthrate|numlayers|skipconnections?|resolution|imgsize|imagesize|patchsize|ngf|ndf",
}


@cache
def _patterns() -> dict[Meaning | None, re.Pattern[str]]:
    """The table, compiled when it is first asked: most commands never ask."""
    return {meaning: re.compile(pattern) for meaning, pattern in _SPELLINGS.items()}


#: Prefixes that say nothing: `trainer.max_epochs` is `max_epochs`.
_USUAL = re.compile(
    r"train|training|trainer|cfg|config|conf|args|kwargs|init|hp|hparams|optim|optimizer|optimization|opt|model|run"
    r"|experiment|data|params|fit|solver"
)

#: These are so short that any other prefix makes them something else: `focal_gamma`, `attack.eps`,
#: `teacher_momentum`. So it is with every length: `finetune.epochs` is not the length of the complete training.
_ALONE = frozenset({"gamma", "eps", "epsilon", "momentum", "mom", "hidden", "seeds"})

#: Names below these train nothing.
_ELSEWHERE = re.compile(r"eval|evaluation|val|valid|validation|test|inference|predict|attack")

#: What "interacts the most with other changes": the optimizer's own hyperparameters (playbook,
#: "Identifying scientific, nuisance, and fixed hyperparameters").
OPTIMIZER_MEANINGS = frozenset(
    {
        Meaning.LEARNING_RATE,
        Meaning.SCHEDULE,
        Meaning.WARMUP,
        Meaning.MOMENTUM,
        Meaning.BETA1,
        Meaning.BETA2,
        Meaning.EPSILON,
        Meaning.OPTIMIZER_DETAIL,
        Meaning.CLIPPING,
        Meaning.WEIGHT_DECAY,
    }
)

#: Hyperparameters that regularize.
REGULARIZATION_MEANINGS = frozenset(
    {
        Meaning.WEIGHT_DECAY,
        Meaning.DROPOUT,
        Meaning.LABEL_SMOOTHING,
        Meaning.REGULARIZATION,
        Meaning.AUGMENTATION,
    }
)

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

#: Trials from which on a hyperparameter of Adam is worth tuning. Playbook, "How should Adam's
#: hyperparameters be tuned?": below 10 trials only the base learning rate; from 10 to 25 also beta1;
#: from 25 on also epsilon; beta2 when trials are "substantially larger than 25", for which we take
#: twice that.
ADAM_TRIALS: Mapping[Meaning, int] = MappingProxyType(
    {Meaning.BETA1: 10, Meaning.EPSILON: 25, Meaning.BETA2: 50}
)


@cache
def meaning_of(name: str) -> Meaning | None:
    """What a hyperparameter is, by the usual spellings of its name; None when it is not usual.

    `optim.lr`, `adam_beta1` and `--learning-rate` are known by their ends; the longest end that is
    known counts, so that `lr_patience` belongs to a schedule and `warmup_lr` to the warmup.
    """
    snake = snake_case(name).lstrip("-+")
    for start in (0, *(match.end() for match in re.finditer(r"[._/\-]+", snake))):
        before, end = snake[:start], _squeezed(snake[start:])
        if any(_ELSEWHERE.fullmatch(word) for word in _words(before)):
            return None
        for meaning, pattern in _patterns().items():
            if pattern.fullmatch(end) and _may_follow(before, end, meaning):
                return meaning
    return None


def _may_follow(before: str, end: str, meaning: Meaning | None) -> bool:
    """Whether the end of a name still means this after what comes before it."""
    if meaning is Meaning.LENGTH and before.endswith(("_", "-")):
        return False  # `opt_epochs` are those of PPO
    if meaning is Meaning.LENGTH or end in _ALONE:
        return all(_USUAL.fullmatch(word) for word in _words(before))
    return True


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[._/\-]+", text) if word]


def snake_case(name: str) -> str:
    """A name in lower case, its words separated: `learningRate` is `learning_rate`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).casefold()


def _squeezed(name: str) -> str:
    """A name in lower case, without separators: `num_envs` is `numenvs`."""
    return re.sub(r"[._/\-+]", "", name.casefold())


def are_reinforcement(names: Iterable[str]) -> bool:
    """Whether the hyperparameters of a round are those of reinforcement learning."""
    return any(_REINFORCEMENT.fullmatch(_squeezed(name)) for name in names)


def meaning_there(name: str, *, reinforcement: bool) -> Meaning | None:
    """What a hyperparameter is, in a round of reinforcement learning or in another."""
    if reinforcement and (_DISCOUNT.fullmatch(name) or _UPDATE_EPOCHS.fullmatch(_squeezed(name))):
        return None
    return meaning_of(name)


def may_be_length(name: str, *, reinforcement: bool) -> bool:
    """Whether a name is ambiguous: it may be the length of the training, or something else.

    `steps` and `iterations` usually do; in reinforcement learning they are those of a rollout,
    where epochs may be those of one update.
    """
    may = _UPDATE_EPOCHS if reinforcement else _STEPS
    return may.fullmatch(_squeezed(name)) is not None
