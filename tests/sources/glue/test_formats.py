"""Tables of every format: what is known of them, and the copies that a run reads."""

import datetime as dt
import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spark_interpreter.model import GlueTable, Need, Staged, TableProfile
from spark_interpreter.sources.glue.reader import GlueReader
from tests.sources.glue.conftest import (
    HCATALOG,
    LAZY,
    OPEN_CSV,
    OPENX,
    ORC,
    PARQUET,
    Lake,
    orc_bytes,
    parquet_bytes,
)

MARCH = [dt.date(2024, 3, 1), dt.date(2024, 3, 2)]
ROWS = [
    {"order_id": 1, "region": "north", "amount": Decimal("10.50"), "sold": MARCH[0]},
    {"order_id": 2, "region": "Süd", "amount": Decimal("0.05"), "sold": MARCH[1]},
    {"order_id": 3, "region": None, "amount": None, "sold": None},
]
TABLE = pa.Table.from_pylist(
    ROWS,
    schema=pa.schema([("order_id", pa.int64()), ("region", pa.string()),
                      ("amount", pa.decimal128(10, 2)), ("sold", pa.date32())]),
)  # fmt: skip
LAZY_TEXT = "1|north|10.50|2024-03-01\n2|Süd|0.05|2024-03-02\n3|\\N|\\N|\\N\n"
JSON_TEXT = (
    '{"Order_ID": 1, "region": "north", "amount": 10.50, "sold": "2024-03-01"}\n'
    '{"order_id": "2", "REGION": "Süd", "amount": 0.05, "sold": "2024-03-02"}\n'
    '{"order_id": 3, "region": null}\n'
)


def look(reader: GlueReader, lake: Lake, table: str) -> TableProfile:
    return reader.profile(GlueTable(database=lake.database, table=table), name="sales")


def staged(
    reader: GlueReader, profile: TableProfile, folder: Path, **need: Any
) -> tuple[Staged, list[dict[str, Any]]]:
    folder.mkdir()
    wanted = Need(location=profile.read.locations[0], **need)
    (copy,) = reader.stage(profile, wanted, folder, stopped=lambda: False)
    rows = pa.concat_tables([pq.read_table(f) for f in sorted(folder.glob("*.parquet"))])
    return copy, rows.to_pylist()


FORMATS = {
    "lazy": (LAZY, {"field.delim": "|"}, LAZY_TEXT.encode(), ""),
    "lazy_gz": (LAZY, {"field.delim": "|"}, gzip.compress(LAZY_TEXT.encode()), ".gz"),
    "openx": (OPENX, {}, JSON_TEXT.encode(), ""),
    "hcatalog": (HCATALOG, {}, JSON_TEXT.encode(), ""),
    "parquet": (PARQUET, {}, parquet_bytes(TABLE), ".parquet"),
    "orc": (ORC, {}, orc_bytes(TABLE), ".orc"),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_all_formats_hold_the_same_rows(
    lake: Lake, reader: GlueReader, tmp_path: Path, kind: str
) -> None:
    serde, options, body, ending = FORMATS[kind]
    lake.table("sales", serde, options=options)
    lake.put(f"sales/one{ending}", body)
    lake.put("sales/_SUCCESS", "x")
    profile = look(reader, lake, "sales")
    assert [(c.name, c.type, c.comment) for c in profile.columns] == [
        ("order_id", "bigint", "the order_id"),
        ("region", "string", "the region"),
        ("amount", "decimal(10,2)", "the amount"),
        ("sold", "date", "the sold"),
    ]
    assert (profile.row_count, profile.row_count_exact) == (3, True)
    region = profile.column("region")
    assert [v.value for v in region.top_values] == ["Süd", "north"]
    assert region.null_count == 1
    assert profile.column("amount").maximum == 10.5
    assert profile.issues == ()
    _, rows = staged(reader, profile, tmp_path / "copy")
    assert rows == ROWS
    _, some = staged(reader, profile, tmp_path / "some", columns=("amount",), where="order_id < 3")
    assert {row["amount"] for row in some} >= {Decimal("10.50"), Decimal("0.05")}
    assert all(row.keys() == {"amount"} for row in some)


def test_cells_that_do_not_fit_are_missing_and_counted(
    lake: Lake, reader: GlueReader, tmp_path: Path
) -> None:
    kinds = [("n", "int"), ("x", "double"), ("ok", "boolean"), ("at", "timestamp")]
    kinds.append(("s", "varchar(3)"))
    lake.table("cells", LAZY, kinds, options={"field.delim": ",", "escape.delim": "\\"})
    lake.put(
        "cells/a.csv",
        "1,1.5,true,2024-01-01 10:00:00,abcdef\n2.9,,FALSE,2024-01-01,a\\,b\n"
        "99999999999,oops,yes,,\n4\n5,NaN,true,2024-01-01 00:00:00.5,x,extra,extra\n\n",
    )
    profile = look(reader, lake, "cells")
    copy, rows = staged(reader, profile, tmp_path / "copy")
    utc = dt.UTC
    assert [r["n"] for r in rows] == [1, 2, None, 4, 5, None]
    assert [r["ok"] for r in rows] == [True, False, None, None, True, None]
    assert [r["s"] for r in rows] == ["abc", "a,b", "", None, "x", None]
    assert [r["at"] for r in rows[:2]] == [dt.datetime(2024, 1, 1, 10, tzinfo=utc), None]
    assert rows[4]["at"] == dt.datetime(2024, 1, 1, 0, 0, 0, 500_000, tzinfo=utc)
    counts = {i.column: (i.count, i.examples) for i in copy.issues}
    assert counts == {
        "n": (1, ("99999999999",)), "x": (1, ("oops",)), "ok": (1, ("yes",)),
        "at": (1, ("2024-01-01",)),
    }  # fmt: skip
    assert {i.column for i in profile.issues} == set(counts)


def test_open_csv_gives_text_that_the_script_makes_values_of(
    lake: Lake, reader: GlueReader, tmp_path: Path
) -> None:
    kinds = [("id", "string"), ("qty", "bigint"), ("price", "decimal(8,2)"), ("day", "string")]
    kinds.append(("note", "string"))
    lake.table("quoted", OPEN_CSV, kinds, parameters={"skip.header.line.count": "1"})
    lake.put(
        "quoted/a.csv",
        'id,qty,price,day,note\nA1,3,9.99,2024-01-05,"says ""hi"", twice"\n'
        'A2,,1.00,2024-02-05,"a \\"b\\" c"\nA3,7,2.50,2024-03-05,\n',
    )
    profile = look(reader, lake, "quoted")
    types = {c.name: (c.type, c.read is not None) for c in profile.columns}
    assert types == {
        "id": ("string", False), "qty": ("bigint", True), "price": ("decimal(8,2)", True),
        "day": ("date", True), "note": ("string", False),
    }  # fmt: skip
    assert profile.column("qty").null_count == 1
    assert profile.column("price").maximum == 9.99
    assert {i.kind for i in profile.issues} == {"text_columns", "header_lines"}
    _, rows = staged(reader, profile, tmp_path / "copy")
    assert [r["qty"] for r in rows] == ["3", "", "7"]
    assert [r["note"] for r in rows] == ['says "hi", twice', 'a "b" c', ""]


def test_nested_values(lake: Lake, reader: GlueReader, tmp_path: Path) -> None:
    kinds = [("tags", "array<string>"), ("who", "struct<name:string,age:int>")]
    kinds.append(("m", "map<string,int>"))
    lake.table("nested", OPENX, kinds)
    lake.put("nested/a.json", '{"tags":["a","b"],"who":{"Name":"Ann","age":5},"m":{"K":1}}\n')
    profile = look(reader, lake, "nested")
    assert [c.type for c in profile.columns] == [
        "array<string>", "struct<name:string,age:int>", "map<string,int>",
    ]  # fmt: skip
    _, rows = staged(reader, profile, tmp_path / "copy")
    assert rows == [{"tags": ["a", "b"], "who": {"name": "Ann", "age": 5}, "m": [("K", 1)]}]
    lake.table("flat", LAZY, [("n", "int"), ("tags", "array<string>")])
    lake.put("flat/a", "1\x01a\x02b\n")
    flat = look(reader, lake, "flat")
    assert [c.name for c in flat.columns] == ["n"]
    assert "tags (array<string>)" in flat.issues[0].message


def test_parquet_of_other_columns_and_types(lake: Lake, reader: GlueReader, tmp_path: Path) -> None:
    kinds = [("id", "int"), ("name", "char(4)"), ("added", "string"), ("at", "timestamp")]
    lake.table("old", PARQUET, kinds)
    moment = dt.datetime(2024, 1, 1, 12)
    table = pa.table({"ID": [1, 2], "name": ["ab  ", "c"], "at": [moment, None]})
    lake.put("old/a", parquet_bytes(table))
    profile = look(reader, lake, "old")
    _, rows = staged(reader, profile, tmp_path / "copy", where="name = 'ab' AND id <> 7")
    assert rows == [
        {"id": 1, "name": "ab", "added": None, "at": moment.replace(tzinfo=dt.UTC)},
        {"id": 2, "name": "c", "added": None, "at": None},
    ]
