"""Profiles of delimited text, taken from a sample of several places."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from spark_interpreter.model import FileRead, FileSource, TableProfile
from spark_interpreter.sources.files.cells import Cells, Tally, cells_of_text, joined
from spark_interpreter.sources.files.dialect import column_order
from spark_interpreter.sources.files.issues import Scope, row_issues
from spark_interpreter.sources.files.layout import Layout, header_of, layout_issues, layout_of
from spark_interpreter.sources.files.locate import Located
from spark_interpreter.sources.files.text import TextSample, sample_text
from spark_interpreter.sources.files.typing import typed_columns
from spark_interpreter.sources.names import column_names

_MAX_FILES = 16
_MAX_CELLS = 600_000
_SPARK_COMPRESSIONS = {None, "gzip", "bzip2"}
_WIDE_ENCODINGS = ("UTF-16", "UTF-32", "utf-16", "utf-32")


class _Sample(NamedTuple):
    """Cells of a sample, and what was odd about its rows.

    Attributes:
        whole: the sample is all there is.
        rows: rows of all files' samples.
        first_rows: rows that the first file's sample has.
    """

    cells: Cells
    tally: Tally
    whole: bool
    rows: int
    first_rows: int


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
    layout = layout_of(source, located)
    sample = _sample(located, layout, sample_rows)
    names = column_names(layout.headers)
    scope: Scope = "whole" if sample.whole else "sample"
    typed = typed_columns(names, layout.headers, sample.cells, scope=scope, late=late or {})
    tally = sample.tally
    count, exact = _row_count(located, layout, sample)
    return TableProfile(
        name=name,
        label=located.label,
        source=source,
        columns=typed.columns,
        row_count=count,
        row_count_exact=exact,
        byte_count=located.size,
        sampled_rows=len(sample.cells),
        issues=(
            *layout_issues(layout, names),
            *row_issues(tally.short, tally.long, tally.extra_cells, scope),
            *typed.issues,
        ),
        version=located.version,
        read=_read_plan(located, layout, sample),
    )


def _sample(located: Located, layout: Layout, sample_rows: int) -> _Sample:
    tally = Tally()
    parts = _file_cells(layout.text, layout, tally)
    first_rows = sum(map(len, parts))
    others = _spread(located.paths[1:])
    whole = located.share == 1 and layout.text.whole and len(others) == len(located.paths) - 1
    for path in others:
        text = sample_text(path, located.compression, layout.text.encoding)
        whole = whole and text.whole
        more = joined(_file_cells(text, layout, tally))
        parts.append(_in_order(more, path, located, layout))
    cells = joined(parts)
    rows = len(cells)
    limit = max(100, min(sample_rows, _MAX_CELLS // len(layout.headers)))
    if not whole and len(cells) > limit:
        cells = cells.every(len(cells) / limit, limit)
    return _Sample(cells, tally, whole, rows, first_rows)


def _spread(paths: Sequence[Path]) -> Sequence[Path]:
    step = max(1, len(paths) // _MAX_FILES)
    return paths[::step][:_MAX_FILES]


def _file_cells(text: TextSample, layout: Layout, tally: Tally) -> list[Cells]:
    dialect, width = layout.dialect, len(layout.headers)
    parts = [cells_of_text(text.chunks[0], dialect, width, tally, skip=layout.rows_above)]
    # A chunk that starts or ends within quotes would be cut into wrong rows.
    whole = [c for c in text.chunks[1:] if not dialect.multiline and not c.count(dialect.quote) % 2]
    return parts + [cells_of_text(chunk, dialect, width, tally) for chunk in whole]


def _in_order(cells: Cells, path: Path, located: Located, layout: Layout) -> Cells:
    """A later file's cells in the first file's order."""
    if not layout.reordered:
        return cells
    header = header_of(path, located, layout.dialect, layout.text.encoding)
    order = column_order(header, layout.headers)
    return cells if order is None else Cells(tuple(cells.columns[place] for place in order))


def _read_plan(located: Located, layout: Layout, sample: _Sample) -> FileRead:
    dialect = layout.dialect
    ragged = bool(sample.tally.uneven) or layout.unnamed_first
    skipped = bool(dialect.skip_rows)
    plain = (
        located.nameable
        and not (ragged or skipped or layout.reordered)
        and located.compression in _SPARK_COMPRESSIONS
    )
    encoding = layout.text.encoding
    utf8 = encoding == "UTF-8"
    return FileRead(
        format="csv",
        paths=tuple(str(p) for p in located.paths),
        script_path=located.script_path,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.escape,
        quoted=dialect.quoted or not sample.whole,
        header=dialect.header,
        encoding=encoding,
        skip_rows=dialect.skip_rows,
        multiline=dialect.multiline,
        ragged=ragged,
        compression=located.compression,
        engine_direct=plain and located.plain and utf8 and not _alike_but_for_case(layout.headers),
        spark_direct=plain and not encoding.startswith(_WIDE_ENCODINGS),
    )


def _alike_but_for_case(headers: Sequence[str]) -> bool:
    """Whether the embedded engine takes two of the file's names for one."""
    return len({h.lower() for h in headers}) < len(set(headers))


def _row_count(located: Located, layout: Layout, sample: _Sample) -> tuple[int | None, bool]:
    """Rows of all files, and whether that is exact."""
    if sample.whole:
        return len(sample.cells), True
    if located.share < 1:
        return int(sample.rows / located.share), False
    text, dialect = layout.text, layout.dialect
    if len(located.paths) == 1 and text.newlines is not None and not dialect.quoted:
        blank = any("\n\n" in chunk or "\n\r\n" in chunk for chunk in text.chunks)
        return text.newlines - layout.rows_above, not blank
    share = text.byte_share * located.paths[0].stat().st_size / located.size
    return int(sample.first_rows / share) if share else None, False
