"""What a question becomes between words and meaning: a row of typed items.

Kinds, from the lexical scan:

    W     a word without a meaning of its own ("of", "which") or an unknown one
    COL   a column               VAL   a value of a column       TAB   the table or its rows
    NUM   a number               STR   a quoted text             TIME  a span of time
    AGG   an aggregate's name    CNT   "how many"                DIST  "different"
    CMP   a comparison           ADJ   "older than"              EXT   "highest", "most"
    SUP   "oldest"               SORT  "sorted by"               DIR   "descending"
    EACH  "for each"             NOT   negation                  NULL  "missing"
    MATCH "contains"             BETW  "between"                 UNIT  a time bucket
    WIN   "running total"        SHARE "share of"                REP   a report's name

and from the rules that read them:

    MEA   a measure              PRED  a condition on rows       HAV   a condition on groups
    ORD   a sort order           KEY   grouping keys             TOP   "the three oldest"
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from spark_interpreter.model import ColumnProfile


@dataclass(frozen=True, slots=True)
class Item:
    """A part of the question with one kind of meaning.

    Attributes:
        kind: one of the kinds above.
        text: what patterns compare: the lower-case word, or the operator ("avg", ">=").
        tokens: positions of the tokens it explains.
        data: the meaning; its type goes with the kind.
        score: how sure the link is, 0 to 1.
        notes: assumptions made on the way.
    """

    kind: str
    text: str
    tokens: frozenset[int]
    data: Any = None
    score: float = 1.0
    notes: tuple[str, ...] = ()

    def noted(self, *notes: str) -> Item:
        return replace(self, notes=self.notes + notes)


ODD = Item("ODD", "odd", frozenset())
"""What is left over of a reading that hardly anybody means."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A column, and how well the words name it (0 to 1)."""

    column: ColumnProfile
    score: float


@dataclass(frozen=True, slots=True)
class ColumnLinks:
    """Columns the same words may name, best first."""

    options: tuple[Linked, ...]

    @property
    def best(self) -> ColumnProfile:
        return self.options[0].column

    def names(self) -> frozenset[str]:
        return frozenset(option.column.name for option in self.options)


@dataclass(frozen=True, slots=True)
class LinkedValue:
    """A value of a column as the data spell it."""

    column: ColumnProfile
    value: str | int | float | bool
    score: float


@dataclass(frozen=True, slots=True)
class ValueLinks:
    """Columns that hold the same words as a value, best first."""

    options: tuple[LinkedValue, ...]
    text: str = ""


def merge(kind: str, parts: Iterable[Item], data: Any, text: str = "", *notes: str) -> Item:
    """One item in place of several: it explains all their words and keeps their notes."""
    items = tuple(parts)
    scores = [item.score for item in items if item.kind != "W"] or [1.0]
    kept = tuple(dict.fromkeys(note for item in items for note in item.notes)) + notes
    return Item(
        kind=kind,
        text=text or kind.lower(),
        tokens=frozenset().union(*(item.tokens for item in items)),
        data=data,
        score=min(scores),
        notes=tuple(dict.fromkeys(kept)),
    )
