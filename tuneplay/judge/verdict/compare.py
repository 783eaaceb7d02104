"""Comparing the studies with the baseline: the verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tuneplay.domain.round import Round
from tuneplay.domain.trial import Reruns, Trial
from tuneplay.judge.measures.selection import ranked
from tuneplay.judge.verdict.facts import Caution, CautionKind, Comparison, Ground, Side, Verdict
from tuneplay.judge.verdict.looks import Look, at_planned_look, latest_look
from tuneplay.judge.verdict.reruns import RerunSummary
from tuneplay.judge.verdict.seeds.decision import compare_values
from tuneplay.judge.verdict.seeds.power import seeds_needed
from tuneplay.judge.verdict.seeds.scatter import summarize
from tuneplay.judge.verdict.seeds.standards import ALPHA, VerdictRules


def compare(
    round_: Round,
    trials: Mapping[str, Sequence[Trial]],
    reruns: Mapping[str, RerunSummary],
    asked: Sequence[Reruns] = (),
    known_sd: float | None = None,
) -> list[Comparison]:
    """Each candidate against the baseline.

    One training of each cannot separate a difference from random variation. Without reruns the
    verdict therefore stays open (playbook, "Determining whether to adopt a training pipeline
    change"). With several candidates the chance that any of them is adopted wrongly is held
    (Holm).

    Args:
        round_: The round.
        trials: The ended trials by study key.
        reruns: The reruns that count, by study key.
        asked: Reruns that were asked for, in order: they say how often somebody has looked.
        known_sd: Trial standard deviation from an earlier round: it says how many seeds a
            difference in the search would take, and decides nothing.

    Returns:
        One entry a candidate, in the order of the spec; none in a round that only tunes.
    """
    if round_.baseline is None:
        return []
    keys = [study.key for study in round_.studies if study.key != round_.baseline]
    decided: dict[str, Comparison] = {}
    if round_.baseline in reruns:
        against = _Baseline(round_, round_.baseline, reruns[round_.baseline])
        decided = against.compare({k: reruns[k] for k in keys if k in reruns}, asked)
    search = {key: _by_search(round_, key, round_.baseline, trials) for key in keys}
    found = [_with_known(decided.get(key, search[key]), known_sd) for key in keys]
    adopted = any(one.verdict is Verdict.ADOPT for one in found)
    return [replace(one, baseline_stays=not adopted and _trains(one.base)) for one in found]


def _trains(base: Side | None) -> bool:
    """Whether nothing shows that the baseline cannot be trained."""
    return base is None or base.usable > 0


@dataclass(frozen=True, slots=True)
class _Baseline:
    """The baseline's reruns, against which candidates are compared."""

    round: Round
    key: str
    reruns: RerunSummary

    def compare(
        self, candidates: Mapping[str, RerunSummary], asked: Sequence[Reruns]
    ) -> dict[str, Comparison]:
        """The comparison of every candidate that has reruns, by study key."""
        looks = {key: latest_look(asked, key, self.key) for key in candidates}
        found: dict[str, Comparison] = {}
        for key, summary in candidates.items():
            if self.reruns.one_training or summary.one_training:
                found[key] = self._equal_curves(key, summary)
            elif looks[key].looks:
                step = self._at_look(key, summary, looks[key], len(candidates))
                found |= {} if step is None else {key: step}
        fixed = {
            key: summary.values
            for key, summary in candidates.items()
            if key not in found and not looks[key].looks
        }
        if fixed:
            rules = self._rules(min(looks[key].alpha for key in fixed))
            found |= compare_values(self.key, self.reruns.values, fixed, rules)
        return {key: self._with_curves(c, candidates[key]) for key, c in found.items()}

    def _rules(self, alpha: float) -> VerdictRules:
        objective = self.round.objective
        return VerdictRules(objective.direction, objective.worthwhile, alpha)

    def _at_look(
        self, key: str, summary: RerunSummary, look: Look, candidates: int
    ) -> Comparison | None:
        sides, rules = (self.reruns, summary), self._rules(look.alpha)
        return at_planned_look((self.key, key), sides, rules, look, candidates)

    def _equal_curves(self, key: str, summary: RerunSummary) -> Comparison:
        """Different seeds gave the same curves: no spread is not certainty."""
        sides = ((self.key, self.reruns), (key, summary))
        base, mean = self.reruns.mean, summary.mean
        return Comparison(
            study=key,
            baseline=self.key,
            verdict=Verdict.NOT_DISTINGUISHABLE,
            ground=Ground.EQUAL_CURVES,
            difference=None if mean is None or base is None else mean - base,
            candidate=summarize(np.asarray(summary.values)),
            base=summarize(np.asarray(self.reruns.values)),
            worthwhile=self.round.objective.worthwhile,
            unvaried=tuple(name for name, side in sides if side.one_training),
            open_to_seeds=False,
        )

    def _with_curves(self, comparison: Comparison, summary: RerunSummary) -> Comparison:
        """The same, with what the reruns' curves and failures add to their values."""
        sides = ((self.key, self.reruns), (comparison.study, summary))
        cautions = [*comparison.cautions, *_cautions_of(sides)]
        coarse = tuple(
            name
            for name, side in sides
            if side.varied and len(side.usable) > 1 and len(set(side.usable)) == 1
        )
        enough = min(len(self.reruns.usable), len(summary.usable)) > 1
        if coarse and comparison.interval95 is None and enough:
            # The seed has an effect, for the curves differ: only the metric does not show it.
            cautions = [c for c in cautions if c.kind is not CautionKind.EQUAL_VALUES]
            comparison = replace(comparison, ground=Ground.COARSE_METRIC, unvaried=coarse)
        comparison = replace(
            comparison,
            candidate=_with_left_out(comparison.candidate, summary),
            base=_with_left_out(comparison.base, self.reruns),
        )
        # Where most reruns repeat another one, more of them would repeat others, too.
        spent = any(side.repeats >= max(1, len(side.values)) for _, side in sides)
        is_open = comparison.open_to_seeds and not spent
        return replace(comparison, cautions=tuple(cautions), open_to_seeds=is_open)


def _with_left_out(side: Side | None, summary: RerunSummary) -> Side | None:
    return None if side is None else replace(side, left_out=summary.failed + summary.repeats)


def _cautions_of(sides: tuple[tuple[str, RerunSummary], ...]) -> list[Caution]:
    """Reruns that failed, and reruns that are the training of another one."""
    found: list[Caution] = []
    for key, side in sides:
        counts = (
            (CautionKind.FAILED_RERUNS, side.failed),
            (CautionKind.REPEATED_TRAININGS, side.repeats),
        )
        found += [
            Caution(kind=kind, study=key, count=count, of=side.trained)
            for kind, count in counts
            if count
        ]
    return found


def _with_known(comparison: Comparison, sd: float | None) -> Comparison:
    """What a known trial variance says of a difference that reruns have not settled."""
    undecided = comparison.verdict is Verdict.NEEDS_RERUNS
    if not undecided or not comparison.difference or sd is None or sd <= 0:
        return comparison
    needed = seeds_needed(abs(comparison.difference), (sd, sd), ALPHA / 2)
    return replace(comparison, known_sd=sd, seeds_needed=needed)


def _by_search(
    round_: Round, study: str, baseline: str, trials: Mapping[str, Sequence[Trial]]
) -> Comparison:
    """What can be said from the search alone: who is ahead, and that it may be luck."""
    direction = round_.objective.direction
    best = {
        key: next((t.outcome.value for t in ranked(trials.get(key, ()), direction)), None)
        for key in (study, baseline)
    }
    missing = tuple(key for key, value in best.items() if value is None)
    candidate_value, baseline_value = best[study], best[baseline]
    if candidate_value is None or baseline_value is None:
        return Comparison(
            study=study,
            baseline=baseline,
            verdict=Verdict.NO_FEASIBLE_TRIAL,
            ground=Ground.NO_FEASIBLE_TRIAL,
            missing=missing,
        )
    return Comparison(
        study=study,
        baseline=baseline,
        verdict=Verdict.NEEDS_RERUNS,
        ground=Ground.SEARCH_ONLY,
        difference=candidate_value - baseline_value,
        worthwhile=round_.objective.worthwhile,
    )
