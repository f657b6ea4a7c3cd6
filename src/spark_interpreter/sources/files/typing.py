# ruff: noqa: S608  (SQL is put together from quoted names and literals)
"""Types, values and figures of a table whose cells are text."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from spark_interpreter.model import ColumnProfile, DataIssue
from spark_interpreter.sources.files import issues
from spark_interpreter.sources.files.cells import Cells
from spark_interpreter.sources.files.figures import with_figures
from spark_interpreter.sources.files.infer import Hints, Inferred, infer, plainly_typed
from spark_interpreter.sources.files.issues import Scope
from spark_interpreter.sources.files.sql import quoted, value_sql

_ARROW_TYPES = {
    "string": pa.string(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "date": pa.date32(),
}


class TypedColumns(NamedTuple):
    """Columns with types and figures, and what had to be repaired."""

    columns: tuple[ColumnProfile, ...]
    issues: tuple[DataIssue, ...]


def typed_columns(
    names: Sequence[str],
    headers: Sequence[str],
    cells: Cells,
    *,
    scope: Scope,
    late: Mapping[str, Mapping[str, int]] | None = None,
) -> TypedColumns:
    """Find types for columns of text cells.

    Args:
        late: further cells by column, with their counts, that bear on the types.
    """
    late = late or {}
    inferred = _infer_all(
        headers,
        [
            _Column(array, late.get(name, {}))
            for name, array in zip(names, cells.columns, strict=True)
        ],
    )
    columns = [
        ColumnProfile(name=name, header=header, type=found.type, read=found.read)
        for name, header, found in zip(names, headers, inferred, strict=True)
    ]
    values = _values(columns, cells.columns)
    return TypedColumns(
        tuple(with_figures(c, v) for c, v in zip(columns, values, strict=True)),
        tuple(
            issue
            for name, found in zip(names, inferred, strict=True)
            for issue in _repair_issues(name, found, scope)
        ),
    )


class _Column(NamedTuple):
    """Cells of a column, and further ones with their counts."""

    cells: Any
    late: Mapping[str, int]

    def inferred(self, header: str, hints: Hints = Hints()) -> Inferred:  # noqa: B008
        plain = None if self.late or hints != Hints() else plainly_typed(self.cells, header)
        return plain or infer({**_counts(self.cells), **self.late}, header=header, hints=hints)


def _infer_all(headers: Sequence[str], columns: Sequence[_Column]) -> list[Inferred]:
    """Types of all columns; what one column decides settles the open questions of others."""
    inferred = [c.inferred(h) for c, h in zip(columns, headers, strict=True)]
    hints = Hints(
        decimal_comma=next((True for i in inferred if i.decides.decimal_comma), None),
        day_first=_agreed([i.decides.day_first for i in inferred]),
    )
    if hints == Hints():
        return inferred
    return [
        c.inferred(h, hints) if i.ambiguous or i.type == "double" else i
        for c, h, i in zip(columns, headers, inferred, strict=True)
    ]


def _agreed(votes: Sequence[bool | None]) -> bool | None:
    cast = {vote for vote in votes if vote is not None}
    return cast.pop() if len(cast) == 1 else None


def _counts(array: Any) -> dict[str, int]:
    counted = pc.value_counts(array.drop_null())
    return dict(
        zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
    )


def _values(columns: Sequence[ColumnProfile], cells: Sequence[Any]) -> list[Any]:
    """The cells as values of their columns' types."""
    values = [_simple_cast(c, a) for c, a in zip(columns, cells, strict=True)]
    rest = [(c, a) for c, a, v in zip(columns, cells, values, strict=True) if v is None]
    if not rest:
        return values
    table = pa.table([a for _, a in rest], names=[c.name for c, _ in rest])
    selected = ", ".join(f"{value_sql(c)} AS {quoted(c.name)}" for c, _ in rest)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("cells", table)
        converted = iter(connection.sql(f"SELECT {selected} FROM cells").to_arrow_table().columns)
    return [next(converted) if v is None else v for v in values]


def _simple_cast(column: ColumnProfile, cells: Any) -> Any | None:
    """The values, where Arrow itself reads the cells as both engines do."""
    if column.read is not None or column.type not in _ARROW_TYPES:
        return None
    try:
        return pc.cast(cells, _ARROW_TYPES[column.type])
    except pa.ArrowInvalid:
        return None


def _repair_issues(column: str, found: Inferred, scope: Scope) -> list[DataIssue]:
    """What a person should know about how a column was read."""
    found_issues = []
    if found.tokens:
        count = sum(found.tokens.values())
        found_issues.append(issues.null_tokens(column, found.tokens, count, scope))
    if found.misfits:
        count = sum(found.misfits.values())
        found_issues.append(issues.unreadable(column, found.type, found.misfits, count, scope))
    if found.trimmed:
        found_issues.append(issues.spaces(column, found.trimmed, scope))
    if found.signed and found.read:
        found_issues.append(issues.signs(column, found.read.remove, found.signed, scope))
    if found.ambiguous:
        kind = "ambiguous_date" if found.type in {"date", "timestamp"} else "ambiguous_number"
        pattern = found.read.pattern if found.read and found.read.pattern else "a number"
        found_issues.append(
            DataIssue(
                kind=kind,
                column=column,
                message=f"{column} was read as {pattern}; it could also be read with "
                f"{found.ambiguous}.",
                scope=scope,
            )
        )
    if found.note:
        found_issues.append(
            DataIssue(
                kind="kept_as_text",
                column=column,
                message=f"{column} {found.note} and is kept as text.",
                scope=scope,
            )
        )
    return found_issues
