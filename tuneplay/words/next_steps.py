"""The commands that bring a round further, ready to paste."""

from __future__ import annotations

from tuneplay.domain.progress import Progress
from tuneplay.judge.judgement import Judgement
from tuneplay.judge.verdict.facts import Verdict
from tuneplay.judge.verdict.seeds.standards import MIN_USABLE
from tuneplay.words.text import typed
from tuneplay.words.verdict import seeds_to_ask_for


def next_commands(
    progress: Progress, judgement: Judgement, folder: str, planned_seeds: int
) -> list[str]:
    """The commands that bring a round further; none where it has its answer.

    Args:
        progress: How far the round has come.
        judgement: What its trials support.
        folder: The round's folder, as a person would type it.
        planned_seeds: Reruns of each best configuration by the spec.
    """
    if progress.ended < progress.planned:
        return [typed("tuneplay", "run", folder)]
    undecided = [c for c in judgement.comparisons if c.needs_seeds]
    if any(c.verdict is Verdict.NEEDS_RERUNS for c in undecided):
        # Reruns that failed, or repeat another one, have ended: the same number again adds none.
        current = [s.reruns for s in judgement.studies if s.reruns and not s.stale]
        ended = [reruns.trained for reruns in current if reruns.trained >= planned_seeds]
        more = ["--seeds", str(max(ended) + MIN_USABLE)] if len(ended) > 1 else []
        return [typed("tuneplay", "rerun", folder, *more)]
    needed = [seeds_to_ask_for(c) for c in undecided if c.seeds_needed]
    return [typed("tuneplay", "rerun", folder, "--seeds", str(max(needed)))] if needed else []
