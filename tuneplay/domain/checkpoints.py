"""Recognising checkpoints by their names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

#: `epoch=7-val=0.1.ckpt`, `epoch_007.pkl`, `ep7.pt`: a number that says what it is.
_LABELLED = re.compile(r"(?i)(?<![a-z])ep(?:och)?[=_\-. ]?(\d+)")
#: Names that checkpoints have. Without one a number may count shards, folds or ranks.
_CHECKPOINT = re.compile(r"(?i)ckpt|checkpoint|model|weights|snapshot|state")

_NUMBER = re.compile(r"\d+")

#: Fewer look-alikes may be a coincidence of names.
_LEAST = 2


def epochs_of(names: Iterable[str], epochs: Collection[int]) -> Mapping[str, int]:
    """Which of these files are checkpoints, and of which epoch.

    Cautious, for what is recognised may be deleted: the names must be alike but for one number
    that they call an epoch, there must be at least two of them, no two of one epoch, and each
    number must be an epoch that was reported, so that steps are never taken for epochs. A number
    without the word `epoch` needs a checkpoint's name, and such files for at least half of the
    epochs, the last one included.

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
    """Whether files that are alike but for a number are surely the checkpoints of epochs."""
    numbers = set(family.values())
    if len(family) < _LEAST or len(numbers) < len(family) or not numbers <= set(known):
        return False
    labelled = all(_LABELLED.search(name) for name in family)
    return labelled or (len(family) >= len(known) / 2 and max(known) in numbers)
