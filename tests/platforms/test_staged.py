"""A script reads data that are elsewhere from their copies here, by the names it has anyway."""

import decimal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spark_interpreter.errors import ScriptFailed
from spark_interpreter.model import EmptyTable, ResultColumn, Staged, jdbc_location
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from tests.platforms.jobs import HEADER, execute, make_job, rows

URL = "jdbc:postgresql://db.example:5432/shop"
COLUMNS = (
    ResultColumn(name="id", type="bigint"),
    ResultColumn(name="Größe `x`", type="string"),
    ResultColumn(name="amount", type="decimal(10,2)"),
    ResultColumn(name="at", type="timestamp"),
)
JDBC = 'spark.read.format("jdbc").option("url", "{url}").option("dbtable", {table!r}).load()'


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Two of the four columns, in a folder with two files."""
    folder = tmp_path / "a copy"
    folder.mkdir()
    for number, ids in enumerate(([1, 2], [3])):
        amounts = [decimal.Decimal(f"{i}.50") for i in ids]
        table = pa.table(
            {
                "id": pa.array(ids, pa.int64()),
                "amount": pa.array(amounts, pa.decimal128(10, 2)),
            }
        )
        pq.write_table(table, folder / f"part-{number}.parquet")
    return folder


def run(
    platform: EmbeddedPlatform, folder: Path, body: str, *staged: Staged
) -> list[dict[str, Any]]:
    job = make_job(folder, body).model_copy(update={"staged": staged})
    execute(platform, job)
    return rows(job)


def total(platform: EmbeddedPlatform, folder: Path, read: str, *staged: Staged) -> object:
    body = f'result = {read}.agg(F.count("*").alias("n"), F.sum("amount").alias("total"))'
    [row] = run(platform, folder, body, *staged)
    return row["n"], row["total"]


ALL = (3, decimal.Decimal("7.50"))


@pytest.mark.parametrize(
    ("location", "read"),
    [
        ("s3://b/data/*.parquet", 'spark.read.parquet("s3://b/data/*.parquet")'),
        ("s3://b/data", 'spark.read.format("parquet").load("s3a://b/data/")'),
        ("s3://b/data.json", 'spark.read.schema("id INT").json("s3://b/data.json")'),
        ("shop.orders", 'spark.table("shop.orders")'),
        ("shop.orders", 'spark.read.table("SHOP.`orders`")'),
        ("shop.orders", 'spark.sql("SELECT o.amount FROM shop.orders AS o WHERE o.id > 0")'),
        ("`my-shop`.`the orders`", 'spark.table("`my-shop`.`the orders`")'),
        ("`my-shop`.`the orders`", 'spark.sql("SELECT * FROM `my-shop`.`the orders`")'),
        (f"{URL} public.orders", JDBC.format(url=URL, table="public.orders")),
        (
            f'{URL} public."Or""ders"',
            f"spark.read.jdbc({URL!r}, 'public.\"Or\"\"ders\"', properties={{'user': 'u'}})",
        ),
        (
            f"{URL} orders",
            f"spark.read.jdbc({URL!r}, 'orders', 'id', 1, 9, 2, properties={{}})",
        ),
    ],
)
def test_every_way_to_read(
    embedded: EmbeddedPlatform, tmp_path: Path, copy: Path, location: str, read: str
) -> None:
    staged = Staged(location=location, paths=(str(copy),), columns=COLUMNS)
    assert total(embedded, tmp_path, read, staged) == ALL


def test_columns_that_were_left_behind_can_still_be_named(
    embedded: EmbeddedPlatform, tmp_path: Path, copy: Path
) -> None:
    staged = Staged(location="shop.orders", paths=(str(copy),), columns=COLUMNS)
    body = """
orders = spark.table("shop.orders").select("at", "`Größe ``x```", "id", "amount")
result = orders.where("id > 1").orderBy("id").select("id")
"""
    assert run(embedded, tmp_path, body, staged) == [{"id": 2}, {"id": 3}]


def test_several_sources_and_several_files(
    embedded: EmbeddedPlatform, tmp_path: Path, copy: Path
) -> None:
    files = tuple(map(str, sorted(copy.iterdir())))
    staged = (
        Staged(location="shop.orders", paths=files, columns=COLUMNS),
        Staged(location="s3://b/x", paths=files[:1], columns=COLUMNS),
        Staged(location="s3://b/y", paths=files[1:], columns=COLUMNS),
        Staged(location=jdbc_location(URL, "t"), paths=files, columns=COLUMNS),
    )
    body = f"""
orders = spark.table("shop.orders")
files = spark.read.parquet("s3://b/x", "s3://b/y")
rows = {JDBC.format(url=URL, table="t")}
result = orders.join(files, "id").join(rows, "id").select("id").orderBy("id")
"""
    assert [row["id"] for row in run(embedded, tmp_path, body, *staged)] == [1, 2, 3]


def test_own_files_are_read_with_the_options_of_the_script(
    embedded: EmbeddedPlatform, tmp_path: Path
) -> None:
    folder = tmp_path / "objects"
    folder.mkdir()
    (folder / "1.csv").write_text("id;day\n1;2026-01-02\n")
    (folder / "2.csv").write_text("id;day\n2;\n")
    staged = Staged(
        location="s3://b/d/*.csv", paths=tuple(map(str, sorted(folder.iterdir()))), form="files"
    )
    body = """
days = (
    spark.read.option("header", "true").option("sep", ";").option("mode", "FAILFAST")
    .schema("id INT, day TIMESTAMP").csv("s3://b/d/*.csv")
)
result = days.orderBy("id")
"""
    assert run(embedded, tmp_path, body, staged) == [
        {"id": 1, "day": datetime(2026, 1, 2, tzinfo=UTC)},
        {"id": 2, "day": None},
    ]


@pytest.mark.parametrize(
    "read",
    [
        'spark.read.parquet("s3://b/other")',
        JDBC.format(url=URL, table="(SELECT * FROM orders) AS t"),
        JDBC.format(url=URL, table='"orders"'),
        JDBC.format(url="jdbc:postgresql://elsewhere/shop", table="orders"),
        f'spark.read.format("jdbc").options(url={URL!r}, query="SELECT 1").load()',
        f'spark.read.format("JDBC").options(url={URL!r}).load()',
    ],
)
def test_what_is_not_a_source_is_refused(
    embedded: EmbeddedPlatform, tmp_path: Path, copy: Path, read: str
) -> None:
    staged = Staged(location=f"{URL} orders", paths=(str(copy),), columns=COLUMNS)
    with pytest.raises(ScriptFailed, match="not one of its sources"):
        run(embedded, tmp_path, f"result = {read}", staged)
    tables = (EmptyTable(location=staged.location, columns=COLUMNS),)
    end = '\nresult.write.mode("overwrite").parquet("/o")\n'
    failure = embedded.check(f"{HEADER}result = {read}{end}", tables).failure
    assert failure is not None
    assert failure.error_class == "UNKNOWN_LOCATION"


@pytest.mark.parametrize(
    ("location", "read"),
    [
        ("shop.orders", 'spark.sql("SELECT * FROM shop.orders")'),
        ("`my-shop`.`the orders`", 'spark.sql("SELECT * FROM `my-shop`.`the orders`")'),
        ("`my-shop`.`the orders`", 'spark.read.table("`my-shop`.`the orders`")'),
        (f'{URL} public."Orders"', JDBC.format(url=URL, table='public."Orders"')),
        (f"{URL} orders", f"spark.read.jdbc({URL!r}, 'orders')"),
    ],
)
def test_checks_know_tables_that_are_elsewhere(
    embedded: EmbeddedPlatform, location: str, read: str
) -> None:
    tables = (EmptyTable(location=location, columns=COLUMNS),)
    end = '\nresult.write.mode("overwrite").parquet("/o")\n'
    report = embedded.check(f"{HEADER}result = {read}{end}", tables)
    assert report.columns == COLUMNS, report.failure


def test_hive_support_does_no_harm(embedded: EmbeddedPlatform, tmp_path: Path) -> None:
    body = """
other = (
    SparkSession.builder.config("spark.jars.packages", "org.postgresql:postgresql:42.7.8")
    .config("spark.sql.warehouse.dir", "s3://b/warehouse")
    .enableHiveSupport().getOrCreate()
)
result = other.range(1)
"""
    assert run(embedded, tmp_path, body) == [{"id": 0}]
