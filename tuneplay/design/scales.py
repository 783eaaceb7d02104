"""Rules on the ranges in which hyperparameters are searched."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tuneplay.design.advice import BrokenRule, Design, Level, Rule, Use, about
from tuneplay.domain.hyperparameter import Choice, Range, Scale, is_number
from tuneplay.domain.meaning import OPTIMIZER_MEANINGS, Meaning
from tuneplay.domain.round import Phase

_BOUNDARIES = "Identifying bad search space boundaries"
_QUASI_RANDOM = (
    "Why use quasi-random search instead of more sophisticated black box optimization algorithms "
    "during the exploration phase of tuning?"
)

LINEAR_DECADES = Rule("linear-decades", Level.WARNING, _BOUNDARIES)
MOMENTUM_SCALE = Rule("momentum-scale", Level.WARNING, _BOUNDARIES)
NARROW_LEARNING_RATE = Rule("narrow-learning-rate", Level.WARNING, _BOUNDARIES)
GRID = Rule("grid", Level.WARNING, _QUASI_RANDOM)

#: On a linear scale, more than nine in ten points of a range this wide are in its last decade.
#: In powers of ten.
WIDE_DECADES = 1.5

#: Nobody knows a learning rate this well before exploring, except by luck. A factor.
NARROW_FACTOR = 3.0

#: From here on momentum and betas count by their distance to 1 (0.9 and 0.99 differ tenfold) ...
NEAR_ONE = 0.9

#: ... when that distance differs by more than this factor within the range.
NEAR_ONE_FACTOR = 2.0

#: Fractions of units or examples: their natural scale is linear, however small the lower end.
_LINEAR = frozenset({Meaning.DROPOUT, Meaning.LABEL_SMOOTHING, Meaning.AUGMENTATION})

#: Their best values may be decades apart.
_DECADES = frozenset({Meaning.LEARNING_RATE, Meaning.WEIGHT_DECAY, Meaning.EPSILON})

_NEAR_ONE = frozenset({Meaning.MOMENTUM, Meaning.BETA1, Meaning.BETA2})

#: For these, any value between two others may be the best.
_CONTINUOUS = OPTIMIZER_MEANINGS | {Meaning.DROPOUT, Meaning.LABEL_SMOOTHING}

#: A list with this many numbers or more is a grid, not a choice.
_GRID_VALUES = 3


def scales(design: Design) -> Iterator[BrokenRule]:
    """The scale of a range fits the effect of its values."""
    for use in design.uses:
        h = use.space
        if not isinstance(h, Range):
            continue
        if use.meaning in _NEAR_ONE and h.scale is not Scale.REVERSE_LOG and h.high >= NEAR_ONE:
            factor = (1 - h.low) / (1 - h.high) if h.high < 1 else math.inf
            if factor > NEAR_ONE_FACTOR:
                yield about(
                    use,
                    MOMENTUM_SCALE,
                    f"near 1 only the distance to 1 matters, and on a {h.scale.value} scale hardly "
                    f"any trial comes near {h.high:g}",
                    "use scale: reverse_log"
                    + ("" if h.high < 1 else ", with an end below 1, as in 0.999"),
                )
        elif h.scale is Scale.LINEAR and use.meaning in _DECADES and h.low <= 0 < h.high:
            yield about(
                use,
                LINEAR_DECADES,
                f"from {h.low:g} to {h.high:g} on a linear scale, hardly any trial is below "
                f"{h.high / 10:g}, even if the best values are there",
                "use scale: log, with a low end above 0",
            )
        elif h.scale is Scale.LINEAR and h.low > 0 and use.meaning not in _LINEAR:
            if math.log10(h.high / h.low) > WIDE_DECADES:
                yield about(
                    use,
                    LINEAR_DECADES,
                    f"from {h.low:g} to {h.high:g} on a linear scale, {round(100 * _upper_share(h))} % of the "
                    f"trials are above {h.high / 10:g}",
                    "use scale: log",
                )


def _upper_share(h: Range) -> float:
    return (h.high - h.high / 10) / (h.high - h.low)


def widths(design: Design) -> Iterator[BrokenRule]:
    """Exploration starts with wide ranges."""
    if design.round.phase is not Phase.EXPLORATION:
        return
    for use in design.uses:
        h = use.space
        if use.meaning is Meaning.LEARNING_RATE and isinstance(h, Range) and h.low > 0:
            factor = h.high / h.low
            if factor < NARROW_FACTOR:
                yield about(
                    use,
                    NARROW_LEARNING_RATE,
                    f"the range spans only a factor of {factor:.2g}: the best learning rate of a "
                    "study may be outside, and then the comparison is unfair",
                    "add a factor of 10 to 100 on each side; the report says how to narrow it",
                )


def grids(design: Design) -> Iterator[BrokenRule]:
    """Lists of numbers where a range would show more."""
    if design.round.phase is not Phase.EXPLORATION:
        return
    nuisance = [use for use in design.uses if use.key == "nuisance"]
    lists = [use for use in nuisance if _is_grid(use)]
    tuned = [use for use in nuisance if use.meaning in _CONTINUOUS and _is_grid(use)]
    tuned += [u for u in nuisance if u.meaning is Meaning.LEARNING_RATE and _is_numbers(u)]
    whole = lists if len(lists) > 1 and len(lists) == len(nuisance) else []
    for use in whole or dict.fromkeys(tuned):
        yield about(
            use,
            GRID,
            "a list of numbers is a grid: only a few different values are tried",
            "write a range {low, high, scale}; then every trial tries a new value",
        )


def _is_grid(use: Use) -> bool:
    return (
        isinstance(use.space, Choice)
        and len(use.space.choices) >= _GRID_VALUES
        and _is_numbers(use)
    )


def _is_numbers(use: Use) -> bool:
    """Whether it is a list of numbers, in quotes or not."""
    return isinstance(use.space, Choice) and all(is_number(v) for v in use.space.choices)
