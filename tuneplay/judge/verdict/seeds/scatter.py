"""Mean, scatter and standard error of reruns, with values that do not vary taken seriously."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from tuneplay.judge.verdict.facts import Side
from tuneplay.judge.verdict.seeds.standards import (
    GRID_STEPS,
    MIN_USABLE,
    OUTLIER_LEVEL,
    OUTLIER_STEPS,
    SAME_RELATIVE,
    TIE_CHANCE,
)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Noise:
    """Standard error of a difference of means.

    Attributes:
        se: standard error; None if nothing is known about the noise.
        df: degrees of freedom (Satterthwaite).
        spread: standard deviations used (baseline, candidate).
        constant: whether the baseline, and the candidate, have equal values that a coarse metric
            does not explain.
    """

    se: float | None
    df: float
    spread: tuple[float, float] | None
    constant: tuple[bool, bool]


def outliers(values: Array) -> tuple[float, ...]:
    """Return the one value farthest from the mean if Grubbs' two-sided test flags it, else none.

    Grubbs, Procedures for Detecting Outlying Observations in Samples, Technometrics 11 (1969). The
    test takes the values for continuous. On a coarse metric one error more or less, next to values
    that are all the same, would be flagged: a value within `OUTLIER_STEPS` of the next one is not,
    and next to values without any scatter nothing is.
    """
    n = len(values)
    if n <= MIN_USABLE or same(values):
        return ()
    distance = np.abs(values - values.mean())
    worst = int(np.argmax(distance))
    t = float(stdtrit(n - 2, 1 - OUTLIER_LEVEL / (2 * n)))
    limit = (n - 1) / math.sqrt(n) * math.sqrt(t * t / (n - 2 + t * t))
    flagged = distance[worst] > limit * deviation(values)
    rest = np.delete(values, worst)
    if not flagged or same(rest):
        return ()
    step = resolution(values)
    if step is not None and np.abs(rest - values[worst]).min() <= OUTLIER_STEPS * step * 1.01:
        return ()
    return (float(values[worst]),)


def deviation(values: Array) -> float:
    """Sample standard deviation of two values or more, also where their squares have no float."""
    largest = float(np.abs(values).max())
    return largest * float((values / largest).std(ddof=1)) if largest > 0 else 0.0


def same(values: Array) -> bool:
    """Whether two or more values are one value up to float noise."""
    if len(values) < 2:
        return False
    return bool(np.ptp(values) <= SAME_RELATIVE * np.abs(values).max())


def summarize(values: Array) -> Side:
    """Describe the reruns of one study; a value that is not finite is an infeasible rerun."""
    usable = np.sort(values[np.isfinite(values)])
    n, constant = len(usable), same(usable)
    spread = 0.0 if constant else deviation(usable) if n > 1 else None
    return Side(
        reruns=len(values),
        usable=n,
        mean=float(usable.mean()) if n else None,
        sd=spread,
        constant=constant,
        outliers=outliers(usable),
    )


def resolution(values: Array) -> float | None:
    """Step of the grid all values lie on (1/450 for accuracy on 450 examples), None if no grid.

    Euclid's algorithm on the gaps (two at least; a single gap proves no grid); a grid of more than
    GRID_STEPS steps counts as continuous.
    """
    gaps = np.diff(np.unique(values))
    tolerance = 2 * SAME_RELATIVE * float(np.abs(values).max())
    gaps = gaps[gaps > tolerance]
    if len(gaps) < 2:
        return None
    span = float(gaps.sum())
    tolerance = max(tolerance, 1e-6 * span)
    step = float(gaps[0])
    for gap in gaps[1:]:
        a, b = float(gap), step
        while b > tolerance:
            a, b = b, abs(a - b * round(a / b))
        step = a
    return step if step * GRID_STEPS >= span else None


def _step(values: Array, varying: Array) -> float | None:
    """Resolution of the metric; with one gap only, that gap if the varying side has ties too."""
    distinct = np.unique(values)
    if len(distinct) == 2 and len(varying) > 2:
        return float(distinct[1] - distinct[0])
    return resolution(values)


def _tie_chance(step: float, sd: float, n: int) -> float:
    """Chance that n normal values of this sd, rounded to `step`, are all the same."""
    return float(min(1.0, (step / (sd * math.sqrt(2 * math.pi))) ** (n - 1) / math.sqrt(n)))


def noise(baseline: Array, candidate: Array) -> Noise:
    """Welch's standard error (Biometrika 34, 1947) with Satterthwaite's degrees of freedom (1946).

    A side whose values are all the same borrows the other side's scatter (and its degrees of
    freedom): no scatter in a few values is not certainty. If the metric is not coarse enough to make
    the ties plausible, or with two such sides, the noise is unknown.
    """
    n, m = len(baseline), len(candidate)
    flat, varied = (same(baseline), same(candidate)), (False, False)
    if min(n, m) < 2:
        return Noise(None, math.nan, None, varied)
    if all(flat):
        return Noise(None, math.nan, None, flat)
    if any(flat):
        other, n_flat = (candidate, n) if flat[0] else (baseline, m)
        step = _step(np.concatenate([baseline, candidate]), other)
        sd = deviation(other)
        chance = _tie_chance(step, sd, n_flat) if step else 0.0
        sd = max(sd, (step or 0.0) / math.sqrt(12))
        if chance < TIE_CHANCE:
            return Noise(None, math.nan, None, flat)
        return Noise(sd * math.sqrt(1 / n + 1 / m), len(other) - 1, (sd, sd), varied)
    spread = deviation(baseline), deviation(candidate)
    errors = spread[0] / math.sqrt(n), spread[1] / math.sqrt(m)
    a, b = ((error / max(errors)) ** 2 for error in errors)
    df = (a + b) ** 2 / (a * a / (n - 1) + b * b / (m - 1))
    return Noise(math.hypot(*errors), df, spread, varied)
