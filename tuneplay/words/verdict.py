"""What is said about a comparison: the verdict, why, and what a reader must know as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tuneplay.judge.verdict.facts import (
    Comparison,
    Futility,
    Ground,
    Interval,
    Looking,
    Route,
    Side,
)
from tuneplay.judge.verdict.seeds.standards import ALPHA, MIN_USABLE
from tuneplay.words.message import Message, joined
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import MINUS, count, in_step, number, percent, signed

#: Digits of a size that is only an estimate: of an effect that could have been found, of a spread.
ESTIMATE_DIGITS = 2

#: What is said where no reasonable number of seeds would settle it.
NO_SEEDS_HELP = "More seeds will not change that."

#: A difference is given in standard deviations from this number of them on.
LEAST_SDS = 0.1


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says what one comparison found, in the names of its round."""

    comparison: Comparison
    naming: Naming

    @property
    def candidate(self) -> str:
        """What the candidate is called."""
        return self.naming.study(self.comparison.study)

    @property
    def baseline(self) -> str:
        """What the baseline is called."""
        return self.naming.study(self.comparison.baseline)

    @property
    def keep(self) -> str:
        """What to do where nothing is adopted; nothing where something is."""
        return f"Keep {self.baseline}." if self.comparison.baseline_stays else ""

    def difference(self, *, robust: bool = False) -> str:
        """`adam − sgd = −0.0010 (95 % CI −0.0048 to 0.0028, 5 seeds each)`."""
        found = self.comparison
        value = found.robust_difference if robust else found.difference
        interval = found.robust_interval if robust else found.interval_decision
        confidence = 1 - ALPHA if robust else found.confidence
        if value is None:
            return f"no difference can be computed ({self.seeds})"
        size, low, high = _with_interval(value, interval)
        name = f"{self.candidate} {MINUS} {self.baseline} = {size}"
        if interval is None:
            return f"{name} ({self.seeds})"
        return f"{name} ({_level(confidence)} CI {low} to {high}, {self.seeds})"

    @property
    def seeds(self) -> str:
        """`5 seeds each`, or how many each side has."""
        mine, theirs = self.comparison.candidate, self.comparison.base
        if mine is None or theirs is None:
            return "one training each"
        if mine.usable == theirs.usable:
            return f"{count(mine.usable, 'seed')} each"
        return (
            f"{count(mine.usable, 'seed')} of {self.candidate} and {theirs.usable} of "
            f"{self.baseline}"
        )

    @property
    def clear_difference(self) -> str:
        """What a clear difference rests on, in brackets or after a colon."""
        route, mine, theirs = self.comparison.route, self.comparison.candidate, self.comparison.base
        if route is Route.INFEASIBLE and mine is not None and theirs is not None:
            verb = "is" if mine.infeasible == 1 else "are"
            return (
                f"{mine.infeasible} of its {count(mine.reruns, 'rerun')} {verb} infeasible, and "
                f"{theirs.infeasible} of {theirs.reruns} of {self.baseline}"
            )
        if route is Route.RANK:
            return (
                "the ranks show it, though one outlier moves the means. The robust difference: "
                f"{self.difference(robust=True)}"
            )
        return self.difference()


def _level(confidence: float) -> str:
    """`95 %`, or `98.3 %` where several candidates share the error rate."""
    return f"{100 * confidence:.3g} %"


def _with_interval(value: float, interval: Interval | None) -> tuple[str, str, str]:
    """A difference and the ends of its interval, with the digits that the interval supports."""
    if interval is None:
        return signed(value).removeprefix("+"), "", ""
    half = (interval[1] - interval[0]) / 2
    size, low, high = in_step([value, *interval], half)
    return size, low, high


def _infeasible(side: Side, name: str) -> str:
    """`2 of 5 reruns of adam are infeasible`."""
    verb = "is" if side.infeasible == 1 else "are"
    return f"{side.infeasible} of {count(side.reruns, 'rerun')} of {name} {verb} infeasible"


def say_verdict(comparison: Comparison, naming: Naming) -> Message:
    """The verdict on one candidate: what is so, and what to do.

    Args:
        comparison: What was found.
        naming: The names of the round.
    """
    speaker = Speaker(comparison, naming)
    found = _GROUNDS[comparison.ground](speaker)
    looking = comparison.looking
    if looking is None:
        return found
    if looking.following is not None:
        return Message(found.what, f"The next look is at {looking.following} seeds each.")
    return Message(joined(found.what, _say_stopped(looking, speaker)), found.fix)


def _better(speaker: Speaker) -> Message:
    return Message(
        f"{speaker.candidate} is better: {speaker.clear_difference}.", f"Adopt {speaker.candidate}."
    )


def _worse(speaker: Speaker) -> Message:
    return Message(f"{speaker.candidate} is worse: {speaker.clear_difference}.", speaker.keep)


def _ruled_out(speaker: Speaker) -> Message:
    least = number(speaker.comparison.worthwhile)
    return Message(
        f"An improvement of {least} or more is ruled out: {speaker.difference()}.",
        speaker.keep,
    )


def _not_worthwhile(speaker: Speaker) -> Message:
    least = number(speaker.comparison.worthwhile)
    return Message(
        f"{speaker.candidate} is better, but by less than the worthwhile {least}: "
        f"{speaker.clear_difference}.",
        speaker.keep,
    )


def _perhaps_not_worthwhile(speaker: Speaker) -> Message:
    least = number(speaker.comparison.worthwhile)
    return Message(
        f"{speaker.candidate} is better, but perhaps by less than the worthwhile {least}: "
        f"{speaker.clear_difference}.",
        joined(_more_seeds(speaker), speaker.keep),
    )


def _more_infeasible(speaker: Speaker) -> Message:
    mine, theirs = speaker.comparison.candidate, speaker.comparison.base
    if mine is None or theirs is None:
        raise AssertionError("infeasible reruns were counted")
    counts = (
        f"{_infeasible(mine, speaker.candidate)}, and {theirs.infeasible} of {theirs.reruns} of "
        f"{speaker.baseline}."
    )
    if min(mine.usable, theirs.usable) < MIN_USABLE:
        return Message(f"{speaker.candidate} cannot be adopted: {counts}", speaker.keep)
    return Message(
        f"{speaker.candidate} is better where it trains: {speaker.difference()}. But {counts}",
        speaker.keep,
    )


def _no_clear_difference(speaker: Speaker) -> Message:
    return Message(
        f"No clear difference: {speaker.difference()}.",
        joined(_more_seeds(speaker), speaker.keep),
    )


def _more_seeds(speaker: Speaker) -> str:
    """What more seeds would bring; nothing where they cannot decide it, or that is not known."""
    found = speaker.comparison
    if not found.open_to_seeds or found.detectable is None or found.looking is not None:
        return ""
    least = number(found.detectable, ESTIMATE_DIGITS)
    if found.seeds_to_ask is None:
        return f"Any real difference is probably below {least}. {NO_SEEDS_HELP}"
    return f"About {found.seeds_to_ask} seeds each would settle it."


def _equal_curves(speaker: Speaker) -> Message:
    names = speaker.naming.studies(speaker.comparison.unvaried)
    return Message(
        f"Different seeds gave the same curves for {names}: the seed has no effect there, and the "
        "noise is not known.",
        joined("Make sure that {seed} reaches the program.", speaker.keep),
    )


def _equal_values(speaker: Speaker) -> Message:
    names = speaker.naming.studies(speaker.comparison.unvaried)
    return Message(
        f"All reruns of {names} gave the same value: the seed may have no effect, and the noise is "
        "not known.",
        joined("Make sure that {seed} reaches the program.", speaker.keep),
    )


def _coarse_metric(speaker: Speaker) -> Message:
    names = speaker.naming.studies(speaker.comparison.unvaried)
    return Message(
        f"All reruns of {names} gave the same best {speaker.naming.metric}, though their curves "
        "differ: the metric is too coarse to show the noise.",
        joined("Choose a finer metric, or more validation data.", speaker.keep),
    )


def _too_few(speaker: Speaker) -> Message:
    mine, theirs = speaker.comparison.candidate, speaker.comparison.base
    if mine is None or theirs is None:
        raise AssertionError("reruns were counted")
    return Message(
        f"Not decided yet: {mine.usable} of {count(mine.ended, 'rerun')} of {speaker.candidate} "
        f"and {theirs.usable} of {theirs.ended} of {speaker.baseline} gave a value.",
        joined(f"At least {MIN_USABLE} of each are needed.", _known_variance(speaker.comparison)),
    )


def _no_usable_rerun(speaker: Speaker) -> Message:
    mine = speaker.comparison.candidate
    reruns = count(mine.ended, "rerun") if mine else "reruns"
    return Message(
        f"Cannot be compared: none of the {reruns} of {speaker.candidate} gave a value.",
        speaker.keep,
    )


def _search_only(speaker: Speaker) -> Message:
    found = speaker.comparison
    size = number(abs(found.difference or 0.0), 3)
    if not found.difference:
        lead = f"{speaker.candidate} and {speaker.baseline} are level"
    elif is_ahead(found, speaker.naming):
        lead = f"{speaker.candidate} is ahead by {size}"
    else:
        lead = f"{speaker.candidate} is behind by {size}"
    return Message(
        joined(
            f"Not decided yet: {lead} in the search, with one training each.",
            _known_variance(found),
        ),
        "Rerun both with new seeds to see whether that is luck.",
    )


def is_ahead(comparison: Comparison, naming: Naming) -> bool:
    """Whether the candidate's value is the better one."""
    difference = comparison.difference or 0.0
    return difference > 0 if naming.maximize else difference < 0


def _known_variance(comparison: Comparison) -> str:
    """How many seeds a difference takes, by the trial variance of an earlier round."""
    sd, sds = comparison.known_sd, comparison.known_sds
    if sd is None or sds is None:
        return ""
    many = f"{sds:.1f}" if sds >= LEAST_SDS else f"less than {LEAST_SDS}"
    size = f"That is {many} standard deviations of one training ({number(sd, ESTIMATE_DIGITS)})."
    if comparison.seeds_needed is None:
        return f"{size} No reasonable number of seeds would settle it."
    return f"{size} About {comparison.seeds_needed} seeds each would settle it."


def _no_feasible_trial(speaker: Speaker) -> Message:
    missing = speaker.comparison.missing
    verb = "has" if len(missing) == 1 else "have"
    return Message(
        f"Cannot be compared: {speaker.naming.studies(missing)} {verb} no feasible trial.",
        "The findings say why. Search where trials are feasible.",
    )


_GROUNDS: dict[Ground, Callable[[Speaker], Message]] = {
    Ground.BETTER: _better,
    Ground.WORSE: _worse,
    Ground.IMPROVEMENT_RULED_OUT: _ruled_out,
    Ground.NOT_WORTHWHILE: _not_worthwhile,
    Ground.PERHAPS_NOT_WORTHWHILE: _perhaps_not_worthwhile,
    Ground.MORE_INFEASIBLE_RERUNS: _more_infeasible,
    Ground.NO_CLEAR_DIFFERENCE: _no_clear_difference,
    Ground.EQUAL_CURVES: _equal_curves,
    Ground.EQUAL_VALUES: _equal_values,
    Ground.COARSE_METRIC: _coarse_metric,
    Ground.TOO_FEW_RERUNS: _too_few,
    Ground.NO_USABLE_RERUN: _no_usable_rerun,
    Ground.SEARCH_ONLY: _search_only,
    Ground.NO_FEASIBLE_TRIAL: _no_feasible_trial,
}


def _say_stopped(looking: Looking, speaker: Speaker) -> str:
    """Why a sequence of looks has ended early; nothing where it has not."""
    if looking.futility is None:
        return ""
    after = f"Stopped after {count(looking.seeds, 'seed')}"
    mine = speaker.comparison.candidate
    if looking.futility is Futility.MORE_INFEASIBLE_RERUNS and mine is not None:
        known = speaker.comparison.ground is Ground.MORE_INFEASIBLE_RERUNS
        why = "" if known else f" {_infeasible(mine, speaker.candidate)}."
        return f"{after}: more seeds cannot lead to an adoption.{why}"
    if looking.futility is Futility.EQUAL_VALUES:
        return f"{after}: more seeds would say nothing."
    chance = percent(looking.chance or 0.0)
    return (
        f"{after}: the chance that {speaker.candidate} would be adopted by seed {looking.last} is "
        f"only {chance}."
    )
