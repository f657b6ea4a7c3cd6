"""Types, values and figures of a table whose cells are text."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from spark_interpreter.model import ColumnProfile, DataIssue
from spark_interpreter.sources.files import issues
from spark_interpreter.sources.files.figures import with_figures
from spark_interpreter.sources.files.infer import Hints, Inferred, infer
from spark_interpreter.sources.files.issues import Scope
from spark_interpreter.sources.files.sql import quoted, value_sql


class TypedColumns(NamedTuple):
    """Columns with types and figures, and what had to be repaired."""

    columns: tuple[ColumnProfile, ...]
    issues: tuple[DataIssue, ...]


def typed_columns(
    names: Sequence[str],
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    scope: Scope,
    late: Mapping[str, Mapping[str, int]] | None = None,
) -> TypedColumns:
    """Find types for columns of text cells, given row by row and padded to equal width.

    Args:
        late: further cells by column, with their counts, that bear on the types.
    """
    cells = zip(*rows, strict=True) if rows else ((),) * len(names)
    arrays = [_texts(column) for column in cells]
    inferred = _infer_all(headers, _counted(names, arrays, late or {}))
    columns = [
        ColumnProfile(name=name, header=header, type=found.type, read=found.read)
        for name, header, found in zip(names, headers, inferred, strict=True)
    ]
    values = _values(columns, arrays)
    return TypedColumns(
        tuple(with_figures(c, v) for c, v in zip(columns, values, strict=True)),
        tuple(
            issue
            for name, found in zip(names, inferred, strict=True)
            for issue in _repair_issues(name, found, scope)
        ),
    )


def _texts(cells: Sequence[str]) -> Any:
    """The cells as an Arrow array; empty ones are missing, as both engines read them."""
    array = pa.array(cells, pa.string())
    return pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)


def _counted(
    names: Sequence[str], arrays: Sequence[Any], late: Mapping[str, Mapping[str, int]]
) -> list[dict[str, int]]:
    return [{**_counts(a), **late.get(n, {})} for n, a in zip(names, arrays, strict=True)]


def _infer_all(headers: Sequence[str], counted: Sequence[Mapping[str, int]]) -> list[Inferred]:
    inferred = [infer(c, header=h) for c, h in zip(counted, headers, strict=True)]
    hints = Hints(
        decimal_comma=next((True for i in inferred if i.decides.decimal_comma), None),
        day_first=_agreed([i.decides.day_first for i in inferred]),
    )
    if hints == Hints():
        return inferred
    return [
        infer(c, header=h, hints=hints) if i.ambiguous or i.type == "double" else i
        for c, h, i in zip(counted, headers, inferred, strict=True)
    ]


def _agreed(votes: Sequence[bool | None]) -> bool | None:
    cast = {vote for vote in votes if vote is not None}
    return cast.pop() if len(cast) == 1 else None


def _counts(array: Any) -> dict[str, int]:
    counted = pc.value_counts(array.drop_null())
    return dict(
        zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
    )


def _values(columns: Sequence[ColumnProfile], arrays: Sequence[Any]) -> list[Any]:
    """The cells as values of their columns' types."""
    plain = [c.read is None and c.type == "string" for c in columns]
    wanted = [(c, a) for c, a, p in zip(columns, arrays, plain, strict=True) if not p]
    if not wanted or not len(arrays[0]):
        return list(arrays)
    cells = pa.table([a for _, a in wanted], names=[c.name for c, _ in wanted])
    selected = ", ".join(f"{value_sql(c)} AS {quoted(c.name)}" for c, _ in wanted)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("cells", cells)
        table = connection.sql(f"SELECT {selected} FROM cells").to_arrow_table()
    converted = iter(table.columns)
    return [a if p else next(converted) for a, p in zip(arrays, plain, strict=True)]


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
    if found.ambiguous:
        kind = "ambiguous_date" if found.type in {"date", "timestamp"} else "ambiguous_number"
        pattern = f" as {found.read.pattern}" if found.read and found.read.pattern else ""
        found_issues.append(
            DataIssue(
                kind=kind,
                column=column,
                message=f"{column} was read{pattern}; it could also be read with "
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
