"""Writes a result as an Excel workbook, in constant memory."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from spark_interpreter.model.types import family
from spark_interpreter.results.cells import rows
from spark_interpreter.results.output import Output
from spark_interpreter.results.people import parse_moment

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MAX_ROWS = 1_048_575
"""Rows of a sheet, the heading not counted."""

MAX_COLUMNS = 16_384
_MAX_TEXT = 32_767
_MAX_DIGITS = 15
_OLDEST = datetime(1900, 3, 1)  # noqa: DTZ001 Excel counts a day of 1900 that never was
_SAMPLE = 200


def write_excel(output: Output, file: BinaryIO, kept: int) -> tuple[str, ...]:
    """Write the first `kept` rows and say what Excel cannot hold exactly.

    Text stays text, also where it looks like a formula or a link. Numbers with more digits than
    Excel keeps (15) are written as text.
    """
    import xlsxwriter

    workbook = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    if kept < output.manifest.row_count:
        note = workbook.add_worksheet("Partial")
        note.write_string(
            0, 0, f"The first {kept:,} of {output.manifest.row_count:,} rows are in this file."
        )
    writer = _SheetWriter(workbook, output)
    writer.write(kept)
    workbook.close()
    return writer.notes


class _SheetWriter:
    def __init__(self, workbook: "Workbook", output: Output) -> None:
        self._output = output
        self._sheet: Worksheet = workbook.add_worksheet("Result")
        self._bold = workbook.add_format({"bold": True, "bottom": 1})
        self._day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._cut = 0
        self._as_text = 0

    @property
    def notes(self) -> tuple[str, ...]:
        said = []
        if self._cut:
            texts = f"{self._cut:,} texts were" if self._cut > 1 else "1 text was"
            said.append(f"{texts} cut at {_MAX_TEXT:,} characters, Excel's limit.")
        if self._as_text:
            kept = f"{self._as_text:,} cells are" if self._as_text > 1 else "1 cell is"
            said.append(f"{kept} text because Excel cannot hold the number or date exactly.")
        return tuple(said)

    def write(self, kept: int) -> None:
        columns = self._output.manifest.columns
        self._set_widths()
        for number, column in enumerate(columns):
            self._sheet.write_string(0, number, column.name, self._bold)
        self._sheet.freeze_panes(1, 0)
        writers = [self._writer(family(column.type)) for column in columns]
        row = 0
        for batch in self._output.batches():
            for cells in rows(batch):
                if row == kept:
                    return
                row += 1
                for number, (write, cell) in enumerate(zip(writers, cells, strict=True)):
                    if cell is not None:
                        write(row, number, cell)

    def _set_widths(self) -> None:
        """Wide enough for the heading and the first rows; must come before the first row."""
        sample = rows(self._output.head(_SAMPLE))
        for number, column in enumerate(self._output.manifest.columns):
            longest = max((len(str(row[number])) for row in sample), default=0)
            self._sheet.set_column(number, number, min(60, max(len(column.name), longest) + 2))

    def _writer(self, kind: str) -> Callable[[int, int, Any], None]:
        writers: dict[str, Callable[[int, int, Any], None]] = {
            "integer": self._number,
            "float": self._float,
            "decimal": self._number,
            "boolean": self._boolean,
            "date": self._date,
            "timestamp": self._date,
        }
        return writers.get(kind, self._text)

    def _float(self, row: int, column: int, cell: float) -> None:
        self._sheet.write_number(row, column, cell)

    def _number(self, row: int, column: int, cell: int | str) -> None:
        digits = Decimal(cell).normalize().as_tuple().digits
        if len(digits) > _MAX_DIGITS:
            self._as_text += 1
            self._sheet.write_string(row, column, str(cell))
        else:
            self._sheet.write_number(row, column, float(cell))

    def _boolean(self, row: int, column: int, cell: bool) -> None:
        self._sheet.write_boolean(row, column, cell)

    def _date(self, row: int, column: int, cell: str) -> None:
        at = _excel_moment(cell)
        if at is None:
            self._as_text += 1
            self._sheet.write_string(row, column, cell)
        else:
            shape = self._moment if "T" in cell else self._day
            self._sheet.write_datetime(row, column, at, shape)

    def _text(self, row: int, column: int, cell: Any) -> None:
        text = cell if isinstance(cell, str) else _json(cell)
        if len(text) > _MAX_TEXT:
            self._cut += 1
            text = text[:_MAX_TEXT]
        self._sheet.write_string(row, column, text)


def _excel_moment(cell: str) -> datetime | None:
    try:
        at = parse_moment(cell)
    except ValueError:
        return None
    return at if at >= _OLDEST else None


def _json(cell: Any) -> str:
    return json.dumps(cell, ensure_ascii=False)
