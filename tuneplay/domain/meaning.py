"""What a hyperparameter is, told from its name: the one table of usual spellings.

The playbook's rules are about learning rates, batch sizes and regularizers, while a spec has names.
Spellings are those of PyTorch, Keras, Optax, timm, Hugging Face, fairseq and Hydra configurations.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache


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


_LR = r"(lr|learningrate|lrate|stepsize)"
_ENDS = r"(base|init|initial|max|min|peak|final|end|start|head|backbone|encoder|decoder|body)"
_MANY = r"(max|num|n|nb|total|numberof|train|training)*"

#: Spellings in lower case, without separators. The first that fits counts.
_SPELLINGS: dict[Meaning, str] = {
    # Never tuned: the budget, what ends a training early, and chance.
    # Bare `steps`, `n_steps` and `num_steps` are no lengths: they name rollouts and much else.
    Meaning.LENGTH: rf"{_MANY}epochs?|(max|num|total)?(train|training)(steps|iters?|iterations)"
    r"|max(steps|iters?|iterations)|totalsteps",
    Meaning.EARLY_STOPPING: r"earlystop(ping)?.*|patience|(early)?stoppingpatience",
    Meaning.SEED: r"(random|rng|global|manual|torch|numpy|np)?seed|randomstate|seedeverything",
    # The batch.
    Meaning.ACCUMULATION: r"(grad|gradient)?s?accum(ulation|ulate|ulategrad)?(steps|iters?|batches)?"
    r"|accumulategradbatches|gradientaccumulationsteps|updatefreq|iterstoaccumulate",
    Meaning.BATCH_SIZE: r"(train|training|global|local|micro|mini|perdevice|pergpu|perdevicetrain"
    r"|total|effective|device)*(batch|batchsize|bs|bsz|minibatch|minibatchsize|microbatch)"
    r"(size)?(pergpu|perdevice)?|samplespergpu|tokensperbatch|maxtokens",
    # The optimizer.
    Meaning.WARMUP: r"(lr|num|n)*warmup(lr|steps|epochs|ratio|fraction|frac|iters|updates|factor"
    r"|proportion|length|percent|pct)?|numwarmupsteps|pctstart|rampup(steps|epochs)?",
    Meaning.SCHEDULE: rf"{_LR}?(schedule[r]?|policy|scheduler(name|type)?)|{_LR}(decay|gamma|drop"
    r"|patience|milestones|steps?(size)?|power|schedule|cooldown|cycle|factor).*"
    r"|(cosine|exponential|linear|polynomial|poly|step|inverse|sqrt)(decay|annealing|schedule)"
    r"(steps|epochs|rate|power)?|decay(rate|steps|epochs|schedule|factor|power|type)|gamma"
    r"|milestones|annealing|tmax|t0|tmult|etamin|finaldivfactor|divfactor|cooldown(steps|epochs)?",
    Meaning.LEARNING_RATE: rf"{_ENDS}?{_LR}{_ENDS}?|{_LR}s|eta|eta0|alphalr",
    Meaning.MOMENTUM: r"(nesterov)?momentum|mom|mu",
    Meaning.BETA1: r"(adam|adamw)?beta1?|b1|adambetas?|betas",
    Meaning.BETA2: r"(adam|adamw)?beta2|b2",
    Meaning.EPSILON: r"(adam|adamw)?(eps|epsilon)",
    Meaning.CLIPPING: r"(max)?(grad|gradient)s?(norm)?(clip|clipping|clipnorm|clipval|norm)"
    r"(val|value|norm|algorithm)?|clip(grad|gradient|norm|value|gradnorm)?|maxgradnorm"
    r"|gradclip(ping)?|gradientclip(ping|val|norm)?",
    Meaning.OPTIMIZER: r"optimi[sz]er(name|type)?|optim|opt|solver",
    Meaning.OPTIMIZER_DETAIL: r"nesterov|rho|dampening|amsgrad|beta3|b3|trustcoefficient"
    r"|lookahead(k|alpha)?|centered|preconditioner.*|nsteps?newtonschulz",
    # Regularization and data.
    Meaning.WEIGHT_DECAY: r"wd|weightdecay(rate)?|l2|l2reg(ularization|ularizer)?|l2penalty"
    r"|decoupledweightdecay|(weight)?decaywd|lambdal2|l2lambda",
    Meaning.LABEL_SMOOTHING: r"(label)?smoothing(factor)?|labelsmooth(ing)?(factor)?",
    Meaning.DROPOUT: r"(attention|attn|hidden|embed(ding)?|resid(ual)?|input|classifier|mlp|ffn)*"
    r"(drop(out|path|connect|block)?(rate|prob|probability|ratio|p)?|pdrop(out)?)"
    r"|stochasticdepth(rate|prob)?|survivalprob|layerdrop",
    Meaning.REGULARIZATION: r"l1|l1reg(ularization)?|l1lambda|regulari[sz](er|ation)"
    r"(strength|weight|type|coef|coefficient)?|reg(strength|weight|coef|lambda)?"
    r"|ema(decay|rate)?|modelema|entropy(coef|bonus)|zloss(weight)?|spectralnorm(coef)?",
    Meaning.AUGMENTATION: r"(data)?aug(ment|mentation|mentations)?(strength|prob|magnitude|policy)?"
    r"|mixup(alpha|prob)?|cutmix(alpha|prob)?|cutout(size|length)?|rand(om)?(aug(ment)?|erase|crop"
    r"|flip)(n|m|magnitude|prob)?|autoaugment|trivialaugment|colorjitter|hflip|vflip|reprob"
    r"|randaugment(layers|magnitude|n|m)?|specaugment|maskprob|noisestd",
    # The model.
    Meaning.INITIALIZATION: r"(weight|kernel|param|parameter)?s?init(ializer|ialization|ializations"
    r"|scale|std|gain|range|method|type)?|initializerrange|fixup|zeroinit(lastbn)?",
    Meaning.NORMALIZATION: r"(batch|layer|group|instance|rms|weight|pre|post)?norm(alization|alisation"
    r"|layer|type|first)?|bn|usebn|batchnorm",
    Meaning.ACTIVATION: r"act(ivation)?(fn|function|layer|type)?|nonlinearity|hiddenact",
    Meaning.ARCHITECTURE: r"(num|n|nb|number)?(of)?(hidden|encoder|decoder|conv|transformer|residual"
    r"|attention|attn|res|dense|fc|mlp)*(layers?|blocks?|heads?|units?|channels?|filters?|experts?"
    r"|groups|nodes|neurons)(size)?|(nlayers?|nheads?|nembd|nembed|ninner|dmodel|dff|dinner|dhead)"
    r"|depth|width|(hidden|embed(ding)?|model|ffn|mlp|head|intermediate|latent|inner|emb)(_)?"
    r"(dim(ension)?s?|size|width|ratio|multiplier)|dim|arch(itecture)?|model(name|type)?|net(work)?"
    r"|backbone|kernelsize|stride|dilation|pool(ing)?|(width|depth)multiplier|cardinality"
    r"|growthrate|numlayers|skipconnections?|resolution|imgsize|imagesize|patchsize|ngf|ndf",
}

_COMPILED = {meaning: re.compile(pattern) for meaning, pattern in _SPELLINGS.items()}

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


@cache
def meaning_of(name: str) -> Meaning | None:
    """What a hyperparameter is, by the usual spellings of its name; None when it is not usual.

    `optim.lr`, `adam_beta1` and `--learning-rate` are told by their ends; the longest end that is
    known counts, so that `lr_patience` belongs to a schedule and `warmup_lr` to the warmup.
    """
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).casefold().lstrip("-")
    starts = (0, *(match.end() for match in re.finditer(r"[._/\-]+", snake)))
    for start in starts:
        plain = re.sub(r"[._/\-]", "", snake[start:])
        whole = start == 0 or snake[start - 1] in "./"
        for meaning, pattern in _COMPILED.items():
            # `steps_per_epoch` and `pretrain_epochs` are not the length of training.
            if (whole or meaning is not Meaning.LENGTH) and pattern.fullmatch(plain):
                return meaning
    return None
