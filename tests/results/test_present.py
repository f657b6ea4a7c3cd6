"""The facade: preview, row count, what cannot be shown."""

import math
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from spark_interpreter.model import ChartHint
from spark_interpreter.results import Output, present

WriteOutput = Callable[..., Path]


def test_the_preview_is_the_first_rows_and_says_that_there_are_more(output: WriteOutput) -> None:
    result = present(output(pa.table({"n": range(250)}), splits=[90, 180]), preview_rows=100)
    assert result.rows == tuple((n,) for n in range(100))
    assert result.truncated
    assert result.manifest.row_count == 250


def test_an_exact_fit_is_not_truncated(output: WriteOutput) -> None:
    result = present(output(pa.table({"n": range(100)})), preview_rows=100)
    assert len(result.rows) == 100
    assert not result.truncated


def test_an_empty_result_has_its_columns(output: WriteOutput) -> None:
    table = pa.table({"region": pa.array([], pa.string()), "n": pa.array([], pa.int64())})
    result = present(output(table))
    assert [c.name for c in result.manifest.columns] == ["region", "n"]
    assert (result.rows, result.truncated, result.chart) == ((), False, None)
    assert result.summary == "No rows match."


def test_a_result_without_files(output: WriteOutput, tmp_path: Path) -> None:
    folder = output(pa.table({"n": pa.array([], pa.int64())}))
    text = (folder / "manifest.json").read_text()
    start, end = text.index('"files":['), text.index("]", text.index('"files":['))
    (folder / "manifest.json").write_text(text[:start] + '"files":[' + text[end:])
    (folder / "part-00000.parquet").unlink()
    assert present(folder).rows == ()


def test_nan_is_shown_as_missing_and_counted(output: WriteOutput) -> None:
    table = pa.table({"name": ["a", "b", "c"], "ratio": [math.nan, 1.0, -math.inf]})
    result = present(output(table))
    assert result.rows == (("a", None), ("b", 1.0), ("c", None))
    (issue,) = result.data_issues
    assert (issue.column, issue.count, issue.scope) == ("ratio", 2, "whole")
    assert "NaN" not in result.model_dump_json()


@pytest.mark.slow
def test_a_large_result_is_summarized_over_all_rows(output: WriteOutput) -> None:
    table = pa.table({"id": range(300_000), "amount": [float(n % 1000) for n in range(300_000)]})
    hint = ChartHint(kind="none", y=("amount",))
    result = present(output(table, splits=[100_000]), hint=hint)
    assert result.summary == "300,000 rows. Amount is between 0 and 999."
    assert len(result.rows) == 100


def test_stages_are_timed(output: WriteOutput) -> None:
    assert set(present(output(pa.table({"n": [1]}))).timings) == {"read", "chart", "summary"}


def test_wide_results_are_looked_at_in_part(output: WriteOutput) -> None:
    table = pa.table({f"c{n}": list(range(600)) for n in range(1000)})
    result = present(output(table))
    assert len(result.rows) == 100
    assert result.summary == "600 rows."


def test_long_cells_are_read_a_few_at_a_time(output: WriteOutput) -> None:
    table = pa.table({"text": [f"{n}" + "x" * 1_000_000 for n in range(80)]})
    opened = Output(output(table))
    assert opened.look(5000, 250_000) < 40
    assert max(batch.num_rows for batch in opened.batches()) < 40
    assert opened.table().num_rows == 80
