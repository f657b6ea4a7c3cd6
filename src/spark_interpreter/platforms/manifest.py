"""The manifest of an output folder, made from the Parquet footers and held against the files."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from spark_interpreter.errors import ResultError
from spark_interpreter.model import Job, Manifest, ResultColumn, ResultFile, now

MANIFEST_NAME = "manifest.json"


def write_manifest(job: Job) -> Manifest:
    """State what the finished run `job` left in its folder on this machine.

    Names that begin with a dot or underscore are marks of engines, not results.

    Raises:
        ResultError: there is no readable Parquet file, or the files differ in their columns.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = Path(job.folder)
    files: list[ResultFile] = []
    columns: tuple[ResultColumn, ...] | None = None
    for path in sorted(folder.iterdir()):
        if path.name == MANIFEST_NAME or path.name.startswith((".", "_")):
            continue
        if path.suffix != ".parquet" or path.is_symlink() or not path.is_file():
            raise ResultError(
                f"The run left something in its output that is not a result: {path.name}.",
                remedy="Let the script write its result, and nothing else, to its output.",
            )
        try:
            footer = pq.ParquetFile(path)
            found = _columns(footer.schema_arrow)
            rows = footer.metadata.num_rows
        except (OSError, pa.ArrowException) as exc:
            raise ResultError(
                f"The run left a file that is not readable Parquet: {path.name}.",
                remedy="Run the script again.",
                detail=str(exc),
            ) from exc
        if columns not in (None, found):
            raise ResultError(
                f"The result's files differ in their columns; {path.name} is the first.",
                remedy="Let the script write its result once, at the end.",
            )
        columns = found
        files.append(ResultFile(path=path.name, rows=rows, bytes=path.stat().st_size))
    if columns is None:
        raise ResultError("The run left no result.", remedy=f"Write it to {job.output}.")
    manifest = Manifest(
        run_id=job.run_id,
        columns=columns,
        row_count=sum(file.rows for file in files),
        files=tuple(files),
        ordered=job.ordered,
        created=now(),
    )
    partial = folder / f".{MANIFEST_NAME}.partial"
    partial.write_text(manifest.model_dump_json(indent=2), encoding="utf-8")
    partial.replace(folder / MANIFEST_NAME)
    return manifest


def _columns(schema: Any) -> tuple[ResultColumn, ...]:
    return tuple(ResultColumn(name=field.name, type=spark_type(field.type)) for field in schema)


def spark_type(arrow: Any) -> str:
    """The Spark SQL name of an Arrow type."""
    import pyarrow.types as pt

    for is_kind, name in _COMPOSED_NAMES:
        if getattr(pt, is_kind)(arrow):
            return name(arrow)
    return _SIMPLE_NAMES.get(str(arrow), str(arrow))


def _fields(struct: Iterable[Any]) -> str:
    return ",".join(f"{field.name}:{spark_type(field.type)}" for field in struct)


_COMPOSED_NAMES: tuple[tuple[str, Callable[[Any], str]], ...] = (
    ("is_decimal", lambda arrow: f"decimal({arrow.precision},{arrow.scale})"),
    ("is_timestamp", lambda arrow: "timestamp" if arrow.tz else "timestamp_ntz"),
    ("is_list", lambda arrow: f"array<{spark_type(arrow.value_type)}>"),
    ("is_large_list", lambda arrow: f"array<{spark_type(arrow.value_type)}>"),
    ("is_map", lambda arrow: f"map<{spark_type(arrow.key_type)},{spark_type(arrow.item_type)}>"),
    ("is_struct", lambda arrow: f"struct<{_fields(arrow)}>"),
    ("is_dictionary", lambda arrow: spark_type(arrow.value_type)),
)

_SIMPLE_NAMES = {
    "null": "void",
    "bool": "boolean",
    "int8": "tinyint", "int16": "smallint", "int32": "int", "int64": "bigint",
    "uint8": "smallint", "uint16": "int", "uint32": "bigint", "uint64": "decimal(20,0)",
    "float": "float", "halffloat": "float", "double": "double",
    "string": "string", "large_string": "string", "string_view": "string",
    "binary": "binary", "large_binary": "binary", "binary_view": "binary",
    "date32[day]": "date", "date64[ms]": "date",
    "duration[us]": "interval day to second",
    "month_interval": "interval year to month",
}  # fmt: skip
