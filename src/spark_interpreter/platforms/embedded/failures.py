"""What ended a run, as an error of ours."""

import re
from collections.abc import Sequence
from pathlib import Path

from spark_interpreter.errors import DataMismatch, OutputTooLarge, RunError, ScriptFailed
from spark_interpreter.model import EmptyTable, Staged
from spark_interpreter.platforms.embedded.logs import first_sentence, plain_text
from spark_interpreter.platforms.embedded.plan_failures import engine_told
from spark_interpreter.platforms.embedded.protocol import Raised

_ENGINE_TYPES = {
    "Boolean": "boolean", "Int8": "tinyint", "Int16": "smallint", "Int32": "int",
    "Int64": "bigint", "Float32": "float", "Float64": "double", "Date32": "date",
}  # fmt: skip

_BAD_CELL = (
    re.compile(
        r"Error while parsing value '(?P<value>.*?)' as type '(?P<type>\w+)' "
        r"for column (?P<index>\d+) at line (?P<row>\d+)", re.DOTALL
    ),
    re.compile(
        r"Error parsing column (?P<index>\d+) at line (?P<row>\d+): "
        r".*?from '(?P<value>.*?)'", re.DOTALL
    ),
    re.compile(r"can't parse the string value (?P<value>.*) to (?P<type>\w+)", re.DOTALL),
    re.compile(
        r"Cannot cast (?:string|value) '(?P<value>.*)' to value of (?P<type>\w+)", re.DOTALL
    ),
    re.compile(
        r"\[CAST_INVALID_INPUT\] The value '(?P<value>.*?)' of the type \"STRING\" "
        r"cannot be cast to \"(?P<type>[\w() ,]+)\"", re.DOTALL
    ),
    re.compile(r"^invalid (?P<type>timestamp|date): (?P<value>.*)$", re.DOTALL),
    re.compile(r"String '(?P<value>.*)' does not match the expected regex pattern", re.DOTALL),
    re.compile(r"datetime field at byte offset \d+"),
    re.compile(r"incorrect number of fields for line (?P<line>\d+), (?P<fields>.*)"),
)  # fmt: skip

_PIECE_BYTES = 8 * 1024 * 1024

_DENIED = re.compile(r"Permission denied|os error 13\b|\[Errno 13\]")
_OUT_OF_SPACE = re.compile(r"File too large|os error 27\b|No space left|os error 28\b")


def run_error(raised: Raised, staged: Sequence[Staged] = ()) -> RunError:
    """The error for an exception that ended a script.

    Args:
        staged: what stood on this machine for the places the script read.
    """
    detail = plain_text(raised.trace)
    message = engine_told(raised).message if raised.engine else first_sentence(raised.message)
    if _OUT_OF_SPACE.search(raised.message):
        return OutputTooLarge(
            "The run wrote a file that is larger than its limit.",
            remedy="Raise the setting `limits.output_mb`, or ask for fewer rows.",
            detail=detail,
        )
    if raised.engine:
        mismatch = _mismatch(raised, detail, staged)
        if mismatch is not None:
            return mismatch
    if _DENIED.search(raised.message):
        return ScriptFailed(
            "The script reaches for a place that is not its own: " + first_sentence(raised.message),
            remedy="Name everything it reads as a source, and write only the result.",
            detail=detail,
            line=raised.line,
        )
    where = f" at line {raised.line}" if raised.line else ""
    return ScriptFailed(
        f"The script failed{where}: {message}",
        remedy="Correct the script and run it again.",
        detail=detail,
        line=raised.line,
    )


def _mismatch(raised: Raised, detail: str, staged: Sequence[Staged]) -> DataMismatch | None:
    for pattern in _BAD_CELL:
        match = pattern.search(raised.message)
        if match:
            break
    else:
        return None
    parts = match.groupdict()
    index = int(parts["index"]) if parts.get("index") else None
    table = _misread_table(raised.reads, index, parts.get("type"))
    column = table.columns[index].name if table and index is not None else None
    counted = parts.get("row") and table and _read_in_one_piece(table.location, staged)
    row = int(parts["row"]) if counted else None
    value = plain_text(parts["value"]) if parts.get("value") is not None else None
    return DataMismatch(
        _mismatch_sentence(parts, column, row, value),
        remedy="Read the column with a wider type, or correct the data.",
        detail=detail,
        path=table.location if table else None,
        column=column,
        row=row,
        value=value,
    )


def _read_in_one_piece(location: str, staged: Sequence[Staged]) -> bool:
    """Whether the engine counts rows from the file's start: it cuts large files into pieces."""
    copies = [path for copy in staged if copy.location == location for path in copy.paths]
    path = Path(copies[0] if len(copies) == 1 else location)
    return path.is_file() and path.stat().st_size < _PIECE_BYTES


def _mismatch_sentence(
    parts: dict[str, str], column: str | None, row: int | None, value: str | None
) -> str:
    if parts.get("fields"):
        return f"Line {parts['line']} of the data has another number of fields: {parts['fields']}."
    what = f"The value {value[:80]!r}" if value is not None else "A value"
    where = f" in column {column!r}" if column else ""
    at = f" at row {row}" if row else ""
    kind = _ENGINE_TYPES.get(parts.get("type") or "", (parts.get("type") or "").lower())
    return f"{what}{where}{at} is not a valid {kind or 'date or time'}."


def _misread_table(
    reads: Sequence[EmptyTable], index: int | None, engine_type: str | None
) -> EmptyTable | None:
    """The one table the message can be about, judged by position and type of the column."""
    if index is None:
        return reads[0] if len(reads) == 1 else None
    expected = _ENGINE_TYPES.get(engine_type or "")
    candidates = [
        table
        for table in reads
        if index < len(table.columns)
        and (expected is None or table.columns[index].type.lower() == expected)
    ]
    return candidates[0] if len(candidates) == 1 else None
