"""Snowflake through a server that speaks its protocol."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from spark_interpreter.errors import (
    RunCancelled,
    SourceNotFound,
    SourceUnavailable,
    SourceUnreadable,
)
from spark_interpreter.model import JdbcRead, Need, PlatformName, SnowflakeTable
from spark_interpreter.settings import Settings
from spark_interpreter.sources.connections import ConnectionStore, Credentials
from spark_interpreter.sources.snowflake import SnowflakeReader
from spark_interpreter.supervisor import Interpreter
from tests.servers.planted import PASSWORD
from tests.servers.sail import sail_home
from tests.servers.snowflake import SnowflakeServer

TABLE = SnowflakeTable(connection="lake", database="SHOP", schema_name="SALES", table="orders")


@pytest.fixture(scope="module")
def shop(snowflake_server: SnowflakeServer) -> SnowflakeServer:
    snowflake_server.run(
        "CREATE DATABASE SHOP",
        "CREATE SCHEMA SHOP.SALES",
        "CREATE TABLE SHOP.SALES.ORDERS (ID NUMBER(38,0) PRIMARY KEY, AMOUNT NUMBER(10,2), "
        'F FLOAT, "Region.Name" VARCHAR(20), D DATE, TS TIMESTAMP_NTZ, T TIME, '
        "B BOOLEAN, V VARIANT, BI BINARY) COMMENT = 'all orders'",
        "INSERT INTO SHOP.SALES.ORDERS SELECT 1, 12.50, 1.5, 'Nörd', '2024-01-02', "
        "'2024-01-02 03:04:05.123456', '10:11:12', TRUE, PARSE_JSON('{\"a\":1}'), "
        "TO_BINARY('ff', 'HEX')",
        "INSERT INTO SHOP.SALES.ORDERS SELECT 2, -1, NULL, 'süd_50%', '2024-03-02', "
        "'2024-03-02 00:00:00', '00:00:00', FALSE, NULL, NULL",
        "INSERT INTO SHOP.SALES.ORDERS SELECT 3, NULL, 2, 'Nörd', NULL, "
        "'2024-03-03 00:00:00', NULL, NULL, NULL, NULL",
        "CREATE VIEW SHOP.SALES.BIG AS SELECT ID, AMOUNT FROM SHOP.SALES.ORDERS",
        "CREATE TABLE SHOP.SALES.MOMENTS (ID INT, SEEN TIMESTAMP_TZ)",
        "INSERT INTO SHOP.SALES.MOMENTS SELECT 1, '2024-01-02 03:04:05Z'",
        "CREATE TABLE SHOP.SALES.HUGE (ID NUMBER(38,0))",
        "INSERT INTO SHOP.SALES.HUGE SELECT 12",
        "CREATE TABLE SHOP.SALES.NOTHING (ID INT, D DATE)",
        "CREATE TABLE SHOP.SALES.PLAIN (ID INT, NAME VARCHAR)",
    )
    return snowflake_server


@pytest.fixture
def reader(shop: SnowflakeServer, tmp_path: Path) -> SnowflakeReader:
    settings = Settings(
        data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", secret_store="file"
    )
    store = ConnectionStore(settings)
    store.add(shop.connection(database="SHOP"), SecretStr(PASSWORD))
    return SnowflakeReader(settings, store, Credentials(store.secrets))


def staged(
    reader: SnowflakeReader, table: SnowflakeTable, folder: Path, need: dict[str, object]
) -> list[dict[str, object]]:
    profile = reader.profile(table, name="t")
    location = profile.read.locations[0]
    folder.mkdir()
    copies = reader.stage(
        profile,
        Need(location=location, **need),
        folder,
        stopped=lambda: False,
    )
    assert [copy.location for copy in copies] == [location]
    rows: list[dict[str, object]] = pq.read_table(copies[0].paths[0]).to_pylist()
    return rows


def test_what_there_is_can_be_listed(reader: SnowflakeReader) -> None:
    reader.test("lake")
    assert reader.warehouses("lake")
    assert "SHOP" in reader.databases("lake").value
    assert [s.name for s in reader.schemas("lake", "SHOP").value] == ["SALES"]
    tables = {t.name: t for t in reader.tables("lake", "SHOP", "SALES").value}
    assert tables["BIG"].kind == "view"
    about = reader.table("lake", "SHOP", "SALES", "ORDERS").value
    assert about.primary_key == ("ID",)
    assert about.comment == "all orders"
    assert [c.declared_type for c in about.columns[:2]] == ["NUMBER(38,0)", "NUMBER(10,2)"]


def test_a_table_is_profiled_with_the_types_that_spark_gives(reader: SnowflakeReader) -> None:
    profile = reader.profile(TABLE, name="orders")
    assert {c.name: c.type for c in profile.columns} == {
        "ID": "bigint", "AMOUNT": "decimal(10,2)", "F": "double", "Region_Name": "string",
        "D": "date", "TS": "timestamp", "T": "timestamp", "B": "boolean", "V": "string",
        "BI": "binary",
    }  # fmt: skip
    assert profile.primary_key == ("ID",)
    assert profile.sampled_rows == 3
    assert profile.column("AMOUNT").minimum == -1
    assert profile.column("AMOUNT").null_count == 1
    assert profile.column("Region_Name").top_values[0].value == "Nörd"
    assert profile.column("Region_Name").header == "Region.Name"
    assert isinstance(profile.read, JdbcRead)
    assert PASSWORD not in profile.model_dump_json()


def test_a_plain_table_is_named_and_others_are_selected(reader: SnowflakeReader) -> None:
    def named(table: str) -> str:
        read = reader.profile(TABLE.model_copy(update={"table": table}), name="t").read
        assert isinstance(read, JdbcRead)
        return read.table

    assert named("plain") == '"SHOP"."SALES"."PLAIN"'
    assert named("moments") == (
        '(SELECT "ID", CONVERT_TIMEZONE(\'UTC\', "SEEN")::TIMESTAMP_NTZ AS "SEEN" '
        'FROM "SHOP"."SALES"."MOMENTS") t'
    )


def test_needed_rows_and_columns_are_fetched(reader: SnowflakeReader, tmp_path: Path) -> None:
    rows = staged(
        reader, TABLE, tmp_path / "f",
        {"columns": ("id", "AMOUNT"), "where": "D >= DATE '2024-01-01' AND AMOUNT > 0"},
    )  # fmt: skip
    assert rows == [{"ID": 1, "AMOUNT": Decimal("12.50")}]


def test_all_types_arrive_as_they_are(reader: SnowflakeReader, tmp_path: Path) -> None:
    row = staged(reader, TABLE, tmp_path / "f", {"where": "ID = 1"})[0]
    assert row == {
        "ID": 1, "AMOUNT": Decimal("12.50"), "F": 1.5, "Region_Name": "Nörd",
        "D": date(2024, 1, 2), "TS": datetime(2024, 1, 2, 3, 4, 5, 123456, tzinfo=UTC),
        "T": datetime(1970, 1, 1, 10, 11, 12, tzinfo=UTC), "B": True, "V": '{"a":1}',
        "BI": b"\xff",
    }  # fmt: skip


def test_a_point_in_time_is_kept(reader: SnowflakeReader, tmp_path: Path) -> None:
    table = TABLE.model_copy(update={"table": "MOMENTS"})
    rows = staged(reader, table, tmp_path / "f", {})
    assert rows == [{"ID": 1, "SEEN": datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)}]


def test_a_view_and_an_empty_table_are_fetched(reader: SnowflakeReader, tmp_path: Path) -> None:
    view = TABLE.model_copy(update={"table": "BIG"})
    assert len(staged(reader, view, tmp_path / "v", {})) == 3
    empty = TABLE.model_copy(update={"table": "NOTHING"})
    assert staged(reader, empty, tmp_path / "e", {"columns": ()}) == []


def test_a_table_that_changed_or_went_meanwhile_is_told(
    reader: SnowflakeReader, shop: SnowflakeServer, tmp_path: Path
) -> None:
    table = TABLE.model_copy(update={"table": "HUGE"})
    profile = reader.profile(table, name="huge")
    shop.run("DROP TABLE SHOP.SALES.HUGE", "CREATE TABLE SHOP.SALES.HUGE (OTHER INT)")
    need = Need(location=profile.read.locations[0])
    with pytest.raises(SourceUnreadable, match="column 'ID' is gone"):
        reader.stage(profile, need, tmp_path, stopped=lambda: False)
    shop.run("DROP TABLE SHOP.SALES.HUGE")
    with pytest.raises(SourceNotFound, match="no longer there"):
        reader.stage(profile, need, tmp_path, stopped=lambda: False)


def test_values_are_found_whatever_their_case(reader: SnowflakeReader) -> None:
    profile = reader.profile(TABLE, name="orders")
    found = reader.find_values(profile, "Region_Name", "nÖrd")
    assert [(v.value, v.count) for v in found] == [("Nörd", 2)]
    assert [v.value for v in reader.find_values(profile, "Region_Name", "50%")] == ["süd_50%"]
    assert reader.find_values(profile, "Region_Name", "r%d") == ()


def test_a_missing_table_names_the_nearest(reader: SnowflakeReader) -> None:
    with pytest.raises(SourceNotFound, match="'ORDER_'") as caught:
        reader.profile(TABLE.model_copy(update={"table": "ORDER_"}), name="t")
    assert "'ORDERS'" in caught.value.remedy


def test_fetching_stops_when_it_is_told_to(reader: SnowflakeReader, tmp_path: Path) -> None:
    profile = reader.profile(TABLE, name="orders")
    with pytest.raises(RunCancelled):
        reader.stage(
            profile, Need(location=profile.read.locations[0]), tmp_path, stopped=lambda: True
        )


def test_a_host_that_does_not_answer_is_named(shop: SnowflakeServer, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, cache_dir=tmp_path, secret_store="file")
    store = ConnectionStore(settings)
    store.add(shop.connection("gone", port=1), SecretStr(PASSWORD))
    from spark_interpreter.sources.snowflake.session import Timeouts

    reader = SnowflakeReader(
        settings, store, Credentials(store.secrets), timeouts=Timeouts(login=2, socket=2)
    )
    with pytest.raises(SourceUnavailable, match="did not answer"):
        reader.test("gone")


@pytest.mark.parametrize("platform", ["local", "connect"])
def test_a_question_is_answered_from_snowflake(
    shop: SnowflakeServer, tmp_path: Path, platform: PlatformName
) -> None:
    settings = Settings(
        data_dir=tmp_path / "data",
        cache_dir=tmp_path / "cache",
        secret_store="file",
        connect={"spark_home": str(sail_home(tmp_path / "home"))},
    )
    ConnectionStore(settings).add(shop.connection(database="SHOP"), SecretStr(PASSWORD))
    with Interpreter(settings) as interpreter:
        answer = interpreter.ask("total AMOUNT by Region_Name", sources=[TABLE], platform=platform)
        document = answer.document
        assert document.status == "answered", document
        assert 'spark.read.format("jdbc")' in document.script
        assert "net.snowflake.client.jdbc.SnowflakeDriver" in document.script
        assert PASSWORD not in document.model_dump_json()
        assert {(row[0], float(str(row[1]))) for row in document.rows} == {
            ("Nörd", 12.5),
            ("süd_50%", -1),
        }
