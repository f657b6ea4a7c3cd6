"""Parquet, JSON and Excel: types, nested values, and what engines cannot read themselves."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from spark_interpreter.errors import SourceNotFound, SourceUnreadable
from spark_interpreter.model import FileSource
from spark_interpreter.sources import Sources

from .conftest import Read

# --- Parquet ----------------------------------------------------------------------------------


def test_parquet_is_read_as_it_stands(read: Read, tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([1, 2], pa.int64()),
            "price": pa.array([Decimal("1.50"), None], pa.decimal128(10, 2)),
            "day": pa.array([date(2024, 1, 1), None]),
            "tags": [["a", "b"], []],
            "who": [{"name": "Ann", "age": 3}, None],
            "a.b c": [True, False],
        }
    )
    pq.write_table(table, tmp_path / "t.parquet")
    answer = read(tmp_path / "t.parquet")
    assert answer.types == {
        "id": "bigint", "price": "decimal(10,2)", "day": "date", "tags": "array<string>",
        "who": "struct<name:string,age:bigint>", "a.b c": "boolean",
    }  # fmt: skip
    assert answer.rows == [tuple(row.values()) for row in table.to_pylist()]
    assert answer.profile.row_count == 2
    assert f't = spark.read.parquet("{tmp_path}/t.parquet")' in answer.script


@pytest.mark.parametrize(
    ("column", "type_name", "values"),
    [
        (pa.array([1_000, None], pa.timestamp("ns")), "timestamp_ntz",
         [datetime(1970, 1, 1, 0, 0, 0, 1), None]),
        (pa.array([2**63, None], pa.uint64()), "decimal(20,0)", [Decimal(2**63), None]),
        (pa.array([7, None], pa.uint32()), "bigint", [7, None]),
        (pa.array([3_600_000_000, None], pa.time64("us")), "string", ["01:00:00", None]),
        (pa.array(["a", None]).dictionary_encode(), "string", ["a", None]),
        (pa.nulls(2), "string", [None, None]),
    ],
)  # fmt: skip
def test_parquet_types_that_engines_lack(
    read: Read, tmp_path: Path, column: Any, type_name: str, values: list[object]
) -> None:
    pq.write_table(pa.table({"v": column, "n": [1, 2]}), tmp_path / "t.parquet")
    answer = read(tmp_path / "t.parquet")
    assert answer.types["v"] == type_name
    assert [row[0] for row in answer.rows] == values


def test_parquet_folder(read: Read, tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    for part in range(3):
        pq.write_table(pa.table({"n": [part]}), tmp_path / f"f/part-{part}.parquet")
    (tmp_path / "f/_SUCCESS").touch()
    answer = read(tmp_path / "f")
    assert sorted(answer.rows) == [(0,), (1,), (2,)]
    assert answer.profile.row_count == 3


def test_parquet_files_that_differ(sources: Sources, tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": [1]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"n": ["x"]}), tmp_path / "b.parquet")
    with pytest.raises(SourceUnreadable, match="other columns or types"):
        sources.profile([FileSource(uri=str(tmp_path))])


def test_empty_parquet(read: Read, tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": pa.array([], pa.int64())}), tmp_path / "e.parquet")
    answer = read(tmp_path / "e.parquet")
    assert answer.rows == []
    assert answer.profile.row_count == 0


# --- JSON -------------------------------------------------------------------------------------


def test_json_lines(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.write_text(
        '{"id": 1, "when": "2024-01-02T03:04:05Z", "day": "31/01/2024", "at": {"x": 1.5}}\n'
        '{"id": 2, "tags": ["a", "b"], "note": "N/A"}\n'
    )
    answer = read(path)
    assert answer.types["at"] == "struct<x:double>"
    assert answer.types["tags"] == "array<string>"
    assert answer.types["day"] == "date"
    first, second = answer.rows
    row = dict(zip(answer.types, first, strict=True))
    assert (row["id"], row["day"], row["at"], row["tags"]) == (
        1,
        date(2024, 1, 31),
        {"x": 1.5},
        None,
    )
    assert dict(zip(answer.types, second, strict=True))["note"] is None


@pytest.mark.parametrize("text", ['[{"a": 1, "b": "x"}, {"a": 2.5}]', '{\n"a": 1,\n"b": "x"\n}\n'])
def test_json_documents(read: Read, tmp_path: Path, text: str) -> None:
    path = tmp_path / "j.json"
    path.write_text(text)
    answer = read(path)
    assert answer.rows[0] == (1, "x")
    assert '.option("multiLine", "true")' in answer.script


def test_json_numbers_that_turn_to_text(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.write_text('{"a": 1}\n{"a": "x"}\n{"a": 2.5}\n')
    assert sorted(read(path).rows) == [("1",), ("2.5",), ("x",)]


# --- Excel ------------------------------------------------------------------------------------


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return path


def test_excel(read: Read, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Report"],
        [],
        ["Name", "When", "Amount", "Count", "Flag", "Code"],
        ["Ann", date(2024, 1, 2), 1.5, 3, True, "007"],
        ["Ben", date(2024, 1, 3), None, 4, False, "12"],
    ]
    answer = read(workbook(tmp_path / "Büch 1.xlsx", {"Empty": [], "Data": rows, "More": [["x"]]}))
    assert answer.types == {
        "Name": "string", "When": "date", "Amount": "double", "Count": "int", "Flag": "boolean",
        "Code": "string",
    }  # fmt: skip
    assert answer.rows == [
        ("Ann", date(2024, 1, 2), 1.5, 3, True, "007"),
        ("Ben", date(2024, 1, 3), None, 4, False, "12"),
    ]
    assert {"other_sheets", "preamble"} <= answer.issues
    assert "# Converted from" in answer.script


def test_excel_sheet_by_name(read: Read, tmp_path: Path) -> None:
    path = workbook(tmp_path / "b.xlsx", {"One": [["a"], [1]], "Two": [["b"], ["N/A"], [2]]})
    assert sorted(read(path, sheet="Two").rows, key=str) == [(2,), (None,)]


def test_excel_without_that_sheet(sources: Sources, tmp_path: Path) -> None:
    path = workbook(tmp_path / "b.xlsx", {"One": [["a"], [1]]})
    with pytest.raises(SourceNotFound, match="no sheet 'Two'"):
        sources.profile([FileSource(uri=str(path), sheet="Two")])
