"""The rows of a sample by COPY, within the session that looks at the catalogs."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc

from spark_interpreter.sources.arrow_types import arrow_schema, arrow_type
from spark_interpreter.sources.postgres.session import Session
from spark_interpreter.sources.postgres.types import PostgresColumn
from spark_interpreter.sources.postgres.values import UnfitValue, converted

_PIECE_BYTES = 8 * 1024 * 1024
_TOUCH_EVERY = 1000


def copied(
    session: Session, query: str, columns: Sequence[PostgresColumn]
) -> Iterator["pa.RecordBatch"]:
    """What a query of `select_list` gives.

    Text travels as CSV, which tells null from the empty text. For many rows there is `bulk`.

    Raises:
        UnfitValue: a value is not one of its column's type.
    """
    parse = _parser(columns)
    yield from map(parse, _pieces(session, query))


def _pieces(session: Session, query: str) -> Iterator[bytes]:
    """Whole rows, some megabytes at a time: each message of COPY is a row."""
    rows: list[memoryview] = []
    size = count = 0
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv)".encode()
    session.watch.touch()
    with session.inner.cursor().copy(statement) as copy:
        for row in copy:
            rows.append(row)  # type: ignore[arg-type]
            size += len(row)
            count += 1
            if count % _TOUCH_EVERY == 1:
                session.watch.streaming()
            if size >= _PIECE_BYTES:
                yield b"".join(rows)
                rows, size = [], 0
    if rows:
        yield b"".join(rows)


def _parser(columns: Sequence[PostgresColumn]) -> Callable[[bytes], Any]:
    names = [c.name for c in columns] or ["nothing"]
    options = pc.ConvertOptions(
        column_types=dict(zip(names, map(_csv_type, columns), strict=False)) or
        {"nothing": pa.int32()},
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["t", "1"],
        false_values=["f", "0"],
    )  # fmt: skip
    reading = pc.ReadOptions(column_names=names, block_size=_PIECE_BYTES * 2, use_threads=False)
    # A null alone in its row is an empty line.
    parsing = pc.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)
    schema = arrow_schema(columns) if columns else pa.schema([("nothing", pa.int32())])

    def parse(piece: bytes) -> "pa.RecordBatch":
        # A row longer than the piece's usual size needs a block of its own.
        reading.block_size = max(_PIECE_BYTES * 2, len(piece) + 1)
        try:
            table = pc.read_csv(
                pa.BufferReader(piece), read_options=reading, parse_options=parsing,
                convert_options=options,
            )  # fmt: skip
            values = [converted(table.column(f.name), f.type) for f in schema]
        except (pa.ArrowInvalid, ValueError, TypeError) as exc:
            raise UnfitValue(_column_of(str(exc), columns)) from exc
        return pa.Table.from_arrays(values, schema=schema).combine_chunks().to_batches()[0]

    return parse


def _csv_type(column: PostgresColumn) -> Any:
    """What the CSV reader makes of a column's text."""
    if column.form in {"bytes", "array"}:
        return pa.string()
    if column.zoneless:
        return pa.timestamp("us")
    return arrow_type(column.type)


def _column_of(message: str, columns: Sequence[PostgresColumn]) -> str:
    """The column that pyarrow's message counts ("In CSV column #2: …"); "" if it does not."""
    _, _, rest = message.partition("column #")
    number = rest.partition(":")[0]
    return columns[int(number)].name if number.isdigit() and int(number) < len(columns) else ""
