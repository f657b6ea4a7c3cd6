"""Results as tables that fit their terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.table import Table
from rich.text import Text

from spark_interpreter.cli.text import clean
from spark_interpreter.model.types import family
from spark_interpreter.results.people import moment, number_column, parse_moment, words
from spark_interpreter.results.shape import Field, shape_of

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from spark_interpreter.model import ResultColumn

NULL = "null"
_GAP = 2
_MAX_CELL = 60
_MIN_CELL = 12
_MAX_CARD = 600
_CARD_COLUMNS = 5


@dataclass(frozen=True)
class Column:
    """A column ready to print; None stands for a missing value."""

    name: str
    cells: tuple[str | None, ...]
    right: bool

    @property
    def width(self) -> int:
        lengths = (cell_len(NULL if cell is None else cell) for cell in self.cells)
        return max([cell_len(self.name), *lengths])


@dataclass(frozen=True)
class FittedTable:
    """A table for a terminal, and the names of the columns that found no room."""

    body: "RenderableType"
    left_out: tuple[str, ...] = ()


def result_table(
    columns: "Sequence[ResultColumn]",
    rows: Sequence[Sequence[Any]],
    console: "Console",
    *,
    row_count: int,
) -> FittedTable:
    """The rows as a table as wide as the console, or as a list of values when it is one row."""
    shape = shape_of(columns, rows, row_count=row_count, ordered=False)
    printed = [_column(field) for field in shape.fields]
    if len(rows) == 1 and (len(printed) >= _CARD_COLUMNS or _needed(printed) > console.width):
        return FittedTable(_card(printed))
    return grid_for(printed, console)


def grid_for(columns: Sequence[Column], console: "Console") -> FittedTable:
    """The columns side by side; as wide as they are where no terminal limits them."""
    if not console.is_terminal:
        return FittedTable(_grid(columns))
    fitted = fit(columns, console.width)
    return FittedTable(_grid(fitted), tuple(c.name for c in columns[len(fitted) :]))


def _column(field: Field) -> Column:
    numeric = family(field.type) in {"integer", "decimal", "float"}
    return Column(clean(field.name), tuple(_texts(field)), right=numeric)


def _texts(field: Field) -> list[str | None]:
    kind = family(field.type)
    if field.role == "measure" and field.fraction:
        return [None if n is None else f"{n:.1%}" for n in field.numbers]
    if field.role == "measure":
        return number_column(field.values, field.type)
    if field.role == "time":
        return _times(field)
    if kind == "boolean":
        return [None if v is None else str(v).lower() for v in field.values]
    return [None if v is None else _text(v) for v in field.values]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list | dict):
        import json

        return clean(json.dumps(value, ensure_ascii=False))
    return str(value)


def _times(field: Field) -> list[str | None]:
    """Dates and times no finer than the column is ("2024-03" for months)."""
    match field.grain:
        case "year":
            return [v and v[:4] for v in field.values]
        case "quarter":
            return [v and f"{v[:4]}-Q{(parse_moment(v).month + 2) // 3}" for v in field.values]
        case "month" if family(field.type) == "timestamp" or "month" in words(field.name):
            return [v and v[:7] for v in field.values]
        case "instant" | "minute":
            return [v and moment(v) for v in field.values]
        case _:
            return [v and v[:10] for v in field.values]


def _needed(columns: Sequence[Column]) -> int:
    return sum(column.width + _GAP for column in columns)


def fit(columns: Sequence[Column], width: int) -> list[Column]:
    """The columns with long text cut so that they fit; the last ones are left out if need be."""
    for limit in (_MAX_CELL, 40, 30, 20, _MIN_CELL):
        narrowed = [_cut(column, limit) for column in columns]
        if _needed(narrowed) <= width:
            return narrowed
    while len(narrowed) > 1 and _needed(narrowed) > width:
        narrowed.pop()
    return [_cut(narrowed[0], width - _GAP)] if _needed(narrowed) > width else narrowed


def _cut(column: Column, limit: int) -> Column:
    """Text of at most `limit` cells; numbers are never cut."""
    name = _shortened(column.name, max(limit, _MIN_CELL))
    if column.right:
        return Column(name, column.cells, right=True)
    cells = tuple(cell if cell is None else _shortened(cell, limit) for cell in column.cells)
    return Column(name, cells, right=False)


def _shortened(text: str, limit: int) -> str:
    return text if cell_len(text) <= limit else set_cell_size(text, limit - 1).rstrip() + "…"


def _grid(columns: Sequence[Column]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for column in columns:
        table.add_column(
            Text(column.name, style="bold"),
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="crop",
            min_width=column.width,
        )
    for row in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*(Text(NULL, style="dim italic") if c is None else Text(c) for c in row))
    return table


def _card(columns: Sequence[Column]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for column in columns:
        (cell,) = column.cells
        table.add_row(
            Text(_shortened(column.name, _MAX_CELL)),
            Text(NULL, style="dim italic") if cell is None else Text(_shortened(cell, _MAX_CARD)),
        )
    return table
