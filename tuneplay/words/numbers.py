"""Numbers as people read them: as many digits as the spread supports, and no more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.domain.yaml_scalar import yaml_text

#: Significant digits of a spread, and of a number that has none.
SPREAD_DIGITS = 2
PLAIN_DIGITS = 4

#: Significant digits of a difference whose spread is not known.
ROUGH_DIGITS = 3

#: A float has no more digits than this that mean something.
FLOAT_DIGITS = 15

#: Numbers are written with an exponent below this power of ten, as `%g` does, ...
_LEAST_PLAIN = -4

#: ... and above this one.
_MOST_PLAIN = 6

#: A minus sign; the hyphen of a keyboard is for what can be pasted.
MINUS = "\u2212"


def number(value: float | None, digits: int = PLAIN_DIGITS) -> str:
    """A number to a few significant digits; a dash for None. Can be pasted."""
    if value is None:
        return "–"
    # Adding 0.0 takes the sign off a negative zero.
    return f"{value + 0.0:.{digits}g}" if math.isfinite(value) else str(value)


def measured(value: float | None, digits: int = PLAIN_DIGITS) -> str:
    """A measurement in a sentence, with a minus sign where it is below 0; a dash for None."""
    return _minus(number(value, digits))


def in_step(values: Sequence[float], spread: float) -> list[str]:
    """Numbers of one comparison, all with as many decimals as their spread supports.

    Args:
        values: The numbers.
        spread: Their uncertainty, in the same unit: two digits of it are shown. 0, NaN or
            infinite where it is not known: then `PLAIN_DIGITS` of the largest number are.

    Returns:
        One text a number, with a minus sign where it is below 0. `-0` is `0`. Very small or large
        numbers share one exponent, so that their decimals can be compared.
    """
    finite = [abs(value) for value in values if math.isfinite(value)]
    size = max(finite, default=0.0)
    known = math.isfinite(spread) and spread > 0
    scale, digits = (spread, SPREAD_DIGITS) if known else (size, PLAIN_DIGITS)
    if not scale > 0:
        return [_minus(number(value)) for value in values]
    first = _place(max(size, scale))
    last = max(_place(scale) - digits + 1, first - FLOAT_DIGITS + 1)
    return [_minus(_to_place(value, first, last)) for value in values]


def _place(size: float) -> int:
    """Power of ten of the first digit of a number above 0, as it is written: 1e-11 is less."""
    return Decimal(repr(float(size))).adjusted()


def _to_place(value: float, first: int, last: int) -> str:
    """A number rounded at the power of ten `last`; `first` is that of the largest number."""
    if not math.isfinite(value):
        return str(value)
    rounded = Decimal(value).quantize(Decimal(1).scaleb(last))
    if rounded == 0:
        rounded = abs(rounded)
    if _LEAST_PLAIN <= first <= _MOST_PLAIN:
        return f"{rounded:f}"
    return f"{rounded.scaleb(-first):.{first - last}f}e{first:+03d}"


def _minus(text: str) -> str:
    return text.replace("-", MINUS, 1) if text.startswith("-") else text


def signed(value: float, spread: float = 0.0) -> str:
    """A difference with its sign, with the digits that its spread supports; `0` has none.

    Args:
        value: The difference.
        spread: Its uncertainty; 0 where it is not known.
    """
    text = in_step([value], spread)[0] if spread > 0 else _minus(number(value, ROUGH_DIGITS))
    rounded_to_zero = not any(digit in text for digit in "123456789")
    return f"+{text}" if value > 0 and not rounded_to_zero else text


def percent(share: float) -> str:
    """A share as a percentage without decimals: `32 %`; never 0 % or 100 % for what is neither."""
    if not math.isfinite(share):
        return "–"
    rounded = round(100 * share)
    if 0 < share < 1:
        rounded = min(99, max(1, rounded))
    return _minus(f"{rounded} %")


def count(items: int, one: str, many: str = "") -> str:
    """`1 trial`, `2 trials`."""
    return f"{items} {one if items == 1 else many or one + 's'}"


def exact(value: float) -> str:
    """An edge of a range, with all of its digits: 0.99999999 is not 1. Can be pasted."""
    return f"{value:.15g}"


def as_typed(value: Scalar) -> str:
    """A value with all of its digits, as a spec can have it: a float never looks like an integer."""
    return repr(value) if isinstance(value, float) else in_full(value)


def in_full(value: Scalar) -> str:
    """A value with all of its digits, in a sentence."""
    if value is None or isinstance(value, bool):
        return yaml_text(value)
    return exact(value) if isinstance(value, float) else str(value)


def setting(scalar: Scalar) -> str:
    """A hyperparameter's value, short enough to read and still pasteable."""
    if not isinstance(scalar, float):
        return in_full(scalar)
    # Near 1 the digits of 1 - x are what counts: 0.99999999 is not 1.
    near = 0.9 < scalar < 1
    return number(scalar, 6 + math.floor(-math.log10(1 - scalar)) if near else 6)
