"""Which role each option of a script takes in a first round, by the playbook's rules of thumb."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.meaning import ADAM_TRIALS, Meaning, snake_case
from tuneplay.drafts.help_text import is_discount
from tuneplay.drafts.placeholders import filled_in
from tuneplay.drafts.rules_of_thumb import Space, space_of
from tuneplay.drafts.script import Option, Script

#: Trials for each nuisance hyperparameter of a draft. The rest stay at their defaults: the more are
#: tuned, the greater the risk that none is tuned well.
TRIALS_EACH = 5

#: Learning rates that are tuned however few the trials are: those of a generator and its critic.
PAIRED_RATES = 2

#: What is tuned first, when the trials do not allow all.
PRIORITY = (
    *(Meaning.LEARNING_RATE, Meaning.MOMENTUM, Meaning.BETA1, Meaning.WEIGHT_DECAY),
    *(Meaning.DROPOUT, Meaning.SCHEDULE, Meaning.LABEL_SMOOTHING, Meaning.EPSILON, Meaning.BETA2),
)

#: Written into the spec although not searched. A change of one of these changes what a result
#: means, and asks for new tuning.
WORTH_STATING = (Meaning.OPTIMIZER, Meaning.BATCH_SIZE, Meaning.ARCHITECTURE, Meaning.ACTIVATION)

#: Of all that belongs to schedules, only a decay factor has a rule of thumb.
_DECAY = re.compile(r"(.*[._-])?((lr|step|exp)[._-]?)?(gamma|decay[._-]?(rate|factor))")
_ADAPTIVE = re.compile(r".*(ada|lamb|lion|rmsprop|sophia).*", re.IGNORECASE)
_KEEPS = re.compile(r"keep|surviv", re.IGNORECASE)
_ASIDE = re.compile(r"(.*[._-])?(eval(uation)?|test|val(id|idation)?|metric|monitor|best)[._-].*")


#: Rates at the ends of a schedule: they follow from the base rate.
_END = re.compile(
    r"(.*[._-])?(min|minimum|final|end|warm-?up|stop|last)[._-].*|.*[._-](min|minimum|final|end)"
)

#: Rates of some layers, and peaks of schedules: tuned only where there is no base rate.
_OF_SOME_LAYERS = re.compile(
    r"(.*[._-])?(max|peak|head|backbone|encoder|decoder|body)[._-].*|.*[._-](max|peak|head|backbone"
    r"|encoder|decoder|body)"
)

#: Names of one base rate: `lr`, `base_lr`, and `blr` (`lr` is a multiple of it).
_BASE = re.compile(
    r"(.*\.)?((base|init|initial|start)[_-]?)?(lr|learning[_-]?rate|lrate|step[_-]?size)"
    r"([_-](base|init|initial|start))?|(.*\.)?blr"
)


@dataclass(frozen=True, slots=True)
class Roles:
    """The role of each option in a round.

    Attributes:
        passed: Options that tuneplay fills in, with their placeholder or text.
        epochs: The script's own number of epochs; None if it does not say.
        nuisance: What is tuned.
        later: What could be tuned with more trials.
        fixed: What is stated at its default.
        steps: The option that counts steps; None if an option counts epochs.
    """

    passed: Mapping[Option, str]
    epochs: int | None
    nuisance: Mapping[Option, Space]
    later: Mapping[Option, Space]
    fixed: Mapping[Option, Scalar] = field(default_factory=dict)
    steps: Option | None = None


def sort_roles(script: Script, trials: int, typed: frozenset[str], subject: Option | None) -> Roles:
    """Sort the options of a script into roles.

    Args:
        script: The script.
        trials: Trials of each study: the more, the more is tuned.
        typed: Names of the options that the user typed into the command. If they are neither
            tuned nor filled in, they stay as they are.
        subject: What the round is about. It is neither nuisance nor fixed.
    """
    filled = filled_in(script)
    free = [
        o
        for o in script.options
        if o != subject and o not in filled.passed and o.nameable and not is_aside(o)
    ]
    candidates = _candidates(script, free, adaptive=_is_adaptive(script))
    fitting = {o: s for o, s in candidates.items() if trials >= ADAM_TRIALS.get(_m(o), 0)}
    nuisance = _affordable(fitting, max(1, trials // TRIALS_EACH))
    fixed = {
        o: o.default
        for o in free
        if o.meaning in WORTH_STATING and o.values == 1 and _stateable(o)
        if o not in nuisance and o.name not in typed and script.reachable(o)
    }
    later = {
        o: s
        for o, s in candidates.items()
        if o not in nuisance and o.name not in typed and script.reachable(o)
    }
    return Roles(filled.passed, filled.epochs, nuisance, later, fixed, filled.steps)


def _affordable(candidates: Mapping[Option, Space], most: int) -> dict[Option, Space]:
    """As many as the trials allow. Momentum and beta1 count as one: no optimizer uses both.

    Two networks that are trained against each other have a learning rate each. Tuning one of the
    two alone shows nothing.
    """
    affordable: dict[Option, Space] = {}
    places: set[object] = set()
    for option, space in candidates.items():
        like = Meaning.MOMENTUM if option.meaning is Meaning.BETA1 else option.meaning
        places.add(like if like is Meaning.MOMENTUM else option)
        paired = option.meaning is Meaning.LEARNING_RATE and len(affordable) < PAIRED_RATES
        if len(places) > most and not paired:
            break
        affordable[option] = space
    return affordable


def is_aside(option: Option) -> bool:
    """Whether an option is about evaluation or its metric, even if its name ends like another."""
    return _ASIDE.fullmatch(option.name) is not None


def _m(option: Option) -> Meaning:
    found = option.meaning
    if found is None:
        raise AssertionError("an option without a meaning has no rule of thumb")
    return found


def _stateable(option: Option) -> bool:
    """Whether the script accepts its default in the form in which its help prints it."""
    default = option.default
    if default is None or isinstance(default, bool):
        return False
    return not isinstance(default, str) or re.fullmatch(r"[\w./+\-]+", default) is not None


def is_adaptive(name: str) -> bool:
    """Whether an optimizer scales its steps by itself, as Adam does."""
    return _ADAPTIVE.fullmatch(name) is not None


def _is_adaptive(script: Script) -> bool | None:
    """Whether the script's own optimizer is adaptive; None if the help does not say."""
    option = script.first(Meaning.OPTIMIZER)
    default = option.default if option else None
    return is_adaptive(default) if isinstance(default, str) else None


def _candidates(
    script: Script, free: list[Option], *, adaptive: bool | None
) -> dict[Option, Space]:
    """Everything with a rule of thumb, what matters most first."""
    found: dict[Option, Space] = {}
    for meaning in PRIORITY:
        options = [o for o in free if o.meaning is meaning and _fits(o)]
        if meaning is Meaning.LEARNING_RATE:
            options = _base_rates(options)
        if meaning is Meaning.WEIGHT_DECAY and any(o.number is not None for o in options):
            # `--norm-weight-decay` without a value of its own is the same as `--weight-decay`.
            options = [o for o in options if o.number is not None]
        if meaning is Meaning.MOMENTUM and adaptive and script.first(Meaning.BETA1):
            continue
        if meaning in ADAM_TRIALS and adaptive is False:
            continue
        for option in options:
            space = space_of(option)
            if space is not None:
                found[option] = space
    return found


def _fits(option: Option) -> bool:
    """Whether the rule of thumb of its meaning is about this option."""
    if option.meaning is Meaning.SCHEDULE:
        default = option.number
        if default is None or not 0 < default <= 1:
            return False
        return _DECAY.fullmatch(option.name) is not None and not is_discount(option)
    if option.meaning is Meaning.DROPOUT:
        default = option.number
        return not _KEEPS.search(option.name) and (default is None or 0 <= default < 1)
    return True


def _base_rates(options: list[Option]) -> list[Option]:
    """The learning rates to tune: one base rate, and those of other networks (`lr_g` and `lr_d`)."""
    rates = [
        o
        for o in options
        if o.is_number and not o.integer and not _END.fullmatch(snake_case(o.name))
    ]
    whole = [o for o in rates if not _OF_SOME_LAYERS.fullmatch(snake_case(o.name))]
    bases = [o for o in whole if _BASE.fullmatch(snake_case(o.name))]
    # A `--lr` without a default is computed from the other one: setting both would contradict.
    bases.sort(key=lambda o: o.number is None)
    groups = {_group(o): o for o in reversed(bases)}
    chosen = [o for o in whole if o not in bases or groups[_group(o)] is o]
    return chosen or rates


def _group(option: Option) -> str:
    """What a dotted key belongs to: `generator.lr` and `critic.lr` are two."""
    return option.name.rpartition(".")[0]
