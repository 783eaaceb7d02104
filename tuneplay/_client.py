"""What a training script may import: it runs inside the user's program."""

import json
import math
import os


def log(*, epoch: int, **metrics: float | None) -> None:
    """Report the metrics of one epoch to the round that this training belongs to.

    Outside of a round (without `$TUNEPLAY_METRICS`) nothing happens. Values that know how to
    become a float (NumPy scalars, tensors of one element) may be passed as they are.

    Args:
        epoch: Number of the epoch, from 0 or 1, the same way in all trials.
        **metrics: Metrics by name. NaN and infinities may be passed: they tell of divergence.

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
    # One write of a whole line: lines of several writers do not mix, and none is half there.
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
