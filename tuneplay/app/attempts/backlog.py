"""Reading what ended trials wrote, in pieces, so that a flood of output holds up nobody else."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from tuneplay.app.attempts.attempt import Attempt


class Backlog:
    """Attempts that have ended, and whose output is not read to its end yet.

    Each comes with the exit code of its wrapper, as far as that is known.
    """

    def __init__(self) -> None:
        self._left: deque[tuple[Attempt, int | None]] = deque()

    def __bool__(self) -> bool:
        return bool(self._left)

    def __iter__(self) -> Iterator[Attempt]:
        return (attempt for attempt, _ in self._left)

    def add(self, attempt: Attempt, wrapper_code: int | None) -> None:
        """Take an attempt that has ended."""
        self._left.append((attempt, wrapper_code))

    def read(self) -> Iterator[tuple[Attempt, int | None]]:
        """Read a piece of each; those that are read to their end."""
        for _ in range(len(self._left)):
            attempt, wrapper_code = self._left.popleft()
            if attempt.read_to_end():
                yield attempt, wrapper_code
            else:
                self._left.append((attempt, wrapper_code))
