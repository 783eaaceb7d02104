"""Collecting everything that is wrong with a spec before anything is said."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from tuneplay.errors import SpecError

#: More errors than this help nobody: the first ones are mended first.
MAX_LINES = 100


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A position in the spec: line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a spec.

    Attributes:
        mark: Where.
        path: Key path, such as `nuisance.learning_rate.low`; empty for the whole file.
        wrong: What is wrong.
        right: What would be right.
    """

    mark: Mark
    path: str
    wrong: str
    right: str = ""

    def line(self, file: str) -> str:
        """`file:line:column: key path: what is wrong; what would be right`."""
        path = f"{self.path}: " if self.path else ""
        right = f"; {self.right}" if self.right else ""
        return f"{file}:{self.mark.line}:{self.mark.column}: {path}{self.wrong}{right}"


@dataclass(slots=True)
class Problems:
    """The problems of one spec: errors stop, warnings do not.

    Attributes:
        file: Name of the file, as the user gave it.
        errors: What stops.
        warnings: What does not.
    """

    file: str
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    _known: set[Problem] = field(default_factory=set)

    def error(self, mark: Mark, path: str, wrong: str, right: str = "") -> None:
        """Note an error."""
        problem = Problem(mark, path, wrong, right)
        if problem not in self._known:
            self._known.add(problem)
            self.errors.append(problem)

    def warning(self, mark: Mark, path: str, wrong: str, right: str = "") -> None:
        """Note a warning."""
        self.warnings.append(Problem(mark, path, wrong, right))

    @property
    def overflowing(self) -> bool:
        """Whether there are more errors than will be told."""
        return len(self.errors) > MAX_LINES

    def raise_errors(self) -> None:
        """Stop if there is any error.

        Raises:
            SpecError: Lists every error, in the order of the file.
        """
        if not self.errors:
            return
        lines = [problem.line(self.file) for problem in sorted(self.errors)[:MAX_LINES]]
        if len(self.errors) > MAX_LINES:
            lines.append(f"… and {len(self.errors) - MAX_LINES} more")
        count = "1 error" if len(self.errors) == 1 else f"{len(self.errors)} errors"
        raise SpecError("\n".join(lines), f"{count} in {self.file}; nothing was started.")


def closest(name: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?` for a misspelt name, else the list of what is known."""
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known here: {', '.join(names)}"
