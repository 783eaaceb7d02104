"""What a training script imports; it runs inside the user's program."""

import json
import math
import os


def log(*, epoch: int, **metrics: float | None) -> None:
    """Report the metrics of one epoch to the round that this training belongs to.

    Outside of a round (without `$TUNEPLAY_METRICS`) nothing happens. Values that convert to a
    float (NumPy scalars, tensors of one element) can be passed as they are.

    Args:
        epoch: Number of the epoch, from 0 or from 1, but the same in all trials.
        **metrics: Metrics by name. NaN and infinities are allowed: they show divergence.

    Raises:
        TypeError: A value is neither a number nor None.
        ValueError: The epoch is not a whole number.
        OSError: The file cannot be written.
    """
    path = os.environ.get("TUNEPLAY_METRICS")
    if not path:
        return
    row = {"epoch": _whole(epoch)} | {name: _number(name, v) for name, v in metrics.items()}
    line = json.dumps(row) + "\n"
    # One write for each line: lines of several writers never mix, and no line is ever half written.
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(fd, line.encode())
    finally:
        os.close(fd)


def _whole(epoch: int) -> int:
    try:
        whole = int(epoch)
    except (ValueError, OverflowError):  # NaN and infinity
        raise ValueError(f"epoch {epoch} is not a whole number") from None
    if whole != epoch:
        raise ValueError(f"epoch {epoch} is not a whole number")
    return whole


def _number(name: str, value: float | None) -> float | None:
    if value is None:
        return None
    if isinstance(value, str):
        raise TypeError(f"{name}: {value!r} is not a number")
    try:
        return float(value)
    except OverflowError:  # an int beyond any float
        return math.inf if value > 0 else -math.inf
    except (TypeError, ValueError):
        raise TypeError(f"{name}: {value!r} is not a number") from None
