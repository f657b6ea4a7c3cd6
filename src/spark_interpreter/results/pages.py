"""A page of a result's rows, in the result's order or sorted by a column."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spark_interpreter.errors import UsageError
from spark_interpreter.model.result import Cell
from spark_interpreter.results.cells import rows
from spark_interpreter.results.output import Output

if TYPE_CHECKING:
    import duckdb

_MEMORY = "512MB"


def page(
    folder: str | Path,
    *,
    offset: int,
    limit: int,
    sort: str | None = None,
    descending: bool = False,
) -> Sequence[tuple[Cell, ...]]:
    """Rows `offset` to `offset + limit`; missing cells come last when sorted.

    Raises:
        UsageError: there is no such column.
        ResultError: the files do not agree with the manifest.
    """
    output = Output(folder)
    columns = [column.name for column in output.manifest.columns]
    if sort is not None and sort not in columns:
        raise UsageError(
            f"The result has no column “{sort}”.", remedy=f"Sort by one of: {', '.join(columns)}."
        )
    if offset >= output.manifest.row_count:
        return ()
    files = [str(output.folder / file.path) for file in output.manifest.files]
    order = f"{_quoted(sort)} {'DESC' if descending else 'ASC'} NULLS LAST, " if sort else ""
    with _engine() as engine:
        table = engine.sql(
            f"SELECT {', '.join(map(_quoted, columns))}"  # noqa: S608 - quoted
            " FROM read_parquet($files, filename = 'the file', file_row_number = true)"
            f' ORDER BY {order}list_position($files, "the file"), file_row_number'
            " LIMIT $limit OFFSET $offset",
            params={"files": files, "limit": limit, "offset": offset},
        ).to_arrow_table()
    return rows(table)


def _engine() -> "duckdb.DuckDBPyConnection":
    import duckdb

    return duckdb.connect(config={"memory_limit": _MEMORY, "threads": 1})


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
