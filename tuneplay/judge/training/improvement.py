"""Are the trials that matter still improving at the end, and by more than luck?

(playbook, "Examining the training curves": "Are the trials still improving at the end?")
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tuneplay.judge.training.shape import FIFTHS, Lateness, late_wander, lateness

#: The trial variance, as a share of the noise from one epoch to the next, where no rerun shows it.
#: Measured on recorded trainings of DeepOBS with 10 seeds: 0.2 to 1.4 on two networks (four pairs
#: with an optimizer), 0.44 in the median. Far more on its noise-free quadratic problem: there only
#: reruns can show it.
NOISE_SHARE = 0.5

#: A gain must also be this many standard errors of itself above 0, from the noise of the curves.
#: On recorded DeepOBS studies cut to 8 to 16 epochs, of those that truly gained by more epochs 2
#: finds 73 %, 1.5 finds 79 %, and with `BEFORE_WEIGHT` 90 %.
CLEAR = 1.5

#: With fewer values in a fifth its gain is noisy: the gain of the fifth before has a say as well,
#: with this weight against that of the last, and its halves say nothing.
SHORT_FIFTH = 4
BEFORE_WEIGHT = 0.5

#: A gain must also be there in this share of the trials (all of three, three of four): a slow wander
#: goes up as often as down. Two of three gave one false alarm in ten on flat curves that wander; they
#: are enough where the gain is this many times the least one.
AGREEING_SHARE = 0.7
AGREEING_LEAST = 0.6
FAR_ABOVE = 2.0

#: A gain over the last fifth does not count below this share of the entire improvement: without any noise
#: a curve that has long settled still gains in its last digits.
LEAST_SHARE = 0.0005

#: A last fifth that gains this many times as much as the one before it is speeding up, as under a
#: learning rate that decays to 0 at the end. How it would go on is then not known.
SPEEDING_UP = 1.5

#: A last fifth whose own second half gained, at best, less than this share of the fifth's gain has
#: stopped: the gain came from what was before, such as a step of the learning rate. (Steady
#: progress gives half; a gain that shrinks tenfold from fifth to fifth gives 0.13, and has a
#: thirtieth left to come.)
STALLED_SHARE = 0.2

#: More epochs: between these factors; the middle one when the curves do not show it.
LEAST_FACTOR = 1.25
USUAL_FACTOR = 1.5
MOST_FACTOR = 2.0

#: Standard error of `shape.level`, in standard errors of a mean (of the middle half: 1.1).
_LEVEL_ERROR = 1.1


@dataclass(frozen=True, slots=True)
class Improvement:
    """What the trials that matter gain at the end, in the objective's unit; medians over trials.

    Attributes:
        gain: By how much the last fifth is better than the fifth before it.
        before: By how much that fifth is better than the one before it.
        since: By how much the last fifth is better than the second.
        noise: Standard deviation from one epoch to the next.
        least: A gain below this is within noise or trial variance.
        agreeing: Share of the trials with a gain above 0.
        tail: By how much the second half of the last fifth is better than its first half.
        tail_error: Standard error of `tail`.
    """

    gain: float
    before: float
    since: float
    noise: float
    least: float
    agreeing: float
    tail: float
    tail_error: float

    @property
    def stalled(self) -> bool:
        """Whether the last fifth gained over the one before, but nothing more within itself."""
        goes_on = self.tail > CLEAR * self.tail_error and 2 * self.tail > self.least
        return not goes_on and self.tail + self.tail_error < STALLED_SHARE * self.gain

    @property
    def clear(self) -> bool:
        """Whether training still improves at the end, beyond noise and trial variance."""
        share = AGREEING_LEAST if self.gain > FAR_ABOVE * self.least else AGREEING_SHARE
        return self.gain > self.least and self.agreeing >= share and not self.stalled

    @property
    def settled_early(self) -> bool:
        """Whether nothing was gained after the second fifth of training."""
        return self.since <= self.least

    @property
    def _ratio(self) -> float:
        """How a fifth's gain shrinks to the next fifth's; 1 when it does not shrink."""
        return min(1.0, self.gain / self.before) if self.before > 0 else 1.0

    @property
    def factor(self) -> float:
        """By what the epochs are to be multiplied, if training still improves.

        The gains of further fifths are extrapolated as a geometric series, until one falls below
        `least`.
        """
        if self.gain > SPEEDING_UP * max(0.0, self.before):
            return USUAL_FACTOR
        fifths, gain = 0, self.gain
        while gain > self.least and 1 + fifths / FIFTHS < MOST_FACTOR:
            fifths += 1
            gain *= self._ratio
        return min(MOST_FACTOR, max(LEAST_FACTOR, 1 + fifths / FIFTHS))

    @property
    def expected(self) -> float:
        """What `factor` times the epochs would gain by that extrapolation."""
        fifths = round((self.factor - 1) * FIFTHS)
        return math.fsum(self.gain * self._ratio**k for k in range(1, fifths + 1))


def improvement(
    curves: Sequence[Sequence[float]], trial_sd: float | None = None
) -> Improvement | None:
    """What trials gain at the end of training.

    Args:
        curves: Finite objective values over the epochs, better when lower, one list a trial.
        trial_sd: Standard deviation of the best value over seeds; None or NaN when not known.

    Returns:
        None when no curve is long enough.
    """
    found = [(curve, end) for curve in curves if (end := lateness(curve)) is not None]
    if not found:
        return None
    ends = [end for _, end in found]
    gain = statistics.median(map(_steady_gain, ends))
    noise = statistics.median(end.noise for end in ends)
    part = statistics.median(end.values for end in ends)
    wander = statistics.median(late_wander(curve, end.noise) for curve, end in found)
    error = _error(noise, part, wander, len(ends))
    tail_error = _error(noise, max(1, part // 2), wander / 2, len(ends))
    known = trial_sd is not None and math.isfinite(trial_sd)
    variance = trial_sd if known and trial_sd is not None else NOISE_SHARE * noise
    total = statistics.median(end.total for end in ends)
    return Improvement(
        gain,
        statistics.median(end.before for end in ends),
        statistics.median(end.since for end in ends),
        noise,
        max(variance, CLEAR * error, LEAST_SHARE * total),
        sum(_steady_gain(end) > 0 for end in ends) / len(ends),
        statistics.median(end.tail for end in ends),
        tail_error if part >= SHORT_FIFTH else math.inf,
    )


def _error(noise: float, values: float, wander: float, trials: int) -> float:
    """Standard error of the difference of two levels of `values` values, over `trials` trials."""
    white = _LEVEL_ERROR * noise / math.sqrt(values)
    return math.hypot(white, wander) * math.sqrt(2 / trials)


def _steady_gain(end: Lateness) -> float:
    if end.values >= SHORT_FIFTH:
        return end.gain
    return (end.gain + BEFORE_WEIGHT * end.before) / (1 + BEFORE_WEIGHT)
