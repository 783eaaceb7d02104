"""Which of a script's learning rates are tuned: the base, and not what is derived from it."""

from __future__ import annotations

import re

from tuneplay.drafts.script import Option

#: The ends of a schedule: they follow the base rate, and are never what decides.
_END = re.compile(
    r"(.*[._-])?(min|minimum|final|end|warm-?up|stop|last)[._-].*|.*[._-](min|minimum|final|end)"
)

#: Rates of parts of the model, and peaks of schedules: tuned only where there is no base.
_PART = re.compile(
    r"(.*[._-])?(max|peak|head|backbone|encoder|decoder|body)[._-].*|.*[._-](max|peak|head|backbone"
    r"|encoder|decoder|body)"
)

#: Different names of one base rate: `lr`, `base_lr`, and `blr` of which `lr` is a multiple.
_BASE = re.compile(
    r"(.*\.)?((base|init|initial|start)[_-]?)?(lr|learning[_-]?rate|lrate|step[_-]?size)"
    r"([_-](base|init|initial|start))?|(.*\.)?blr"
)


def base_rates(options: list[Option]) -> list[Option]:
    """The rates to tune: one base, and beside it those of other networks (`lr_g` and `lr_d`)."""
    rates = [o for o in options if o.is_number and not o.whole and not _END.fullmatch(_snake(o))]
    whole = [o for o in rates if not _PART.fullmatch(_snake(o))]
    bases = [o for o in whole if _BASE.fullmatch(_snake(o))]
    # A `--lr` without a default is computed from another one: setting both would contradict.
    bases.sort(key=lambda o: o.number is None)
    groups = {_group(o): o for o in reversed(bases)}
    chosen = [o for o in whole if o not in bases or groups[_group(o)] is o]
    return chosen or rates


def _group(option: Option) -> str:
    """What a dotted key belongs to: `generator.lr` and `critic.lr` are two."""
    return option.name.rpartition(".")[0]


def _snake(option: Option) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", option.name).lower()
