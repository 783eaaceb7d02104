"""Collecting everything that is wrong with a spec before anything is said."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tuneplay.errors import SpecError

#: More errors than this help nobody: the first ones are fixed first.
MAX_LINES = 100

#: Looking for the closest word takes time, and nobody reads the thirtieth suggestion.
MAX_SUGGESTED = 20

#: Two words this much alike are one, misspelt: a letter left out, doubled or changed.
CERTAIN = 0.8

#: Characters of an offending line that are shown.
FRAME_WIDTH = 80


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
        path: Key path, such as `nuisance.learning_rate.low`; empty for the complete file.
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

    def frame(self, lines: Sequence[str]) -> list[str]:
        """The offending line of the file with a caret below it; empty where there is none."""
        if not (0 < self.mark.line <= len(lines) and lines[self.mark.line - 1].strip()):
            return []
        line, column = lines[self.mark.line - 1], self.mark.column - 1
        first = max(0, min(column - FRAME_WIDTH // 2, len(line) - FRAME_WIDTH))
        shown = line[first : first + FRAME_WIDTH].rstrip()
        # Tabs stay tabs: the caret stands where the character stands.
        before = "".join("\t" if c == "\t" else " " for c in line[first:column])
        gutter = f"{self.mark.line:>5} | "
        return [f"{gutter}{shown}", f"{'':>5} | {before}^"]


@dataclass(slots=True)
class Problems:
    """The problems of one spec: errors stop; warnings and notes do not.

    Attributes:
        file: Name of the file, as the user gave it.
        text: The spec.
        errors: What stops.
        warnings: What endangers the answer.
        notes: What is good to know.
    """

    file: str
    text: str = ""
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    _known: set[Problem] = field(default_factory=set)
    _lines: list[str] | None = None

    @property
    def lines(self) -> list[str]:
        """The lines of the spec."""
        if self._lines is None:
            self._lines = self.text.splitlines()
        return self._lines

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
        """Whether there are more errors than suggestions are looked for."""
        return len(self.errors) > MAX_SUGGESTED

    def shown(self, problems: Iterable[Problem]) -> list[tuple[str, list[str]]]:
        """Each problem in its one line, and the line of the file that it is about, with a caret."""
        return [(one.line(self.file), one.frame(self.lines)) for one in sorted(problems)]

    def raise_errors(self) -> None:
        """Stop if there is any error.

        Raises:
            SpecError: Lists every error, in the order of the file.
        """
        if not self.errors:
            return
        first = sorted(self.errors)[:MAX_LINES]
        lines = [line for message, frame in self.shown(first) for line in (message, *frame)]
        if len(self.errors) > MAX_LINES:
            lines.append(f"… and {len(self.errors) - MAX_LINES} more")
        count = "1 error" if len(self.errors) == 1 else f"{len(self.errors)} errors"
        raise SpecError("\n".join(lines), f"{count} in {self.file}; nothing was started.")


def misspelt(name: str, known: Iterable[str]) -> str:
    """The known name that a misspelt one certainly means; empty if none does."""
    low, names = name.casefold(), sorted(set(known))
    swapped = [other for other in names if sorted(other) == sorted(low)]
    near = swapped or difflib.get_close_matches(low, names, n=1, cutoff=CERTAIN)
    return near[0] if near else ""


def closest(name: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?` for a misspelt name, else the list of what is known, if there is any."""
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known here: {', '.join(names)}" if names else ""
