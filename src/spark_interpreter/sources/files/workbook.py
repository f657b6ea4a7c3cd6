"""Excel workbooks: sheets as rows of text, in the spelling that CSV would have."""

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from spark_interpreter.cancellation import stop_if_cancelled
from spark_interpreter.errors import SourceEmpty, SourceNotFound, SourceUnreadable
from spark_interpreter.model import DataIssue, FileRead, FileSource, TableProfile
from spark_interpreter.sources.files.cells import cells_of_rows
from spark_interpreter.sources.files.dialect import Row, has_header, preamble
from spark_interpreter.sources.files.locate import Located
from spark_interpreter.sources.files.typing import typed_columns
from spark_interpreter.sources.names import column_names


def sheet_rows(path: Path, sheet: str | None) -> Iterator[Row]:
    """The rows of a sheet (None: the first) as text; rows without any cell are left out."""
    workbook = _open(path)
    table = workbook.get_sheet_by_name(sheet or workbook.sheet_names[0])
    for row in table.iter_rows():
        stop_if_cancelled()
        texts = [_text(cell) for cell in row]
        if any(texts):
            yield texts


def profile_workbook(source: FileSource, located: Located, *, name: str) -> TableProfile:
    """Look at a sheet of a workbook, all of it.

    Raises:
        SourceNotFound: there is no sheet of that name.
        SourceEmpty: no sheet has data.
        SourceUnreadable: the workbook is damaged or protected, or there are several.
    """
    if len(located.paths) > 1:
        raise SourceUnreadable(
            f"'{source.uri}' holds {len(located.paths)} workbooks.", remedy="Name one of them."
        )
    path = located.paths[0]
    sheet, others = _sheet(path, source)
    rows = list(sheet_rows(path, sheet))
    skipped = preamble(rows)
    header = has_header(rows[skipped:]) if source.header is None else source.header
    width = max(len(row) for row in rows[skipped:])
    headers = rows[skipped] if header else [""] * width
    headers = headers + [""] * (width - len(headers))
    body = [row + [""] * (width - len(row)) for row in rows[skipped + header :]]
    kept = [i for i in range(width) if headers[i].strip() or any(row[i] for row in body)]
    width = kept[-1] + 1
    headers, body = headers[:width], [row[:width] for row in body]
    names = column_names(headers)
    typed = typed_columns(names, headers, cells_of_rows(body, width), scope="whole")
    return TableProfile(
        name=name,
        label=f"{located.label} ({sheet})" if others else located.label,
        source=source,
        columns=typed.columns,
        row_count=len(body),
        row_count_exact=True,
        byte_count=located.size,
        sampled_rows=len(body),
        issues=(*_issues(sheet, others, skipped), *typed.issues),
        version=located.version,
        read=FileRead(
            format="excel",
            paths=(str(path),),
            script_path=located.script_path,
            header=header,
            skip_rows=skipped,
            sheet=sheet,
            engine_direct=False,
            spark_direct=False,
        ),
    )


def _open(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except CalamineError as exc:
        raise SourceUnreadable(
            f"'{path.name}' cannot be opened as an Excel workbook: {exc}.",
            remedy="Remove its password, or export the sheet as CSV.",
        ) from exc


def _sheet(path: Path, source: FileSource) -> tuple[str, list[str]]:
    """The wanted sheet, else the first with data; and the names of the others with data."""
    names = _open(path).sheet_names
    if source.sheet is not None and source.sheet not in names:
        raise SourceNotFound(
            f"'{path.name}' has no sheet '{source.sheet}'.",
            remedy=f"Its sheets are: {', '.join(names)}.",
        )
    filled = [n for n in names if next(sheet_rows(path, n), None) is not None]
    wanted = source.sheet or (filled[0] if filled else None)
    if wanted is None or wanted not in filled:
        raise SourceEmpty(f"'{path.name}' has no data.", remedy="Name a sheet that has data.")
    return wanted, [n for n in filled if n != wanted]


def _issues(sheet: str, others: list[str], skipped: int) -> list[DataIssue]:
    issues = []
    if others:
        issues.append(
            DataIssue(
                kind="other_sheets",
                message=f"Only the sheet '{sheet}' was read; the workbook also has "
                f"{', '.join(repr(n) for n in others[:5])}.",
                count=len(others),
                scope="whole",
            )
        )
    if skipped:
        issues.append(
            DataIssue(
                kind="preamble",
                message=f"{skipped} rows before the table were left out.",
                count=skipped,
                scope="whole",
            )
        )
    return issues


def _text(cell: object) -> str:
    """A cell as CSV would write it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return "" if cell is None else str(cell)
