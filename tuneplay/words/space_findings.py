"""What is said about findings of judge/space, from the modules that say it."""

from tuneplay.words.edge_findings import BOUNDARY, INSTABILITY_EDGE, TOO_FEW_FOR_EDGES, WIDE_RANGE
from tuneplay.words.effect_findings import INTERACTION, NO_EFFECT
from tuneplay.words.infeasible_findings import INFEASIBLE

__all__ = [
    "BOUNDARY",
    "INFEASIBLE",
    "INSTABILITY_EDGE",
    "INTERACTION",
    "NO_EFFECT",
    "TOO_FEW_FOR_EDGES",
    "WIDE_RANGE",
]
