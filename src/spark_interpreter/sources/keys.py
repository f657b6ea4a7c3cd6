"""Keys: which columns identify rows, and which refer to another table's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spark_interpreter.model import (
    ColumnProfile,
    ForeignKey,
    PostgresTable,
    SnowflakeTable,
    TableProfile,
)
from spark_interpreter.model.types import family

_MIN_OVERLAP = 0.7
_KEY_NAME = re.compile(r"(?:^|[_\s])(?:id|key|code|no|nr|number|uuid|guid|ssn)$", re.IGNORECASE)
_CAMEL_ID = re.compile(r"[a-z](?:ID|Id)$")
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+")
_KEY_WORDS = frozenset(("id", "ids", "key", "code", "no", "nr", "number", "uuid", "guid", "num"))
_NO_NAME = _KEY_WORDS | {"name", "date", "year", "type", "status", "title", "description"}
_ABOVE = frozenset(("manager", "supervisor", "boss", "parent", "mentor", "reports", "reportsto"))
"""Words for another row of the same table that stands above this one."""

_SAME_NAME, _OWN_NAME, _ROLE, _INITIAL = 4, 3, 2, 1


def primary_key(profile: TableProfile) -> tuple[str, ...]:
    """The column that most likely identifies a row, if there is one."""
    candidates = [c for c in profile.columns if c.unique and family(c.type) in {"integer", "text"}]
    named = [c for c in candidates if _names_a_key(c.name)]
    first = [c for c in candidates if c is profile.columns[0] and family(c.type) == "integer"]
    best = sorted(named, key=lambda c: not _about(c.name, profile.name)) or first
    return (best[0].name,) if best else ()


def with_foreign_keys(profiles: Sequence[TableProfile]) -> tuple[TableProfile, ...]:
    """The profiles with declared references among them, and those that names and values suggest."""
    return tuple(_with_references(profile, profiles) for profile in profiles)


def _with_references(profile: TableProfile, others: Sequence[TableProfile]) -> TableProfile:
    declared = _declared(profile, others)
    return profile.model_copy(
        update={"foreign_keys": (*declared, *_references(profile, declared, others))}
    )


def _declared(profile: TableProfile, others: Sequence[TableProfile]) -> list[ForeignKey]:
    """Declared references to tables of the same question, by the names these have in it."""
    found = []
    for key in profile.foreign_keys:
        for other in others:
            same = key.table == other.label and _beside(profile, other)
            if same or key.table == other.name:
                found.append(key.model_copy(update={"table": other.name}))
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
class _Reference:
    """A column that may refer to a key, and how much speaks for it."""

    column: ColumnProfile
    table: TableProfile
    key: ColumnProfile
    strength: int
    overlap: float | None

    @property
    def rank(self) -> tuple[int, bool, float, int]:
        own = _about(self.column.name, self.table.name)
        return self.strength, own, self.overlap or 0.0, self.key.distinct_count or 0


def _references(
    profile: TableProfile, declared: Sequence[ForeignKey], others: Sequence[TableProfile]
) -> Iterator[ForeignKey]:
    """At most one reference for each column that has no declared one to a table asked about.

    What a database declares of its own tables says nothing of a copy that lies elsewhere.
    """
    known = {name for key in declared for name in key.columns}
    for column in profile.columns:
        if column.name in known or family(column.type) not in {"integer", "text"}:
            continue
        found = [r for other in others for r in _candidates(profile, column, other)]
        if not found:
            continue
        best = max(found, key=lambda reference: reference.rank)
        yield ForeignKey(
            columns=(column.name,),
            table=best.table.name,
            references=(best.key.name,),
            origin="inferred",
            overlap=best.overlap and round(best.overlap, 3),
        )


def _candidates(
    profile: TableProfile, column: ColumnProfile, other: TableProfile
) -> Iterator[_Reference]:
    for key in other.columns:
        same = other.name == profile.name
        if not key.unique or (same and key.name == column.name):
            continue
        if (family(column.type) == "text") != (family(key.type) == "text"):
            continue
        strength = _strength(column, key, other, itself=same)
        if not strength or (column.unique and not _belongs(column, profile, key, other)):
            continue
        overlap = _overlap(column, key)
        if overlap is None or overlap >= _MIN_OVERLAP:
            yield _Reference(column, other, key, strength, overlap)


def _strength(
    column: ColumnProfile, key: ColumnProfile, other: TableProfile, *, itself: bool
) -> int:
    """How much the names speak for a reference; 0 when they do not."""
    name = _plain(column.name)
    primary = (key.name,) == other.primary_key
    if itself:
        return _ROLE if primary and set(_words(column.name)) & _ABOVE else 0
    if name == _plain(key.name) and name not in _NO_NAME:
        if _about(key.name, other.name):
            return _SAME_NAME
        return _OWN_NAME if primary or _names_a_key(key.name) else 0
    return _speaks_of(column.name, key.name, other.name) if primary else 0


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


def _overlap(column: ColumnProfile, key: ColumnProfile) -> float | None:
    """The share of this side's distinct values that the key may hold.

    Whole value lists are compared; where a sample cut them, numbers by their range. None where
    only the names agree and the values seen say nothing.
    """
    mine = {v.value for v in column.top_values}
    theirs = {v.value for v in key.top_values}
    if not mine or not theirs:
        return 0.0
    if key.values_complete:
        return len(mine & theirs) / len(mine)
    low, high = key.minimum, key.maximum
    if isinstance(low, int | float) and isinstance(high, int | float):
        inside = [v for v in mine if _within(v, low, high)]
        return len(inside) / len(mine)
    return None if _plain(column.name) == _plain(key.name) else 0.0


def _within(value: str, low: float, high: float) -> bool:
    try:
        return low <= float(value) <= high
    except ValueError:
        return False


def _about(column: str, table: str) -> bool:
    """Whether a column's name speaks of a table ("customer_id" of "customers")."""
    words = [_singular(word) for word in _words(table)]
    stem = "".join(words)
    plain = _plain(column)
    return (len(stem) >= 2 and stem in plain) or (
        bool(words) and bool(_core(column)) and _core(column)[-1] == words[-1]
    )


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


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def _names_a_key(name: str) -> bool:
    return bool(_KEY_NAME.search(name) or _CAMEL_ID.search(name))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
