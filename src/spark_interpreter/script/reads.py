"""The source section: how a script reads its data."""

import textwrap
from collections.abc import Sequence

from spark_interpreter.model import (
    JDBC_DRIVERS,
    ColumnProfile,
    ColumnRead,
    FileRead,
    GlueRead,
    JdbcRead,
    TableProfile,
)
from spark_interpreter.model.types import family
from spark_interpreter.script.literals import column_name, comment, schema_name, string

_GROUPING = (",", ".", "'")
_WIDTH = 88
_INDENT = "    "
_KINDS = {"excel": "an Excel workbook", "csv": "this text", "parquet": "these types",
          "json": "this JSON"}  # fmt: skip


def portable_read(profile: TableProfile) -> str:
    """The statement that reads a source anywhere."""
    match profile.read:
        case GlueRead() as read:
            table = f"spark.table({string(read.locations[0])})"
            return _statement(profile.name, [table, *_conversions(profile.columns)])
        case JdbcRead() as read:
            return _statement(profile.name, _jdbc_steps(read))
        case FileRead() as read:
            return _file_read(profile, read)


def _jdbc_steps(read: JdbcRead) -> list[str]:
    options = [("url", read.url), ("dbtable", read.table), ("driver", JDBC_DRIVERS[read.dialect])]
    if part := read.partition:
        options += [("partitionColumn", part.column), ("lowerBound", part.lower),
                    ("upperBound", part.upper), ("numPartitions", str(part.count))]  # fmt: skip
    steps = [f".option({string(name)}, {string(value)})" for name, value in options]
    return [
        'spark.read.format("jdbc")',
        *steps[:2],
        f".options(**credentials({string(read.connection)}))",
        *steps[2:],
        ".load()",
    ]


def _file_read(profile: TableProfile, read: FileRead) -> str:
    if not read.spark_direct and read.columnar:
        return f"{_why_converted(profile)}\n{_columnar_read(profile)}"
    if read.format == "parquet":
        return _statement(profile.name, _parquet_steps(profile, read))
    steps = [*_reader(read), f".schema({_schema(profile.columns)})"]
    steps.append(f".{'json' if read.format == 'json' else 'csv'}({_paths(read)})")
    steps += _conversions(profile.columns)
    return _statement(profile.name, steps)


def _parquet_steps(profile: TableProfile, read: FileRead) -> list[str]:
    """Files know their types; engines differ in what they make of the names of folders."""
    if not read.partition_columns:
        return [f"spark.read.parquet({_paths(read)})"]
    return ["spark.read", f".schema({_schema(profile.columns)})", f".parquet({_paths(read)})"]


def local_read(profile: TableProfile) -> str:
    """The statement that reads a source with the embedded engine."""
    read = profile.read
    return (
        _columnar_read(profile) if read.columnar and read.spark_direct else portable_read(profile)
    )


def stored_type(column: ColumnProfile) -> str:
    """The type a column is read with, before the source section makes values of its cells."""
    return "string" if column.read else column.type


def value_expression(column: ColumnProfile) -> str | None:
    """The expression that makes a value of a text cell, after trimming and null tokens.

    What does not fit raises. None if the text is the value.
    """
    read = column.read or ColumnRead()
    value = _without_signs(_Text(column_name(column.name)), read)
    if read.pattern:
        function = "F.to_date" if column.type == "date" else "F.to_timestamp"
        return value.call(function, string(read.pattern)).column
    if column.type == "string":
        return None
    ratio = " / 100" if read.percent else ""
    return f'{value.column}.cast("{column.type}"){ratio}'


class _Text:
    """A column of text: a name as long as functions take one, else an expression."""

    def __init__(self, name: str) -> None:
        self.argument = string(name)
        self.column = f"F.col({self.argument})"

    @classmethod
    def expression(cls, code: str) -> "_Text":
        made = cls("")
        made.argument = made.column = code
        return made

    def call(self, function: str, *arguments: str) -> "_Text":
        return _Text.expression(f"{function}({', '.join((self.argument, *arguments))})")


def _without_signs(value: _Text, read: ColumnRead) -> _Text:
    for sign in (s for s in read.remove if s in _GROUPING):
        pattern = r"\\." if sign == "." else sign
        value = value.call("F.regexp_replace", f'r"{pattern}(\\d{{3}})"'.replace("\\\\", "\\"),
                           '"$1"')  # fmt: skip
    for word in (s for s in read.remove if len(s) > 1):
        value = value.call("F.replace", f"F.lit({string(word)})", 'F.lit("")')
    singles = "".join(s for s in read.remove if len(s) == 1 and s not in _GROUPING)
    if read.decimal_mark == ",":
        return value.call("F.translate", string("," + singles), '"."')
    return value.call("F.translate", string(singles), '""') if singles else value


def _why_converted(profile: TableProfile) -> str:
    read = profile.file_read
    what = "ragged text" if read.ragged else _KINDS[read.format]
    return comment(f"Converted from {profile.label}: Spark does not read {what} as it stands.")


def _columnar_read(profile: TableProfile) -> str:
    assert profile.read.columnar is not None
    return f"{profile.name} = spark.read.parquet({string(profile.read.columnar)})"


def _reader(read: FileRead) -> list[str]:
    options = []
    if read.format == "csv":
        if read.header:
            options.append(("header", "true"))
        if read.delimiter != ",":
            options.append(("sep", read.delimiter))
        if read.quote != '"':
            options.append(("quote", read.quote))
        if read.quoted:
            options.append(("escape", read.escape))
        if read.encoding != "UTF-8":
            options.append(("encoding", read.encoding))
    if read.multiline:
        options.append(("multiLine", "true"))
    options.append(("mode", "FAILFAST"))
    first, *rest = (f".option({string(name)}, {string(value)})" for name, value in options)
    return [f"spark.read{first}", *rest]


def _schema(columns: Sequence[ColumnProfile]) -> str:
    fields = [f"{schema_name(c.name)} {_written(stored_type(c))}" for c in columns]
    whole = string(", ".join(fields))
    if len(whole) + 14 <= _WIDTH:
        return whole
    lines: list[str] = []
    line = ""
    for place, field in enumerate(fields):
        piece = field + (", " if place < len(fields) - 1 else "")
        if line and len(line) + len(piece) > _WIDTH - 10:
            lines.append(line)
            line = ""
        line += piece
    lines.append(line)
    return "\n" + textwrap.indent("\n".join(map(string, lines)), _INDENT) + "\n"


def _written(type_name: str) -> str:
    return type_name if family(type_name) == "other" else type_name.upper()


def _paths(read: FileRead) -> str:
    if read.script_path:
        return string(read.script_path)
    return "[\n" + "".join(f"{_INDENT}{string(p)},\n" for p in read.locations) + "]"


def _conversions(columns: Sequence[ColumnProfile]) -> list[str]:
    """The steps from text cells to values: trim, null tokens, values."""
    repaired = [(c, c.read) for c in columns if c.read]
    trimmed = [(c.name, f"F.trim({string(column_name(c.name))})") for c, r in repaired if r.trim]
    tokens: dict[tuple[str, ...], list[str]] = {}
    for column, read in repaired:
        if read.null_tokens:
            tokens.setdefault(read.null_tokens, []).append(column_name(column.name))
    values = [(c.name, e) for c, _ in repaired if (e := value_expression(c))]
    return [
        *_with_columns(trimmed),
        *(f".replace({_list(words)}, None, {_list(names)})" for words, names in tokens.items()),
        *_with_columns(values),
    ]


def _with_columns(values: Sequence[tuple[str, str]]) -> list[str]:
    if not values:
        return []
    if len(values) == 1:
        name, value = values[0]
        whole = f".withColumn({string(name)}, {value})"
        if len(whole) <= _WIDTH:
            return [whole]
    entries = "".join(_entry(name, value) for name, value in values)
    return [f".withColumns(\n{_INDENT}{{\n{entries}{_INDENT}}}\n)"]


def _entry(name: str, value: str) -> str:
    line = f"{_INDENT * 2}{string(name)}: {value},\n"
    if len(line) + 4 <= _WIDTH + 12:
        return line
    return f"{_INDENT * 2}{string(name)}: (\n{_INDENT * 3}{value}\n{_INDENT * 2}),\n"


def _list(words: Sequence[str]) -> str:
    return f"[{', '.join(map(string, words))}]"


def _statement(name: str, steps: Sequence[str]) -> str:
    if len(steps) == 1:
        return f"{name} = {steps[0]}"
    body = textwrap.indent("\n".join(steps), _INDENT)
    return f"{name} = (\n{body}\n)"
