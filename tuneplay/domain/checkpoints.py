"""Recognising checkpoints by their file names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

#: `epoch=7-val=0.1.ckpt`, `epoch_007.pkl`, `ep7.pt`: a number with a label.
_LABELLED = re.compile(r"(?i)(?<![a-z])ep(?:och)?[=_\-. ]?(\d+)")
#: Words in the names of checkpoints. Without one a number may count shards, folds or ranks.
_CHECKPOINT = re.compile(r"(?i)ckpt|checkpoint|model|weights|snapshot|state")

_NUMBER = re.compile(r"\d+")

#: Fewer similar names may be a coincidence.
_LEAST = 2


def epochs_of(names: Iterable[str], epochs: Collection[int]) -> Mapping[str, int]:
    """Which of these files are checkpoints, and of which epoch.

    This is cautious, because what is recognised may be deleted. The names must differ only in one
    number that they call an epoch. There must be at least two of them, never two for one epoch.
    Each number must be an epoch that was reported; otherwise it may be a step. A number without
    the word `epoch` needs a checkpoint's name, and such files must exist for at least half of the
    epochs, including the last one.

    Args:
        names: File or folder names.
        epochs: The epochs that were reported.

    Returns:
        Epoch by name; empty when in doubt.
    """
    known = set(epochs)
    families: dict[str, dict[str, int]] = {}
    for name in names:
        labelled = _LABELLED.search(name)
        numbers = _NUMBER.findall(name)
        if labelled or (len(numbers) == 1 and _CHECKPOINT.search(name)):
            number = labelled[1] if labelled else numbers[0]
            families.setdefault(_NUMBER.sub("#", name), {})[name] = int(number)
    sound = [family for family in families.values() if _is_sound(family, known)]
    return max(sound, key=len, default={})


def _is_sound(family: Mapping[str, int], known: Collection[int]) -> bool:
    """Whether files that differ only in a number are certainly checkpoints of epochs."""
    numbers = set(family.values())
    if len(family) < _LEAST or len(numbers) < len(family) or not numbers <= set(known):
        return False
    labelled = all(_LABELLED.search(name) for name in family)
    return labelled or (len(family) >= len(known) / 2 and max(known) in numbers)
