"""Keys: which columns identify rows, and which refer to another table's."""

import re
from collections.abc import Iterable, Sequence

from spark_interpreter.model import ColumnProfile, ForeignKey, PostgresTable, TableProfile
from spark_interpreter.model.types import family

_MIN_OVERLAP = 0.7
_KEY_NAME = re.compile(r"(?:^|[_\s])(?:id|key|code|no|nr|number|uuid|guid)$", re.IGNORECASE)
_CAMEL_ID = re.compile(r"[a-z](?:ID|Id)$")


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
    known = {(key.columns, key.table) for key in declared}
    suggested = [k for k in _references(profile, others) if (k.columns, k.table) not in known]
    return profile.model_copy(update={"foreign_keys": (*declared, *suggested)})


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
        isinstance(mine, PostgresTable)
        and isinstance(theirs, PostgresTable)
        and mine.connection == theirs.connection
    )


def _references(profile: TableProfile, others: Iterable[TableProfile]) -> list[ForeignKey]:
    found = []
    for other in others:
        if other.name == profile.name:
            continue
        for key_name in other.primary_key:
            key = other.column(key_name)
            for column in profile.columns:
                if (column.name,) == profile.primary_key and not _about(column.name, other.name):
                    continue
                overlap = _overlap(column, key)
                if _refers(column, key, other) and overlap >= _MIN_OVERLAP:
                    found.append(
                        ForeignKey(
                            columns=(column.name,),
                            table=other.name,
                            references=(key.name,),
                            origin="inferred",
                            overlap=round(overlap, 3),
                        )
                    )
    return found


def _refers(column: ColumnProfile, key: ColumnProfile, other: TableProfile) -> bool:
    if (family(column.type) == "text") != (family(key.type) == "text"):
        return False
    name, key_name = _plain(column.name), _plain(key.name)
    if name == key_name:
        return key_name not in {"id", "key", "code", "no", "nr", "number", "name"}
    return name.endswith(key_name) and _about(column.name, other.name)


def _overlap(column: ColumnProfile, key: ColumnProfile) -> float:
    """The share of this side's distinct values that the key may hold.

    Whole value lists are compared; where a sample cut them, numbers by their range.
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
    return _MIN_OVERLAP if _plain(column.name) == _plain(key.name) else 0.0


def _within(value: str, low: float, high: float) -> bool:
    try:
        return low <= float(value) <= high
    except ValueError:
        return False


def _about(column: str, table: str) -> bool:
    """Whether a column's name speaks of a table ("customer_id" of "customers")."""
    stem = _plain(table).removesuffix("s").removesuffix("ie")
    return len(stem) >= 2 and stem in _plain(column)


def _names_a_key(name: str) -> bool:
    return bool(_KEY_NAME.search(name) or _CAMEL_ID.search(name))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
