"""Training curves whose truth is known: findings about curves are measured on them.

A study samples two hyperparameters as tuneplay does. Its trials share a shape (a decay, a plateau, a
step of the learning rate, overfitting ...) and differ in speed and level. The shape goes on beyond
the epoch budget: what more epochs would gain is known. Noise, odd epochs, ties, and trials that
diverge or stop early come on top.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pieces.known_rounds import quasi_random
from pieces.landscapes import FloatArray, Rng, random_landscape

EPOCHS = (10, 15, 20, 30, 50, 100, 200)
LONGER = 1.5  # times the budget: how far the truth looks
SHAPES = ("exponential", "power", "plateau", "two phases", "step")


@dataclass(frozen=True)
class CurveShape:
    """What the trials of a study share. Places are shares of the budget, heights of the descent.

    Attributes:
        kind: One of `SHAPES`.
        rate: How fast it decays.
        place: Where the plateau ends, or the step is.
        bump: Height of a bump while the learning rate warms up.
        turn: Where overfitting starts; 9 for never.
        rise: How far the metric would rise from there to the end.
        loss_turn: Where the training loss starts to rise; 9 for never.
        period: Epochs after which the metrics repeat; 0 for never.
        noise: Standard deviation from epoch to epoch, late in training.
        wander: Standard deviation of a slow wander.
    """

    kind: str
    rate: float
    place: float
    bump: float
    turn: float
    rise: float
    loss_turn: float
    period: int
    noise: float
    wander: float


@dataclass(frozen=True)
class KnownCurves:
    """A study of curves, and the truth behind them. All values are better when lower.

    Attributes:
        epochs: The budget.
        shape: What its trials share.
        values: What was measured (n, epochs); NaN from where a trial ended.
        means: The truth (n, 1.5 epochs), without noise, period and odd epochs.
        loss: Training loss (n, epochs).
        diverged: Which trials (n,) are infeasible.
    """

    epochs: int
    shape: CurveShape
    values: FloatArray
    means: FloatArray
    loss: FloatArray
    diverged: np.ndarray


def random_shape(rng: Rng, epochs: int) -> CurveShape:
    """A random shape for the trials of a study."""
    overfits = rng.random() < 0.4
    periodic = rng.random() < 0.12 and epochs >= 30
    noise = 10 ** rng.uniform(-3, -1.1)
    if rng.random() < 0.1:
        noise *= 4
    return CurveShape(
        kind=str(rng.choice(SHAPES)),
        rate=10 ** rng.uniform(-0.5, 1.7),
        place=rng.uniform(0.1, 0.85),
        bump=rng.uniform(0, 0.5) * (rng.random() < 0.25),
        turn=10 ** rng.uniform(-1.5, 0) if overfits else 9.0,
        rise=10 ** rng.uniform(-1.5, 0.3),
        loss_turn=rng.uniform(0.1, 0.7) if rng.random() < 0.1 else 9.0,
        period=int(rng.integers(3, min(13, epochs // 5))) if periodic else 0,
        noise=noise,
        wander=noise * rng.uniform(0.5, 2) if rng.random() < 0.3 else 0.0,
    )


def left(shape: CurveShape, x: FloatArray, rate: FloatArray) -> FloatArray:
    """How much of the descent is left at shares `x` of the budget: 1 at the start."""
    speed = shape.rate * rate
    if shape.kind == "power":
        return np.asarray((1 + 5 * speed * x) ** -0.7)
    if shape.kind == "plateau":
        width = 0.02 + 0.3 / (5 + shape.rate)
        return np.asarray(1 / (1 + np.exp((x * rate - shape.place) / width)))
    fast = np.exp(-speed * x)
    if shape.kind == "two phases":
        late = 1 / (1 + np.exp((x * rate - shape.place) / 0.05))
        return np.asarray(0.6 * fast + 0.4 * late)
    if shape.kind == "step":  # the schedule is the same for all trials
        past = np.maximum(x - shape.place, 0)
        return np.asarray(0.75 * fast + 0.25 * np.exp(-past / 0.02))
    return np.asarray(fast)


def random_curves(rng: Rng, trials: int) -> KnownCurves:
    """A random study."""
    epochs = int(rng.choice(EPOCHS))
    shape = random_shape(rng, epochs)
    units = quasi_random(2, trials, rng)
    heights = random_landscape(rng, 2)(units)
    height = 0.15 * (heights - heights.min()) / max(float(heights.std()), 1e-9)
    x = np.arange(1, int(LONGER * epochs) + 1) / epochs
    own = np.exp(0.3 * (units[:, :1] - 0.5) + rng.normal(0, 0.1, (trials, 1)))
    turn = shape.turn * np.exp(rng.normal(0, 0.1, (trials, 1)))
    rise = shape.rise * np.maximum(x - turn, 0) / max(1 - shape.turn, 0.1)
    bump = shape.bump * np.exp(-(((x - 0.06) / 0.03) ** 2))
    means = height[:, None] + left(shape, x, own) + rise + bump
    values = _measured(means[:, :epochs], shape, rng)
    loss = _training(shape, x[:epochs], own, rng)
    diverged = (units[:, 0] > rng.uniform(0.7, 0.95)) & (rng.random() < 0.25)
    if diverged.sum() > trials - 8:
        diverged[:] = False
    if rng.random() < 0.15:  # early stopping, in a fifth of the trials
        for k in np.flatnonzero(rng.random(trials) < 0.2):
            values[k, int(rng.uniform(0.3, 0.9) * epochs) :] = np.nan
    return KnownCurves(epochs, shape, values, means, loss, diverged)


def _measured(means: FloatArray, shape: CurveShape, rng: Rng) -> FloatArray:
    """The truth with what a measurement adds: noise, a wander, a period, odd epochs, rounding."""
    trials, epochs = means.shape
    x = np.arange(1, epochs + 1) / epochs
    shrink = 1 + rng.uniform(0, 3) * np.exp(-5 * x)
    values = means + shape.noise * shrink * rng.standard_normal(means.shape)
    values += rng.normal(0, 0.5 * shape.noise, (trials, 1))  # trial variance
    if shape.wander:
        values += shape.wander * wandering(means.shape, rng.uniform(0.7, 0.95), rng)
    if shape.period:
        phase = np.arange(epochs) / shape.period
        wave = np.sin(2 * np.pi * phase) if rng.random() < 0.5 else 2.0 * (phase % 1 == 0)
        values += 4 * (shape.noise + shape.wander) * wave
    if rng.random() < 0.3:
        odd = rng.random(means.shape) < 0.5 / epochs
        size = rng.uniform(5, 30) * np.where(rng.random(means.shape) < 0.8, 1, -0.3)
        values += np.where(odd, size * shape.noise, 0)
    if rng.random() < 0.25:
        step = rng.uniform(0.5, 2) * shape.noise
        values = np.round(values / step) * step
    return np.asarray(values)


def wandering(shape: tuple[int, ...], memory: float, rng: Rng) -> FloatArray:
    """A slow random walk that returns to 0, with standard deviation 1."""
    result = rng.standard_normal(shape)
    for k in range(1, shape[1]):
        result[:, k] = memory * result[:, k - 1] + np.sqrt(1 - memory**2) * result[:, k]
    return result


def _training(shape: CurveShape, x: FloatArray, own: FloatArray, rng: Rng) -> FloatArray:
    """Training loss: it falls to the end, or turns and rises."""
    mean = 0.6 * (1 + 3 * own * x) ** -1.0 + 0.4 * left(shape, x, own)
    rise = rng.uniform(0.4, 1.5) * np.maximum(x - shape.loss_turn, 0) / 0.3
    noise = 0.3 * shape.noise * rng.standard_normal(mean.shape)
    return np.asarray(mean + rise + noise)
