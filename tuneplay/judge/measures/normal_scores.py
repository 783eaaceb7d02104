"""Normal scores: ranks on the scale of a normal distribution, which no outlier can stretch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri


def normal_scores(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The quantile of a standard normal distribution at each value's rank (n,).

    Equal values share the middle of their ranks. Infinite ones are last.

    Args:
        values: The values (n,); NaN is not allowed.
    """
    order = np.sort(values)
    left, right = (np.searchsorted(order, values, side=side) for side in ("left", "right"))
    return np.asarray(ndtri((left + right) / (2.0 * len(values))), dtype=np.float64)
