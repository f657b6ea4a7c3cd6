"""Questions and scripts whose tables lie in two or three kinds of source."""

import duckdb
import pytest

from spark_interpreter.model import Event, FileSource
from spark_interpreter.script.reads import portable_read
from tests.elsewhere.asking import Case, Everywhere, cases
from tests.elsewhere.conftest import GLUE_DATABASE
from tests.questions.compare import agree
from tests.questions.test_questions import explain, rows_of

pytestmark = [pytest.mark.xdist_group("spark"), pytest.mark.timeout(300)]


@pytest.mark.parametrize("case", cases("across.toml"), ids=lambda case: case["id"])
def test_a_question_across_sources(
    everywhere: Everywhere, oracle: duckdb.DuckDBPyConnection, case: Case
) -> None:
    answer = everywhere.ask_across(case)
    assert answer.status == "answered", explain(answer)
    gold, found = oracle.execute(case["sql"]).fetchall(), rows_of(answer)
    assert agree(gold, found, ordered=case.get("ordered", False)), (
        f"{explain(answer)}\nexpected {gold[:5]}\nfound    {found[:5]}"
    )


SCRIPT = """
from job_credentials import credentials
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("by hand").getOrCreate()

{orders}

products = spark.table("{glue}.products")
customers = spark.read.option("header", "true").csv("{customers}")

bought = (
    orders.filter(F.year("paid_at") == 2025)
    .join(products, "product_id")
    .join(customers.select("customer_id", "segment"), "customer_id", "left")
)
bought.select("order_id", "segment").orderBy("order_id").show(3)
result = bought.groupBy("segment", "category").agg(F.sum("quantity").alias("quantity"))
result.write.mode("overwrite").parquet("output")
"""


def test_a_script_of_a_person_reads_three_kinds_in_one_run(
    everywhere: Everywhere, oracle: duckdb.DuckDBPyConnection
) -> None:
    """Only what it needs is fetched, what it shows is shown, and nothing is left behind."""
    names = ("orders@postgres", "products@glue", "customers@s3-csv")
    sources = [everywhere.source(name) for name in names]
    orders, *_ = everywhere.interpreter.profile(sources)
    customers = everywhere.source("customers@s3-csv")
    assert isinstance(customers, FileSource)
    text = SCRIPT.format(orders=portable_read(orders), glue=GLUE_DATABASE, customers=customers.uri)
    before = len(everywhere.postgres.log())
    events: list[Event] = []
    answer = everywhere.interpreter.run(text, sources, on_event=events.append)
    assert answer.status == "answered", explain(answer)
    gold = oracle.execute(
        "SELECT segment, category, sum(quantity) FROM orders JOIN products USING (product_id) "
        "LEFT JOIN customers USING (customer_id) WHERE year(paid_at) = 2025 GROUP BY 1, 2"
    ).fetchall()
    assert agree(gold, rows_of(answer), ordered=False)
    assert any(event.message.startswith("Fetching the data") for event in events)
    run = answer.turn.run
    assert run is not None
    settings = everywhere.interpreter.settings
    shown = (settings.data_dir / "logs" / "local" / run.run_id / "stdout.log").read_text()
    numbers = oracle.execute(
        "SELECT order_id FROM orders WHERE year(paid_at) = 2025 ORDER BY 1 LIMIT 3"
    ).fetchall()
    assert [line.split("|")[1].strip() for line in shown.splitlines()[3:6]] == [
        str(number) for (number,) in numbers
    ]
    [copy] = [s for s in everywhere.postgres.statements(before) if s.upper().startswith("COPY")]
    assert '"paid_at"' in copy
    assert "payment_method" not in copy
    assert not list((settings.cache_dir / "staged").iterdir())
