"""Plans resolve against empty tables, and what does not resolve has its line and name."""

from pathlib import Path

import pytest

from spark_interpreter.errors import RunTimeout
from spark_interpreter.model import EmptyTable, Limits, PlanFailure, ResultColumn
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from tests.platforms.jobs import FIRST_LINE, HEADER

ORDERS = EmptyTable(
    location="/data/orders 1.csv",
    columns=(
        ResultColumn(name="day", type="date"),
        ResultColumn(name="shop", type="string"),
        ResultColumn(name="amount", type="decimal(10,2)"),
        ResultColumn(name="odd `name`", type="array<struct<k:string>>"),
    ),
)
SHOPS = EmptyTable(location="shops", columns=(ResultColumn(name="shop", type="string"),))
READ = 'orders = spark.read.parquet("/data/orders 1.csv")\n'
WRITE = '\nresult.write.mode("overwrite").parquet("/data/out")\n'


def columns(platform: EmbeddedPlatform, body: str) -> list[tuple[str, str]]:
    report = platform.check(HEADER + body + WRITE, (ORDERS, SHOPS))
    assert report.failure is None, report.failure
    return [(column.name, column.type) for column in report.columns]


def failure(platform: EmbeddedPlatform, body: str, ending: str = WRITE) -> PlanFailure:
    report = platform.check(HEADER + body + ending, (ORDERS, SHOPS))
    assert report.failure is not None, report.columns
    return report.failure


def test_columns_of_the_result(embedded: EmbeddedPlatform) -> None:
    body = READ + 'result = orders.groupBy("shop").agg(F.sum("amount").alias("total"))'
    assert columns(embedded, body) == [("shop", "string"), ("total", "decimal(20,2)")]


@pytest.mark.parametrize(
    "read",
    [
        'spark.read.csv("/data/orders 1.csv")',
        'spark.read.csv(["/data/orders 1.csv"], header=True)',
        'spark.read.format("csv").load("/data/orders 1.csv")',
        'spark.read.format("csv").option("path", "/data/orders 1.csv").load()',
        'spark.read.json("file:///data/orders 1.csv")',
        'spark.read.option("header", "true").parquet("/data/orders 1.csv/")',
    ],
)
def test_every_way_to_read(embedded: EmbeddedPlatform, read: str) -> None:
    assert columns(embedded, f"result = {read}") == [
        ("day", "date"), ("shop", "string"), ("amount", "decimal(10,2)"),
        ("odd `name`", "array<struct<k:string>>"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "read",
    ['spark.table("shops")', 'spark.read.table("shops")', 'spark.sql("select * from shops")'],
)
def test_tables(embedded: EmbeddedPlatform, read: str) -> None:
    assert columns(embedded, f"result = {read}") == [("shop", "string")]


def test_a_given_schema_counts(embedded: EmbeddedPlatform) -> None:
    ddl = 'result = spark.read.schema("a INT, `b c` STRING").csv("/data/orders 1.csv")'
    assert columns(embedded, ddl) == [("a", "int"), ("b c", "string")]
    struct = (
        "from pyspark.sql import types as T\n"
        'schema = T.StructType([T.StructField("a", T.DateType())])\n'
        'result = spark.read.csv("/data/orders 1.csv", schema=schema)'
    )
    assert columns(embedded, struct) == [("a", "date")]


def test_wide_tables(embedded: EmbeddedPlatform) -> None:
    wide = EmptyTable(
        location="/data/wide",
        columns=tuple(ResultColumn(name=f"c{i}", type="double") for i in range(2000)),
    )
    script = HEADER + 'result = spark.read.parquet("/data/wide").where("c1999 > 0")' + WRITE
    assert len(embedded.check(script, (wide,)).columns) == 2000


def test_nothing_is_read_or_written(embedded: EmbeddedPlatform, tmp_path: Path) -> None:
    columns(embedded, READ + "result = orders")
    assert not Path("/data/out").exists()


@pytest.mark.parametrize(
    ("body", "condition", "name", "line"),
    [
        ('result = (\n    orders.where("amount > 0")\n    .select("shp")\n)',
         "UNRESOLVED_COLUMN", "shp", 3),
        ('result = orders.groupBy("shop").agg(\n    F.sum("day"),\n    F.sum("amnt"),\n)',
         "UNRESOLVED_COLUMN", "amnt", 3),
        ('unused = orders.select("shp")\nresult = orders', "UNRESOLVED_COLUMN", "shp", 1),
        ('result = orders.where("amnt > 3 and shop is null")', "UNRESOLVED_COLUMN", "amnt", 1),
        ("result = orders.select(orders.amnt)", "UNRESOLVED_COLUMN", "amnt", 1),
        ('result = orders.select(\n    "day",\n    orders["amnt"],\n)', "UNRESOLVED_COLUMN",
         "amnt", 3),
        ('result = orders.join(orders.select("shop", "amount"), "shop").select("amount")',
         "AMBIGUOUS_REFERENCE", "amount", 1),
        ('result = orders.groupBy("shop").agg(F.col("amount"))', "MISSING_AGGREGATION", None, 1),
        ('result = orders.select(F.expr("nothing(shop)"))', "UNRESOLVED_ROUTINE", "nothing", 1),
        ('result = spark.table("nowhere")', "UNKNOWN_LOCATION", "nowhere", 1),
        ('result = spark.sql("select * from nowhere")', "TABLE_OR_VIEW_NOT_FOUND", "nowhere", 1),
        ('result = spark.read.csv("/etc/passwd")', "UNKNOWN_LOCATION", "/etc/passwd", 1),
        ('result = spark.sql("selct 1")', "PARSE_SYNTAX_ERROR", None, 1),
        ('result = orders.union(orders.select("day"))', "NUM_COLUMNS_MISMATCH", None, 1),
        ('result = orders.where("shop")', "DATATYPE_MISMATCH", None, 1),
        ('result = orders.select(F.year("amount"))', "DATATYPE_MISMATCH", "year", 1),
        ("result = undefined", "NameError", None, 1),
        ("result = 1 / 0", "ZeroDivisionError", None, 1),
        ("result = orders.nothing()", "TypeError", None, 1),
    ],
)  # fmt: skip
def test_failures(
    embedded: EmbeddedPlatform, body: str, condition: str, name: str | None, line: int
) -> None:
    found = failure(embedded, READ + body)
    assert (found.error_class, found.name, found.line) == (condition, name, FIRST_LINE + line)
    assert "\n" not in found.message
    assert not found.unsupported


def test_an_unsupported_feature_is_told_apart(embedded: EmbeddedPlatform) -> None:
    found = failure(embedded, READ + 'q = orders.approxQuantile("amount", [0.5], 0.1)')
    assert found.unsupported


def test_never_writes(embedded: EmbeddedPlatform) -> None:
    assert failure(embedded, READ + "result = orders", "\n").error_class == "NO_OUTPUT"


def test_a_plan_that_hangs_on_rows_is_left_open(embedded: EmbeddedPlatform) -> None:
    body = READ + 'last = orders.agg(F.max("day")).first()[0].year\nresult = orders'
    report = embedded.check(HEADER + body + WRITE, (ORDERS,))
    assert (report.columns, report.failure) == ((), None)


def test_a_process_that_ends_itself_fails(embedded: EmbeddedPlatform) -> None:
    assert "exit code 3" in failure(embedded, "import os\nos._exit(3)").message


def test_time_is_limited() -> None:
    settings = Settings(limits=Limits(seconds=1))
    with EmbeddedPlatform(settings) as platform, pytest.raises(RunTimeout):
        platform.check("while True:\n    pass", ())
