"""Writes every row of a result to a file people take away."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from spark_interpreter.errors import ResultError
from spark_interpreter.model import Model
from spark_interpreter.replacing import replacing
from spark_interpreter.results.cells import column_cells, rows
from spark_interpreter.results.excel import MAX_COLUMNS, MAX_ROWS, write_excel
from spark_interpreter.results.output import Output
from spark_interpreter.results.targets import checked_ending

if TYPE_CHECKING:
    import pyarrow as pa

Format = Literal["csv", "parquet", "excel", "json", "jsonl"]

_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".parquet": "parquet",
    ".xlsx": "excel",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_FORMULA = r"^[=+\-@\t\r]"


class Exported(Model):
    """A written file.

    Attributes:
        path: where it is; its name has ".partial" in it when rows are left out.
        rows: rows in the file.
        total: rows of the result.
        notes: what differs from the result, one sentence each.
    """

    path: Path
    rows: int
    total: int
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return self.rows == self.total


def check_export_path(path: Path) -> Format:
    """The format the path's ending names, before the work for it begins.

    Raises:
        ResultError: the ending is none of ours, or the folder is missing.
    """
    return _FORMATS[checked_ending(path, _FORMATS, "A result cannot be exported as")]


def export(
    folder: str | Path,
    path: Path,
    *,
    safe_text: bool = False,
    max_rows: int | None = None,
) -> Exported:
    """Write the result in the form the path's ending names, complete or labelled partial.

    The file appears when it is finished, replacing one of the same name. Rows are streamed.

    Args:
        folder: the output folder with the manifest.
        path: .csv, .parquet, .xlsx, .json (array of objects) or .jsonl (one object a line).
        safe_text: in CSV, put an apostrophe before text that a spreadsheet would run as a
            formula. Excel files hold such text as text, so it is exact and safe there.
        max_rows: leave out the rows after this many.

    Raises:
        ResultError: the ending is none of these, the result does not fit the format, or the
            file cannot be written.
    """
    kind = check_export_path(path)
    output = Output(folder)
    total = output.manifest.row_count
    kept = min(total, max_rows if max_rows is not None else total)
    if kind == "excel":
        _check_columns(output)
        kept = min(kept, MAX_ROWS)
    target = path if kept == total else path.with_name(f"{path.stem}.partial{path.suffix}")
    with _replacing(target) as file:
        notes = _write(output, kind, file, kept, safe_text=safe_text)
    if kept < total:
        notes = (f"It has the first {kept:,} of {total:,} rows.", *notes)
    return Exported(path=target, rows=kept, total=total, notes=notes)


def write_csv(folder: str | Path, file: BinaryIO, *, safe_text: bool = False) -> int:
    """Stream every row as CSV to an open file and count them.

    Raises:
        ResultError: the files do not agree with the manifest.
    """
    output = Output(folder)
    _write_csv(output, file, output.manifest.row_count, safe_text=safe_text)
    return output.manifest.row_count


def _write(
    output: Output, kind: Format, file: BinaryIO, kept: int, *, safe_text: bool
) -> tuple[str, ...]:
    match kind:
        case "csv":
            return _write_csv(output, file, kept, safe_text=safe_text)
        case "parquet":
            return _write_parquet(output, file, kept)
        case "excel":
            return write_excel(output, file, kept)
        case "json":
            return _write_json(output, file, kept, opening=b"[\n", between=b",\n", closing=b"\n]\n")
        case "jsonl":
            return _write_json(output, file, kept, opening=b"", between=b"\n", closing=b"\n")


def _write_csv(output: Output, file: BinaryIO, kept: int, *, safe_text: bool) -> tuple[str, ...]:
    import pyarrow as pa
    import pyarrow.csv as pacsv

    columns = [c.name for c in output.manifest.columns]
    writer: pacsv.CSVWriter | None = None
    risky = 0
    for batch in _first(output, kept):
        arrays = [_csv_column(column) for column in batch.columns]
        risky += sum(map(_count_formulas, arrays))
        if safe_text:
            arrays = [_without_formulas(array) for array in arrays]
        plain = pa.RecordBatch.from_arrays(arrays, names=columns)
        writer = writer or pacsv.CSVWriter(file, plain.schema)
        writer.write_batch(plain)
    if writer is None:
        empty = pa.schema([(name, pa.string()) for name in columns])
        writer = pacsv.CSVWriter(file, empty)
    writer.close()
    if not risky:
        return ()
    cells = f"{risky:,} cells begin" if risky > 1 else "1 cell begins"
    if safe_text:
        return (f"{cells} like a formula and got an apostrophe in front.",)
    return (f"{cells} like a formula; spreadsheets may run them, which .xlsx avoids.",)


def _csv_column(column: "pa.Array") -> "pa.Array":
    """The column as CSV writes it: numbers as they are, the rest as the cells of a document."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_timestamp(kind):
        text = pc.replace_substring(column.cast(pa.string()), " ", "T", max_replacements=1)
        return pc.replace_substring_regex(text, r"\.0+(Z?)$", r"\1")
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_duration(kind):
        cells = column_cells(column)
        return pa.array(
            [c if c is None or isinstance(c, str) else _json(c) for c in cells], pa.string()
        )
    return column


def _count_formulas(column: "pa.Array") -> int:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_string(column.type):
        return 0
    return pc.sum(pc.match_substring_regex(column, _FORMULA)).as_py() or 0


def _without_formulas(column: "pa.Array") -> "pa.Array":
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_string(column.type):
        return column
    return pc.if_else(
        pc.match_substring_regex(column, _FORMULA),
        pc.binary_join_element_wise("'", column, ""),
        column,
    )


def _write_parquet(output: Output, file: BinaryIO, kept: int) -> tuple[str, ...]:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(file, output.schema, compression="zstd") as writer:
        for batch in _first(output, kept):
            writer.write_batch(batch)
    return ()


def _write_json(
    output: Output, file: BinaryIO, kept: int, *, opening: bytes, between: bytes, closing: bytes
) -> tuple[str, ...]:
    names = [c.name for c in output.manifest.columns]
    file.write(opening)
    first = True
    for batch in _first(output, kept):
        for row in rows(batch):
            file.write(b"" if first else between)
            file.write(_json(dict(zip(names, row, strict=True))).encode())
            first = False
    file.write(b"" if first and not opening else closing)
    return ()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _first(output: Output, kept: int) -> "Iterator[pa.RecordBatch]":
    for batch in output.batches():
        if kept <= 0:
            return
        yield batch.slice(0, kept)
        kept -= batch.num_rows


def _check_columns(output: Output) -> None:
    count = len(output.manifest.columns)
    if count > MAX_COLUMNS:
        raise ResultError(
            f"An Excel sheet has at most {MAX_COLUMNS:,} columns and the result has {count:,}.",
            remedy="Export it as .csv or .parquet.",
        )


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the path's place when it was written without an error."""
    try:
        with replacing(path) as file:
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            yield file
    except OSError as exc:
        raise _unwritable(path, exc) from exc


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unwritable(path: Path, exc: OSError) -> ResultError:
    return ResultError(
        f"“{path}” cannot be written: {exc.strerror or exc}.", remedy="Choose another place."
    )
