"""Reading typed values out of nodes; whatever is wrong is noted, and reading goes on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from tuneplay.domain.hyperparameter import Scalar
from tuneplay.spec.nodes import ListNode, MapNode, Node, ScalarNode, resolve
from tuneplay.spec.problems import Mark, Problems, closest, misspelt

#: The largest whole number in a spec where nothing smaller is said: what every program's seed,
#: and every platform's int, can hold.
MOST = 2**31 - 1

#: A mapping with at most this many keys is shown by its first two, the most important ones.
MOST_SHOWN = 5

_Enum = TypeVar("_Enum", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Field:
    """A value in the spec: its node, its key path, and where to note problems."""

    node: Node
    path: str
    problems: Problems

    @property
    def mark(self) -> Mark:
        """Where the value stands."""
        return self.node.mark

    def error(self, wrong: str, right: str = "", piece: str = "") -> None:
        """Note an error at this value, or at a piece of its text."""
        self.problems.error(self._place_of(piece), self.path, wrong, right)

    def _place_of(self, piece: str) -> Mark:
        """Where a piece of this value's text stands; the value's own place if it is not found."""
        if not piece or self.problems.overflowing:
            return self.mark
        start = self.mark.column - 1
        for number, line in enumerate(self.problems.lines[self.mark.line - 1 :], self.mark.line):
            if (column := line.find(piece, start)) >= 0:
                return Mark(number, column + 1)
            start = 0
        return self.mark

    def below(self, key: str, node: Node) -> Field:
        """The value of one of this mapping's keys."""
        return Field(node, f"{self.path}.{key}" if self.path else key, self.problems)

    @property
    def is_mapping(self) -> bool:
        """Whether there are keys to look for."""
        return isinstance(self.node, MapNode)

    @property
    def is_null(self) -> bool:
        """Whether it is null, or left empty."""
        return isinstance(self.node, ScalarNode) and self.node.value is None

    def is_word(self, word: str) -> bool:
        """Whether it is this word."""
        return isinstance(self.node, ScalarNode) and self.node.text == word

    def entries(self, example: str = "") -> list[tuple[ScalarNode, Field]]:
        """Keys and values of a mapping; empty, with an error noted, for anything else."""
        if self.is_null:
            return []
        if not isinstance(self.node, MapNode):
            right = f"write {example}" if example else "write `key: value` lines below it"
            self.error(f"{self.shown()} is not a mapping", right)
            return []
        return [(key, self.below(key.text, node)) for key, node in self.node.entries]

    def fields(
        self, known: Iterable[str], foreign: Mapping[str, str] | None = None, other: str = ""
    ) -> dict[str, Field]:
        """Values by key; an unknown key is an error with a suggestion.

        A misspelt key whose meaning is certain is read as that key. Otherwise the key would be
        reported as missing, too.

        Args:
            known: The keys that exist.
            foreign: What other programs call them.
            other: What else to say of a key that resembles no known one.
        """
        known = tuple(known)
        few = ", ".join(f"{key}: …" for key in known[:2])
        found: dict[str, Field] = {}
        unknown: list[tuple[ScalarNode, Field]] = []
        for key, value in self.entries(f"{{{few}}}" if len(known) <= MOST_SHOWN else ""):
            if key.text in known:
                found.setdefault(key.text, value)
            else:
                unknown.append((key, value))
        for key, value in unknown:
            meant, near = "", ""
            if not self.problems.overflowing:
                meant = (foreign or {}).get(key.text.casefold()) or misspelt(key.text, known)
                near = f"did you mean '{meant}'?" if meant else closest(key.text, known)
            near += f"; {other}" if other and near and not near.startswith("did") else ""
            self.problems.error(key.mark, value.path, f"unknown key '{key.text}'", near)
            if meant:
                found.setdefault(meant, value)
        return found

    def items(self) -> list[Field]:
        """Items of a list; empty, with an error noted, for anything else."""
        if not isinstance(self.node, ListNode):
            self.error(f"{self.shown()} is not a list", "write [a, b, c]")
            return []
        return [
            Field(item, f"{self.path}[{index}]", self.problems)
            for index, item in enumerate(self.node.items)
        ]

    def shown(self) -> str:
        """The value as it is named in a message."""
        if isinstance(self.node, ScalarNode):
            if not self.node.text.strip():
                return "nothing"
            text = self.node.text if len(self.node.text) <= 40 else self.node.text[:37] + "..."
            # A number in quotes looks like a number: only the quotes show why it is refused.
            return f"'{text}' in quotes" if self._quoted_number else text
        return "a list" if isinstance(self.node, ListNode) else "a mapping"

    @property
    def _quoted_number(self) -> bool:
        node = self.node
        if not isinstance(node, ScalarNode) or not node.quoted:
            return False
        value = resolve(node.text)
        return isinstance(value, int | float) and not isinstance(value, bool)

    def _refuse(self, kind: str, right: str) -> None:
        """Note that the value is not of the kind that is needed."""
        if self._quoted_number:
            right = f"leave out the quotes; {right}" if right else "leave out the quotes"
        empty = isinstance(self.node, ScalarNode) and not self.node.text.strip()
        self.error("this is empty" if empty else f"{self.shown()} is not {kind}", right)

    def _refuse_infinite(self) -> None:
        right = "write an ordinary number, as in 0.001 or 1e9"
        self.error(f"{self.shown()} is not a finite number", right)

    def refuse_several(self) -> None:
        """Note that the value is a list or mapping, where a single value is needed."""
        self.error(f"{self.shown()} is not a single value", "write one text or one number")

    def scalar(self) -> Scalar:
        """A single value; None, with an error noted, for a list or mapping."""
        if not isinstance(self.node, ScalarNode):
            self.refuse_several()
            return None
        if isinstance(self.node.value, float) and not math.isfinite(self.node.value):
            self._refuse_infinite()
        return self.node.value

    def text(self, right: str) -> str:
        """A string that is not empty; `right` says what to write."""
        if isinstance(self.node, ScalarNode) and self.node.text.strip():
            if self.node.value is not None:
                return self.node.text
        self._refuse("a text", right)
        return ""

    def number(self) -> float:
        """A finite number; NaN, with an error noted, for anything else."""
        value = self.node.value if isinstance(self.node, ScalarNode) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._refuse(
                "a number", "" if self._quoted_number else "write one, as in 0.001 or 1e-3"
            )
            return math.nan
        if not math.isfinite(value):
            self._refuse_infinite()
            return math.nan
        return value

    def whole(self, least: int, most: int = MOST) -> int:
        """A whole number from `least` to `most`; `least`, with an error noted, for anything else."""
        value = self.node.value if isinstance(self.node, ScalarNode) else None
        if isinstance(value, bool) or not isinstance(value, int):
            self._refuse("a whole number", f"write a whole number, {least} or more")
            return least
        if value < least:
            self.error(f"{self.shown()} is too small", f"write {least} or more")
            return least
        if value > most:
            self.error(f"{self.shown()} is too large", f"write at most {most:,}")
            return least
        return value

    def one_of(self, kind: type[_Enum]) -> _Enum | None:
        """A member of an enumeration; None, with an error noted, for anything else."""
        text = self.node.text if isinstance(self.node, ScalarNode) else None
        names = [member.value for member in kind]
        if text in names:
            return kind(text)
        if text is None:
            self.error(f"{self.shown()} is not a single value", _any_of(names))
        else:
            self.error(f"{self.shown()} is not known", _near(text, names))
        return None


def _near(text: str, names: list[str]) -> str:
    """A suggestion for a misspelt word; unlike keys, the few values are always listed."""
    low = text.casefold()
    meant = [name for name in names if len(text) > 1 and name.startswith(low)]
    meant = meant or [name for name in names if low.startswith(name)]
    if len(meant) == 1:
        return f"did you mean '{meant[0]}'?"
    near = closest(text, names)
    return near if near.startswith("did") else _any_of(names)


def _any_of(names: list[str]) -> str:
    """`write a, b or c`."""
    return f"write {', '.join(names[:-1])} or {names[-1]}"
