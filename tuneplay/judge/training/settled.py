"""Have the trials that matter settled long before the end?

(playbook, "Examining the training curves": whether training has saturated.) Their best epochs do not
show it: on a flat, noisy end they fall anywhere.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tuneplay.judge.training.improvement import NOISE_SHARE
from tuneplay.judge.training.shape import late_noise, late_wander, level

#: Looked for after each of these tenths of training, up to its middle: settled by then is long
#: before the end, for half of the epochs would have done.
TENTHS = 10
LOOKED_AT = (1, 2, 3, 4, 5)

#: A stretch from which less than this share of the entire way was still gained has settled.
REST_SHARE = 0.01

#: A gain counts from this many standard errors on: the better one of two later stretches is lucky by
#: half of one, and several places are looked at.
WITHIN = 2.0

#: Most of the trials must have settled each by itself: this share of them.
MOST = 2 / 3


def settled_share(curves: Sequence[Sequence[float]], trial_sd: float | None = None) -> float | None:
    """Share of training after which nothing more was gained, within noise and trial variance.

    Args:
        curves: Finite objective values over the epochs, better when lower, one list a trial.
        trial_sd: Standard deviation of the best value over seeds; None or NaN when not known.

    Returns:
        0.1, 0.2 … 0.5; None when there was a gain in the second half, or no curve is long enough.
    """
    long = [curve for curve in curves if len(curve) >= TENTHS]
    noises = [(noise := late_noise(curve), late_wander(curve, noise)) for curve in long]
    settled: float | None = None
    for tenth in reversed(LOOKED_AT if long else ()):
        left = [
            _left(curve, tenth, *noise, trial_sd) for curve, noise in zip(long, noises, strict=True)
        ]
        least = statistics.median(one.least for one in left)
        error = statistics.median(one.error for one in left) / math.sqrt(len(left))
        alone = sum(one.gain <= max(one.least, WITHIN * one.error) for one in left)
        gain = statistics.median(one.gain for one in left)
        if gain > max(least, WITHIN * error) or alone < MOST * len(left):
            break
        settled = tenth / TENTHS
    return settled


@dataclass(frozen=True, slots=True)
class _Left:
    """What a trial gained after some place: the gain, its standard error, the least that counts."""

    gain: float
    error: float
    least: float


def _left(
    curve: Sequence[float], tenth: int, noise: float, wander: float, trial_sd: float | None
) -> _Left:
    """The stretch around the end of a tenth against the better half of what comes after it."""
    start, end = (round(len(curve) * k / TENTHS) for k in (tenth - 1, tenth + 1))
    rest = curve[end:]
    half = len(rest) // 2
    gain = level(curve[start:end]) - min(level(rest[:half]), level(rest[-half:]))
    white = noise * math.sqrt(1 / (end - start) + 1 / half)
    error = math.hypot(white, wander, wander)
    known = trial_sd is not None and math.isfinite(trial_sd)
    variance = trial_sd if known and trial_sd is not None else NOISE_SHARE * noise
    way = max(0.0, curve[len(curve) // TENTHS] - level(rest[-half:]))
    return _Left(gain, error, max(variance, REST_SHARE * way))
