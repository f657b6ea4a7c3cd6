# ruff: noqa: S608  (SQL is put together from quoted names and literals)
"""Profiles of JSON: documents, arrays of documents, and lines."""

from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from spark_interpreter.errors import SourceEmpty, SourceUnreadable
from spark_interpreter.model import ColumnProfile, FileRead, FileSource, TableProfile
from spark_interpreter.sources.files.arrow_types import spark_type
from spark_interpreter.sources.files.cells import Cells
from spark_interpreter.sources.files.compression import open_bytes
from spark_interpreter.sources.files.figures import with_figures
from spark_interpreter.sources.files.locate import Located
from spark_interpreter.sources.files.relation import connect, json_sql, json_types
from spark_interpreter.sources.files.typing import typed_columns


def profile_json(
    source: FileSource, located: Located, *, name: str, sample_rows: int
) -> TableProfile:
    """Look at JSON, all of it: a type that is wrong in one document is wrong.

    Raises:
        SourceEmpty: there is no document.
        SourceUnreadable: it is not valid JSON, or not a list of objects.
    """
    read = FileRead(
        format="json",
        paths=tuple(str(p) for p in located.paths),
        script_path=located.script_path,
        multiline=not is_lines(located),
        compression=located.compression,
        engine_direct=False,
        spark_direct=located.nameable and located.compression != "xz",
    )
    with connect() as connection:
        types = _types(connection, read, located)
        relation = json_sql(read, types)
        count = connection.sql(f"SELECT count(*) FROM {relation}").fetchall()[0][0]
        if not count:
            raise SourceEmpty(f"'{located.label}' has no documents.")
        sample = connection.sql(
            f"SELECT * FROM {relation} USING SAMPLE reservoir({sample_rows} ROWS) REPEATABLE (1)"
        ).to_arrow_table()
    columns, issues = _columns(sample, whole=located.share == 1 and count <= sample_rows)
    return TableProfile(
        name=name,
        label=located.label,
        source=source,
        columns=columns,
        row_count=int(count / located.share),
        row_count_exact=located.share == 1,
        byte_count=located.size,
        sampled_rows=sample.num_rows,
        issues=issues,
        version=located.version,
        read=read,
    )


def is_lines(located: Located) -> bool:
    """Whether the first file has one document a line."""
    with open_bytes(located.paths[0], located.compression) as stream:
        for raw in stream:
            line = raw.removeprefix(b"\xef\xbb\xbf").strip()
            if line:
                return line.startswith(b"{") and line.endswith(b"}")
    return True


def _types(
    connection: duckdb.DuckDBPyConnection, read: FileRead, located: Located
) -> dict[str, str]:
    """DuckDB types of the top-level names; what engines read apart is taken as text."""
    try:
        types = json_types(connection, read)
    except duckdb.Error as exc:
        raise SourceUnreadable(
            f"'{located.label}' is not valid JSON: {str(exc).splitlines()[0]}",
            remedy="Check the file near that place.",
        ) from exc
    if set(types) == {"json"} and not _names_json(located):
        raise SourceUnreadable(
            f"'{located.label}' holds values, not objects with names.",
            remedy="Use a list of objects, or one object a line.",
        )
    return types


def _names_json(located: Located) -> bool:
    """Whether a column called "json" is one of the file's own, not DuckDB's for bare values."""
    with open_bytes(located.paths[0], located.compression) as stream:
        return b'"json"' in stream.read(4096)


def _columns(sample: Any, *, whole: bool) -> tuple[tuple[ColumnProfile, ...], tuple[Any, ...]]:
    columns: list[ColumnProfile] = []
    issues: list[Any] = []
    for place, field in enumerate(sample.schema):
        values = sample.column(place)
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            typed = typed_columns(
                [field.name],
                [field.name],
                Cells((_texts(values),)),
                scope="whole" if whole else "sample",
            )
            columns += typed.columns
            issues += typed.issues
        else:
            column = ColumnProfile(name=field.name, header=field.name, type=spark_type(field.type))
            columns.append(with_figures(column, values))
    return tuple(columns), tuple(issues)


def _texts(values: Any) -> Any:
    """One array of a column's texts; empty ones are missing."""
    array = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], pa.string())
    array = array.cast(pa.string())
    return pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)
