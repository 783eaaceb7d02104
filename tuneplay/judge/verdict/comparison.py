"""Comparing the studies with the baseline: the verdicts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tuneplay.domain.round import Round
from tuneplay.domain.trial import Reruns, Trial
from tuneplay.judge.measures.selection import ranked
from tuneplay.judge.verdict.compared import Comparison, deaf, told
from tuneplay.judge.verdict.looks import latest_look, planned_step
from tuneplay.judge.verdict.reruns import RerunSummary
from tuneplay.judge.verdict.seeds import sequential, standards
from tuneplay.judge.verdict.seeds.decision import compare_all
from tuneplay.judge.verdict.seeds.power import seeds_needed
from tuneplay.judge.verdict.seeds.standards import ALPHA, Rules, Verdict


def compare(
    round_: Round,
    trials: Mapping[str, Sequence[Trial]],
    reruns: Mapping[str, RerunSummary],
    asked: Sequence[Reruns] = (),
    known_sd: float | None = None,
) -> list[Comparison]:
    """Each candidate beside the baseline.

    One training of each cannot tell a difference from random variation, so that without reruns
    the verdict stays open (playbook, "Determining whether to adopt a training pipeline change").
    With several candidates the chance that any of them is adopted wrongly is held (Holm).

    Args:
        round_: The round.
        trials: The ended trials by study key.
        reruns: The reruns by study key.
        asked: Reruns that were asked for, in order: they say how often somebody has looked.
        known_sd: Trial standard deviation known from an earlier round: it tells how many seeds a
            difference in the search would take, and decides nothing.

    Returns:
        One entry a candidate, in the order of the spec; none in a round that only tunes.
    """
    if round_.baseline is None:
        return []
    baseline = round_.baseline
    keys = [study.key for study in round_.studies if study.key != baseline]
    decided: dict[str, Comparison] = {}
    if baseline in reruns:
        decided = _decide(round_, {k: reruns[k] for k in keys if k in reruns}, reruns, asked)
    found = [decided.get(key) or _by_search(round_, key, baseline, trials) for key in keys]
    return found if known_sd is None else [_with_known(c, known_sd) for c in found]


def _decide(
    round_: Round,
    candidates: Mapping[str, RerunSummary],
    reruns: Mapping[str, RerunSummary],
    asked: Sequence[Reruns],
) -> dict[str, Comparison]:
    baseline, objective = round_.baseline or "", round_.objective
    base = reruns[baseline]
    looks = {key: latest_look(asked, key, baseline) for key in candidates}
    found: dict[str, Comparison] = {}
    for key, summary in candidates.items():
        if base.deaf or summary.deaf:
            found[key] = deaf(key, baseline, summary, base)
        elif looks[key].looks:
            rules = Rules(objective.direction, objective.worthwhile, looks[key].alpha)
            step = planned_step(base, summary, rules, looks[key], len(candidates))
            if step is not None:
                found[key] = _at_look(key, baseline, step)
    fixed = {
        key: summary.values
        for key, summary in candidates.items()
        if key not in found and not looks[key].looks
    }
    if fixed:
        alpha = min(looks[key].alpha for key in fixed)
        rules = Rules(objective.direction, objective.worthwhile, alpha)
        for key, compared in compare_all(base.values, fixed, rules).items():
            found[key] = _comparison(key, baseline, compared)
    return {key: told(c, candidates[key], base) for key, c in found.items()}


def _at_look(study: str, baseline: str, step: sequential.Step) -> Comparison:
    """A comparison within a sequence of looks; between two looks nothing is decided."""
    between = step.decision == "continue"
    open_verdict = step.verdict not in (Verdict.ADOPT, Verdict.KEEP_BASELINE)
    return replace(
        _comparison(study, baseline, step.comparison),
        verdict=step.verdict if open_verdict or not between else Verdict.NOT_DISTINGUISHABLE,
        reason=_named(step.reason, study),
        hopeless=step.decision == "hopeless",
    )


def _comparison(study: str, baseline: str, compared: standards.Comparison) -> Comparison:
    base, cand = compared.baseline, compared.candidate
    blocked = cand.infeasible * base.reruns > base.infeasible * cand.reruns
    return Comparison(
        study,
        baseline,
        compared.difference,
        compared.verdict,
        _named(compared.reason, study),
        compared.interval95,
        compared.probability_better,
        compared.probability_interval,
        compared.robust_difference,
        compared.robust_interval,
        (compared.candidate.reruns, compared.baseline.reruns),
        compared.seeds_needed,
        compared.detectable,
        tuple(_named(warning, study) for warning in compared.warnings),
        blocked and compared.verdict is Verdict.NOT_DISTINGUISHABLE,
    )


def _named(sentence: str, study: str) -> str:
    """A sentence about the candidate, with its name, which may hold any text."""
    return re.sub(r"^The candidate\b|\bthe candidate\b", lambda _: study, sentence)


def _with_known(comparison: Comparison, sd: float) -> Comparison:
    """What a known trial variance says of a difference that is from the search alone."""
    if comparison.verdict is not Verdict.NEEDS_RERUNS or not comparison.difference or sd <= 0:
        return comparison
    gap = abs(comparison.difference)
    needed = seeds_needed(gap, (sd, sd), ALPHA / 2)
    words = f"That is {gap / sd:.1f} standard deviations of one training ({sd:.2g})"
    tail = "no reasonable number of seeds" if needed is None else f"about {needed} seeds each"
    reason = f"{comparison.reason} {words}; {tail} would decide it."
    return replace(comparison, reason=reason, seeds_needed=needed)


def _by_search(
    round_: Round, study: str, baseline: str, trials: Mapping[str, Sequence[Trial]]
) -> Comparison:
    """What can be said from the search alone: who is ahead, and that it may be luck."""
    direction = round_.objective.direction
    values = [
        next((t.outcome.value for t in ranked(trials.get(key, ()), direction)), None)
        for key in (study, baseline)
    ]
    missing = [key for key, value in zip((study, baseline), values, strict=True) if value is None]
    if missing:
        verb = "has" if len(missing) == 1 else "have"
        reason = f"{' and '.join(missing)} {verb} no feasible trial."
        return Comparison(study, baseline, None, Verdict.NO_FEASIBLE_TRIAL, reason)
    candidate_value, baseline_value = (value for value in values if value is not None)
    difference = candidate_value - baseline_value
    if direction.better(candidate_value, baseline_value):
        words = f"{study} is ahead by {abs(difference):.3g}"
    elif difference:
        words = f"{study} is behind by {abs(difference):.3g}"
    else:
        words = f"{study} and {baseline} are level"
    reason = f"{words}, from one training each; reruns with new seeds tell whether that is luck."
    return Comparison(study, baseline, difference, Verdict.NEEDS_RERUNS, reason)
