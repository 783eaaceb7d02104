"""Infeasible trials: how many, and why (playbook, "Extracting insight")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tuneplay.domain.round import Study
from tuneplay.domain.trial import State, Trial
from tuneplay.judge.finding import Finding, Kind, Severity

#: "A very large fraction" of infeasible trials (playbook): from here on it is a warning, for the
#: study has fewer than half of the trials that the comparison counts on.
LARGE_SHARE = 0.5


def infeasible_findings(study: Study, trials: Sequence[Trial]) -> list[Finding]:
    """The share of infeasible trials of a study, with their reasons; none without any."""
    searched = [t for t in trials if not t.id.rerun]
    bad = [t for t in searched if t.outcome.state is State.INFEASIBLE]
    if not bad:
        return []
    share = len(bad) / len(searched)
    reasons = Counter(t.outcome.reason.partition(":")[0] for t in bad).most_common()
    words = ", ".join(f"{count} {reason}" for reason, count in reasons)
    return [
        Finding(
            Kind.INFEASIBLE,
            Severity.WARNING if share >= LARGE_SHARE else Severity.NOTE,
            f"{len(bad)} of {len(searched)} trials are infeasible ({words})",
            study=study.key,
            evidence={"infeasible": len(bad), "trials": len(searched), "share": share},
        )
    ]
