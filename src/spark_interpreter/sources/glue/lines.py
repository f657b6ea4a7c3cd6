"""Rows of Hive's delimited text as columns of cells, by the rules of the two SerDes.

A cell that a row lacks is missing; cells beyond the last column are left out.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from spark_interpreter.sources.glue.storage import Storage

_BLOCK_BYTES = 8 * 1024 * 1024
_CELL = pa.scalar(None, pa.string())


def text_blocks(stream: IO[bytes], header_lines: int) -> Iterator[list[str]]:
    """The stream's lines in pieces; bytes that are no UTF-8 become replacement signs."""
    rest, skip = b"", header_lines
    while block := stream.read(_BLOCK_BYTES):
        whole, newline, rest = (rest + block).rpartition(b"\n")
        if newline:
            lines = lines_of(whole)
            yield lines[skip:]
            skip -= min(skip, len(lines))
    if rest:
        yield lines_of(rest)[skip:]


def cells_of(
    lines: Sequence[str], storage: Storage, places: Sequence[int], width: int
) -> list[Any]:
    """Columns of text cells.

    Args:
        places: which columns, by their place in the row.
        width: columns of the table.
    """
    if storage.serde == "open_csv":
        return _open_csv(lines, storage, places, width)
    return _lazy(lines, storage, places, width)


def lines_of(data: bytes) -> list[str]:
    """Lines end as Hadoop's reader has it: at LF, CR or both."""
    text = data.decode("utf-8", "replace")
    if "\r" in text:
        text = text.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def _lazy(lines: Sequence[str], storage: Storage, places: Sequence[int], width: int) -> list[Any]:
    escape = storage.escape
    if escape and any(escape in line for line in lines):
        rows = [_escaped_row(line, storage.delimiter, escape, storage.null_text) for line in lines]
        return _columns(rows, places)
    return [
        _without(cell, storage.null_text)
        for cell in _split(lines, storage.delimiter, places, width)
    ]


def _open_csv(
    lines: Sequence[str], storage: Storage, places: Sequence[int], width: int
) -> list[Any]:
    quote, escape = storage.quote or '"', storage.escape or "\\"
    text = "\n".join(lines)
    if quote not in text and escape not in text and not ("\n\n" in text or "" in lines[:1]):
        return _split(lines, storage.delimiter, places, width)
    if escape not in text and _plainly_quoted(lines, text, storage.delimiter, quote):
        rows: list[list[str | None]] = [
            list(row) for row in csv.reader(lines, delimiter=storage.delimiter, quotechar=quote)
        ]
    else:
        rows = [_quoted_row(line, storage.delimiter, quote, escape) for line in lines]
    return _columns(rows, places)


def _split(lines: Sequence[str], delimiter: str, places: Sequence[int], width: int) -> list[Any]:
    """Lines cut at every delimiter."""
    array = pa.array(lines, pa.string())
    present = pc.add(pc.count_substring(array, delimiter), 1)
    padded = pc.binary_join_element_wise(array, delimiter * width, "")
    parts = pc.split_pattern(padded, delimiter)
    return [
        pc.if_else(pc.greater(present, place), pc.list_element(parts, place), _CELL)
        for place in places
    ]


def _without(cells: Any, null_text: str) -> Any:
    return pc.if_else(pc.equal(cells, null_text), _CELL, cells)


def _columns(rows: Sequence[Sequence[str | None]], places: Sequence[int]) -> list[Any]:
    return [
        pa.array([row[place] if place < len(row) else None for row in rows], pa.string())
        for place in places
    ]


def _plainly_quoted(lines: Sequence[str], text: str, delimiter: str, quote: str) -> bool:
    """Whether quotes only stand around cells, or doubled within them, and close on their line."""
    inside = re.compile(
        f"[^{re.escape(delimiter + quote)}\n]{re.escape(quote)}[^{re.escape(delimiter + quote)}\n]"
    )
    return (
        not inside.search(text)
        and all(line.count(quote) % 2 == 0 for line in lines)
        and not any(line == "" or f" {quote}" in line for line in lines)
    )


def _escaped_row(line: str, delimiter: str, escape: str, null_text: str) -> list[str | None]:
    """A row of lazy text with escape signs; a cell is compared with the null text as written."""
    raw: list[str] = [""]
    place = 0
    while place < len(line):
        sign = line[place]
        if sign == escape and place + 1 < len(line):
            raw[-1] += line[place : place + 2]
            place += 2
            continue
        if sign == delimiter:
            raw.append("")
        else:
            raw[-1] += sign
        place += 1
    pattern = re.compile(re.escape(escape) + "(.)", re.DOTALL)
    return [None if cell == null_text else pattern.sub(_unescaped, cell) for cell in raw]


def _unescaped(found: re.Match[str]) -> str:
    return {"n": "\n", "r": "\r"}.get(found[1], found[1])


def _quoted_row(line: str, delimiter: str, quote: str, escape: str) -> list[str | None]:
    """A row as OpenCSV's parser takes it apart; a cell whose quotes do not close is missing."""
    if not line:
        return []
    cells: list[str | None] = []
    cell, quoted, started, place = "", False, False, 0
    while place < len(line):
        sign, following = line[place], line[place + 1 : place + 2]
        if sign == escape:
            if (quoted or started) and following in {quote, escape}:
                cell += following
                place += 1
        elif sign == quote:
            if (quoted or started) and following == quote:
                cell += quote
                place += 1
            else:
                if place > 2 and line[place - 1] != delimiter and following not in {delimiter, ""}:
                    cell = "" if cell and not cell.strip() else cell + quote
                quoted = not quoted
            started = not started
        elif sign == delimiter and not quoted:
            cells.append(cell)
            cell, started = "", False
        else:
            cell += sign
            started = True
        place += 1
    return cells if quoted else [*cells, cell]
