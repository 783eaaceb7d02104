"""YAML 1.2 (core schema), strictly: text to nodes that remember where they stand.

PyYAML's parser reads the syntax; its YAML 1.1 notions of scalars (`no` is False, `1e-3` a string,
`010` eight) are not used. Anchors, aliases, merge keys, tags and several documents are refused:
a spec is read by people, and none of these helps them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from tuneplay.domain.command import text_of
from tuneplay.domain.hyperparameter import Scalar
from tuneplay.spec.problems import Mark, Problems
from tuneplay.spec.syntax import MAX_DEPTH, SHALLOWER, explain

#: A spec larger than this is a mistake: the longest sensible one has some 30,000 characters.
MAX_BYTES = 200_000

#: More values than this are data, and checking them would take more than a second.
MAX_VALUES = 20_000

#: Digits of the longest number that is read as an integer; a longer one is not.
MAX_NUMBER = 100

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A scalar: its value, its text as written, and whether that was in quotes or a block."""

    mark: Mark
    value: Scalar
    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list."""

    mark: Mark
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping, in the order of the file."""

    mark: Mark
    entries: tuple[tuple[ScalarNode, Node], ...]


Node = ScalarNode | ListNode | MapNode


def find_key(node: Node, path: Sequence[str]) -> Mark | None:
    """Position of the key at the end of a path; None when there is none.

    A value that serves as a key is found however it is written (`1e-3` for 0.001).
    """
    mark = None
    for word in path:
        if not isinstance(node, MapNode):
            return None
        entry = next(((k, v) for k, v in node.entries if word in (k.text, text_of(k.value))), None)
        if entry is None:
            return None
        mark, node = entry[0].mark, entry[1]
    return mark


def parse(text: str, problems: Problems) -> Node | None:
    """The root node of a spec; None after an error, which is then in `problems`."""
    try:
        try:
            return _Composer(yaml.parse(text, Loader=_LOADER), problems).document()
        except yaml.YAMLError as error:
            if "nesting depth" not in str(error):
                raise
            # libyaml looks far ahead and stops first. The parser in Python has no limit of its
            # own, and so reaches the place at which ours is met.
            return _Composer(yaml.parse(text, Loader=yaml.SafeLoader), problems).document()
    except _RefusedError:
        return None
    except yaml.YAMLError as error:
        mark, wrong, right = explain(text, error)
        problems.error(mark, "", f"not YAML: {wrong}", right)
        return None


class _RefusedError(Exception):
    """The file cannot be read further; the reason is among the problems."""


class _Composer:
    """Builds nodes from PyYAML's events."""

    def __init__(self, events: Iterator[Any], problems: Problems) -> None:
        self._events = events
        self._problems = problems
        self._depth = 0
        self._values = 0

    def document(self) -> Node:
        """The one document of the stream."""
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                break
        else:
            self._refuse(Mark(1, 1), "the file is empty", "write a first spec with `tuneplay init`")
        node = self._node(next(self._events), "")
        next(self._events)
        if isinstance(after := next(self._events), yaml.DocumentStartEvent):
            self._refuse(
                _mark(after),
                "a second document starts here",
                "write each round in a file of its own",
            )
        return node

    def _refuse(self, mark: Mark, wrong: str, right: str = "") -> None:
        self._problems.error(mark, "", wrong, right)
        raise _RefusedError

    def _node(self, event: Any, path: str) -> Node:
        mark = _mark(event)
        self._values += 1
        if self._values > MAX_VALUES:
            self._refuse(
                mark, f"more than {MAX_VALUES:,} values", "shorten it: a spec is a page of text"
            )
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._refuse(
                mark, "anchors and aliases (&, *) are not supported", "write the value out"
            )
        if getattr(event, "tag", None):
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(mark, f"the tag {tag} is not supported", "leave it out")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if self._depth >= MAX_DEPTH:
            self._refuse(mark, f"nested deeper than {MAX_DEPTH} levels", SHALLOWER)
        self._depth += 1
        is_list = isinstance(event, yaml.SequenceStartEvent)
        node = self._list(mark, path) if is_list else self._map(mark, path)
        self._depth -= 1
        return node

    def _list(self, mark: Mark, path: str) -> ListNode:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, f"{path}[{len(items)}]"))
        return ListNode(mark, tuple(items))

    def _map(self, mark: Mark, path: str) -> MapNode:
        entries: list[tuple[ScalarNode, Node]] = []
        seen: dict[Any, Mark] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, path)
            if not isinstance(key, ScalarNode):
                self._refuse(key.mark, "a key cannot be a list or a mapping", "write a plain word")
                raise AssertionError
            if key.text == "<<":
                self._refuse(key.mark, "merge keys (<<) are not supported", "write the values out")
            below = f"{path}.{key.text}" if path else key.text
            identity = (type(key.value), key.value)
            if identity in seen:
                at = seen[identity].line
                self._problems.error(
                    key.mark,
                    below,
                    f"this key is written twice (first in line {at})",
                    "keep one of them",
                )
            value = self._node(next(self._events), below)
            if identity not in seen:  # one complaint is enough
                entries.append((key, value))
            seen.setdefault(identity, key.mark)
        return MapNode(mark, tuple(entries))

    def _scalar(self, event: Any, path: str) -> ScalarNode:
        text: str = event.value
        if "\0" in text:
            wrong = "a NUL character cannot be passed to a program"
            self._problems.error(_mark(event), path, wrong, "leave it out")
        if event.style:
            return ScalarNode(_mark(event), text, text, quoted=True)
        if len(text) <= MAX_NUMBER and _LEADING_ZERO.fullmatch(text):
            return self._leading_zero(event, path)
        return ScalarNode(_mark(event), resolve(text), text)

    def _leading_zero(self, event: Any, path: str) -> ScalarNode:
        """Refuse `010`, and read it as 10, which avoids a second complaint about it."""
        text: str = event.value
        plain = int(text)
        octal = f", or 0o{plain} for octal" if re.fullmatch("0[0-7]+", text) else ""
        self._problems.error(
            _mark(event),
            path,
            f"{text} could be decimal or octal",
            f"write {plain}{octal}, or quote it if it is a name",
        )
        return ScalarNode(_mark(event), plain, text)


def resolve(text: str) -> Scalar:
    """Value of a plain scalar by the YAML 1.2 core schema: `1e-3` is a float, `no` a string."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= MAX_NUMBER and _INT.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text) and len(text) <= MAX_NUMBER:
        return int(text, 0)
    if _FLOAT.fullmatch(text) and not _LEADING_ZERO.fullmatch(text):
        return float(text)
    return text


def _mark(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)
