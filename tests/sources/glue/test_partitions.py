"""Partitions: which are read, what their values are, and what happens when the table changes."""

import datetime as dt
from pathlib import Path

import pytest

from spark_interpreter.errors import RunCancelled, SourceNotFound, SourceTooLarge, SourceUnreadable
from spark_interpreter.model import GlueTable, Need
from spark_interpreter.settings import Settings
from spark_interpreter.sources.glue.pruning import glue_expression
from spark_interpreter.sources.glue.reader import GlueReader
from tests.servers.moto import Aws
from tests.sources.glue.conftest import LAZY, OPENX, Lake
from tests.sources.glue.test_formats import look, staged

KEYS = [("year", "int"), ("day", "date"), ("site", "string")]


@pytest.fixture
def sales(lake: Lake) -> Lake:
    """Four partitions, one of them JSON, one elsewhere, one without a site."""
    lake.table("sales", LAZY, [("n", "int")], keys=KEYS, options={"field.delim": ","})
    for year, day, site, place, serde, body in [
        ("2023", "2023-12-31", "a", "sales/1", LAZY, "1\n2\n"),
        ("2024", "2024-03-01", "a", "elsewhere/2", LAZY, "3\n"),
        ("2024", "2024-03-02", "it's", "sales/3", OPENX, '{"n": 4}\n'),
        ("2024", "2024-04-01", "__HIVE_DEFAULT_PARTITION__", "sales/4", LAZY, "5\n6\n7\n"),
    ]:
        lake.partition("sales", [year, day, site], serde, place)
        lake.put(f"{place}/part-0", body)
    return lake


def test_partition_keys_are_columns_with_the_partitions_values(
    sales: Lake, reader: GlueReader, tmp_path: Path
) -> None:
    profile = look(reader, sales, "sales")
    assert [(c.name, c.type) for c in profile.columns] == [("n", "int"), *KEYS]
    assert profile.read.locations == (f"{sales.database}.sales",)
    assert (profile.row_count, profile.row_count_exact) == (7, True)
    site = profile.column("site")
    assert [(v.value, v.count) for v in site.top_values] == [("a", 2), ("it's", 1)]
    assert (site.null_count, site.unique) == (1, False)
    assert profile.column("day").maximum == "2024-04-01"
    _, rows = staged(reader, profile, tmp_path / "copy")
    assert sorted(r["n"] for r in rows) == [1, 2, 3, 4, 5, 6, 7]
    assert {"n": 4, "year": 2024, "day": dt.date(2024, 3, 2), "site": "it's"} in rows
    assert [r["site"] for r in rows if r["n"] > 4] == [None] * 3
    _, counted = staged(reader, profile, tmp_path / "count", columns=())
    assert len(counted) == 7


@pytest.mark.parametrize(
    ("where", "read", "numbers"),
    [
        ("year = 2024", 3, {3, 4, 5, 6, 7}),
        ("date_trunc('month', day) = DATE '2024-03-01'", 2, {3, 4}),
        ("day BETWEEN DATE '2024-03-02' AND DATE '2024-12-31' AND n > 4", 2, {5, 6, 7}),
        (r"site = 'it\'s'", 1, {4}),
        ("site IS NULL", 1, {5, 6, 7}),
        ("year(day) = 2023 OR n = 3", 4, {1, 2, 3, 4, 5, 6, 7}),
        ("year = 1999", 0, set()),
    ],
)
def test_only_the_needed_partitions_are_read(
    sales: Lake, reader: GlueReader, tmp_path: Path, where: str, read: int, numbers: set[int]
) -> None:
    profile = look(reader, sales, "sales")
    copy, rows = staged(reader, profile, tmp_path / "copy", columns=("n",), where=where)
    assert copy.note == f"{sales.database}.sales: {read} of 4 partitions read"
    assert {r["n"] for r in rows} >= numbers - {4}
    assert len(rows) <= sum({1: 2, 2: 1, 3: 1, 4: 3}.values())
    assert {r["n"] for r in rows} == numbers


def test_text_is_kept_for_later_questions(
    sales: Lake, reader: GlueReader, settings: Settings, tmp_path: Path
) -> None:
    profile = look(reader, sales, "sales")
    _, rows = staged(reader, profile, tmp_path / "first")
    copies = {p: p.stat().st_ino for p in (settings.cache_dir / "objects").glob("*.object")}
    assert copies
    _, again = staged(reader, profile, tmp_path / "second")
    assert again == rows
    assert copies == {p: p.stat().st_ino for p in (settings.cache_dir / "objects").glob("*.object")}
    none = settings.model_copy(update={"cache_max_mb": 0, "cache_dir": tmp_path / "none"})
    _, streamed = staged(GlueReader(none, sales.aws.clients), profile, tmp_path / "third")
    assert streamed == rows
    assert not (tmp_path / "none/objects").exists()


def test_what_glue_itself_can_tell_is_left_to_it(sales: Lake, reader: GlueReader) -> None:
    keys = [c for c in reader.catalog.table(sales.database, "sales").columns if c.partition]
    where = "year >= 2024 AND day < DATE '2024-04-01' AND site IN ('a', 'b') AND n = 1"
    assert glue_expression(keys, f"{where} AND site > 'A'") == (
        "year >= 2024 AND day < '2024-04-01' AND site IN ('a', 'b')"
    )
    assert glue_expression(keys, r"site = 'it\'s'") == ""
    assert glue_expression(keys, "year = '2024' OR n = 1") == ""


def test_a_table_that_went_or_changed_after_the_profile(
    sales: Lake, reader: GlueReader, tmp_path: Path
) -> None:
    profile = look(reader, sales, "sales")
    changed = sales.descriptor("sales", LAZY, [("n", "string")], {"field.delim": ","})
    sales.glue.update_table(
        DatabaseName=sales.database,
        TableInput={
            "Name": "sales", "StorageDescriptor": changed,
            "PartitionKeys": [{"Name": n, "Type": t} for n, t in KEYS],
        },
    )  # fmt: skip
    with pytest.raises(SourceUnreadable, match=r"column 'n' is now string. Ask again"):
        staged(reader, profile, tmp_path / "one")
    assert look(reader, sales, "sales").column("n").type == "string"
    sales.glue.delete_table(DatabaseName=sales.database, Name="sales")
    with pytest.raises(SourceNotFound, match="no table 'sales'"):
        staged(reader, profile, tmp_path / "two")


def test_too_much_and_cancelled(
    sales: Lake, reader: GlueReader, aws: Aws, settings: Settings, tmp_path: Path
) -> None:
    profile = look(reader, sales, "sales")
    need = Need(location=profile.read.locations[0])
    with pytest.raises(RunCancelled):
        reader.stage(profile, need, tmp_path, stopped=lambda: True)
    sales.put("sales/4/large", "1\n" * 800_000)
    small = GlueReader(settings.model_copy(update={"stage_max_mb": 1}), aws.clients)
    with pytest.raises(SourceTooLarge, match=r"2 MiB of .*; 1 MiB may be .*partition"):
        small.stage(profile, need, tmp_path, stopped=lambda: False)


def test_values_are_found_in_the_whole_table(sales: Lake, reader: GlueReader) -> None:
    sales.table("texts", LAZY, [("word", "string")])
    sales.put("texts/a", "".join(f"word {n}\n" for n in range(3000)) + "Needle\n" * 2)
    profile = reader.profile(GlueTable(database=sales.database, table="texts"), name="texts")
    found = reader.find_values(profile, "word", "needle")
    assert [(v.value, v.count) for v in found] == [("Needle", 2)]
