"""Exports are complete, or say what they leave out."""

import csv
import datetime as dt
import io
import json
import math
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from spark_interpreter.errors import ResultError
from spark_interpreter.results import excel, export, write_csv

WriteOutput = Callable[..., Path]
MIXED = pa.table({
    "name": ["Ünal, A.", 'say "hi"\nthere', None, ""],
    "n": pa.array([1, None, 2**60, -5], pa.int64()),
    "price": pa.array([Decimal("1.50"), None, Decimal("0.10"), Decimal("-2.00")]),
    "ratio": [0.1 + 0.2, math.nan, None, 1e300],
    "ok": [True, False, None, True],
    "day": pa.array([dt.date(2024, 1, 5), None, dt.date(1850, 1, 1), dt.date(2024, 1, 6)]),
    "at": pa.array([dt.datetime(2024, 1, 5, 6, 7, 8)] * 4, pa.timestamp("us", "UTC")),
    "tags": pa.array([["a", "b"], [], None, ["c"]]),
})  # fmt: skip


def sheet(path: Path, name: str = "Result") -> list[list[Any]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()


def test_csv_has_every_row_in_order_and_exact(output: WriteOutput, tmp_path: Path) -> None:
    done = export(output(MIXED, splits=[1, 3]), tmp_path / "out.csv")
    assert (done.rows, done.total, done.complete) == (4, 4, True)
    rows = list(csv.DictReader(io.StringIO(done.path.read_text("utf-8"), newline="")))
    assert [r["name"] for r in rows] == ["Ünal, A.", 'say "hi"\nthere', "", ""]
    assert [r["n"] for r in rows] == ["1", "", "1152921504606846976", "-5"]
    assert [r["price"] for r in rows] == ["1.50", "", "0.10", "-2.00"]
    assert rows[0]["ratio"] == "0.30000000000000004"
    assert rows[0]["at"] == "2024-01-05T06:07:08Z"
    assert rows[2]["day"] == "1850-01-01"
    assert rows[0]["tags"] == '["a", "b"]'


def test_csv_tells_missing_from_empty_text(output: WriteOutput, tmp_path: Path) -> None:
    path = export(output(pa.table({"a": [None, ""]})), tmp_path / "out.csv").path
    assert path.read_text() == '"a"\n\n""\n'


def test_csv_streams_to_an_open_file(output: WriteOutput) -> None:
    file = io.BytesIO()
    assert write_csv(output(pa.table({"n": range(50_000)}), splits=[20_000]), file) == 50_000
    assert file.getvalue().decode().split() == ['"n"', *map(str, range(50_000))]


def test_an_empty_result_exports_its_header(output: WriteOutput, tmp_path: Path) -> None:
    folder = output(pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.int64())}))
    assert export(folder, tmp_path / "o.csv").path.read_text() == '"a","b"\n'
    assert json.loads(export(folder, tmp_path / "o.json").path.read_text()) == []
    assert export(folder, tmp_path / "o.jsonl").path.read_text() == ""
    assert pq.read_table(export(folder, tmp_path / "o.parquet").path).column_names == ["a", "b"]
    assert sheet(export(folder, tmp_path / "o.xlsx").path) == [["a", "b"]]


RISKY = ["=1+1", "+1", "-1", "@x", "\tx", "plain", "1=2"]


def test_formulas_in_csv_are_kept_and_pointed_out(output: WriteOutput, tmp_path: Path) -> None:
    done = export(output(pa.table({"t": RISKY})), tmp_path / "o.csv")
    assert "=1+1" in done.path.read_text()
    assert done.notes == (
        "5 cells begin like a formula; spreadsheets may run them, which .xlsx avoids.",
    )


def test_formulas_in_csv_can_be_disarmed(output: WriteOutput, tmp_path: Path) -> None:
    done = export(output(pa.table({"t": RISKY})), tmp_path / "o.csv", safe_text=True)
    lines = done.path.read_text().splitlines()
    assert lines[1:] == [f'"\'{t}"' for t in RISKY[:5]] + ['"plain"', '"1=2"']
    assert "apostrophe" in done.notes[0]


def test_excel_holds_text_as_text(output: WriteOutput, tmp_path: Path) -> None:
    texts = [*RISKY, "http://example.com", "007"]
    path = export(output(pa.table({"t": texts})), tmp_path / "o.xlsx").path
    assert sheet(path) == [["t"], *[[t] for t in texts]]
    import zipfile

    with zipfile.ZipFile(path) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_excel_has_numbers_dates_and_says_what_it_cannot_hold(
    output: WriteOutput, tmp_path: Path
) -> None:
    done = export(output(MIXED), tmp_path / "out.xlsx")
    rows = sheet(done.path)
    assert rows[1] == [
        "Ünal, A.", 1.0, 1.5, 0.3, True, dt.date(2024, 1, 5),
        dt.datetime(2024, 1, 5, 6, 7, 8), '["a", "b"]',
    ]  # fmt: skip
    assert rows[3][1] == "1152921504606846976"
    assert rows[3][5] == "1850-01-01"
    assert done.notes == ("2 cells are text because Excel cannot hold the number or date exactly.",)


def test_excel_beyond_its_rows_is_labelled_partial(
    output: WriteOutput, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules["spark_interpreter.results.export"]
    monkeypatch.setattr(module, "MAX_ROWS", 3)
    done = export(output(pa.table({"n": range(10)})), tmp_path / "out.xlsx")
    assert done.path.name == "out.partial.xlsx"
    assert (done.rows, done.total, done.complete) == (3, 10, False)
    assert done.notes == ("It has the first 3 of 10 rows.",)
    assert sheet(done.path, "Partial") == [["The first 3 of 10 rows are in this file."]]
    assert sheet(done.path) == [["n"], [0.0], [1.0], [2.0]]
    assert not (tmp_path / "out.xlsx").exists()


def test_excel_beyond_its_columns_is_refused(output: WriteOutput, tmp_path: Path) -> None:
    table = pa.table({f"c{n}": [1] for n in range(excel.MAX_COLUMNS + 1)})
    with pytest.raises(ResultError, match="16,384 columns"):
        export(output(table), tmp_path / "o.xlsx")


def test_excel_cuts_cells_it_cannot_hold_and_counts_them(
    output: WriteOutput, tmp_path: Path
) -> None:
    done = export(output(pa.table({"t": ["x" * 40_000]})), tmp_path / "o.xlsx")
    assert len(sheet(done.path)[1][0]) == 32_767
    assert done.notes == ("1 text was cut at 32,767 characters, Excel's limit.",)


def test_json_is_an_array_or_lines_of_objects(output: WriteOutput, tmp_path: Path) -> None:
    folder = output(MIXED, splits=[2])
    array = json.loads(export(folder, tmp_path / "o.json").path.read_text("utf-8"))
    lines = export(folder, tmp_path / "o.jsonl").path.read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == array
    assert array[0] == {
        "name": "Ünal, A.", "n": 1, "price": "1.50", "ratio": 0.30000000000000004, "ok": True,
        "day": "2024-01-05", "at": "2024-01-05T06:07:08Z", "tags": ["a", "b"],
    }  # fmt: skip
    assert array[1]["ratio"] is None


def test_parquet_keeps_types_and_order(output: WriteOutput, tmp_path: Path) -> None:
    done = export(output(MIXED, splits=[1, 2]), tmp_path / "o.parquet")
    assert pq.read_table(done.path).drop_columns("ratio").equals(MIXED.drop_columns("ratio"))


@pytest.mark.parametrize("ending", ["csv", "parquet", "json", "jsonl", "xlsx"])
def test_a_limit_makes_any_export_partial(output: WriteOutput, tmp_path: Path, ending: str) -> None:
    folder = output(pa.table({"n": range(10)}), splits=[4])
    done = export(folder, tmp_path / f"o.{ending}", max_rows=6)
    assert done.path.name == f"o.partial.{ending}"
    assert done.notes[0] == "It has the first 6 of 10 rows."


def test_an_unknown_ending_or_place_is_named(output: WriteOutput, tmp_path: Path) -> None:
    folder = output(pa.table({"n": [1]}))
    with pytest.raises(ResultError, match=r"out\.pdf") as caught:
        export(folder, tmp_path / "out.pdf")
    assert ".xlsx" in caught.value.remedy
    with pytest.raises(ResultError, match="does not exist"):
        export(folder, tmp_path / "no" / "out.csv")
    (tmp_path / "dir.csv").mkdir()
    with pytest.raises(ResultError, match="cannot be written"):
        export(folder, tmp_path / "dir.csv")


def test_a_failed_export_leaves_the_old_file_and_nothing_else(
    output: WriteOutput, tmp_path: Path
) -> None:
    folder = output(pa.table({"n": range(10)}))
    target = tmp_path / "out.csv"
    target.write_text("old")
    (folder / "part-00000.parquet").unlink()
    with pytest.raises(ResultError):
        export(folder, target)
    assert target.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.csv", "output"]
