"""Values of hyperparameters in sentences about a suggestion: with all of their digits."""

from __future__ import annotations

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.words.numbers import exact


def as_typed(value: Scalar) -> str:
    """A value as a spec can have it: a float never looks like an integer."""
    return repr(value) if isinstance(value, float) else in_full(value)


def in_full(value: Scalar) -> str:
    """A value with all of its digits, in a sentence."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return exact(value) if isinstance(value, float) else str(value)
