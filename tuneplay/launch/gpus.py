"""Which GPUs there are, and which of them a trial gets."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

from tuneplay.domain.round import Resources

#: nvidia-smi answers in a fraction of a second unless the driver hangs.
_SMI_SECONDS = 20


def visible_gpus(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The GPUs that trials may use, as `CUDA_VISIBLE_DEVICES` names them.

    An inherited `CUDA_VISIBLE_DEVICES` is respected; otherwise nvidia-smi is asked.

    Returns:
        Their names; empty without a GPU or without nvidia-smi.
    """
    stated = environ.get("CUDA_VISIBLE_DEVICES")
    if stated is not None:
        return tuple(name.strip() for name in stated.split(",") if name.strip() not in ("", "-1"))
    try:
        listed = subprocess.run(
            ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=_SMI_SECONDS,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in listed.splitlines() if line.strip())


def gpu_shares(resources: Resources, environ: Mapping[str, str]) -> Sequence[tuple[str, ...]]:
    """What each slot gets: a tuple of GPUs, or an empty one without a GPU.

    Args:
        resources: What the spec says.
        environ: The environment.

    Returns:
        One entry a slot; `resources.slots` of them, or as many as the GPUs hold, or one.
    """
    found = visible_gpus(environ)
    if resources.gpus is not None:
        found = tuple(str(index) for index in resources.gpus)
    size = resources.gpus_per_trial
    groups = [found[i : i + size] for i in range(0, len(found) - size + 1, size)]
    shares = groups * resources.trials_per_gpu
    if resources.slots is None:
        return shares or [()]
    if not shares:
        return [()] * resources.slots
    return (shares * -(-resources.slots // len(shares)))[: resources.slots]


def gpu_environment(share: Sequence[str]) -> dict[str, str]:
    """Environment variables that hand GPUs to a trial; empty without a GPU."""
    return {"CUDA_VISIBLE_DEVICES": ",".join(share)} if share else {}
