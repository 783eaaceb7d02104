"""Everything that is said about each verdict, with sample comparisons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tuneplay.judge.verdict.facts import (
    Caution,
    CautionKind,
    Comparison,
    Futility,
    Ground,
    Looking,
    Route,
    Side,
    Verdict,
)
from tuneplay.words.message import Message
from tuneplay.words.naming import Naming
from tuneplay.words.verdict import say_verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictWords:
    """Everything that is said about one verdict.

    Attributes:
        verdict: The verdict.
        say: The sentences about one comparison.
        means: What it means, for `tuneplay explain`, by sentences.
        judged: How it is judged.
        right: How often it is right, with the family that was measured.
        do: What to do about it.
        samples: Comparisons with sample numbers, at least one for each ground.
    """

    verdict: Verdict
    say: Callable[[Comparison, Naming], Message] = say_verdict
    means: tuple[str, ...]
    judged: str
    right: str
    do: str
    samples: tuple[Comparison, ...]


def _side(mean: float, sd: float, *, reruns: int = 5, usable: int = 5) -> Side:
    return Side(reruns=reruns, usable=usable, mean=mean, sd=sd, constant=sd == 0, outliers=())


#: The candidate is worse by 0.001, within its noise.
_OPEN = Comparison(
    study="optimizer=adam",
    baseline="optimizer=sgd",
    verdict=Verdict.NOT_DISTINGUISHABLE,
    ground=Ground.NO_CLEAR_DIFFERENCE,
    difference=-0.001,
    interval95=(-0.004767, 0.002767),
    interval_decision=(-0.004767, 0.002767),
    robust_difference=-0.0011,
    robust_interval=(-0.0051, 0.0029),
    candidate=_side(0.0223, 0.0026),
    base=_side(0.0233, 0.0026),
    seeds_needed=108,
    detectable=0.0052,
)

_BETTER = replace(
    _OPEN,
    verdict=Verdict.ADOPT,
    ground=Ground.BETTER,
    difference=-0.0102,
    interval95=(-0.01352, -0.00688),
    interval_decision=(-0.01352, -0.00688),
)

_WORSE = replace(
    _OPEN,
    verdict=Verdict.KEEP_BASELINE,
    ground=Ground.WORSE,
    difference=0.0228,
    interval95=(0.01823, 0.02745),
    interval_decision=(0.01823, 0.02745),
)

_INFEASIBLE = replace(
    _BETTER,
    verdict=Verdict.NOT_DISTINGUISHABLE,
    ground=Ground.MORE_INFEASIBLE_RERUNS,
    candidate=_side(0.0131, 0.0026, usable=3),
    open_to_seeds=False,
    cautions=(Caution(kind=CautionKind.INFEASIBLE_RERUNS, study="optimizer=adam", count=2, of=5),),
)

_SEARCH = Comparison(
    study="optimizer=adam",
    baseline="optimizer=sgd",
    verdict=Verdict.NEEDS_RERUNS,
    ground=Ground.SEARCH_ONLY,
    difference=-0.0288,
)

_MEASURED = (
    "Measured on 1,000 samples of reruns with known truth (docs/verdicts.md). With five seeds, one "
    "of two equal methods is adopted in at most 3 % of the samples, for normal, skewed, heavy-tailed "
    "and coarse values. A difference of two standard deviations is found in 78 % with five seeds "
    "and in 99 % with ten. A candidate that trains badly without diverging for one seed in five is "
    "adopted wrongly in 34 %. All of this holds for the two configurations that were picked. The "
    "luck of the pick is reported as study variance, and is not part of the interval."
)

ADOPT = VerdictWords(
    verdict=Verdict.ADOPT,
    means=("The candidate is better than the baseline, by more than seeds explain.",),
    judged=(
        "The selected configuration of each study is trained again with new seeds. The interval of "
        "the difference of their means (Welch) excludes zero on the better side. Its level is 95 %, "
        "and higher with several candidates or looks. Where one rerun is an outlier, exact rank "
        "statistics may decide at a stricter level. The difference is at least `worthwhile`, and "
        "the candidate's reruns are not infeasible more often."
    ),
    right=_MEASURED,
    do="Make it the baseline of the next round. First read the warnings next to the answer.",
    samples=(
        replace(
            _BETTER,
            cautions=(
                Caution(kind=CautionKind.NOISIER, study="optimizer=adam", ratio=4.7),
                Caution(kind=CautionKind.OUTLIER, study="optimizer=sgd", value=0.412),
                Caution(kind=CautionKind.RANKS_DISAGREE, study="optimizer=adam"),
                Caution(kind=CautionKind.FAILED_RERUNS, study="optimizer=sgd", count=1, of=6),
                Caution(kind=CautionKind.REPEATED_TRAININGS, study="optimizer=adam", count=2, of=7),
            ),
        ),
        replace(
            _BETTER,
            route=Route.RANK,
            robust_difference=-0.0098,
            robust_interval=(-0.0141, -0.0052),
        ),
        replace(
            _BETTER,
            route=Route.INFEASIBLE,
            difference=None,
            base=_side(0.0233, 0.0026, usable=1),
        ),
    ),
)

KEEP_BASELINE = VerdictWords(
    verdict=Verdict.KEEP_BASELINE,
    means=("The candidate is worse, or an improvement that is worth a change is ruled out.",),
    judged=(
        "As for adopt, on the other side: the interval excludes zero on the worse side, or it "
        "excludes an improvement of `worthwhile` or more."
    ),
    right=_MEASURED,
    do="Keep what you have.",
    samples=(
        _WORSE,
        replace(_WORSE, route=Route.INFEASIBLE, candidate=_side(0.0233, 0.0026, usable=1)),
        replace(
            _OPEN,
            verdict=Verdict.KEEP_BASELINE,
            ground=Ground.IMPROVEMENT_RULED_OUT,
            worthwhile=0.005,
        ),
        replace(
            _BETTER,
            verdict=Verdict.KEEP_BASELINE,
            ground=Ground.NOT_WORTHWHILE,
            worthwhile=0.02,
        ),
    ),
)

NOT_DISTINGUISHABLE = VerdictWords(
    verdict=Verdict.NOT_DISTINGUISHABLE,
    means=("The difference is within what seeds explain, or the noise is not known.",),
    judged=(
        "The interval of the difference contains zero. The number of seeds that would settle it is "
        "computed from the observed difference and its noise, for a power of 80 %. Above 100 seeds "
        "no number is given."
    ),
    right=(
        "The smallest difference that the seeds could have found is exact for normal values. The "
        "number of seeds that would settle it is an estimate, and rough at five seeds."
    ),
    do="Keep the simpler one. Where more seeds would settle it, ask for them.",
    samples=(
        replace(_OPEN, seeds_needed=None),
        replace(_OPEN, seeds_needed=23, base=_side(0.0233, 0.0026, reruns=7, usable=7)),
        replace(
            _BETTER,
            verdict=Verdict.NOT_DISTINGUISHABLE,
            ground=Ground.PERHAPS_NOT_WORTHWHILE,
            worthwhile=0.01,
            seeds_needed=40,
        ),
        _INFEASIBLE,
        replace(
            _OPEN,
            ground=Ground.EQUAL_CURVES,
            unvaried=("optimizer=adam",),
            interval_decision=None,
            detectable=None,
            open_to_seeds=False,
        ),
        replace(
            _OPEN,
            ground=Ground.EQUAL_VALUES,
            unvaried=("optimizer=sgd", "optimizer=adam"),
            interval_decision=None,
            detectable=None,
            cautions=(
                Caution(kind=CautionKind.EQUAL_VALUES, study="optimizer=sgd", count=5, of=5),
            ),
        ),
        replace(
            _OPEN,
            ground=Ground.COARSE_METRIC,
            unvaried=("optimizer=adam",),
            interval_decision=None,
            detectable=None,
        ),
        replace(_OPEN, looking=Looking(seeds=5, last=12, following=7), confidence=0.986),
        replace(
            _OPEN,
            looking=Looking(seeds=9, last=12, chance=0.08, futility=Futility.UNLIKELY),
            open_to_seeds=False,
        ),
        replace(
            _INFEASIBLE,
            candidate=_side(0.0223, 0.0, reruns=3, usable=1),
            base=_side(0.0233, 0.0026, reruns=3, usable=3),
            looking=Looking(seeds=3, last=12, futility=Futility.MORE_INFEASIBLE_RERUNS),
        ),
        replace(_OPEN, baseline_stays=False),
        replace(
            _INFEASIBLE,
            looking=Looking(seeds=5, last=12, futility=Futility.MORE_INFEASIBLE_RERUNS),
        ),
        replace(
            _OPEN,
            ground=Ground.EQUAL_VALUES,
            unvaried=("optimizer=adam",),
            looking=Looking(seeds=5, last=12, futility=Futility.EQUAL_VALUES),
            open_to_seeds=False,
        ),
    ),
)

NEEDS_RERUNS = VerdictWords(
    verdict=Verdict.NEEDS_RERUNS,
    means=(
        "There is not enough evidence yet: reruns are missing, or too few of them gave a value.",
    ),
    judged="Fewer than three usable reruns of a side.",
    right="The best of many trials is lucky by construction: the search alone decides nothing.",
    do="Train the best configurations again with new seeds: `tuneplay rerun ROUND`.",
    samples=(
        _SEARCH,
        replace(_SEARCH, difference=0.0288, known_sd=0.0137, seeds_needed=5),
        replace(_SEARCH, difference=0.0003, known_sd=0.0137),
        replace(_SEARCH, difference=0.0),
        replace(
            _OPEN,
            verdict=Verdict.NEEDS_RERUNS,
            ground=Ground.TOO_FEW_RERUNS,
            candidate=_side(0.0223, 0.0, reruns=5, usable=1),
        ),
    ),
)

NO_FEASIBLE_TRIAL = VerdictWords(
    verdict=Verdict.NO_FEASIBLE_TRIAL,
    means=("A side has no usable training: there is nothing to compare.",),
    judged="No trial of the search, or no rerun, is feasible.",
    right="A fact: nothing is estimated.",
    do="Read the findings on infeasible and failed trials, and search where trials are feasible.",
    samples=(
        replace(
            _SEARCH,
            verdict=Verdict.NO_FEASIBLE_TRIAL,
            ground=Ground.NO_FEASIBLE_TRIAL,
            difference=None,
            missing=("optimizer=adam",),
        ),
        replace(
            _OPEN,
            verdict=Verdict.NO_FEASIBLE_TRIAL,
            ground=Ground.NO_USABLE_RERUN,
            difference=None,
            candidate=_side(0.0, 0.0, reruns=5, usable=0),
        ),
    ),
)

#: What is said about each verdict.
VERDICT_WORDS: dict[Verdict, VerdictWords] = {
    words.verdict: words
    for words in (ADOPT, KEEP_BASELINE, NOT_DISTINGUISHABLE, NEEDS_RERUNS, NO_FEASIBLE_TRIAL)
}
