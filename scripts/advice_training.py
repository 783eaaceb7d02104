"""Findings about the epoch budget and the curves, beside the truth and the rules of thumb."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from advice_curves import Known, draw_known
from advice_landscape import FloatArray, Rng

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Curves, Direction
from tuneplay.domain.round import Objective, Phase, Round, Study
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge.finding import Finding, Kind
from tuneplay.judge.measures.selection import better_part, ranked
from tuneplay.judge.training.curve_checks import curve_findings
from tuneplay.judge.training.epoch_budget import Advice, EpochBudget, epoch_budget
from tuneplay.judge.training.epoch_findings import epoch_findings

STUDY = Study("all", {})
RULES = ("tuneplay", "majority in a fifth", "10 % and 25 %")

#: What the truth is clear of: a gain by half as many epochs again, in noise and in the way come.
GAIN_NOISE, GAIN_SHARE = 2.0, 0.03
NO_GAIN_NOISE, NO_GAIN_SHARE = 0.25, 0.003
RISE_NOISE = 5.0
MUST_SETTLE = 0.8  # of the budget: what happens in the last fifth may go on for all one knows


@dataclass(frozen=True)
class Case:
    """One study, its truth, and what was said of it.

    Attributes:
        trials: How many trials it has.
        truth: What is right for its epoch budget.
        said: Advice of each of `RULES`.
        budget: What tuneplay says in full.
        needed: Share of the budget that the better trials need.
        noted: Whether it is said that training settled long before its end.
        clear: By kind of finding, whether it is right (True) or wrong (False); absent if unclear.
        kinds: What tuneplay found on the curves.
    """

    trials: int
    truth: str
    said: tuple[Advice, ...]
    budget: EpochBudget
    needed: float
    noted: bool
    clear: dict[str, bool]
    kinds: frozenset[str]


def a_round(epochs: int, trials: int, direction: Direction) -> Round:
    """A round of one study."""
    return Round(
        name="known",
        goal="",
        phase=Phase.EXPLORATION,
        command=Command(("true",)),
        objective=Objective("val_metric", direction),
        epochs=epochs,
        trials=trials,
        studies=(STUDY,),
    )


def trials_of(known: Known, direction: Direction, unit: float) -> list[Trial]:
    """The study as tuneplay sees it."""
    return [
        one_trial(k, row, known.loss[k], direction, unit, bad=bool(known.diverged[k]))
        for k, row in enumerate(known.values)
    ]


def one_trial(
    number: int,
    values: FloatArray,
    loss: FloatArray | None,
    direction: Direction,
    unit: float = 1.0,
    *,
    bad: bool = False,
) -> Trial:
    """One trial; NaN at the end is where it ended."""
    kept = int(np.isfinite(values).nonzero()[0][-1]) + 1
    metrics = {"val_metric": (direction.sign * unit * values[:kept]).tolist()}
    if loss is not None:
        metrics["train_loss"] = loss[:kept].tolist()
    curves = Curves(list(range(1, kept + 1)), metrics)
    best = curves.best("val_metric", direction)
    state = State.INFEASIBLE if bad or best is None else State.FEASIBLE
    outcome = Outcome(state, "", *((best[1], best[0]) if best else (None, None)))
    return Trial(TrialId("all", number), number, {}, outcome, curves)


def cases(seed: int, count: int, trials: int) -> Iterator[Case]:
    """Studies of so many trials, judged."""
    rng = np.random.default_rng([seed, trials])
    for _ in range(count):
        yield case(draw_known(rng, trials), rng)


def case(known: Known, rng: Rng) -> Case:
    """Judges one study."""
    direction = Direction.MAXIMIZE if rng.random() < 0.5 else Direction.MINIMIZE
    trials = trials_of(known, direction, 10 ** rng.uniform(-3, 3))
    round_ = a_round(known.epochs, len(trials), direction)
    budget = epoch_budget(round_, [trials])
    better = better_part(ranked(trials, direction))
    told = [t for t in better if t.curves.epochs[-1] == known.epochs]
    members = np.array([t.id.number for t in told], dtype=int)
    needed, truth = (1.0, "unclear") if len(told) < 3 else budget_truth(known, members)
    findings = curve_findings(round_, STUDY, trials)
    return Case(
        len(trials),
        truth,
        (budget.advice, *thumb([t.outcome.best_epoch or 0 for t in told], known.epochs)),
        budget,
        needed,
        any("settled_share" in f.evidence and not f.suggestion for f in epoch_findings(budget)),
        curve_truths(known, members, better[0].id.number) if len(told) >= 3 else {},
        frozenset(map(name_of, findings))
        | {k for k in ("settled",) if f"{k}_share" in budget.evidence},
    )


def name_of(finding: Finding) -> str:
    """Kind of a finding; periods and late noise share one."""
    return "period" if "period" in finding.evidence else str(finding.kind)


def thumb(epochs: list[int], current: int) -> tuple[Advice, Advice]:
    """The rules of thumb: a majority in the first or last fifth; the playbook's shares."""
    shares = np.array(epochs, dtype=float) / current
    rules = ((0.2, 0.8, 0.5), (0.1, 0.75, 1 - 1e-9))
    advice = []
    for first, last, most in rules:
        if len(shares) and (shares > last + 1e-9).mean() > 0.5:
            advice.append(Advice.INCREASE)
        elif len(shares) and (shares <= first + 1e-9).mean() > most:
            advice.append(Advice.DECREASE)
        else:
            advice.append(Advice.KEEP)
    return advice[0], advice[1]


def budget_truth(known: Known, members: np.ndarray) -> tuple[float, str]:
    """Share of the budget that these trials need, and what is right for the budget."""
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
        return need, "more"
    if gain >= near:
        return need, "unclear"
    if rise > RISE_NOISE * noise:
        if best.max() <= 0.15 and epochs >= 20:
            return need, "fewer"
        return need, "turns midway" if 0.3 <= np.median(best) <= 0.75 else "unclear"
    if need <= 0.4 and float((inside[:, -1] - lowest).max()) <= near:
        return need, "settled"
    late = np.median(needed) >= 0.5 and need <= MUST_SETTLE
    return need, "settles late" if late else "unclear"


def curve_truths(known: Known, members: np.ndarray, best: int) -> dict[str, bool]:
    """Whether each finding on the curves is clearly right or clearly wrong."""
    shape, epochs = known.shape, known.epochs
    inside = known.means[:, :epochs]
    clear: dict[str, bool] = {}
    steady = shape.noise + shape.wander
    rise = inside[best, -1] - inside[best].min()
    way = inside[best, 0] - inside[best].min()
    if shape.loss_turn > 1 and np.isfinite(known.values[best, -1]):
        if rise > max(2 * RISE_NOISE * steady, 0.15 * way) and inside[best].argmin() < 0.7 * epochs:
            clear[Kind.OVERFITTING] = True
        elif shape.turn > 1:
            clear[Kind.OVERFITTING] = False
    noisy = shape.noise / max(
        float(np.median(inside[members, 0] - inside[members].min(axis=1))), 1e-9
    )
    if not shape.period and not 0.06 < noisy < 0.16 and epochs >= 15:
        clear[Kind.NOISY_TRAINING] = noisy > 0.1
    if shape.loss_turn < 0.6 or shape.loss_turn > 1:
        clear[Kind.RISING_TRAINING_LOSS] = shape.loss_turn < 1
    half = inside[members, epochs // 2 - 1] - inside[members, epochs // 2 :].min(axis=1)
    size = float(np.median(inside[members, epochs // 10] - inside[members].min(axis=1)))
    if half.max() < max(NO_GAIN_NOISE * steady, NO_GAIN_SHARE * size):
        clear["settled"] = True
    elif np.median(half) > max(steady, GAIN_SHARE * size):
        clear["settled"] = False
    if epochs >= 30 and (not shape.period or shape.period * 5 <= epochs):
        clear["period"] = bool(shape.period)
    return clear
