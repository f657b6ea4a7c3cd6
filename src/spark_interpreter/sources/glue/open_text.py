"""Columns that OpenCSVSerde gives as text: the types that the script makes of them.

Spark reads every column of such a table as a string, whatever the catalog declares. Numbers, dates
and the like are turned into values by the script's source section, which runs anywhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from spark_interpreter.model import (
    CatalogColumn,
    ColumnProfile,
    ColumnRead,
    DataIssue,
    TableProfile,
)
from spark_interpreter.model.types import family
from spark_interpreter.sources.files.cells import Cells
from spark_interpreter.sources.files.figures import with_figures
from spark_interpreter.sources.files.issues import Scope, listed, merged
from spark_interpreter.sources.files.relation import connect
from spark_interpreter.sources.files.sql import value_sql
from spark_interpreter.sources.files.typing import typed_columns
from spark_interpreter.sources.glue.types import is_nested, spark_type

_WIDER = {
    "integer": {"integer", "decimal", "float"},
    "decimal": {"decimal", "float"},
    "float": {"decimal", "float"},
    "date": {"date", "timestamp"},
}
"""Declared families that hold everything an inferred one does."""


def text_columns(
    declared: Sequence[CatalogColumn], sample: Any, scope: Scope
) -> tuple[tuple[ColumnProfile, ...], tuple[DataIssue, ...]]:
    """Profiles of columns of text cells (a pyarrow table)."""
    names = [c.name for c in declared]
    texts = [
        pa.concat_arrays(sample.column(n).chunks or [pa.array([], pa.string())]) for n in names
    ]
    filled = [pc.if_else(pc.equal(t, ""), pa.scalar(None, pa.string()), t) for t in texts]
    if not names:
        return (), ()
    inferred = typed_columns(names, names, Cells(tuple(filled)), scope=scope)
    columns = tuple(
        _column(column, found, text, cells)
        for column, found, text, cells in zip(
            declared, inferred.columns, texts, filled, strict=True
        )
    )
    kept = {c.name for c in columns if c.type != "string"}
    issues = tuple(i for i in inferred.issues if i.column is None or i.column in kept)
    return columns, (*_note(columns), *issues)


def relearned(
    profile: TableProfile, column: ColumnProfile, cells: Mapping[str, int]
) -> TableProfile:
    """The profile with a column's type told from all of its cells.

    Args:
        cells: distinct texts with their counts, empty ones left out.
    """
    nothing = Cells((pa.array([], pa.string()),))
    found = typed_columns(
        [column.name], [column.name], nothing, scope="whole", late={column.name: cells}
    )
    wanted, read = found.columns[0].type, _with_empty(found.columns[0].read)
    if wanted == "string" or (wanted, read) == (column.type, column.read):
        changed = column.model_copy(update={"type": "string", "read": None, "mean": None})
        issues: tuple[DataIssue, ...] = (_kept_as_text(column, cells),)
    else:
        changed = column.model_copy(update={"type": wanted, "read": read})
        issues = found.issues
    columns = tuple(changed if c.name == column.name else c for c in profile.columns)
    known = merged(profile.issues, issues)
    return profile.model_copy(update={"columns": columns, "issues": known})


def _kept_as_text(column: ColumnProfile, cells: Mapping[str, int]) -> DataIssue:
    return DataIssue(
        kind="kept_as_text",
        column=column.name,
        message=f"{column.name} has cells that are no {column.type} ({listed(list(cells)[:3])}) "
        "and is kept as text.",
        scope="whole",
    )


def _with_empty(read: ColumnRead | None) -> ColumnRead:
    """How cells are read where empty ones are missing, which they are not to OpenCSVSerde."""
    known = read or ColumnRead()
    tokens = ("", *(token for token in known.null_tokens if token))
    return known.model_copy(update={"null_tokens": tokens})


def _column(column: CatalogColumn, inferred: ColumnProfile, text: Any, cells: Any) -> ColumnProfile:
    wanted = spark_type(column.declared_type) or "string"
    comment = {"comment": column.comment}
    if inferred.type == "string" or is_nested(wanted):
        plain = ColumnProfile(name=column.name, header=column.name, type="string")
        return with_figures(plain, text).model_copy(update=comment)
    update = {**comment, "read": _with_empty(inferred.read)}
    if _holds(wanted, inferred):
        retyped = inferred.model_copy(update={**update, "type": wanted})
        return with_figures(retyped, _values(retyped, cells))
    return inferred.model_copy(update=update)


def _holds(declared: str, inferred: ColumnProfile) -> bool:
    """Whether the declared type has room for what was found in the cells."""
    if declared in {inferred.type, "string"}:
        return False
    if family(declared) == "integer":
        return family(inferred.type) == "integer" and _fits(declared, inferred)
    return family(declared) in _WIDER.get(family(inferred.type), {family(inferred.type)})


def _fits(declared: str, inferred: ColumnProfile) -> bool:
    bits = {"tinyint": 7, "smallint": 15, "int": 31, "bigint": 63}[declared]
    low, high = inferred.minimum, inferred.maximum
    return (
        isinstance(low, int) and isinstance(high, int) and -(1 << bits) <= low <= high < 1 << bits
    )


def _values(column: ColumnProfile, cells: Any) -> Any:
    with connect() as connection:
        connection.register("cells", pa.table([cells], names=[column.name]))
        try:
            query = f"SELECT {value_sql(column)} AS value FROM cells"  # noqa: S608 - quoted names
            return connection.sql(query).to_arrow_table().column(0)
        except duckdb.Error:
            return cells


def _note(columns: Sequence[ColumnProfile]) -> list[DataIssue]:
    made = [c for c in columns if c.read is not None]
    if not made:
        return []
    named = ", ".join(f"{c.name} ({c.type})" for c in made[:6])
    more = f" and {len(made) - 6} more" if len(made) > 6 else ""
    return [
        DataIssue(
            kind="text_columns",
            message=f"The table's SerDe (OpenCSVSerde) gives text; {named}{more} are made of it.",
            scope="whole",
        )
    ]
