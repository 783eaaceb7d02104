"""Was the epoch budget right? (playbook, "Determining the number of steps"; the lecture's rule)."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tuneplay.domain.round import Round
from tuneplay.domain.trial import Trial
from tuneplay.judge.best_epochs import (
    Disagreement,
    disagreements,
    ended_late_enough,
    positions,
    share_after,
    share_until,
)
from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.progress import Progress, progress_of
from tuneplay.judge.selection import better_part, ranked

#: Best epochs always in this first share of training: fewer epochs would do. (The playbook's own
#: figure is 10 %; the lecture on it, and so tuneplay, takes 20 %.)
EARLY_SHARE = 0.2

#: Best epochs usually in this last share: more epochs may help. (The playbook: 25 %.)
LATE_SHARE = 0.2

#: The playbook's own figures, for the evidence ("Deciding how long to train when training is not
#: compute-bound").
PLAYBOOK_EARLY_SHARE = 0.1
PLAYBOOK_LATE_SHARE = 0.25

#: "Usually" is more than this share of the trials that matter.
USUALLY = 0.5

#: Fewer trials that matter say nothing about the budget.
LEAST_TRIALS = 3

#: Fewer epochs: twice the latest best epoch ("when in doubt, err on the side of training longer").
DECREASE_MARGIN = 2.0
