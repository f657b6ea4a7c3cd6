"""How delimited text is written: delimiter, quotes, header, lines before the table."""

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from spark_interpreter.sources.files.shapes import is_value

csv.field_size_limit(sys.maxsize)

Row = list[str]

_DELIMITERS = (",", ";", "\t", "|", "\x01", "~", "^")
_LINES = 300
_MAX_PREAMBLE = 30


class Dialect(NamedTuple):
    """The layout of a delimited file.

    Attributes:
        skip_rows: lines before the header (a title, notes).
        quoted: the sample has quoted cells.
        multiline: the sample has line breaks inside quotes.
    """

    delimiter: str
    quote: str = '"'
    escape: str = '"'
    header: bool = True
    skip_rows: int = 0
    quoted: bool = False
    multiline: bool = False


def parse(text: str, dialect: Dialect) -> list[Row]:
    """The rows of a text; blank lines are left out, as Spark does."""
    return [row for row in reader(io.StringIO(text, newline=""), dialect) if row]


def reader(lines: io.TextIOBase, dialect: Dialect) -> "csv._reader":  # type: ignore[name-defined]
    """A row iterator over text in this dialect."""
    doubled = dialect.escape == dialect.quote
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        doublequote=doubled,
        escapechar=None if doubled else dialect.escape,
    )


def detect(text: str, *, delimiter: str | None = None, header: bool | None = None) -> Dialect:
    """Find the dialect of a text that begins where its file begins."""
    head = first_lines(text)
    quote = _quote_of(head)
    escape = "\\" if _escapes_by_backslash(head, quote) else quote
    chosen = delimiter or _delimiter_of(head, quote, escape)
    dialect = Dialect(chosen, quote, escape)
    rows = parse(head, dialect)
    skipped = preamble(rows)
    table = rows[skipped:]
    return dialect._replace(
        skip_rows=skipped,
        header=has_header(table) if header is None else header,
        quoted=quote in text,
        multiline=any("\n" in cell or "\r" in cell for row in rows for cell in row),
    )


def column_order(header: Row | None, headers: Sequence[str]) -> list[int] | None:
    """Where this file has the columns, when it has them in another order."""
    if header is None or len(header) != len(headers):
        return None
    header = [header[0].removeprefix("\ufeff"), *header[1:]]
    if header == list(headers) or sorted(header) != sorted(headers):
        return None
    return [header.index(h) for h in headers]


def first_lines(text: str) -> str:
    """The first few hundred lines, not cut within quotes."""
    position = 0
    for _ in range(_LINES):
        position = text.find("\n", position) + 1
        if position == 0:
            return text
    # A cut inside quotes would leave one broken row; go on to an even number of quotes.
    while text.count('"', 0, position) % 2 and (following := text.find("\n", position) + 1):
        position = following
    return text[:position]


def _quote_of(text: str) -> str:
    if '"' in text:
        return '"'
    wrapped = len(re.findall(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n]|$)", text, re.MULTILINE))
    return "'" if wrapped >= 2 and wrapped * 3 > text.count("'") else '"'


def _escapes_by_backslash(text: str, quote: str) -> bool:
    """Whether quotes inside cells are written with a backslash rather than doubled."""
    inside = r"(?=[^,;\t|\r\n])"
    backslashed = re.search(rf"\\{quote}{inside}", text)
    return bool(backslashed) and not re.search(rf"[^,;\t|\r\n\\]{quote}{quote}{inside}", text)


def _delimiter_of(text: str, quote: str, escape: str) -> str:
    scored = [
        (_consistency(parse(text, Dialect(d, quote, escape)), d), -place, d)
        for place, d in enumerate(_DELIMITERS)
    ]
    score, _, best = max(scored)
    if score > 0:
        return best
    return next(d for d in (*_DELIMITERS, "\x02") if d not in text)


def _consistency(rows: Sequence[Row], delimiter: str) -> float:
    """How well a delimiter explains rows; 0 if it leaves them in one piece.

    What counts is the share of rows as wide as most, a first row that is as wide, and that no
    other delimiter stands in every row.
    """
    if not rows:
        return 0
    widths = Counter(len(row) for row in rows)
    width = max(widths, key=lambda w: (widths[w], w))
    skipped = preamble(rows)
    header_width = len(rows[skipped])
    if width == 1:
        if header_width == 1:
            return 0
        width = header_width
    share = widths[width] / len(rows)
    agrees = header_width == width
    if not agrees and share < 0.9:
        return 0 if header_width == 1 else share / 4
    divided = any(
        other != delimiter and all(any(other in cell for cell in row) for row in rows)
        for other in _DELIMITERS[1:4]
    )
    return share + agrees - 0.6 * divided - 0.5 * bool(skipped) + min(width, 50) / 1000


def preamble(rows: Sequence[Row]) -> int:
    """How many rows stand before the table: narrow ones above a block of equally wide ones."""
    if len(rows) < 3:
        return 0
    widths = Counter(map(_extent, rows))
    width = max(widths, key=lambda w: (widths[w], w))
    if width < 2 or _extent(rows[0]) >= max(2, width - 1):
        return 0
    for place, row in enumerate(rows[:_MAX_PREAMBLE]):
        if _extent(row) >= width and all(cell.strip() for cell in row[:width]):
            narrow = all(_filled(r) <= max(1, width // 2) for r in rows[:place])
            return place if narrow else 0
    return 0


def _extent(row: Row) -> int:
    """Cells up to the last that is not blank."""
    return next((place for place in range(len(row), 0, -1) if row[place - 1].strip()), 0)


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell.strip())


def has_header(rows: Sequence[Row]) -> bool:
    """Whether the first row names the columns, judged by the rows below it."""
    if not rows:
        return False
    first, body = rows[0], rows[1:]
    if not body:
        return not any(is_value(cell) for cell in first if cell.strip())
    if _is_year_header(first, body):
        return True
    votes = 0
    for place, cell in enumerate(first):
        below = [row[place].strip() for row in body if place < len(row) and row[place].strip()]
        if below:
            votes += _vote(cell.strip(), below)
    if votes == 0:
        # Nothing but text: names do not come again among the values.
        return not any(first == row for row in body[:50])
    return votes > 0


def _vote(cell: str, below: Sequence[str]) -> int:
    typed = sum(1 for value in below if is_value(value))
    if typed * 10 >= len(below) * 8:
        return -1 if is_value(cell) else 1 if cell else 0
    return -1 if cell in below else 0


def _is_year_header(first: Row, body: Sequence[Row]) -> bool:
    """Years as column names beside at least one name in words."""
    numbers = [cell.strip() for cell in first if is_value(cell)]
    words = [place for place, cell in enumerate(first) if cell.strip() and not is_value(cell)]
    years = all(re.fullmatch(r"(1[89]|20|21)\d\d", n) for n in numbers)
    if not numbers or not words or not years or len(set(numbers)) < len(numbers):
        return False
    return not any(
        place < len(row) and row[place] == first[place] for place in words for row in body
    )
