"""Patterns over items: regular expressions whose letters are kinds and words.

A pattern is written as a row of atoms. An upper-case atom matches an item of that kind, a
lower-case one the plain word; `( | )`, `?`, `*` and `+` mean what they mean in regular
expressions; `name=` captures the atom or group that follows, with its quantifier; `^` and `$`
anchor; `_` matches any plain word. `CMP:>=` matches kind and text.

    aggs=(AGG (and AGG)*) of? col=COL
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from spark_interpreter.generation.planner.parsing.items import Item

Context = TypeVar("Context")
_ATOMS = re.compile(r"\s*([a-z_]+=(?![=>])|[A-Z]+:[^\s()|?*+]+|[A-Z]+|[()|?*+^$_]|[^\s()|?*+]+)")

_ARTICLES = frozenset(("the", "a", "an"))


class Match:
    """Where a pattern was found, and what its captures hold."""

    def __init__(self, items: Sequence[Item], starts: Sequence[int], found: re.Match[str]) -> None:
        self._items, self._starts, self._found = items, starts, found
        self.start = bisect_right(starts, found.start()) - 1
        self.end = bisect_right(starts, found.end() - 1)

    @property
    def items(self) -> Sequence[Item]:
        """Every item of the match."""
        return self._items[self.start : self.end]

    @property
    def before(self) -> Item | None:
        """The item in front of the match."""
        return self._items[self.start - 1] if self.start else None

    @property
    def lead(self) -> Item | None:
        """The item in front, articles left out."""
        at = self.start - 1
        while at >= 0 and self._items[at].kind == "W" and self._items[at].text in _ARTICLES:
            at -= 1
        return self._items[at] if at >= 0 else None

    @property
    def after(self) -> Item | None:
        """The item behind the match."""
        return self._items[self.end] if self.end < len(self._items) else None

    def all(self, name: str, *kinds: str) -> list[Item]:
        """The captured items, only those of the given kinds if any are given."""
        if not self.has(name):
            return []
        low, high = self._found.span(name)
        captured = self._items[
            bisect_right(self._starts, low) - 1 : bisect_right(self._starts, high - 1)
        ]
        return [item for item in captured if not kinds or item.kind in kinds]

    def one(self, name: str) -> Item | None:
        """The first captured item."""
        captured = self.all(name)
        return captured[0] if captured else None

    def has(self, name: str) -> bool:
        """Whether the capture is part of the pattern and took part in the match."""
        if name not in self._found.re.groupindex:
            return False
        low, high = self._found.span(name)
        return 0 <= low < high

    def __getitem__(self, name: str) -> Item:
        return self.all(name)[0]


Built = Item | Sequence[Item] | None


@dataclass(frozen=True)
class Rule(Generic[Context]):
    """A pattern and what its items become; `build` returns None when it declines.

    `needed` are the kinds and words every match must have, so that most rules need no search at
    all, and their patterns are never compiled.
    """

    name: str
    source: str
    needed: frozenset[str]
    build: Callable[[Match, Context], Built]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The regular expression over encoded items."""
        return compile_pattern(self.source)


class Row:
    """A row of items together with the text that patterns search."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.starts: list[int] = []
        parts, length = [], 0
        for item in items:
            part = f"{item.kind}:{item.text.replace(' ', '_')} "
            self.starts.append(length)
            parts.append(part)
            length += len(part)
        self.text = "".join(parts)
        self.has = frozenset((*(item.kind for item in items), *(part[:-1] for part in parts)))


def rewrite(rule: Rule[Any], row: Row, context: Any) -> Row:
    """Apply the rule from left to right until it finds nothing new."""
    if not rule.needed <= row.has:
        return row
    position = 0
    while position < len(row.starts) and (
        found := rule.pattern.search(row.text, row.starts[position])
    ):
        match = Match(row.items, row.starts, found)
        built = rule.build(match, context) if match.end > match.start else None
        if built is None:
            position = match.start + 1
            continue
        made = [built] if isinstance(built, Item) else list(built)
        row = Row([*row.items[: match.start], *made, *row.items[match.end :]])
        position = match.start
    return row


@cache
def required_items(pattern: str) -> frozenset[str]:
    """The kinds ("COL") and encoded words ("W:per") that every match of the pattern has."""
    required, _ = _required(_ATOMS.findall(pattern))
    return required


def _required(atoms: list[str]) -> tuple[frozenset[str], list[str]]:
    options: list[frozenset[str]] = []
    current: frozenset[str] = frozenset()
    while atoms and atoms[0] != ")":
        head, atoms = atoms[0], atoms[1:]
        if head == "|":
            options.append(current)
            current = frozenset()
            continue
        if head.endswith("=") and len(head) > 1 and head[0].islower():
            continue
        if head == "(":
            inner, atoms = _required(atoms)
            atoms = atoms[1:]
        else:
            inner = _required_by(head)
        if atoms and atoms[0] in "?*+":
            inner = inner if atoms[0] == "+" else frozenset()
            atoms = atoms[1:]
        current |= inner
    return frozenset.intersection(current, *options), atoms


def _required_by(atom: str) -> frozenset[str]:
    if atom in {"_", "^", "$"}:
        return frozenset()
    if atom.partition(":")[0].isupper():
        return frozenset((atom,))
    return frozenset((f"W:{atom}",))


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The regular expression over encoded items."""
    atoms = _ATOMS.findall(pattern)
    expression, rest = _alternatives(atoms)
    if rest:
        raise ValueError(f"unbalanced pattern: {pattern}")
    return re.compile(expression)


def _alternatives(atoms: list[str]) -> tuple[str, list[str]]:
    options, current = [], ""
    while atoms and atoms[0] != ")":
        if atoms[0] == "|":
            options.append(current)
            current, atoms = "", atoms[1:]
            continue
        unit, atoms = _unit(atoms)
        current += unit
    return "|".join([*options, current]), atoms


def _unit(atoms: list[str]) -> tuple[str, list[str]]:
    head, rest = atoms[0], atoms[1:]
    if head.endswith("=") and len(head) > 1 and head[0].islower():
        unit, rest = _unit(rest)
        return f"(?P<{head[:-1]}>{unit})", rest
    if head == "(":
        inner, rest = _alternatives(rest)
        unit, rest = f"(?:{inner})", rest[1:]
    elif head == "^":
        unit = "^"
    elif head == "$":
        unit = "$"
    else:
        unit = f"(?:{_atom(head)})"
    if rest and rest[0] in "?*+":
        return unit + rest[0], rest[1:]
    return unit, rest


def _atom(atom: str) -> str:
    if atom == "_":
        return r"(?<!\S)W:\S+ "
    if atom.partition(":")[0].isupper():
        kind, _, text = atom.partition(":")
        return rf"(?<!\S){kind}:{re.escape(text) if text else '[^ ]*'} "
    return rf"(?<!\S)W:{re.escape(atom)} "
