# ruff: noqa: S608  (SQL is put together from names of our own, quoted names and literals)
"""Keys of two or three columns together, measured on all rows of two tables.

A sample can show columns without repeats that the data do not have, and a join over them would
count rows twice. So the whole tables are looked at, those columns alone, and only where the tables
are small enough for that.
"""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from spark_interpreter.errors import DataMismatch, SourceTooLarge, SourceUnreadable
from spark_interpreter.model import (
    ColumnProfile,
    FileRead,
    ForeignKey,
    Need,
    Reference,
    Source,
    TableProfile,
)
from spark_interpreter.sources.base import SourceReader
from spark_interpreter.sources.keys import MIN_OVERLAP, names_a_key

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Pairs = Sequence[tuple[str, str]]
"""Columns of one table and of another that may hold the same things."""

_MOST_BYTES = 256 * 1024 * 1024
_MOST_PAIRS = 5
_SIZES = (2, 3)
_TIME = re.compile(
    r"(?:^|[\W_])(?:year|quarter|month|week|day|date|period|season)s?$", re.IGNORECASE
)


def find_keys(
    one: TableProfile,
    other: TableProfile,
    pairs: Pairs,
    reader_of: Callable[[Source], SourceReader],
) -> tuple[Reference, ...]:
    """References between two tables over columns that are a key only together.

    A reference is as good as another if as much is found by it, of other rows: there are several
    then. With the same table twice: one to itself if all the columns together are its key.

    Args:
        reader_of: the reader of a source.

    Raises:
        SourceTooLarge: a table is too large to be looked at whole.
        SourceError: a table cannot be read now.
        RunCancelled: this thread's work is to stop.
    """
    import duckdb

    from spark_interpreter.sources.files.relation import connect

    pairs = tuple(pairs)[:_MOST_PAIRS]
    sides = (("one", one, [mine for mine, _ in pairs]), ("other", other, [its for _, its in pairs]))
    if not (_is_small(one) and _is_small(other)):
        raise SourceTooLarge(f"'{one.label}' or '{other.label}' is not looked at whole.")
    alone = one.name == other.name
    try:
        with tempfile.TemporaryDirectory() as folder, connect(folder) as connection:
            for name, table, columns in sides[:1] if alone else sides:
                copies = Path(folder) / name
                with _rows(connection, table, columns, copies, reader_of(table.source)) as rows:
                    keys = ", ".join(f"{value} AS k{at}" for at, value in enumerate(rows.values))
                    connection.execute(f"CREATE TEMP TABLE {name} AS SELECT {keys} FROM {rows.sql}")
            search = _Search(connection, one, other, pairs)
            return search.alone() if alone else search.best()
    except (DataMismatch, OSError, duckdb.Error) as exc:
        raise SourceUnreadable(
            f"No keys could be looked for in '{one.label}' and '{other.label}'.", detail=str(exc)
        ) from exc


def _is_small(table: TableProfile) -> bool:
    """Whether the whole table may be looked at; databases give a view no size, or none at all."""
    if table.byte_count:
        return table.byte_count <= _MOST_BYTES
    return table.row_count is not None and table.sampled_rows >= table.row_count


@dataclass(frozen=True)
class _Rows:
    """A relation, and the values of the wanted columns in it."""

    sql: str
    values: tuple[str, ...]


@contextmanager
def _rows(
    connection: DuckDBPyConnection,
    table: TableProfile,
    columns: Sequence[str],
    folder: Path,
    reader: SourceReader,
) -> Iterator[_Rows]:
    """The table's rows, copied to this machine where they are elsewhere."""
    from spark_interpreter.sources.files.relation import paths_sql, values_sql
    from spark_interpreter.sources.files.sql import quoted
    from spark_interpreter.sources.s3.fetch import stopped_by_scope
    from spark_interpreter.sources.s3.reader import S3Reader

    names = tuple(map(quoted, columns))
    read = table.read
    if read.columnar:
        yield _Rows(f"read_parquet({paths_sql([read.columnar])})", names)
    elif isinstance(read, FileRead) and not read.remote:
        yield _Rows(f"({values_sql(connection, table, strict=False)})", names)
    elif isinstance(reader, S3Reader) and read.format != "parquet":
        with reader.here(table) as local:
            yield _Rows(f"({values_sql(connection, local, strict=False)})", names)
    else:
        folder.mkdir()
        need = Need(location=read.locations[0], columns=tuple(columns))
        copies = reader.stage(table, need, folder, stopped=stopped_by_scope())
        files = [file for copy in copies for path in copy.paths for file in _files(Path(path))]
        relation = f"read_parquet({paths_sql(files)}, union_by_name = true)"
        yield _Rows(relation, tuple(_value(table.column(name)) for name in columns))


def _files(path: Path) -> list[str]:
    return [str(file) for file in sorted(path.glob("*.parquet"))] if path.is_dir() else [str(path)]


def _value(column: ColumnProfile) -> str:
    """The value of a copied cell: text that the script makes a value of is copied as text."""
    from spark_interpreter.sources.files.sql import quoted, value_sql

    return value_sql(column) if column.read else quoted(column.name)


@dataclass(frozen=True)
class _Found:
    """A combination of pairs, by their places, that is a key of one side.

    Attributes:
        at_other: the key is the other table's.
        matched: rows of both tables that belong together by it.
        named: every column is called like a key.
    """

    places: tuple[int, ...]
    at_other: bool
    overlap: float
    partial: bool
    matched: int
    named: bool

    @property
    def rank(self) -> tuple[bool, float, int]:
        return self.named, round(self.overlap, 2), -len(self.places)


class _Search:
    """Looks for combinations of the columns of two loaded tables."""

    def __init__(
        self, connection: DuckDBPyConnection, one: TableProfile, other: TableProfile, pairs: Pairs
    ) -> None:
        self._connection = connection
        self._one = one
        self._other = other
        self._pairs = pairs
        self._times = frozenset(
            at
            for at, (name, _) in enumerate(pairs)
            if one.column(name).temporal or _TIME.search(name)
        )

    def alone(self) -> tuple[Reference, ...]:
        """The one table's reference to itself, if all columns together are its key."""
        columns = tuple(name for name, _ in self._pairs)
        key = ForeignKey(
            columns=columns, table=self._one.name, references=columns, origin="inferred"
        )
        found = self._is_key("one", tuple(range(len(columns))))
        return (Reference(holder=self._one.name, key=key),) if found else ()

    def best(self) -> tuple[Reference, ...]:
        """The best references, more than one if they are equally good and not the same."""
        every = tuple(range(len(self._pairs)))
        if not self._is_key("one", every) and not self._is_key("other", every):
            return ()
        found = [
            one
            for size in _SIZES
            for places in combinations(every, size)
            if (one := self._measured(places)) is not None and self._in_time(one)
        ]
        found.sort(key=lambda one: one.rank, reverse=True)
        kept: list[_Found] = []
        for one in found:
            if one.rank == found[0].rank and not any(self._same(one, best) for best in kept):
                kept.append(one)
        return tuple(map(self._reference, kept))

    def _in_time(self, found: _Found) -> bool:
        """Whether rows belong together at the same times, which both tables have.

        Targets of one year would else be those of every year.
        """
        times = self._times - set(found.places)
        return found.named or not times or self._matched({*found.places, *times}) == found.matched

    def _same(self, found: _Found, other: _Found) -> bool:
        """Whether by both the same rows belong together."""
        both = self._matched({*found.places, *other.places})
        return both == found.matched == other.matched

    def _measured(self, places: tuple[int, ...]) -> _Found | None:
        """What the combination is worth; None if it is a key of neither table."""
        sides = {
            at_other: found
            for at_other in (True, False)
            if self._is_key("other" if at_other else "one", places)
            and (found := self._referring(places, at_other)) is not None
        }
        return max(sides.values(), key=lambda found: found.overlap, default=None)

    def _referring(self, places: tuple[int, ...], at_other: bool) -> _Found | None:
        holder, owner = ("one", "other") if at_other else ("other", "one")
        on = _columns(places)
        total, held = self._numbers(
            f"WITH held AS (SELECT DISTINCT {on} FROM {holder} WHERE {_complete(places)}) "
            f"SELECT (SELECT count(*) FROM held), "
            f"(SELECT count(*) FROM held SEMI JOIN {owner} USING ({on}))"
        )
        if total < 2 or held / total < MIN_OVERLAP:
            return None
        (lacking,) = self._numbers(f"SELECT count(*) FROM {holder} WHERE NOT ({_complete(places)})")
        return _Found(
            places,
            at_other,
            overlap=math.floor(1000 * held / total) / 1000,
            partial=held < total or lacking > 0,
            matched=self._matched(places),
            named=all(names_a_key(name) for at in places for name in self._pairs[at]),
        )

    def _is_key(self, table: str, places: tuple[int, ...]) -> bool:
        """Whether no two rows have the same values, those apart that lack one."""
        on, complete = _columns(places), _complete(places)
        rows, different = self._numbers(
            f"SELECT coalesce(sum(n), 0), count(*) FROM "
            f"(SELECT count(*) AS n FROM {table} WHERE {complete} GROUP BY {on})"
        )
        return rows == different > 1

    def _matched(self, places: Sequence[int] | set[int]) -> int:
        """How many pairs of rows have the same values."""
        (rows,) = self._numbers(f"SELECT count(*) FROM one JOIN other USING ({_columns(places)})")
        return rows

    def _numbers(self, query: str) -> tuple[int, ...]:
        row = self._connection.execute(query).fetchone()
        assert row is not None
        return tuple(map(int, row))

    def _reference(self, found: _Found) -> Reference:
        pairs = [self._pairs[at] for at in found.places]
        if not found.at_other:
            pairs = [(its, mine) for mine, its in pairs]
        holder, owner = (self._one, self._other) if found.at_other else (self._other, self._one)
        key = ForeignKey(
            columns=tuple(mine for mine, _ in pairs),
            table=owner.name,
            references=tuple(its for _, its in pairs),
            origin="inferred",
            overlap=found.overlap,
            partial=found.partial,
        )
        return Reference(holder=holder.name, key=key)


def _columns(places: Sequence[int] | set[int]) -> str:
    return ", ".join(f"k{at}" for at in sorted(places))


def _complete(places: Sequence[int]) -> str:
    return " AND ".join(f"k{at} IS NOT NULL" for at in places)
