"""A script's plan tells which columns and rows of its sources it needs, and never too few."""

import pytest

from spark_interpreter.model import EmptyTable, Need, ResultColumn
from spark_interpreter.platforms.embedded.believed import believed
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from tests.platforms.jobs import HEADER

# ruff: noqa: E501, ISC004


def table(location: str, columns: str) -> EmptyTable:
    pairs = (column.rsplit(" ", 1) for column in columns.split("; "))
    return EmptyTable(
        location=location, columns=tuple(ResultColumn(name=n, type=t) for n, t in pairs)
    )


ORDERS = table(
    "shop.orders",
    "id bigint; customer_id int; day date; at timestamp; local timestamp_ntz; region string; "
    "Größe x string; amount decimal(12,2); price double; paid boolean; tags array<string>",
)
CUSTOMERS = table("s3://b/customers", "id int; name string; region string; since date")
START = """
import datetime
orders = spark.table("shop.orders")
customers = spark.read.parquet("s3://b/customers")
"""
END = '\nresult.write.mode("overwrite").parquet("/data/out")\n'
TOTAL = '.groupBy("region").agg(F.sum("amount").alias("total"))'


def needs(platform: EmbeddedPlatform, body: str) -> dict[str, Need]:
    report = platform.check(f"{HEADER}{START}{body}{END}", (ORDERS, CUSTOMERS))
    assert report.failure is None, report.failure
    return {need.location: need for need in report.needs}


def of_orders(platform: EmbeddedPlatform, body: str) -> tuple[tuple[str, ...] | None, str | None]:
    need = needs(platform, body)["shop.orders"]
    return need.columns, need.where


CONDITIONS: list[tuple[str, str | None]] = [
    ('F.col("id") > 5', "`id` > 5"),
    ('5 < F.col("id")', "`id` > 5"),
    ('(F.col("id") >= 5) & (F.col("paid"))', "`id` >= 5 AND `paid`"),
    ('~F.col("paid")', "NOT `paid`"),
    ('F.col("region") == "it\'s \\\\ ö"', "`region` = 'it\\'s \\\\ ö'"),
    ('~(F.col("region") == "x")', "`region` <> 'x'"),
    ('F.col("region").isin("a", "b")', "`region` IN ('a', 'b')"),
    ('~F.col("region").isin("a")', "`region` NOT IN ('a')"),
    ('F.col("region").isNull() | (F.col("id") == 1)', "(`region` IS NULL OR `id` = 1)"),
    ('F.col("region").startswith("a")', "`region` LIKE 'a%'"),
    ('F.lower("region").contains("ab")', "lower(`region`) LIKE '%ab%'"),
    ('F.col("region").like("a_b%")', "`region` LIKE 'a_b%'"),
    ('F.col("`Größe x`") == "L"', "`Größe x` = 'L'"),
    ('F.col("day") >= "2026-03-01"', "`day` >= DATE '2026-03-01'"),
    ('F.col("day") < datetime.date(2026, 4, 1)', "`day` < DATE '2026-04-01'"),
    ('F.col("day") >= F.to_date(F.lit("2026-03-01"))', "`day` >= DATE '2026-03-01'"),
    ('F.col("day") >= F.date_sub(F.lit("2026-03-01"), 1)', "`day` >= DATE '2026-02-28'"),
    ('F.month("day") == 3', "month(`day`) = 3"),
    ('F.year("day").between(2020, 2021)', "year(`day`) >= 2020 AND year(`day`) <= 2021"),
    (
        'F.col("at") >= datetime.datetime(2026, 3, 1, 12)',
        "`at` >= TIMESTAMP '2026-03-01 12:00:00+00:00'",
    ),
    ('F.col("at") < "2026-03-01"', "`at` < TIMESTAMP '2026-03-01 00:00:00+00:00'"),
    ('F.col("local") < "2026-03-01"', "`local` < TIMESTAMP_NTZ '2026-03-01 00:00:00'"),
    (
        'F.year("at") == 2026',
        "(`at` >= TIMESTAMP '2026-01-01 00:00:00+00:00' "
        "AND `at` < TIMESTAMP '2027-01-01 00:00:00+00:00')",
    ),
    ('F.col("amount") > 100.5', "`amount` > 100.5"),
    ('F.col("price") <= 2.5', "`price` <= CAST(2.5 AS DOUBLE)"),
    ('(F.col("price") > 2.5) & (F.col("id") == 1)', "`id` = 1"),
    ('(F.col("price") > 2.5) | (F.col("id") == 1)', None),
    ('~((F.col("id") == 1) & (F.rand() > 0.5))', None),
    ('F.col("region") > "m"', None),
    ('F.col("region").rlike("a")', None),
    ('F.col("region") == F.lit(None)', None),
    ('F.col("id") == "5"', None),
    ('F.month("at") == 3', None),
    ('F.size("tags") > 1', None),
    ("F.lit(True)", None),
    ('"id > 5"', None),
]


def test_conditions(embedded: EmbeddedPlatform) -> None:
    tables = [
        ORDERS.model_copy(update={"location": f"shop.t{n}"}) for n, _ in enumerate(CONDITIONS)
    ]
    frames = "".join(
        f'.union(spark.table("shop.t{n}").filter({condition}).select("id"))\n'
        for n, (condition, _) in enumerate(CONDITIONS)
    )
    body = f"import datetime\nresult = (\nspark.range(1)\n{frames})"
    report = embedded.check(f"{HEADER}{body}{END}", tables)
    assert report.failure is None, report.failure
    found = {need.location: need.where for need in report.needs}
    assert {c: found[f"shop.t{n}"] for n, (c, _) in enumerate(CONDITIONS)} == dict(CONDITIONS)


def test_no_condition_holds_for_a_script_that_asks_the_clock(embedded: EmbeddedPlatform) -> None:
    body = 'result = orders.filter(F.col("day") < datetime.date.today()).select("day")'
    assert of_orders(embedded, body) == (("day",), None)


@pytest.mark.parametrize(
    ("body", "columns", "where"),
    [
        (f"result = orders{TOTAL}", "region amount", None),
        ('result = orders.select("id").filter("id > 1").orderBy(orders["day"])', "id day", None),
        ('result = orders.agg(F.count("*"))', "id", None),
        ('result = orders.select(F.expr("count(*)"))', "id", None),
        ('result = orders.selectExpr("id * 2 AS x", "`region`")', "id region", None),
        ('result = orders.drop("tags", "at").drop(orders.local)',
         "id customer_id day region|Größe x|amount price paid", None),
        ("result = orders", None, None),
        ('result = orders.filter("id > 1").select("*")', None, None),
        (
            'result = orders.withColumn("m", F.month("day")).filter("paid")'
            '.filter(F.col("m") == 3).groupBy("m").count()',
            "day paid", "month(`day`) = 3",
        ),
        (
            'result = orders.withColumnRenamed("id", "key").filter(F.col("key") == 1).select("key")',
            "id", "`id` = 1",
        ),
        (
            'result = orders.select(F.col("id").alias("day"), "region").filter(F.col("day") == 1)',
            "id region", "`id` = 1",
        ),
        (
            'result = orders.select("id", "region").toDF("a", "b").filter(F.col("b") == "x")',
            "id region", "`region` = 'x'",
        ),
        ('result = orders.orderBy("day").limit(5).filter(F.col("id") == 1).select("id")',
         "id day", None),
        ('result = orders.filter(F.col("id") == 1).limit(5).select("id")', "id", "`id` = 1"),
        (
            'result = orders.groupBy("region").agg(F.sum("amount").alias("amount"))'
            '.filter(F.col("amount") > 5).select("region")',
            "region amount", None,
        ),
        (
            'w = Window.partitionBy("region").orderBy("day")\n'
            'result = orders.withColumn("n", F.row_number().over(w))'
            '.filter(F.col("id") == 1).select("id", "n")',
            "id day region", None,
        ),
        (
            'result = orders.dropDuplicates(["region"]).filter(F.col("id") == 1).select("id")',
            "id region", None,
        ),
        (
            'result = orders.select("id").distinct().filter(F.col("id") == 1)', "id", "`id` = 1"
        ),
        (
            'result = orders.fillna(0, ["id"]).filter(F.col("id") == 0).select("id")', "id", None
        ),
        (
            'a = orders.filter(F.col("id") == 1).select("id")\n'
            'result = a.union(orders.filter(F.col("id") == 2).select("customer_id"))',
            "id customer_id", "(`id` = 1) OR (`id` = 2)",
        ),
        (
            'result = orders.select("id", "region").union(orders.select("customer_id", "region"))'
            '.filter(F.col("id") == 7)',
            "id customer_id region", "(`id` = 7) OR (`customer_id` = 7)",
        ),
        (
            'a = orders.filter(F.col("id") == 1).select("region")\n'
            'result = a.join(orders.select("region", "day"), "region")',
            "id day region", None,
        ),
        (
            'orders.createOrReplaceTempView("v")\nresult = spark.sql("SELECT id FROM v WHERE id = 1")',
            None, None,
        ),
        ('result = spark.sql("SELECT id FROM shop.`orders`")', None, None),
        ('orders.select("day").show()\nresult = orders.select("id")', "id day", None),
        (
            'spark.conf.set("spark.sql.session.timeZone", "Europe/Berlin")\n'
            'result = orders.filter(F.col("id") == 1).select("id")', "id", None,
        ),
    ],
)  # fmt: skip
def test_steps(
    embedded: EmbeddedPlatform, body: str, columns: str | None, where: str | None
) -> None:
    body = f"from pyspark.sql import Window\n{body}"
    found, condition = of_orders(embedded, body)
    expected = columns and {
        c for part in columns.split("|") for c in ([part] if "ß" in part else part.split())
    }
    assert (set(found) if found else None) == expected
    assert condition == where


@pytest.mark.parametrize(
    ("how", "left", "right"),
    [
        ("inner", "`amount` > 5", "`since` < DATE '2026-01-01'"),
        ("left", "`amount` > 5", None),
        ("right", None, "`since` < DATE '2026-01-01'"),
        ("full", None, None),
    ],
)
def test_joins(embedded: EmbeddedPlatform, how: str, left: str | None, right: str | None) -> None:
    body = f"""
o, c = orders.alias("o"), customers.alias("c")
result = (
    o.join(c, F.col("customer_id") == F.col("c.id"), {how!r})
    .filter((F.col("o.amount") > 5) & (F.col("since") < "2026-01-01") & (F.col("o.id") < 9))
    .groupBy("c.region").agg(F.sum("amount").alias("total"))
)
"""
    found = needs(embedded, body)
    where = left and f"{left} AND `id` < 9"
    assert found["shop.orders"].where == where
    assert set(found["shop.orders"].columns or ()) == {"id", "customer_id", "amount", "region"}
    assert found["s3://b/customers"].where == right


def test_a_join_by_name_and_a_half_join(embedded: EmbeddedPlatform) -> None:
    body = """
some = customers.filter(F.col("name") == "Ann").select(F.col("id").alias("customer_id"))
result = (
    orders.join(some, "customer_id", "left_semi")
    .filter(F.col("customer_id") == 3).select("customer_id", "amount")
)
"""
    found = needs(embedded, body)
    assert found["shop.orders"].where == "`customer_id` = 3"
    assert found["s3://b/customers"].columns == ("id", "name")
    assert found["s3://b/customers"].where == "`name` = 'Ann'"


@pytest.mark.parametrize(
    "look",
    [
        "n = orders.count()",
        'top = orders.agg(F.max("id").alias("m")).collect()[0]["m"]',
        'first = orders.select("id").isEmpty()',
        'c = orders.stat.corr("price", "price")',
    ],
)
def test_nothing_is_known_of_a_script_that_looks_at_rows(
    embedded: EmbeddedPlatform, look: str
) -> None:
    assert needs(embedded, f'{look}\nresult = orders.filter(F.col("id") == 1)') == {}


def test_sources_that_are_not_read_are_not_needed(embedded: EmbeddedPlatform) -> None:
    assert needs(embedded, "result = customers").keys() == {"shop.orders", "s3://b/customers"}
    report = embedded.check(
        f'{HEADER}result = spark.read.parquet("s3://b/customers"){END}', (ORDERS, CUSTOMERS)
    )
    assert [need.location for need in report.needs] == ["s3://b/customers"]


@pytest.mark.parametrize(
    "where",
    [
        "1 = 1) OR (SELECT count(*) FROM secrets) > (0",
        "`id` = 1; DROP TABLE t",
        "`id` IN (SELECT id FROM other)",
        "pg_sleep(10) IS NULL",
        "`id` = 1 ORDER BY 1",
        "`id` = 1 UNION SELECT 1",
        "`secret` = 1",
        "`other`.`id` = 1",
        "current_user() = 'x'",
        "upper(pg_read_file('x')) = 'x'",
        "(" * 100 + "`id` = 1" + ")" * 100,
        "`id` = 1 --",
        "`id` = @@version",
    ],
)
def test_a_condition_is_not_taken_on_trust(where: str) -> None:
    said = Need(location="shop.orders", columns=("id",), where=where)
    [kept] = believed([said], [ORDERS])
    assert kept.columns == ("id",)
    assert kept.where is None


def test_needs_of_other_sources_are_not_believed() -> None:
    said = [
        Need(location="shop.secrets", columns=("id",)),
        Need(location="shop.orders", columns=("id", "secret"), where="`id` = 1 AND `paid`"),
    ]
    assert believed(said, [ORDERS]) == (
        Need(location="shop.orders", columns=None, where="`id` = 1 AND `paid`"),
    )
