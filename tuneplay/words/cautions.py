"""What a reader must know next to a verdict."""

from __future__ import annotations

from collections.abc import Callable

from tuneplay.judge.verdict.facts import Caution, CautionKind, Comparison
from tuneplay.words.message import Message
from tuneplay.words.naming import Naming
from tuneplay.words.numbers import measured
from tuneplay.words.verdict import Speaker


def say_caution(caution: Caution, comparison: Comparison, naming: Naming) -> Message:
    """One thing that a reader must know next to a verdict."""
    return _CAUTIONS[caution.kind](caution, Speaker(comparison, naming))


def _reruns(caution: Caution, speaker: Speaker) -> str:
    return f"{caution.count} of {caution.of} reruns of {speaker.naming.study(caution.study)}"


def _say_infeasible(caution: Caution, speaker: Speaker) -> Message:
    one = caution.count == 1
    return Message(
        f"{_reruns(caution, speaker)} {'is' if one else 'are'} infeasible. The means leave "
        f"{'it' if one else 'them'} out."
    )


def _say_outlier(caution: Caution, speaker: Speaker) -> Message:
    name = speaker.naming.study(caution.study)
    found = f"One rerun of {name}, {measured(caution.value)}, is far from the others and moves the mean."
    if speaker.comparison.robust_interval is None:
        return Message(found)
    return Message(
        f"{found} The robust difference, which it cannot move: {speaker.difference(robust=True)}."
    )


def _say_equal(caution: Caution, speaker: Speaker) -> Message:
    name = speaker.naming.study(caution.study)
    return Message(
        f"All {caution.count} usable reruns of {name} gave the same value.",
        "Check that {seed} reaches the program.",
    )


def _say_noisier(caution: Caution, speaker: Speaker) -> Message:
    keys = (speaker.comparison.study, speaker.comparison.baseline)
    other = keys[1] if caution.study == keys[0] else keys[0]
    name, rival = speaker.naming.study(caution.study), speaker.naming.study(other)
    return Message(
        f"{_owner(name)} seeds vary {caution.ratio:.1f} times as much as {_owner(rival)}."
    )


def _owner(name: str) -> str:
    """`sgd's`, `arm=a's`."""
    return f"{name}'s"


def _say_disagree(caution: Caution, speaker: Speaker) -> Message:
    name = speaker.naming.study(caution.study)
    return Message(f"The mean and the ranks disagree about whether {name} is better.")


def _say_failed(caution: Caution, speaker: Speaker) -> Message:
    one = caution.count == 1
    return Message(
        f"{_reruns(caution, speaker)} failed and {'does' if one else 'do'} not count.",
        f"{'Its log says' if one else 'Their logs say'} why.",
    )


def _say_repeated(caution: Caution, speaker: Speaker) -> Message:
    one = caution.count == 1
    return Message(
        f"{_reruns(caution, speaker)} {'has' if one else 'have'} the same curves as another one. "
        "Each training counts once.",
        "Check that the program uses the full seed.",
    )


_CAUTIONS: dict[CautionKind, Callable[[Caution, Speaker], Message]] = {
    CautionKind.INFEASIBLE_RERUNS: _say_infeasible,
    CautionKind.OUTLIER: _say_outlier,
    CautionKind.EQUAL_VALUES: _say_equal,
    CautionKind.NOISIER: _say_noisier,
    CautionKind.RANKS_DISAGREE: _say_disagree,
    CautionKind.FAILED_RERUNS: _say_failed,
    CautionKind.REPEATED_TRAININGS: _say_repeated,
}
