"""Recognising checkpoints by their names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

#: `epoch=7-val=0.1.ckpt`, `epoch_007.pkl`, `ep7.pt`: a number that says what it is.
_LABELLED = re.compile(r"(?i)(?<![a-z])ep(?:och)?[=_\-. ]?(\d+)")
_NUMBER = re.compile(r"\d+")

#: Fewer look-alikes may be a coincidence of names.
_LEAST = 2


def epochs_of(names: Iterable[str], epochs: Collection[int]) -> Mapping[str, int]:
    """Which of these files are checkpoints, and of which epoch.

    Cautious, for what is recognised may be deleted: the names must be alike but for one number
    (or say `epoch`), there must be at least two of them, no two of one epoch, and each number
    must be an epoch that was reported. Numbers of steps are thus never taken for epochs.

    Args:
        names: File or folder names.
        epochs: The epochs that were reported.

    Returns:
        Epoch by name; empty when in doubt.
    """
    families: dict[str, dict[str, int]] = {}
    for name in names:
        match = _LABELLED.search(name)
        numbers = _NUMBER.findall(name)
        if match:
            family, number = _NUMBER.sub("#", name), match[1]
        elif len(numbers) == 1:
            family, number = _NUMBER.sub("#", name), numbers[0]
        else:
            continue
        families.setdefault(family, {})[name] = int(number)
    known = set(epochs)
    sound = [
        family
        for family in families.values()
        if len(family) >= _LEAST
        and len(set(family.values())) == len(family)
        and set(family.values()) <= known
    ]
    return max(sound, key=len, default={})
