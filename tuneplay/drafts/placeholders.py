"""The options that tuneplay fills in: the length of training, the seed and folders."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tuneplay.domain.meaning import Meaning
from tuneplay.drafts.script import Option, Script, Style

#: A default beyond this is a way to say "until it is stopped".
MOST_EPOCHS = 100_000

_STEPS = re.compile(r"step|iter", re.IGNORECASE)

#: `--niter` of DCGAN: "number of epochs to train for".
_NUMBER_OF_EPOCHS = re.compile(
    r"\b(number of|how many|total|max(imum)?)\s+(\w+\s+)?epochs\b", re.IGNORECASE
)

#: Options that count the steps of the complete training, besides those with the usual names.
_ALL_STEPS = re.compile(
    r"((total|max)[._-]?(env[._-]?)?(train(ing)?[._-]?)?(time)?steps"
    r"|((total|max|num|n)[._-]?)?(train(ing)?[._-]?)?(iterations|iters)"
    r"|(num[._-]?)?(env[._-]?|time)steps|(total|max|num)[._-]?(frames|episodes|updates))"
)

#: Only reinforcement learning counts these; its epochs are those of one update.
_OF_AN_AGENT = re.compile(r"(.*[._-])?(env[._-]?steps|.*timesteps|.*frames|.*episodes)")

#: "epochs of policy optimization in each update": not the length of training.
_INNER = re.compile(
    r"\b(each|every|per)\s+(\w+\s+)?(update|rollout|iteration|batch|round|client|episode)\b"
    r"|\binner\b|\bpolicy\b|\bsurrogate\b|\bPPO\b|\blocal\b|\bupdate the\b",
    re.IGNORECASE,
)
_INNER_NAME = re.compile(r"(.*[._-])?(ppo|inner|update|policy|local|actor|critic|sgd)[._-].*")

#: Names of seeds, the surest first: those that decide the complete training.
_SEEDS = (
    re.compile(r"seed"),
    re.compile(
        r"((random|rng|global|manual|torch|train(ing)?|numpy|np)[_-]?seed|random[_-]?state)"
    ),
    re.compile(r".*"),
)

#: These decide which examples there are, or which of them validate: the same for all trials.
_SEED_OF_DATA = re.compile(
    r"(.*[._-])?(data|dataset|split|fold|folds|shuffle|sampl(er|ing)|subset|partition|eval|test"
    r"|val|valid|validation)[._-]?.*"
)

_TRIAL_DIR = re.compile(
    r"(hydra\.run\.dir)|(.*\.)?(o|out|output|save|sav|log|work|run|result|results|exp|experiment"
    r"|train|default[_-]root)([_-]?(dir|folder|directory))|(.*\.)?(out|outdir|output|logdir|outputs)"
)
_CHECKPOINT_DIR = re.compile(
    r"(.*\.)?(checkpoints?|ckpts?)([_-]?(save|out))?[_-]?(dir|folder|directory|path)?s?"
    r"|(.*\.)?save[_-](ckpt|checkpoint|model)s?[_-](dir|folder|path)"
)
_FILE = re.compile(r".*\.[A-Za-z]{1,8}")


@dataclass(frozen=True, slots=True)
class Filled:
    """Options with a placeholder of tuneplay.

    Attributes:
        passed: The options, with their placeholder or text.
        epochs: The script's own number of epochs; None if it does not say.
        steps: The option that counts steps; None if an option counts epochs.
    """

    passed: dict[Option, str]
    epochs: int | None
    steps: Option | None


def filled_in(script: Script) -> Filled:
    """Find what tuneplay fills in."""
    passed: dict[Option, str] = {}
    epochs, steps = _length(script)
    if epochs:
        passed[epochs] = "{epochs}"
    seed = _seed(script)
    if seed:
        passed[seed] = "{seed}"
    for option in script.options:
        if option.values == 1 and not option.choices and option.meaning is None:
            folder = _folder(option, script.style)
            if folder:
                passed[option] = folder
    default = epochs.number if epochs else None
    known = int(default) if default is not None and 1 <= default <= MOST_EPOCHS else None
    return Filled(passed, known, steps)


def _length(script: Script) -> tuple[Option | None, Option | None]:
    """The option for the epochs of the complete training; if there is none, that for its steps."""
    lengths = [o for o in script.of(Meaning.LENGTH) if o.values == 1]
    steps = [
        o
        for o in script.options
        if o.values == 1 and not o.choices and o.meaning in (None, Meaning.LENGTH)
        if not _NUMBER_OF_EPOCHS.search(o.about)
        if (o in lengths and _STEPS.search(o.name)) or _ALL_STEPS.fullmatch(o.name.lower())
    ]
    of_agent = any(_OF_AN_AGENT.fullmatch(o.name.lower()) for o in steps)
    counting = [o for o in lengths if o not in steps and not _is_inner(o, of_agent=of_agent)]
    epochs = next((o for o in counting if o.name in ("epochs", "epoch")), None)
    epochs = epochs or next(iter(counting), None)
    return epochs, None if epochs else next(iter(steps), None)


def _is_inner(option: Option, *, of_agent: bool) -> bool:
    """Whether the epochs are those of one update: a training has many updates."""
    if of_agent and option.name not in ("epochs", "epoch"):
        return True
    said = re.split(r"[.;(,]", option.about)[0]
    return _INNER_NAME.fullmatch(option.name) is not None or _INNER.search(said) is not None


def _seed(script: Script) -> Option | None:
    """The seed of the training; that of the data or of its split is left alone."""
    seeds = [
        o
        for o in script.of(Meaning.SEED)
        if o.values == 1 and not o.choices and not _SEED_OF_DATA.fullmatch(o.name.lower())
    ]
    ranked = sorted(
        seeds, key=lambda o: next(i for i, p in enumerate(_SEEDS) if p.fullmatch(o.name.lower()))
    )
    return next(iter(ranked), None)


def _folder(option: Option, style: Style) -> str:
    """The folder that an option gets; empty if the option is about something else."""
    name = option.name.lower()
    place = "{checkpoint_dir}" if _CHECKPOINT_DIR.fullmatch(name) else ""
    place = place or ("{trial_dir}" if _TRIAL_DIR.fullmatch(name) else "")
    if not place or re.search(r"\b(load|resume|restore|pretrained)\b", option.about.lower()):
        return ""
    if place == "{checkpoint_dir}" and not name.endswith(("dir", "folder", "directory")):
        return ""  # `--checkpoint PATH` is as often read as written
    default = option.default
    if isinstance(default, str) and _FILE.fullmatch(default) and not default.startswith("."):
        place += "/" + default.rpartition("/")[2]
    return f"'{place}'" if style is Style.HYDRA else place
