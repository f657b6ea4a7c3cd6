"""The catalog: what there is, found by words, and what is said when it is not there."""

from typing import Any

import pytest

from spark_interpreter.errors import SourceNotFound, SourceUnreadable
from spark_interpreter.model import GlueTable
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
from spark_interpreter.sources.glue.reader import GlueReader
from spark_interpreter.sources.paging import page
from tests.sources.glue.conftest import LAZY, OPENX, PARQUET, SALES, Lake


def test_databases_and_tables_are_listed_searched_and_paged(lake: Lake, settings: Settings) -> None:
    lake.table("orders_2023", PARQUET, parameters={"recordCount": "12", "totalSize": "3456"})
    lake.table("orders_2024", LAZY, keys=[("day", "date")])
    lake.table("customers", OPENX, [("name", "string")], Description="Who orders")
    catalog = Sources(settings).glue.catalog
    databases = catalog.databases()
    assert (lake.database, "The shop's own data") in [(d.name, d.comment) for d in databases.value]
    tables = catalog.tables(lake.database).value
    first = page(tables, limit=2)
    assert [t.name for t in first.tables] == ["customers", "orders_2023"]
    assert (first.total, first.next) == (3, "orders_2023")
    rest = page(tables, after=first.next, limit=2)
    assert [t.name for t in rest.tables] == ["orders_2024"]
    assert rest.next is None
    found = page(tables, search="ORDERS")
    assert [t.name for t in found.tables] == ["orders_2023", "orders_2024", "customers"]
    orders = catalog.table(lake.database, "orders_2024")
    assert [(c.name, c.type, c.partition) for c in orders.columns] == [
        *((name, kind, False) for name, kind in SALES), ("day", "date", True),
    ]  # fmt: skip
    assert orders.partition_keys == ("day",)
    assert (found.tables[0].row_count, found.tables[0].byte_count) == (12, 3456)


def test_lists_are_kept_with_their_age_until_they_are_refreshed(
    lake: Lake, settings: Settings
) -> None:
    catalog = Sources(settings).glue.catalog
    assert catalog.tables(lake.database).value == ()
    lake.table("orders", PARQUET)
    old = Sources(settings).glue.catalog.tables(lake.database)
    assert (old.value, old.age_seconds >= 0) == ((), True)
    assert len(catalog.tables(lake.database, refresh=True).value) == 1


def test_near_names_are_offered(lake: Lake, reader: GlueReader) -> None:
    lake.table("orders", PARQUET)
    with pytest.raises(SourceNotFound, match=r"no table 'order'. Did you mean 'orders'\?"):
        reader.profile(GlueTable(database=lake.database, table="order"), name="x")
    near = f"{lake.database}x"
    with pytest.raises(SourceNotFound, match=f"no Glue database '{near}'.*'{lake.database}'"):
        reader.profile(GlueTable(database=near, table="orders"), name="x")
    with pytest.raises(SourceNotFound, match=near):
        reader.catalog.tables(near)


KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "iceberg": ({"Parameters": {"table_type": "ICEBERG"}}, "an Apache Iceberg table"),
    "hudi": ({"Parameters": {"spark.sql.sources.provider": "hudi"}}, "an Apache Hudi table"),
    "delta": ({"Parameters": {"spark.sql.sources.provider": "delta"}}, "a Delta Lake table"),
    "view": ({"TableType": "VIRTUAL_VIEW"}, "is a view"),
    "link": ({"TargetTable": {"DatabaseName": "other", "Name": "far"}}, "link to 'other.far'"),
    "spark_csv": ({"Parameters": {"spark.sql.sources.provider": "csv"}}, "of the source 'csv'"),
}  # fmt: skip
SERDES = {
    "org.apache.hadoop.hive.serde2.avro.AvroSerDe": "stored as Avro",
    "org.apache.hadoop.hive.serde2.RegexSerDe": "RegexSerDe",
    "com.example.Own": "com.example.Own",
}


@pytest.mark.parametrize("kind", KINDS)
def test_other_kinds_of_tables_are_refused_in_one_sentence(
    lake: Lake, reader: GlueReader, kind: str
) -> None:
    more, words = KINDS[kind]
    lake.table("odd", PARQUET, **more)
    with pytest.raises(SourceUnreadable, match=words) as refused:
        reader.profile(GlueTable(database=lake.database, table="odd"), name="x")
    assert refused.value.remedy
    assert reader.catalog.table(lake.database, "odd").unsupported == str(refused.value)


def test_other_formats_and_places_are_refused_in_one_sentence(
    lake: Lake, reader: GlueReader
) -> None:
    for number, (serde, words) in enumerate(SERDES.items()):
        lake.table(f"odd{number}", serde)
        with pytest.raises(SourceUnreadable, match=words):
            reader.profile(GlueTable(database=lake.database, table=f"odd{number}"), name="x")
    lake.table("hdfs", PARQUET)
    place = {**lake.descriptor("hdfs", PARQUET), "Location": "hdfs://there/x"}
    lake.glue.update_table(
        DatabaseName=lake.database, TableInput={"Name": "hdfs", "StorageDescriptor": place}
    )
    with pytest.raises(SourceUnreadable, match="not stored in S3 but in 'hdfs'"):
        reader.profile(GlueTable(database=lake.database, table="hdfs"), name="x")
