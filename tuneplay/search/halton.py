"""A scrambled Halton sequence that never changes.

The playbook recommends quasi-random search for exploration, from a shifted or scrambled Halton
sequence (FAQ, "Where can I find an implementation of quasi-random search?"; Bousquet et al. 2017,
arXiv:1706.03200). Here each digit is scrambled by a random permutation of its own (Owen 2017,
"A randomized Halton algorithm in R", arXiv:1706.02808). Permutations come from BLAKE2b, and digits
are summed as integers. A point therefore depends only on its seed, coordinate and index, not on the
version of a library or on the platform.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from functools import lru_cache

#: Bits of a double's mantissa plus one: further digits add nothing to a coordinate.
_PRECISION_BITS = 54


def coordinate(index: int, dimension: int, seed: int) -> float:
    """One coordinate of one point.

    Args:
        index: Index of the point, from 0.
        dimension: Index of the coordinate, from 0; its base is the prime with this index.
        seed: Seed of the scrambling.

    Returns:
        A number in [0, 1).
    """
    base = _prime(dimension)
    permutations = _permutations(base, dimension, seed)
    numerator, rest = 0, index
    for permutation in permutations:
        rest, digit = divmod(rest, base)
        numerator = numerator * base + permutation[digit]
    value: float = numerator / _denominator(base, len(permutations))
    return min(value, math.nextafter(1.0, 0.0))


def point(index: int, dimensions: int, seed: int) -> tuple[float, ...]:
    """The first coordinates of one point.

    Args:
        index: Index of the point, from 0.
        dimensions: Number of coordinates.
        seed: Seed of the scrambling.
    """
    return tuple(coordinate(index, dimension, seed) for dimension in range(dimensions))


@lru_cache(maxsize=1024)
def _denominator(base: int, digits: int) -> int:
    return int(base**digits)


@lru_cache(maxsize=1024)
def _permutations(base: int, dimension: int, seed: int) -> tuple[tuple[int, ...], ...]:
    digits = math.ceil(_PRECISION_BITS / math.log2(base))
    return tuple(_permutation(base, f"{seed}/{dimension}/{place}") for place in range(digits))


def _permutation(size: int, label: str) -> tuple[int, ...]:
    """A uniformly random permutation (Fisher-Yates) that depends only on its label."""
    words = _words(label)
    items = list(range(size))
    for last in range(size - 1, 0, -1):
        other = _below(last + 1, words)
        items[last], items[other] = items[other], items[last]
    return tuple(items)


def _below(bound: int, words: Iterator[int]) -> int:
    """A uniform integer in [0, bound), by rejection, which avoids modulo bias."""
    limit = (1 << 32) // bound * bound
    return next(word for word in words if word < limit) % bound


def _words(label: str) -> Iterator[int]:
    """An endless stream of 32-bit words from BLAKE2b in counter mode."""
    block = 0
    while True:
        digest = hashlib.blake2b(f"tuneplay halton {label} {block}".encode()).digest()
        for start in range(0, len(digest), 4):
            yield int.from_bytes(digest[start : start + 4], "big")
        block += 1


@lru_cache(maxsize=1024)
def _prime(index: int) -> int:
    candidate = 2 if index == 0 else _prime(index - 1) + 1
    while any(candidate % divisor == 0 for divisor in range(2, math.isqrt(candidate) + 1)):
        candidate += 1
    return candidate
