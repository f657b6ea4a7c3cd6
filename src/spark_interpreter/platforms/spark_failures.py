"""What ended a run on Apache Spark, as an error of ours: read from its driver's log."""

import re
from typing import NamedTuple

from spark_interpreter.errors import (
    DataMismatch,
    EngineUnavailable,
    RunError,
    RunOutOfMemory,
    ScriptFailed,
)
from spark_interpreter.platforms.embedded.logs import first_sentence, plain_text

_FRAME = re.compile(r'^ *File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<where>.+))?$')
_TRACEBACK = "Traceback (most recent call last):"
_LOG_LINE = re.compile(r"^\d\d/\d\d/\d\d \d\d:\d\d:\d\d [A-Z]+ ")
_RAISED = re.compile(r"^(?P<type>[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit)\w*)(?:: |$)")

_OUT_OF_MEMORY = re.compile(
    r"java\.lang\.OutOfMemoryError|exceeding memory limits|exit(?:ed)?[ _]?code:? ?(?:137|52)\b"
    r"|Cannot allocate memory|MemoryError|Total size of serialized results",
    re.IGNORECASE,
)
_NO_ENTRY = re.compile(r"StatusCode\.UNAUTHENTICATED")
_MALFORMED = re.compile(r"MALFORMED_RECORD_IN_PARSING|Malformed records are detected")
_BAD_VALUE = (
    re.compile(
        r"\[CAST_INVALID_INPUT\] The value '(?P<value>.*?)' of the type \"STRING\" "
        r'cannot be cast to "(?P<type>[^"]+)"',
        re.DOTALL,
    ),
    re.compile(r"\[CANNOT_PARSE_TIMESTAMP\] Text '(?P<value>.*?)' could not be parsed", re.DOTALL),
)
_MALFORMED_VALUE = (
    re.compile(r"Text '(?P<value>[^'\n]*)' could not be parsed"),
    re.compile(r'NumberFormatException: For input string: "(?P<value>[^"\n]*)"'),
    re.compile(r'For input string: "(?P<value>[^"\n]*)"'),
    re.compile(r"Character (?P<value>\S+) is neither a decimal digit number"),
)
_FILE = re.compile(r"reading file:? (?P<path>(?:s3a?|file|hdfs):/\S+?)\.?(?:\s|$)", re.MULTILINE)
_NO_COLUMN = re.compile(r"\[UNRESOLVED_COLUMN\.[A-Z_]+\] .*? with name (?P<name>`.+?`) cannot")
_CONDITION = re.compile(r"\[[A-Z][A-Z_.]+\] (?P<message>.+)", re.DOTALL)
_CAUSE = re.compile(r"^Caused by: [\w.$]+: (?P<message>.+)$", re.MULTILINE)
_JAVA = re.compile(r"An error occurred while calling [\w.]+\.?\s*:? ?[\w.$]+: (?P<message>.+)")


class _Raised(NamedTuple):
    """A Python exception as a log has it; `line` is the script's."""

    message: str
    trace: str
    line: int | None


def run_error(log: str, script: str) -> RunError:
    """The error for a script that failed on Apache Spark.

    Args:
        log: of the driver: both its streams, as Apache Spark sends what Python says of an error
            to standard output.
        script: the text that ran.
    """
    text = plain_text(log)
    raised = _raised(text, script)
    trace = raised.trace if raised else text[-8000:]
    if (mismatch := _mismatch(trace)) is not None:
        return mismatch
    if _OUT_OF_MEMORY.search(trace) or (raised is None and _OUT_OF_MEMORY.search(text)):
        return RunOutOfMemory(
            "The run needed more memory than its workers have.",
            remedy="Ask for less data at once, or let its workers have more memory.",
            detail=trace,
        )
    if _NO_ENTRY.search(trace):
        return EngineUnavailable(
            "The cluster does not take the token.",
            remedy="Set connect.token to one that is valid, and see that its user may run there.",
            detail=trace,
        )
    line = raised.line if raised else None
    where = f" at line {line}" if line else ""
    message = _sentence(raised.message if raised else _last_problem(text))
    return ScriptFailed(
        f"The script failed{where}: {message}",
        remedy="Correct the script and run it again.",
        detail=trace,
        line=line,
    )


def _raised(text: str, script: str) -> _Raised | None:
    """The last exception of Python in a log."""
    lines = text.splitlines()
    starts = [n for n, line in enumerate(lines) if line == _TRACEBACK]
    if not starts:
        return _not_python(lines)
    start = starts[-1]
    found = [n for n in range(start + 1, len(lines)) if _RAISED.match(lines[n])]
    if not found:
        return None
    end = next((n for n in range(found[0], len(lines)) if _LOG_LINE.match(lines[n])), len(lines))
    frames = [match for line in lines[start : found[0]] if (match := _FRAME.match(line))]
    return _Raised(
        "\n".join(lines[found[0] : end]),
        "\n".join(lines[start:end]),
        _script_line(frames, script),
    )


def _not_python(lines: list[str]) -> _Raised | None:
    """A script that cannot be parsed has a place, and no traceback."""
    for number, line in enumerate(lines):
        if re.match(r"^(?:SyntaxError|IndentationError|TabError): ", line):
            frame = next(
                (m for each in reversed(lines[:number]) if (m := _FRAME.match(each))), None
            )
            trace = "\n".join(lines[max(0, number - 4) : number + 1])
            return _Raised(line, trace, int(frame["line"]) if frame else None)
    return None


def _script_line(frames: list[re.Match[str]], script: str) -> int | None:
    """The deepest frame in the script's own file, which is where `<module>` comes first."""
    main = next((frame["file"] for frame in frames if frame["where"] == "<module>"), None)
    numbers = [int(frame["line"]) for frame in frames if frame["file"] == main]
    count = script.count("\n") + 1
    return numbers[-1] if numbers and numbers[-1] <= count else None


def _mismatch(trace: str) -> DataMismatch | None:
    match = next((m for pattern in _BAD_VALUE if (m := pattern.search(trace))), None)
    if match is None and not _MALFORMED.search(trace):
        return None
    if match is None:
        match = next((m for pattern in _MALFORMED_VALUE if (m := pattern.search(trace))), None)
    parts = match.groupdict() if match else {}
    value, kind = parts.get("value"), (parts.get("type") or "value of its column's type").lower()
    file = _FILE.search(trace)
    what = f"The value {value[:80]!r}" if value is not None else "A row of the data"
    verb = "is not a valid" if value is not None else "has a cell that is not a valid"
    return DataMismatch(
        f"{what} {verb} {kind}.",
        remedy="Read the column with a wider type, or correct the data.",
        detail=trace,
        path=file["path"] if file else None,
        value=value,
    )


def _sentence(message: str) -> str:
    if (unresolved := _NO_COLUMN.search(message)) is not None:
        name = unresolved["name"].replace("`", "")
        return f"There is no column {name!r} here."
    cause = [m["message"] for m in _CAUSE.finditer(message)]
    told = cause[-1] if cause else message
    if (java := _JAVA.search(told)) is not None:
        told = java["message"]
    if (condition := _CONDITION.search(told)) is not None:
        told = condition["message"]
    return first_sentence(told.split("\n", maxsplit=1)[0].split(" SQLSTATE")[0].rstrip(";"))


def _last_problem(text: str) -> str:
    lines = [line for line in text.splitlines() if _RAISED.search(line) or " ERROR " in line]
    return _LOG_LINE.sub("", lines[-1]) if lines else "its log does not say why."
