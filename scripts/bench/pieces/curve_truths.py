"""What is right for an epoch budget, and which findings on curves are: the truth of known curves."""

from __future__ import annotations

import numpy as np

from pieces.known_curves import KnownCurves

#: Kinds of findings on curves, as the report's JSON names them, and two that it names otherwise.
OVERFITTING = "overfitting"
NOISY_TRAINING = "noisy-training"
RISING_TRAINING_LOSS = "rising-training-loss"
PERIOD = "period"
SETTLED = "settled"
KINDS = (OVERFITTING, NOISY_TRAINING, RISING_TRAINING_LOSS, PERIOD, SETTLED)

# The truth is clear where half as many epochs again gain this much, or less than this much: in
# units of the noise, and as a share of the descent.
GAIN_NOISE, GAIN_SHARE = 2.0, 0.03
NO_GAIN_NOISE, NO_GAIN_SHARE = 0.25, 0.003
RISE_NOISE = 5.0  # a rise of this much noise is clear
MUST_SETTLE = 0.8  # of the budget: what happens in the last fifth may go on


def budget_truth(known: KnownCurves, members: np.ndarray) -> str:
    """What is right for the epoch budget, by these trials."""
    epochs, noise = known.epochs, known.shape.noise + known.shape.wander
    means = known.means[members]
    inside = means[:, :epochs]
    lowest = inside.min(axis=1)
    total = inside[:, epochs // 10] - lowest
    gain = float(np.median(lowest - means.min(axis=1)))
    way = float(np.median(total))
    near = max(NO_GAIN_NOISE * noise, NO_GAIN_SHARE * way)
    needed = ((inside <= lowest[:, None] + near).argmax(axis=1) + 1) / epochs
    rise = float((inside[:, -1] - lowest).min())
    best = (inside.argmin(axis=1) + 1) / epochs
    need = float(needed.max())
    if gain > max(GAIN_NOISE * noise, GAIN_SHARE * way):
        return "more"
    if gain >= near:
        return "unclear"
    if rise > RISE_NOISE * noise:
        if best.max() <= 0.15 and epochs >= 20:
            return "fewer"
        return "turns midway" if 0.3 <= np.median(best) <= 0.75 else "unclear"
    if need <= 0.4 and float((inside[:, -1] - lowest).max()) <= near:
        return "settled"
    late = np.median(needed) >= 0.5 and need <= MUST_SETTLE
    return "settles late" if late else "unclear"


def finding_truths(known: KnownCurves, members: np.ndarray, best: int) -> dict[str, bool]:
    """By kind of finding, whether it is right or wrong; unclear kinds are left out."""
    shape, epochs = known.shape, known.epochs
    inside = known.means[:, :epochs]
    clear: dict[str, bool] = {}
    steady = shape.noise + shape.wander
    rise = inside[best, -1] - inside[best].min()
    way = inside[best, 0] - inside[best].min()
    if shape.loss_turn > 1 and np.isfinite(known.values[best, -1]):
        if rise > max(2 * RISE_NOISE * steady, 0.15 * way) and inside[best].argmin() < 0.7 * epochs:
            clear[OVERFITTING] = True
        elif shape.turn > 1:
            clear[OVERFITTING] = False
    noisy = shape.noise / max(
        float(np.median(inside[members, 0] - inside[members].min(axis=1))), 1e-9
    )
    if not shape.period and not 0.06 < noisy < 0.16 and epochs >= 15:
        clear[NOISY_TRAINING] = noisy > 0.1
    if shape.loss_turn < 0.6 or shape.loss_turn > 1:
        clear[RISING_TRAINING_LOSS] = shape.loss_turn < 1
    half = inside[members, epochs // 2 - 1] - inside[members, epochs // 2 :].min(axis=1)
    size = float(np.median(inside[members, epochs // 10] - inside[members].min(axis=1)))
    if half.max() < max(NO_GAIN_NOISE * steady, NO_GAIN_SHARE * size):
        clear[SETTLED] = True
    elif np.median(half) > max(steady, GAIN_SHARE * size):
        clear[SETTLED] = False
    if epochs >= 30 and (not shape.period or shape.period * 5 <= epochs):
        clear[PERIOD] = bool(shape.period)
    return clear
