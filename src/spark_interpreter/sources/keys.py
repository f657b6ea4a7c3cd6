"""Keys: which columns identify rows, and which refer to another table's."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from spark_interpreter.model import (
    ColumnProfile,
    ForeignKey,
    PostgresTable,
    SnowflakeTable,
    TableProfile,
)
from spark_interpreter.model.types import family

MIN_OVERLAP = 0.7
"""The least share of values that are found among the keys they are to refer to."""
_KEY_NAME = re.compile(r"(?:^|[_\s])(?:id|key|code|no|nr|number|uuid|guid|ssn)$", re.IGNORECASE)
_CAMEL_ID = re.compile(r"[a-z](?:ID|Id)$")
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+")
_KEY_WORDS = frozenset(("id", "ids", "key", "code", "no", "nr", "number", "uuid", "guid", "num"))
_NO_NAME = _KEY_WORDS | {"name", "date", "year", "type", "status", "title", "description"}
_ABOVE = frozenset(("manager", "supervisor", "boss", "parent", "mentor", "reports", "reportsto"))
"""Words for another row of the same table that stands above this one."""

_remembered = lru_cache(maxsize=20_000)
"""Among many tables the same names are compared again and again."""

_SAME_NAME, _OWN_NAME, _ROLE, _INITIAL = 4, 3, 2, 1


def primary_key(profile: TableProfile) -> tuple[str, ...]:
    """The column that most likely identifies a row, if there is one."""
    candidates = [c for c in profile.columns if c.unique and family(c.type) in {"integer", "text"}]
    named = [c for c in candidates if names_a_key(c.name)]
    first = [c for c in candidates if c is profile.columns[0] and family(c.type) == "integer"]
    best = sorted(named, key=lambda c: not _about(c.name, profile.name)) or first
    return (best[0].name,) if best else ()


def with_foreign_keys(profiles: Sequence[TableProfile]) -> tuple[TableProfile, ...]:
    """The profiles with declared references among them, and those that names and values suggest."""
    keys = _Keys(profiles)
    return tuple(_with_references(profile, profiles, keys) for profile in profiles)


def _with_references(
    profile: TableProfile, others: Sequence[TableProfile], keys: _Keys
) -> TableProfile:
    declared = _declared(profile, others)
    return profile.model_copy(
        update={"foreign_keys": (*declared, *_references(profile, declared, keys))}
    )


def _declared(profile: TableProfile, others: Sequence[TableProfile]) -> list[ForeignKey]:
    """Declared references to tables of the same question, by the names these have in it.

    A catalog names columns as they are stored; one that cannot be read is not there. Rows may have
    no partner where not all were seen, or where nobody holds the table to its keys.
    """
    partial = isinstance(profile.source, SnowflakeTable) or not _is_whole(profile)
    found = []
    for key in profile.foreign_keys:
        for other in others:
            if key.table == other.name:
                found.append(key)
            elif key.table == other.label and _beside(profile, other):
                names = {column.header: column.name for column in other.columns}
                if names.keys() >= set(key.references):
                    references = tuple(names[header] for header in key.references)
                    update = {"table": other.name, "references": references, "partial": partial}
                    found.append(key.model_copy(update=update))
    return found


def _beside(profile: TableProfile, other: TableProfile) -> bool:
    """Whether two tables are behind the same connection."""
    mine, theirs = profile.source, other.source
    return (
        isinstance(mine, PostgresTable | SnowflakeTable)
        and isinstance(theirs, PostgresTable | SnowflakeTable)
        and mine.connection == theirs.connection
    )


@dataclass(frozen=True)
class _Key:
    """A column without repeats, which others may refer to."""

    table: TableProfile
    column: ColumnProfile
    primary: bool
    text: bool
    values: frozenset[str]


class _Keys:
    """All such columns of the tables, in their order, found by what their names say."""

    def __init__(self, tables: Sequence[TableProfile]) -> None:
        self._all = [
            _Key(
                table, column, (column.name,) == table.primary_key, _is_text(column),
                _values(column),
            )
            for table in tables
            for column in table.columns
            if column.unique
        ]  # fmt: skip
        self._places: dict[str, list[int]] = {}
        for place, key in enumerate(self._all):
            self._places.setdefault(_plain(key.column.name), []).append(place)
        self._primary = [place for place, key in enumerate(self._all) if key.primary]
        self._spoken_of: dict[str, list[tuple[_Key, int]]] = {}

    def of(self, name: str, table: str) -> Iterator[tuple[_Key, int]]:
        """Keys that a column's name speaks of, and how much it does; `table` has the column."""
        for key, strength in self._elsewhere(name):
            if key.table.name != table:
                yield key, strength
            elif key.column.name != name and key.primary and set(_words(name)) & _ABOVE:
                yield key, _ROLE

    def _elsewhere(self, name: str) -> list[tuple[_Key, int]]:
        """The same for any table: with a word for a row above, all primary keys."""
        if name not in self._spoken_of:
            above = bool(set(_words(name)) & _ABOVE)
            places = {*self._places.get(_plain(name), ()), *self._primary}
            found = [
                (key, _strength(name, key)) for key in map(self._all.__getitem__, sorted(places))
            ]
            self._spoken_of[name] = [(key, s) for key, s in found if s or above]
        return self._spoken_of[name]


@dataclass(frozen=True)
class _Reference:
    """A column that may refer to a key, and how much speaks for it."""

    column: ColumnProfile
    key: _Key
    strength: int
    overlap: float | None

    @property
    def rank(self) -> tuple[int, bool, float, int]:
        own = _about(self.column.name, self.key.table.name)
        return self.strength, own, self.overlap or 0.0, self.key.column.distinct_count or 0


def _references(
    profile: TableProfile, declared: Sequence[ForeignKey], keys: _Keys
) -> Iterator[ForeignKey]:
    """At most one reference for each column that has no declared one to a table asked about.

    What a database declares of its own tables says nothing of a copy that lies elsewhere.
    """
    known = {name for key in declared for name in key.columns}
    for column in profile.columns:
        if column.name in known or family(column.type) not in {"integer", "text"}:
            continue
        found = list(_candidates(profile, column, keys))
        if not found:
            continue
        best = max(found, key=lambda reference: reference.rank)
        yield ForeignKey(
            columns=(column.name,),
            table=best.key.table.name,
            references=(best.key.column.name,),
            origin="inferred",
            overlap=best.overlap and math.floor(1000 * best.overlap) / 1000,
            partial=not (_is_whole(profile) and _all_found(column, best)),
        )


def _candidates(profile: TableProfile, column: ColumnProfile, keys: _Keys) -> Iterator[_Reference]:
    text, values = _is_text(column), _values(column)
    for key, strength in keys.of(column.name, profile.name):
        if not strength or text != key.text:
            continue
        if column.unique and not _belongs(column, profile, key.column, key.table):
            continue
        overlap = _overlap(column, values, key)
        if overlap is None or overlap >= MIN_OVERLAP:
            yield _Reference(column, key, strength, overlap)


def _strength(column: str, key: _Key) -> int:
    """How much a column's name speaks for a reference to another table; 0 when it does not."""
    name, other = _plain(column), key.table.name
    if name == _plain(key.column.name) and name not in _NO_NAME:
        if _about(key.column.name, other):
            return _SAME_NAME
        return _OWN_NAME if key.primary or names_a_key(key.column.name) else 0
    return _speaks_of(column, key.column.name, other) if key.primary else 0


def _speaks_of(column: str, key: str, table: str) -> int:
    """How much a column's name says of the table whose rows a primary key tells apart."""
    core, own = _core(column), _core(key)
    words = tuple(map(_singular, _words(table)))
    if not core:
        return 0
    if core in (words, own) or "".join(core) in {"".join(words), "".join(own)}:
        return _OWN_NAME
    if _ends(core, words) or _ends(core, own) or core[-1:] == words[-1:]:
        return _ROLE
    initial = len(core) == 1 and len(core[0]) == 1 and _words(column)[-1] == "id"
    return _INITIAL if initial and table.lower().startswith(core[0]) else 0


def _belongs(
    column: ColumnProfile, profile: TableProfile, key: ColumnProfile, other: TableProfile
) -> bool:
    """Whether a column without repeats is the other table's key rather than this one's."""
    mine, theirs = _about(column.name, profile.name), _about(key.name, other.name)
    if mine != theirs:
        return theirs
    return (column.distinct_count or 0) < (key.distinct_count or 0)


def _overlap(column: ColumnProfile, mine: frozenset[str], key: _Key) -> float | None:
    """The share of this side's distinct values that the key may hold.

    Whole value lists are compared; where a sample cut them, numbers by their range. None where
    only the names agree and the values seen say nothing.
    """
    if not mine or not key.values:
        return 0.0
    if key.column.values_complete:
        return len(mine & key.values) / len(mine)
    low, high = key.column.minimum, key.column.maximum
    if isinstance(low, int | float) and isinstance(high, int | float):
        inside = [v for v in mine if _within(v, low, high)]
        return len(inside) / len(mine)
    return None if _plain(column.name) == _plain(key.column.name) else 0.0


def _is_whole(table: TableProfile) -> bool:
    """Whether every row was seen."""
    return table.row_count is not None and table.sampled_rows >= table.row_count


def _all_found(column: ColumnProfile, reference: _Reference) -> bool:
    """Whether every value of the rows that were seen is known, and is among the keys."""
    seen = column.values_complete and reference.key.column.values_complete
    return seen and reference.overlap == 1.0


def _values(column: ColumnProfile) -> frozenset[str]:
    return frozenset(v.value for v in column.top_values)


def _is_text(column: ColumnProfile) -> bool:
    return family(column.type) == "text"


def _within(value: str, low: float, high: float) -> bool:
    try:
        return low <= float(value) <= high
    except ValueError:
        return False


@_remembered
def _about(column: str, table: str) -> bool:
    """Whether a column's name speaks of a table ("customer_id" of "customers")."""
    words = [_singular(word) for word in _words(table)]
    stem = "".join(words)
    plain = _plain(column)
    return (len(stem) >= 2 and stem in plain) or (
        bool(words) and bool(_core(column)) and _core(column)[-1] == words[-1]
    )


@_remembered
def _core(name: str) -> tuple[str, ...]:
    """The words of a name in the singular, without those that only say it is a key."""
    words = [_singular(word) for word in _words(name)]
    while len(words) > 1 and (words[-1] in _KEY_WORDS or words[-1].isdigit()):
        words.pop()
    last = words[-1] if words else ""
    if len(last) > len("id") + 1 and last.endswith("id") and len(_words(name)) == len(words):
        words[-1] = last.removesuffix("id")
    return tuple(words) if set(words) - _KEY_WORDS else ()


def _ends(words: tuple[str, ...], end: tuple[str, ...]) -> bool:
    return bool(end) and len(words) > len(end) and words[-len(end) :] == end


@_remembered
def _words(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORDS.findall(name))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def names_a_key(name: str) -> bool:
    """Whether a column's name says that its values tell rows or things apart."""
    return bool(_KEY_NAME.search(name) or _CAMEL_ID.search(name))


@_remembered
def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
