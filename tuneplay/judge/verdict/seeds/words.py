"""Plain English for a comparison: the reason of the verdict and the warnings beside it."""

from __future__ import annotations

from tuneplay.judge.verdict.seeds.standards import (
    NOISY_RATIO,
    RATIO_DIGITS,
    Evidence,
    Interval,
    Side,
    Verdict,
)


def number(value: float) -> str:
    """Four significant digits."""
    return f"{value:.4g}"


def span(interval: Interval | None, percent: float = 95.0) -> str:
    """'95 % interval 0.1 to 0.2'."""
    if interval is None:
        return "no interval"
    return f"{percent:.3g} % interval {number(interval[0])} to {number(interval[1])}"


def measured(name: str, difference: float | None, interval: Interval | None, percent: float) -> str:
    """The difference with its interval."""
    if difference is None:
        return f"no {name}"
    return f"{name} {number(difference)}, {span(interval, percent)}"


def _by(size: float | None, text: str, evidence: Evidence) -> str:
    """' by 0.011 (difference -0.011, 95 % interval …)': the size in words, the sign in brackets."""
    by = f" by {number(abs(size))}" if size else ""
    return f"{by} ({text}; {_seeds(evidence)})"


def _are(count: int, of: int, side: str) -> str:
    """'1 of 5 reruns of the candidate is infeasible'."""
    return f"{count} of {of} reruns of the {side} {'is' if count == 1 else 'are'} infeasible"


def _usable(side: Side, name: str) -> str:
    reruns = "rerun" if side.reruns == 1 else "reruns"
    return f"{side.usable} usable of {side.reruns} {reruns} of {name}"


def _seeds(evidence: Evidence) -> str:
    return f"{evidence.baseline.usable} against {evidence.candidate.usable} seeds"


def _missing(evidence: Evidence) -> str:
    base, cand = evidence.baseline, evidence.candidate
    if cand.usable == 0 and cand.reruns:
        return f"none of the candidate's {cand.reruns} reruns gave a value"
    return (
        f"{_usable(base, 'the baseline')} and {_usable(cand, 'the candidate')} are too few to tell "
        "a difference from noise"
    )


def _routed(evidence: Evidence, text: str) -> str:
    base, cand = evidence.baseline, evidence.candidate
    if evidence.route == "infeasible":
        return (
            f"{base.infeasible} of {base.reruns} reruns of the baseline are infeasible, and "
            f"{cand.infeasible} of {cand.reruns} of the candidate"
        )
    return f"an outlier spoils the means, the ranks are clear; {text}"


def reason(
    verdict: Verdict,
    evidence: Evidence,
    difference: tuple[float | None, str],
    worthwhile: float,
    shown: str,
) -> str:
    """One sentence for the verdict, from `decide`.

    Args:
        verdict: the verdict.
        evidence: the evidence.
        difference: candidate - baseline, and the same with its interval, already worded.
        worthwhile: practical size, 0 if none was stated.
        shown: what the evidence shows: 'better', 'worse', 'excluded', 'open'.
    """
    if verdict in (Verdict.NEEDS_RERUNS, Verdict.NO_FEASIBLE_TRIAL):
        return f"No verdict: {_missing(evidence)}."
    if evidence.seedless:
        return (
            f"All reruns of the {' and the '.join(evidence.seedless)} gave the same value, so the "
            "seed seems to do nothing and the noise is unknown: the baseline stays."
        )
    size, text = difference
    if shown in ("better", "worse") and evidence.route != "mean":
        text = _routed(evidence, text)
        size = None if evidence.route == "infeasible" else size
    if verdict is Verdict.ADOPT:
        return f"The candidate is better{_by(size, text, evidence)}."
    if shown == "better":
        return _better_and_yet(verdict, evidence, (size, text), worthwhile)
    if shown == "worse":
        return f"The candidate is worse{_by(size, text, evidence)}: the baseline stays."
    what = "The seeds do not tell the candidate from the baseline"
    if shown == "excluded":
        what = f"An improvement by the candidate of {number(worthwhile)} or more is ruled out"
    return f"{what} ({text}; {_seeds(evidence)}): the baseline stays."


def _better_and_yet(
    verdict: Verdict, evidence: Evidence, difference: tuple[float | None, str], worthwhile: float
) -> str:
    """Why a candidate that is better is not adopted."""
    size, text = difference
    if evidence.blocked:
        cand, base = evidence.candidate, evidence.baseline
        return (
            f"The candidate is better where it finished ({text}), but "
            f"{_are(cand.infeasible, cand.reruns, 'candidate')}, against {base.infeasible} "
            f"of {base.reruns} of the baseline: the baseline stays."
        )
    short = "less than" if verdict is Verdict.KEEP_BASELINE else "which may be less than"
    return (
        f"The candidate is better{_by(size, text, evidence)}, {short} the worthwhile "
        f"{number(worthwhile)}: the baseline stays."
    )


def _side_warnings(name: str, side: Side) -> list[str]:
    found = []
    if side.infeasible:
        left = "it" if side.infeasible == 1 else "them"
        found.append(f"{_are(side.infeasible, side.reruns, name)}; the means leave {left} out.")
    if side.outliers:
        found.append(
            f"One value of the {name}, {number(side.outliers[0])}, lies far from the rest and moves "
            "the mean; see the robust difference."
        )
    if side.constant:
        found.append(
            f"All {side.usable} usable values of the {name} are the same; does the seed reach the "
            "program?"
        )
    return found


def warnings(evidence: Evidence) -> tuple[str, ...]:
    """What must be said beside the verdict."""
    base, cand = evidence.baseline, evidence.candidate
    found = _side_warnings("baseline", base) + _side_warnings("candidate", cand)
    if base.sd and cand.sd and not evidence.seedless:
        ratio = cand.sd / base.sd
        # Rounded: of printed values it may be 3 but for its last digits, which a unit changes.
        if round(ratio, RATIO_DIGITS) >= NOISY_RATIO:
            found.append(f"The candidate scatters {ratio:.1f} times as much as the baseline.")
        elif round(1 / ratio, RATIO_DIGITS) >= NOISY_RATIO:
            found.append(f"The baseline scatters {1 / ratio:.1f} times as much as the candidate.")
    gain, shift = evidence.gain, evidence.shift
    if gain is not None and shift is not None and gain * shift < 0:
        found.append("Mean and ranks disagree on which is better.")
    return tuple(found)
