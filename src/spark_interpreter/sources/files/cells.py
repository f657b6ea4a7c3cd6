"""Text cells in columns, from text in lines."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from spark_interpreter.sources.files.dialect import Dialect, Row, parse

_EXAMPLES = 5


@dataclass
class Tally:
    """Rows of another width than the table's, counted while they go by.

    Attributes:
        uneven: rows of any other width, be their further cells empty.
    """

    short: int = 0
    long: int = 0
    uneven: int = 0
    extra_cells: list[str] = field(default_factory=list)

    def add(self, rows: Iterable[Row], width: int) -> None:
        for row in rows:
            if len(row) == width:
                continue
            self.uneven += 1
            extra = [cell for cell in row[width:] if cell.strip()]
            self.short += len(row) < width
            self.long += bool(extra)
            self.extra_cells += extra[: _EXAMPLES - len(self.extra_cells)]


class Cells(NamedTuple):
    """Columns of text; empty cells are missing, as both engines read them."""

    columns: tuple[Any, ...]

    def __len__(self) -> int:
        return len(self.columns[0])

    def every(self, step: float, count: int) -> "Cells":
        """About `count` rows, evenly spread."""
        places = pa.array([int(place * step) for place in range(count)])
        return Cells(tuple(column.take(places) for column in self.columns))


def cells_of_rows(rows: Sequence[Sequence[str]], width: int) -> Cells:
    """Rows as columns; short rows are filled up, cells beyond the last column left out."""
    if any(len(row) != width for row in rows):
        rows = [[*row, *[""] * (width - len(row))][:width] for row in rows]
    columns = zip(*rows, strict=True) if rows else ((),) * width
    return Cells(tuple(_missing_if_empty(pa.array(c, pa.string())) for c in columns))


def cells_of_text(text: str, dialect: Dialect, width: int, tally: Tally, *, skip: int = 0) -> Cells:
    """The rows of a text after the first `skip`."""
    simple = _split(text, dialect, width, skip)
    if simple is not None:
        return simple
    rows = parse(text, dialect)[skip:]
    tally.add(rows, width)
    return cells_of_rows(rows, width)


def joined(parts: Sequence[Cells]) -> Cells:
    """Cells one below the other."""
    if len(parts) == 1:
        return parts[0]
    columns = zip(*(part.columns for part in parts), strict=True)
    return Cells(tuple(pa.concat_arrays(list(column)) for column in columns))


def _split(text: str, dialect: Dialect, width: int, skip: int) -> Cells | None:
    """Without quotes, and with all rows equally wide, lines need only be cut at delimiters."""
    text = text.replace("\r\n", "\n")
    if dialect.quote in text or dialect.escape in text or "\r" in text or width == 1:
        return None
    lines = [line for line in text.split("\n") if line][skip:]
    if not lines:
        return None
    parts = pc.split_pattern(pa.array(lines, pa.string()), dialect.delimiter)
    if pc.min_max(pc.list_value_length(parts)).as_py() != {"min": width, "max": width}:
        return None
    flat = _missing_if_empty(parts.flatten())
    return Cells(tuple(flat.take(pa.array(p)) for p in _places(width, len(flat))))


def _places(width: int, count: int) -> Iterator[range]:
    for column in range(width):
        yield range(column, count, width)


def _missing_if_empty(array: Any) -> Any:
    return pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)
