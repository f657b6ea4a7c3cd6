"""Profiles of delimited text, taken from a sample of several places."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from spark_interpreter.errors import SourceEmpty, SourceUnreadable
from spark_interpreter.model import DataIssue, FileRead, FileSource, TableProfile
from spark_interpreter.sources.files.dialect import Dialect, Row, column_order, detect, parse
from spark_interpreter.sources.files.issues import row_issues
from spark_interpreter.sources.files.locate import Located
from spark_interpreter.sources.files.text import TextSample, sample_text
from spark_interpreter.sources.files.typing import typed_columns
from spark_interpreter.sources.names import column_names

_MAX_FILES = 16
_MAX_CELLS = 600_000
_SPARK_COMPRESSIONS = {None, "gzip", "bzip2"}
_WIDE_ENCODINGS = ("UTF-16", "UTF-32", "utf-16", "utf-32")


class _Sampled(NamedTuple):
    """The rows of a sample, padded to the table's width, and what was odd about them."""

    rows: list[Row]
    whole: bool
    short: int
    long: int
    extra_cells: tuple[str, ...]


@dataclass(frozen=True)
class _Layout:
    text: TextSample
    dialect: Dialect
    headers: tuple[str, ...]
    reordered: bool = False
    unnamed_first: bool = False


def profile_delimited(
    source: FileSource,
    located: Located,
    *,
    name: str,
    sample_rows: int,
    late: Mapping[str, Mapping[str, int]] | None = None,
) -> TableProfile:
    """Look at delimited text.

    Args:
        late: cells by column that the sample lacks but the source has, with their counts.

    Raises:
        SourceEmpty: there is not even a header.
        SourceUnreadable: it is not text, or its files do not have the same columns.
    """
    layout = _layout(source, located)
    sampled = _sample(located, layout, sample_rows)
    names = column_names(layout.headers)
    scope = "whole" if sampled.whole else "sample"
    typed = typed_columns(names, layout.headers, sampled.rows, scope=scope, late=late or {})
    read = _read_plan(located, layout, sampled)
    count, exact = _row_count(located, layout, sampled)
    return TableProfile(
        name=name,
        label=located.label,
        source=source,
        columns=typed.columns,
        row_count=count,
        row_count_exact=exact,
        byte_count=located.size,
        sampled_rows=len(sampled.rows),
        issues=(*_layout_issues(layout, sampled, names, scope), *typed.issues),
        version=located.version,
        read=read,
    )


def _layout(source: FileSource, located: Located) -> _Layout:
    first = located.paths[0]
    text = sample_text(first, located.compression, source.encoding)
    if source.delimiter is not None and len(source.delimiter) != 1:
        raise SourceUnreadable(
            f"The delimiter {source.delimiter!r} has {len(source.delimiter)} characters.",
            remedy="Name a delimiter of one character.",
        )
    if not text.chunks[0].strip():
        raise SourceEmpty(f"'{located.label}' is empty.", remedy="Name a file that has data.")
    dialect = detect(text.chunks[0], delimiter=source.delimiter, header=source.header)
    rows = parse(text.chunks[0], dialect)[dialect.skip_rows :]
    widths = Counter(len(row) for row in rows[1:] or rows)
    body_width = max(widths, key=lambda w: (widths[w], w))
    if not dialect.header:
        headers: tuple[str, ...] = ("",) * body_width
    else:
        headers = tuple(rows[0])
    unnamed = (
        dialect.header
        and body_width == len(headers) + 1
        and all(row[-1].strip() for row in rows[1:50] if len(row) == body_width)
    )
    if unnamed:
        headers = ("", *headers)
    while dialect.header and len(headers) > max(1, body_width) and not headers[-1].strip():
        headers = headers[:-1]
    reordered = _check_headers(located, dialect, rows[0], source) if dialect.header else False
    return _Layout(text, dialect, headers, reordered, unnamed)


def _check_headers(located: Located, dialect: Dialect, header: Row, source: FileSource) -> bool:
    """Whether later files have the same columns in another order; other columns are an error."""
    reordered = False
    for path in located.paths[1:]:
        text = _first_line(path, located, source)
        other = parse(text, dialect)
        if other and other[0] != header:
            if sorted(other[0]) != sorted(header):
                raise SourceUnreadable(
                    f"'{path.name}' has other columns than '{located.paths[0].name}'.",
                    remedy="Name files with the same columns, or each as a source of its own.",
                )
            reordered = True
    return reordered


def _first_line(path: Path, located: Located, source: FileSource) -> str:
    text = sample_text(path, located.compression, source.encoding)
    return text.chunks[0][: text.chunks[0].find("\n") + 1] or text.chunks[0]


def _sample(located: Located, layout: _Layout, sample_rows: int) -> _Sampled:
    width = len(layout.headers)
    whole = layout.text.whole and len(located.paths) <= _MAX_FILES
    limit = max(100, min(sample_rows, _MAX_CELLS // width))
    rows = _table_rows(layout.text, layout.dialect, layout.dialect.header)
    for path in _spread(located.paths[1:]):
        more = sample_text(path, located.compression, layout.text.encoding)
        whole = whole and more.whole
        rows += _in_order(more, layout)
    if not whole and len(rows) > limit:
        step = len(rows) / limit
        rows = [rows[int(place * step)] for place in range(limit)]
    short = sum(1 for row in rows if len(row) < width)
    extras = [cell for row in rows for cell in row[width:] if cell.strip()]
    long = sum(1 for row in rows if any(cell.strip() for cell in row[width:]))
    if any(len(row) != width for row in rows):
        rows = [(row + [""] * (width - len(row)))[:width] for row in rows]
    return _Sampled(rows, whole, short, long, tuple(extras[:3]))


def _in_order(text: TextSample, layout: _Layout) -> list[Row]:
    """A later file's rows, with its cells in the first file's order."""
    rows = _table_rows(text, layout.dialect, layout.dialect.header)
    if not layout.reordered:
        return rows
    header = parse(text.chunks[0], layout.dialect)[layout.dialect.skip_rows]
    order = column_order(header, layout.headers)
    return rows if order is None else [[r[i] if i < len(r) else "" for i in order] for r in rows]


def _spread(paths: Sequence[Path]) -> Sequence[Path]:
    step = max(1, len(paths) // _MAX_FILES)
    return paths[::step][:_MAX_FILES]


def _table_rows(text: TextSample, dialect: Dialect, header: bool) -> list[Row]:
    rows = parse(text.chunks[0], dialect)[dialect.skip_rows + header :]
    for chunk in text.chunks[1:]:
        # A chunk that starts or ends within quotes would be cut into wrong rows.
        if dialect.multiline or chunk.count(dialect.quote) % 2:
            continue
        rows += parse(chunk, dialect)
    return rows


def _read_plan(located: Located, layout: _Layout, sampled: _Sampled) -> FileRead:
    dialect = layout.dialect
    ragged = bool(sampled.short or sampled.long) or layout.unnamed_first or _wider(sampled, layout)
    skipped = bool(dialect.skip_rows)
    plain = (
        located.nameable
        and not (ragged or skipped or layout.reordered)
        and located.compression in _SPARK_COMPRESSIONS
    )
    encoding = layout.text.encoding
    return FileRead(
        format="csv",
        paths=tuple(str(p) for p in located.paths),
        script_path=located.script_path,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.escape,
        quoted=dialect.quoted or not sampled.whole,
        header=dialect.header,
        encoding=encoding,
        skip_rows=dialect.skip_rows,
        multiline=dialect.multiline,
        ragged=ragged,
        compression=located.compression,
        engine_direct=plain and encoding == "UTF-8" and not _alike_but_for_case(layout.headers),
        spark_direct=plain and not encoding.startswith(_WIDE_ENCODINGS),
    )


def _alike_but_for_case(headers: Sequence[str]) -> bool:
    """Whether the embedded engine takes two of the file's names for one."""
    return len({h.lower() for h in headers}) < len(set(headers))


def _wider(sampled: _Sampled, layout: _Layout) -> bool:
    """Whether rows have more cells than the header names, be they empty ones."""
    table = parse(layout.text.chunks[0], layout.dialect)[layout.dialect.skip_rows :]
    return any(len(row) != len(layout.headers) for row in table)


def _row_count(located: Located, layout: _Layout, sampled: _Sampled) -> tuple[int | None, bool]:
    rows = len(sampled.rows)
    if sampled.whole:
        return rows, True
    text, dialect = layout.text, layout.dialect
    if len(located.paths) == 1 and text.newlines is not None and not dialect.quoted:
        blank = any("\n\n" in chunk or "\n\r\n" in chunk for chunk in text.chunks)
        return text.newlines - dialect.header - dialect.skip_rows, not blank
    lines = len(_table_rows(text, dialect, dialect.header))
    share = text.byte_share * located.paths[0].stat().st_size / located.size
    return int(lines / share) if share else None, False


def _layout_issues(
    layout: _Layout, sampled: _Sampled, names: Sequence[str], scope: Any
) -> list[DataIssue]:
    issues: list[DataIssue] = []
    dialect = layout.dialect
    if not dialect.header:
        issues.append(
            DataIssue(
                kind="no_header",
                message=f"There is no header row; columns are called {names[0]} to {names[-1]}.",
                scope="whole",
            )
        )
    elif renamed := [(h, n) for h, n in zip(layout.headers, names, strict=True) if h.strip() != n]:
        issues.append(
            DataIssue(
                kind="renamed_columns",
                message="Empty, repeated or awkward column names were replaced: "
                + ", ".join(f"{h!r} is {n}" for h, n in renamed[:5])
                + ("." if len(renamed) <= 5 else ", and so on."),
                count=len(renamed),
                scope="whole",
            )
        )
    if dialect.skip_rows:
        issues.append(
            DataIssue(
                kind="preamble",
                message=f"{dialect.skip_rows} lines before the table were left out.",
                count=dialect.skip_rows,
                scope="whole",
            )
        )
    if layout.text.encoding != "UTF-8":
        issues.append(
            DataIssue(
                kind="encoding",
                message=f"The text is {layout.text.encoding}, not UTF-8; it was converted.",
                scope="whole",
            )
        )
    issues += row_issues(sampled.short, sampled.long, sampled.extra_cells, scope)
    return issues
