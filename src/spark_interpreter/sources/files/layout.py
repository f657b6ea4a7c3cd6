"""Where the table of a delimited file begins, and what its columns are called."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spark_interpreter.errors import SourceEmpty, SourceUnreadable
from spark_interpreter.model import DataIssue, FileSource
from spark_interpreter.sources.files.dialect import Dialect, Row, detect, first_lines, parse
from spark_interpreter.sources.files.locate import Located
from spark_interpreter.sources.files.text import TextSample, first_text, sample_text


@dataclass(frozen=True)
class Layout:
    """How a delimited source is laid out.

    Attributes:
        text: sample of the first file.
        headers: the columns as the file calls them; "" for those without a name.
        reordered: later files have the columns in another order.
        unnamed_first: the rows begin with a column that the header leaves out.
    """

    text: TextSample
    dialect: Dialect
    headers: tuple[str, ...]
    reordered: bool = False
    unnamed_first: bool = False

    @property
    def rows_above(self) -> int:
        """Rows of a file before the first row of data."""
        return self.dialect.skip_rows + self.dialect.header


def layout_of(source: FileSource, located: Located) -> Layout:
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
    rows = parse(first_lines(text.chunks[0]), dialect)[dialect.skip_rows :]
    widths = Counter(len(row) for row in rows[1:] or rows)
    body_width = max(widths, key=lambda w: (widths[w], w))
    if not dialect.header:
        headers: tuple[str, ...] = ("",) * body_width
    else:
        headers = tuple(rows[0])
    unnamed = (
        dialect.header
        and body_width == len(headers) + 1
        and len(headers) not in widths
        and all(row[-1].strip() for row in rows[1:50] if len(row) == body_width)
    )
    if unnamed:
        headers = ("", *headers)
    while dialect.header and len(headers) > max(1, body_width) and not headers[-1].strip():
        headers = headers[:-1]
    reordered = _check_headers(located, dialect, rows[0], source) if dialect.header else False
    return Layout(text, dialect, headers, reordered, unnamed)


def _check_headers(located: Located, dialect: Dialect, header: Row, source: FileSource) -> bool:
    """Whether later files have the same columns in another order; other columns are an error."""
    reordered = False
    for path in located.paths[1:]:
        other = header_of(path, located, dialect, source.encoding)
        if other and other != header:
            if sorted(other) != sorted(header):
                raise SourceUnreadable(
                    f"'{path.name}' has other columns than '{located.paths[0].name}'.",
                    remedy="Name files with the same columns, or each as a source of its own.",
                )
            reordered = True
    return reordered


def header_of(path: Path, located: Located, dialect: Dialect, encoding: str | None) -> Row:
    """The header row of a file."""
    rows = parse(first_text(path, located.compression, encoding), dialect)
    return rows[dialect.skip_rows] if len(rows) > dialect.skip_rows else []


def layout_issues(layout: Layout, names: Sequence[str]) -> list[DataIssue]:
    """What a person should know about the layout."""
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
    return issues
