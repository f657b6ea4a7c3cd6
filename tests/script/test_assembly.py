"""Assembled scripts: readable, safe to quote anything in, with the same lines everywhere."""

import ast
from pathlib import Path

import pytest

from spark_interpreter.model import (
    ColumnProfile,
    ColumnRead,
    FileRead,
    FileSource,
    ResultColumn,
    TableProfile,
)
from spark_interpreter.script import assemble, empty_tables, from_text, literal_reads

ANALYSIS = 'result = sales.groupBy("region").agg(F.sum("amount").alias("amount"))'


def profile(columnar: str | None = None, **read: object) -> TableProfile:
    path = read.pop("script_path", "/data/sales.csv")
    return TableProfile(
        name="sales",
        label="sales.csv",
        source=FileSource(uri=str(path)),
        columns=(
            ColumnProfile(name="region", header="region", type="string"),
            ColumnProfile(
                name="amount", header="amount", type="double",
                read=ColumnRead(null_tokens=("N/A",), remove=("€", "."), decimal_mark=","),
            ),
            ColumnProfile(name="order day", header="order day", type="date"),
        ),
        read=FileRead.model_validate(
            {
                "format": "csv", "paths": (str(path),), "script_path": str(path),
                "columnar": columnar, **read,
            }
        ),
    )  # fmt: skip


def script(*profiles: TableProfile, **parts: object) -> tuple[str, str]:
    made = assemble(
        str(parts.pop("analysis", ANALYSIS)),
        profiles or (profile(),),
        title=str(parts.pop("title", "Amount by region")),
        question=str(parts.pop("question", "amount by region")),
        assumptions=["amount in euros", "all regions"],
        output=str(parts.pop("output", "/out/1")),
        app_name=str(parts.pop("app_name", "session")),
    )
    return made.text, made.local_text


# ruff: noqa: E501
def test_it_reads_like_written_by_hand() -> None:
    text, local = script(profile(delimiter=";", quoted=False))
    assert text == local
    assert (
        text
        == '''"""Amount by region

Question:  amount by region
Assumes:   amount in euros; all regions
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("session")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

sales = (
    spark.read.option("header", "true")
    .option("sep", ";")
    .option("mode", "FAILFAST")
    .schema("region STRING, amount STRING, `order day` DATE")
    .csv("/data/sales.csv")
    .replace(["N/A"], None, ["amount"])
    .withColumns(
        {
            "amount": (
                F.translate(F.regexp_replace("amount", r"\\.(\\d{3})", "$1"), ",€", ".").cast("double")
            ),
        }
    )
)

result = sales.groupBy("region").agg(F.sum("amount").alias("amount"))

result.write.mode("overwrite").parquet("/out/1")
'''
    )


def test_the_analysis_has_the_same_lines_everywhere() -> None:
    text, local = script(profile(columnar="/cache/x.parquet"))
    assert 'sales = spark.read.parquet("/cache/x.parquet")' in local
    assert "/cache" not in text
    assert text.splitlines().index(ANALYSIS) == local.splitlines().index(ANALYSIS)


def test_only_used_names_are_imported() -> None:
    plain = profile().model_copy(update={"columns": profile().columns[:1]})
    text, _ = script(plain, analysis="result = sales")
    assert "from pyspark.sql import SparkSession\n" in text
    text, _ = script(plain, analysis="w = Window.partitionBy()\nresult = sales.select(T, F)")
    assert "from pyspark.sql import SparkSession, Window, functions as F, types as T\n" in text


NASTY = [
    '"""; import os; os.system("x"); """',
    "\\",
    'ends with "',
    '\\"""',
    "line\nbreak\rand\ttab",
    "\u2028\u202e\x00\ud800 hidden",
    "{braces} %s $1",
    "'\"'\"'",
    "ünï 数据 🎉",
]


@pytest.mark.parametrize("text", NASTY)
def test_nothing_breaks_out_of_its_quotes(text: str) -> None:
    made, _ = script(title=text, question=text, app_name=text, output=f"/out/{text}")
    tree = ast.parse(made)
    assert [type(node).__name__ for node in tree.body] == [
        "Expr", "ImportFrom", "Assign", "Assign", "Assign", "Expr",
    ]  # fmt: skip
    strings = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    assert {text, f"/out/{text}"} <= strings
    assert all(line.isprintable() for line in made.splitlines())


@pytest.mark.parametrize("text", [t for t in NASTY if "\ud800" not in t])
def test_awkward_columns_and_paths_are_quoted(text: str) -> None:
    column = ColumnProfile(name=text, header=text, type="double", read=ColumnRead(percent=True))
    table = profile(script_path=f"/data/{text}").model_copy(update={"columns": (column,)})
    made, _ = script(table, analysis="result = sales")
    strings = {n.value for n in ast.walk(ast.parse(made)) if isinstance(n, ast.Constant)}
    assert {text, f"/data/{text}"} <= strings


def test_what_engines_cannot_read_comes_from_the_copy() -> None:
    table = profile(
        columnar="/cache/x.parquet", engine_direct=False, spark_direct=False, ragged=True
    )
    text, local = script(table)
    assert text == local
    assert "# Converted from sales.csv: Spark does not read ragged text" in text


def test_empty_tables_have_the_columns_as_they_are_read() -> None:
    table = profile(columnar="/cache/x.parquet")
    made = assemble(
        ANALYSIS, [table], title="", question="", assumptions=[], output="/o", app_name=""
    )
    portable, copy = empty_tables(made, [table])
    assert (portable.location, copy.location) == ("/data/sales.csv", "/cache/x.parquet")
    assert [c.type for c in portable.columns] == ["string", "string", "date"]
    assert [c.type for c in copy.columns] == ["string", "double", "date"]
    assert made.inputs == ("/data/sales.csv", "/cache/x.parquet")
    assert made.read_paths == ("/cache/x.parquet",)


def test_an_edited_script_keeps_its_text_and_gets_our_output(tmp_path: Path) -> None:
    table = profile(columnar="/cache/x.parquet")
    text, _ = script(table)
    edited = from_text(text.replace("F.sum", "F.max"), [table], output="/out/é/2")
    assert edited.edited
    assert 'F.max("amount")' in edited.text
    assert 'parquet("/out/é/2")' in edited.text
    assert "/out/1" not in edited.text
    assert "/data/sales.csv" in edited.text
    assert "/cache/x.parquet" in edited.local_text
    assert "/data/sales.csv" not in edited.local_text


def test_an_edited_read_is_left_as_it_is(tmp_path: Path) -> None:
    data = tmp_path / "sales.csv"
    data.touch()
    table = profile(columnar="/cache/x.parquet", script_path=str(data))
    text, _ = script(table)
    edited = from_text(text.replace("FAILFAST", "PERMISSIVE"), [table], output="/out/2")
    assert edited.text == edited.local_text
    assert str(data) in edited.read_paths


@pytest.mark.parametrize(
    ("location", "allowed"),
    [("2024-*.csv", "2024-*.csv"), ("{a,b}.csv", "*.csv"), ("none.csv", None), ("orders", None)],
)
def test_a_pattern_opens_its_matches_alone(
    tmp_path: Path, location: str, allowed: str | None
) -> None:
    made = from_text(f"result = spark.read.csv({f'{tmp_path}/{location}'!r})", [], output="/out/1")
    assert made.read_paths == ((f"{tmp_path}/{allowed}",) if allowed else ())


def test_a_script_of_ones_own() -> None:
    text = (
        "from pyspark.sql import SparkSession\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        "a = spark.read.schema('x INT, `y z` DECIMAL(10,2)').csv('/data/a.csv')\n"
        "b = spark.read.parquet('/data/b1', '/data/b2')\n"
        "result = a.join(b, 'x')\n"
    )
    made = from_text(text, [], output="/out/1")
    assert made.text.endswith('result.write.mode("overwrite").parquet("/out/1")\n')
    assert set(made.inputs) == {"/data/a.csv", "/data/b1", "/data/b2"}
    (table,) = empty_tables(made, [])
    assert table.columns == (
        ResultColumn(name="x", type="int"), ResultColumn(name="y z", type="decimal(10,2)"),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["result = (", "\x00", "", "(" * 10_000])
def test_text_that_is_not_python_is_kept(text: str) -> None:
    made = from_text(text, [], output="/out/1")
    assert made.text == text
    assert literal_reads(text) == ()
