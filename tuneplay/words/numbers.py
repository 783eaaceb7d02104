"""Numbers as people read them: as many digits as the spread supports, and no more."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tuneplay.domain.hyperparameter import Scalar

#: Significant digits of a spread, and of a number that has none.
SPREAD_DIGITS = 2
PLAIN_DIGITS = 4

#: Numbers with exponents outside of these are written with an exponent, as `%g` does.
_LEAST_EXPONENT, _MOST_EXPONENT = -5, 6

#: A minus sign; the hyphen of a keyboard is for what can be pasted.
MINUS = "\u2212"


def number(value: float | None, digits: int = PLAIN_DIGITS) -> str:
    """A number to a few significant digits; a dash for None. Can be pasted."""
    if value is None:
        return "–"
    # Adding 0.0 takes the sign off a negative zero.
    return f"{value + 0.0:.{digits}g}" if math.isfinite(value) else str(value)


def in_step(values: Sequence[float], spread: float) -> list[str]:
    """Numbers of one comparison, all with as many decimals as their spread supports.

    Args:
        values: The numbers.
        spread: Their uncertainty, in the same unit: two digits of it are shown. 0, NaN or
            infinite where it is not known: then `PLAIN_DIGITS` of the largest number are.

    Returns:
        One text a number, with a minus sign where it is below 0. `-0` is `0`.
    """
    finite = [abs(value) for value in values if math.isfinite(value)]
    size = max(finite, default=0.0)
    known = math.isfinite(spread) and spread > 0
    scale, digits = (spread, SPREAD_DIGITS) if known else (size, PLAIN_DIGITS)
    if not scale > 0:
        return [_minus(number(value)) for value in values]
    last = math.floor(math.log10(scale)) - digits + 1
    first = math.floor(math.log10(max(size, scale)))
    return [_minus(_to_place(value, last, first)) for value in values]


def _to_place(value: float, last: int, first: int) -> str:
    """A number rounded at a decimal place; with an exponent where its digits would be many."""
    if not math.isfinite(value):
        return str(value)
    if last >= _LEAST_EXPONENT and first <= _MOST_EXPONENT:
        rounded = round(value, -last) + 0.0
        return f"{rounded:.{max(0, -last)}f}"
    if value == 0:
        return "0"
    digits = max(0, math.floor(math.log10(abs(value))) - last)
    return f"{value:.{digits}e}" if digits else f"{value:.1g}"


def _minus(text: str) -> str:
    if text.startswith("-") and not any(digit in text for digit in "123456789in"):
        text = text[1:]
    return text.replace("-", MINUS, 1) if text.startswith("-") else text


def percent(share: float) -> str:
    """A share as a percentage without decimals: `32 %`; never 0 % or 100 % for what is neither."""
    whole = round(100 * share)
    if 0 < share < 1:
        whole = min(99, max(1, whole))
    return f"{whole} %"


def count(items: int, one: str, many: str = "") -> str:
    """`1 trial`, `2 trials`."""
    return f"{items} {one if items == 1 else many or one + 's'}"


def exact(value: float) -> str:
    """An edge of a range, with all of its digits: 0.99999999 is not 1. Can be pasted."""
    return f"{value:.15g}"


def setting(scalar: Scalar) -> str:
    """A hyperparameter's value, short enough to read and still pasteable."""
    if isinstance(scalar, bool) or scalar is None:
        return str(scalar).lower() if scalar is not None else "null"
    if not isinstance(scalar, float):
        return str(scalar)
    # Near 1 the digits of 1 - x are what counts: 0.99999999 is not 1.
    near = 0.9 < scalar < 1
    return number(scalar, 6 + math.floor(-math.log10(1 - scalar)) if near else 6)
