"""From the files of a run to what is shown of them."""

import math
import time
from pathlib import Path

from spark_interpreter.model import ChartHint, DataIssue, Result
from spark_interpreter.model.types import family
from spark_interpreter.results.cells import shown_rows
from spark_interpreter.results.chart import build_chart
from spark_interpreter.results.drawing import MAX_ROWS
from spark_interpreter.results.output import Output
from spark_interpreter.results.shape import Shape, shape_of
from spark_interpreter.results.summary import Range, main_measures, summarize

_SCAN_ROWS = 5_000_000
"""Rows a figure is computed over; larger results are described by their row count alone."""

_LOOK_CELLS = 250_000
"""Cells that chart and summary look at."""


def present(
    folder: str | Path,
    *,
    preview_rows: int = 100,
    hint: ChartHint | None = None,
    title: str = "",
) -> Result:
    """What is shown of an output: its first rows, a chart, a summary.

    Args:
        folder: the output folder with the manifest.
        preview_rows: how many rows to show at most.
        hint: what the generator would draw.
        title: headline of the chart.

    Raises:
        ResultError: the files do not agree with the manifest.
    """
    started = time.perf_counter()
    output = Output(folder)
    manifest = output.manifest
    looked_at = output.look(MAX_ROWS, _LOOK_CELLS)
    rows = shown_rows(output.head(max(preview_rows, looked_at)))
    shape = shape_of(
        manifest.columns,
        rows[:looked_at],
        row_count=manifest.row_count,
        ordered=manifest.ordered,
        hint=hint,
    )
    read = time.perf_counter()
    chart = build_chart(shape, hint, title=title)
    drawn = time.perf_counter()
    summary = summarize(shape, hint, _ranges(output, shape, hint))
    ended = time.perf_counter()
    return Result(
        manifest=manifest,
        rows=tuple(rows[:preview_rows]),
        truncated=manifest.row_count > preview_rows,
        chart=chart,
        summary=summary,
        data_issues=_not_finite(output, len(rows)),
        timings={"read": read - started, "chart": drawn - read, "summary": ended - drawn},
    )


def preload() -> None:
    """Import what drawing a chart needs; worth doing in a thread while a run is under way."""
    import altair as alt  # noqa: F401


def _ranges(output: Output, shape: Shape, hint: ChartHint | None) -> dict[str, Range]:
    """Smallest and largest value of the main measure, over all rows, where `shape` lacks some."""
    if not shape.partial or shape.row_count > _SCAN_ROWS:
        return {}
    measures = main_measures(shape, hint)[:1]
    return {f.name: ends for f in measures if (ends := _column_range(output, f.name))}


def _column_range(output: Output, name: str) -> Range | None:
    import pyarrow.compute as pc

    low, high = math.inf, -math.inf
    for batch in output.batches([name]):
        column = batch.column(0)
        finite = column.filter(pc.is_finite(column)) if _is_float(column) else column
        ends = pc.min_max(finite).as_py()
        if ends["min"] is not None:
            low, high = min(low, float(ends["min"])), max(high, float(ends["max"]))
    return (low, high) if low <= high else None


def _not_finite(output: Output, looked_at: int) -> tuple[DataIssue, ...]:
    """Columns with NaN or infinities, which JSON and charts can only show as missing."""
    import pyarrow.compute as pc

    issues: list[DataIssue] = []
    names = [c.name for c in output.manifest.columns if family(c.type) == "float"]
    if not names:
        return ()
    whole = output.manifest.row_count <= _SCAN_ROWS
    table = output.table(names) if whole else output.head(looked_at, names)
    for name in names:
        column = table.column(name)
        count = pc.sum(pc.invert(pc.is_finite(column))).as_py() if _is_float(column) else 0
        if count:
            cells = f"{count:,} cells" if count > 1 else "1 cell"
            issues.append(
                DataIssue(
                    kind="not_a_number",
                    message=f"{cells} of the result's column “{name}” "
                    "(not a number, or infinite) are shown as missing.",
                    column=name,
                    count=count,
                    scope="whole" if whole else "sample",
                )
            )
    return tuple(issues)


def _is_float(column: object) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_floating(column.type))  # type: ignore[attr-defined]
