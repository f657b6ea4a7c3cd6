"""What the engine, its client or the script raised, as errors and findings of ours."""

import re
from collections.abc import Sequence

from spark_interpreter.errors import DataMismatch, OutputTooLarge, RunError, ScriptFailed
from spark_interpreter.model import EmptyTable, PlanFailure
from spark_interpreter.platforms.embedded.logs import plain_text
from spark_interpreter.platforms.embedded.protocol import Raised

_MESSAGE_MAX = 600

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

_OUT_OF_SPACE = re.compile(r"File too large|os error 27\b|No space left|os error 28\b")

_IDENTIFIER = re.compile(r'Identifier\("((?:[^"\\]|\\.)*)"\)')
_CONDITION = re.compile(r"\[([A-Z][A-Z0-9_.]+)\]\s*(.*)", re.DOTALL)


def run_error(raised: Raised, log: str) -> RunError:
    """The error for an exception that ended a script."""
    detail = plain_text(raised.trace) + log
    message = _first_sentence(raised.message)
    if _OUT_OF_SPACE.search(raised.message):
        return OutputTooLarge(
            "The run wrote a file that is larger than its limit.",
            remedy="Raise the setting `limits.output_mb`, or ask for fewer rows.",
            detail=detail,
        )
    if raised.engine:
        mismatch = _mismatch(raised, detail)
        if mismatch is not None:
            return mismatch
    where = f" at line {raised.line}" if raised.line else ""
    return ScriptFailed(
        f"The script failed{where}: {message}",
        remedy="Correct the script and run it again.",
        detail=detail,
        line=raised.line,
    )


def _mismatch(raised: Raised, detail: str) -> DataMismatch | None:
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
    row = int(parts["row"]) if parts.get("row") else None
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


def plan_failure(raised: Raised) -> PlanFailure | None:
    """Why the plan does not resolve; None if only real rows could tell."""
    if raised.after_data and not raised.engine:
        return None
    condition, message, name = _plan_message(raised)
    return PlanFailure(
        error_class=condition,
        message=message,
        line=raised.line,
        name=name,
        unsupported=raised.unsupported,
    )


def _plan_message(raised: Raised) -> tuple[str, str, str | None]:
    """Spark's condition, one sentence, and the name it is about."""
    text = plain_text(raised.message)
    identifiers = ".".join(_IDENTIFIER.findall(text)) or None
    if "is missing from the schema" in text:
        return "UNRESOLVED_COLUMN", f"There is no column {identifiers!r} here.", identifiers
    if text.startswith("ambiguous attribute"):
        return (
            "AMBIGUOUS_REFERENCE",
            f"More than one column here is called {identifiers!r}.",
            identifiers,
        )
    if match := re.search(r"unknown (?:table )?function: (\S+)", text):
        name = match[1]
        return "UNRESOLVED_ROUTINE", f"The engine has no function {name!r}.", name
    if match := re.search(r"Table or view not found: (\S+)", text):
        return "TABLE_OR_VIEW_NOT_FOUND", f"There is no table {match[1]!r}.", match[1]
    if text.startswith("No field named"):
        return (
            "MISSING_AGGREGATION",
            "A column is used here that is neither grouped by nor aggregated.",
            None,
        )
    if "non-boolean predicate" in text:
        return "DATATYPE_MISMATCH", "The condition of a filter is not true or false.", None
    if "coercion failed" in text or "No function matches" in text:
        return "DATATYPE_MISMATCH", _first_sentence(text), _called_function(text)
    if "different number of columns" in text:
        return "NUM_COLUMNS_MISMATCH", _first_sentence(text), None
    if text.startswith("invalid argument: found"):
        return "PARSE_SYNTAX_ERROR", f"The SQL text does not parse: {_first_sentence(text)}", None
    if match := _CONDITION.match(text):
        return match[1], _first_sentence(match[2]), _quoted(match[2])
    return raised.condition or raised.type, _first_sentence(text), None


def _called_function(text: str) -> str | None:
    match = re.search(r"[Ff]unction [`'](?:spark_)?(\w+)[`']", text)
    return match[1] if match else None


def _quoted(text: str) -> str | None:
    match = re.search(r"[`'\"]([^`'\"]+)[`'\"]", text)
    return match[1] if match else None


def _first_sentence(message: str) -> str:
    """The message up to the engine's notes to itself (candidate lists, stack noise)."""
    text = plain_text(message).split("\n\n")[0].split("\n\t")[0]
    text = re.split(r" No function matches |\. You might need|\nJVM stack|\nstatus = ", text)[0]
    text = " ".join(text.split())
    return text if len(text) <= _MESSAGE_MAX else text[:_MESSAGE_MAX] + "…"
