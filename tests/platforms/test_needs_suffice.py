"""Random plans give the same rows from what they need as from the whole of their sources."""

import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot

from spark_interpreter.model import EmptyTable, Need, ResultColumn, Staged
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from tests.platforms.jobs import execute, make_job, rows

PLANS = 16
TYPES = {
    "a": "int", "b": "string", "c": "decimal(6,2)", "d": "date", "e": "boolean", "f": "bigint",
}  # fmt: skip
COLUMNS = tuple(ResultColumn(name=name, type=kind) for name, kind in TYPES.items())
ARROW = pa.schema(
    {
        "a": pa.int32(), "b": pa.string(), "c": pa.decimal128(6, 2), "d": pa.date32(),
        "e": pa.bool_(), "f": pa.int64(),
    }
)  # fmt: skip


def data(seed: random.Random) -> pa.Table:
    def some(values: list[Any]) -> list[Any]:
        return [seed.choice([*values, None]) for _ in range(30)]

    return pa.table(
        {
            "a": some([1, 2, 3, 4]),
            "b": some(["x", "y", "xy", "X", ""]),
            "c": some([Decimal("1.50"), Decimal("2.00"), Decimal("-3.25")]),
            "d": some([date(2026, 1, 1) + timedelta(days=40 * n) for n in range(4)]),
            "e": some([True, False]),
            "f": some([1, 2, 3]),
        },
        schema=ARROW,
    )


CONDITIONS = (
    'F.col("a") > 2', 'F.col("a") != 2', '~F.col("a").isin(1, 3)', 'F.col("b") == "x"',
    '~(F.col("b") == "x")', 'F.col("b").startswith("x")', 'F.lower("b").contains("x")',
    'F.col("c") <= 1.5', 'F.col("d") >= "2026-02-01"', 'F.month("d") == 3', 'F.col("e")',
    '~F.col("e")', 'F.col("a").isNull() | (F.col("f") == 1)', 'F.col("a") == F.col("f")',
    '(F.col("a") + 1 > 2) & (F.col("f") < 3)', 'F.col("b").eqNullSafe("y")',
    'F.coalesce(F.col("a"), F.lit(0)) < 3', '~F.col("d").isNotNull()',
)  # fmt: skip


SELECT = '.select("a", "b", "c", "d", "e", "f")'


def plan(seed: random.Random, number: int) -> str:
    """A frame of the columns a to f, made in up to five steps from two sources."""
    frame = f'spark.table("s.t{number}")'
    for _ in range(seed.randint(1, 5)):
        condition, other = seed.choice(CONDITIONS), seed.choice(CONDITIONS)
        right = f'spark.table("s.u{number}").filter({other})'
        how = seed.choice(["inner", "left", "right", "full", "left_semi", "left_anti"])
        key = seed.choice(["a", "f"])
        joined = f'.join({right}.select("{key}", F.col("b").alias("z")), "{key}", "{how}")'
        if not how.startswith("left_"):
            joined += f".filter({condition})".replace('"b"', '"z"')
        order = 'orderBy("a", "b", "c", "d", "e", "f")'
        swapped = """
            .withColumnRenamed("a", "g").withColumnRenamed("f", "a").withColumnRenamed("g", "f")
            .withColumns({"a": F.col("a").cast("int"), "f": F.col("f").cast("bigint")})"""
        numbered = f"""
            .withColumn("n", F.row_number().over(Window.partitionBy("b").{order}))
            .filter({condition}).filter("n < 4").drop("n")"""
        grouped = f"""
            .groupBy("b", "d", "e")
            .agg(F.max("a").alias("a"), F.sum("c").alias("c"), F.count("*").alias("f"))
            .withColumn("c", F.col("c").cast("decimal(6,2)")).filter({condition})"""
        frame += seed.choice(
            [
                f".filter({condition})",
                f".filter({condition})",
                SELECT,
                '.withColumn("a", F.col("a") * 2)',
                '.withColumn("f", F.col("a").cast("bigint"))',
                '.withColumns({"a": F.month("d"), "d": F.date_add("d", 31)})',
                swapped + SELECT,
                f".dropDuplicates().{order}",
                f".{order}.limit({seed.randint(1, 20)})",
                f".union({right})",
                f".unionByName({right})",
                joined + SELECT,
                '.fillna({"a": 7, "b": "x"})',
                '.na.drop(subset=["a"])',
                numbered,
                grouped + SELECT,
            ]
        )
    shown = ", ".join(f'F.coalesce(F.col("{c}").cast("string"), F.lit("-"))' for c in TYPES)
    if seed.random() < 0.4:
        return f'{frame}.agg(F.concat(F.count("*"), F.lit(" "), F.sum("a")).alias("row"))'
    return f'{frame}.select(F.concat_ws("|", {shown}).alias("row"))'


def needed(table: pa.Table, need: Need) -> pa.Table:
    """The rows and columns of the need, by another engine."""
    frame = table.select(list(need.columns)) if need.columns else table
    if need.where is None:
        return frame
    query = sqlglot.transpile(
        f"SELECT {', '.join(frame.column_names)} FROM t WHERE {need.where}",
        read="spark",
        write="duckdb",
    )[0]
    with duckdb.connect() as connection:
        connection.register("t", table)
        return connection.sql(query).to_arrow_table()


@pytest.mark.parametrize("start", [1, 2, 3])
def test_what_is_needed_is_enough(embedded: EmbeddedPlatform, tmp_path: Path, start: int) -> None:
    seed = random.Random(start)
    plans = [plan(seed, number) for number in range(PLANS)]
    tables = {f"s.{side}{n}": data(seed) for n in range(PLANS) for side in "tu"}
    frames = [f'{p}.select(F.lit({n}).alias("plan"), "row")' for n, p in enumerate(plans)]
    body = "from pyspark.sql import Window\nresult = (\n" + "\n.union(".join(frames)
    body += ")" * (PLANS - 1) + '\n.orderBy("plan", "row"))'
    (tmp_path / "whole").mkdir()
    job = make_job(tmp_path / "whole", body)
    stand_ins = [EmptyTable(location=place, columns=COLUMNS) for place in tables]
    report = embedded.check(job.script, stand_ins)
    assert report.failure is None, report.failure
    needs = {need.location: need for need in report.needs}
    assert sum(need.where is not None for need in needs.values()) > PLANS / 3
    assert sum(need.columns is not None for need in needs.values()) > 0

    def answer(name: str, contents: dict[str, pa.Table]) -> list[dict[str, Any]]:
        folder = tmp_path / name
        staged = []
        for place, table in contents.items():
            file = folder / f"{place}.parquet"
            file.parent.mkdir(exist_ok=True)
            pq.write_table(table, file)
            staged.append(Staged(location=place, paths=(str(file),), columns=COLUMNS))
        run = make_job(folder, body).model_copy(update={"staged": tuple(staged)})
        execute(embedded, run)
        return rows(run)

    whole = answer("whole", tables)
    part = answer("part", {p: needed(t, needs[p]) if p in needs else t for p, t in tables.items()})
    for number, text in enumerate(plans):
        told = [row["row"] for row in whole if row["plan"] == number]
        assert [row["row"] for row in part if row["plan"] == number] == told, text
