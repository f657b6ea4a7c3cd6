"""The glossary in answers, checked against SQL written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from spark_interpreter import Answer, Interpreter, Settings
from tests.questions.compare import agree

GLOSSARY = """
[[term]]
means = "orders"
words = ["purchases"]
[[term]]
means = "orders.unit_price"
words = ["tariff"]
unit = "EUR"
[[term]]
means = "customers.segment"
words = ["tier"]
[[metric]]
name = "net revenue"
table = "orders"
formula = "quantity * unit_price * (1 - discount)"
words = ["net sales"]
unit = "EUR"
[[metric]]
name = "paid per order"
table = "orders"
formula = "sum(paid) / count(*)"
[[metric]]
name = "cancellation quota"
table = "orders"
formula = "sum(case when status = 'cancelled' then 1 else 0 end) / count(*)"
[[metric]]
name = "price band"
table = "orders"
formula = "case when unit_price > 40 then 'high' else 'low' end"
[[metric]]
name = "revenue"
table = "orders"
formula = "quantity * unit_price * 2"
[[metric]]
name = "margin"
table = "orders"
formula = "quantity * unit_prise"
[[filter]]
table = "orders"
where = "status <> 'cancelled'"
description = "cancelled orders are left out"
[[filter]]
table = "customers"
where = "not is_test"
description = "test customers are left out"
"""
NET = "quantity * unit_price * (1 - discount)"
KEPT = "o LEFT JOIN c USING (customer_id) WHERE status <> 'cancelled' AND is_test IS NOT TRUE"
ONE, TWO = ("orders",), ("orders", "customers")


@dataclass(frozen=True)
class Shop:
    """Orders, some of nobody, and customers, one of whom is a test."""

    folder: Path
    settings: Settings
    interpreter: Interpreter

    def ask(self, question: str, tables: tuple[str, ...] = ONE, **options: Any) -> Answer:
        return self.interpreter.ask(
            question, [self.folder / f"{table}.csv" for table in tables], **options
        )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("glossary")
    orders = ["id,customer_id,day,region,status,quantity,unit_price,discount,paid"]
    for n in range(1, 61):
        customer = "" if n % 13 == 0 else n % 7 + 1
        status = ("shipped", "cancelled", "open")[n % 3 if n % 5 else 1]
        region = "North" if n % 2 else "South"
        orders.append(
            f"{n},{customer},2024-0{n % 3 + 1}-11,{region},{status},{n % 4 + 1},{10 + n}.5,"
            f"{n % 3 / 10},{n * 3}"
        )
    customers = ["customer_id,name,segment,is_test"]
    customers += [
        f"{n},Name{n},{'Gold' if n % 2 else 'Silver'},{'true' if n == 3 else 'false'}"
        for n in range(1, 10)
    ]
    (folder / "orders.csv").write_text("\n".join(orders) + "\n")
    (folder / "customers.csv").write_text("\n".join(customers) + "\n")
    (folder / "words.toml").write_text(GLOSSARY)
    settings = Settings(
        data_dir=folder / "data",
        cache_dir=folder / "cache",
        cache_max_mb=0,
        glossary=folder / "words.toml",
    )
    with Interpreter(settings) as interpreter:
        yield Shop(folder, settings, interpreter)


@pytest.fixture(scope="module")
def oracle(shop: Shop) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE o AS FROM read_csv('{shop.folder / 'orders.csv'}')")
        db.execute(f"CREATE TABLE c AS FROM read_csv('{shop.folder / 'customers.csv'}')")
        yield db


def rows_of(answer: Answer) -> list[tuple[Any, ...]]:
    cells = answer.to_pandas().astype(object)
    return [tuple(None if cell != cell else cell for cell in row) for row in cells.to_numpy()]


CASES = [
    ("how many purchases are there", ONE, "SELECT count(*) FROM o WHERE status <> 'cancelled'"),
    ("average tariff by region", ONE,
     "SELECT region, avg(unit_price) FROM o WHERE status <> 'cancelled' GROUP BY 1"),
    ("net revenue by region", ONE,
     f"SELECT region, sum({NET}) FROM o WHERE status <> 'cancelled' GROUP BY 1"),
    ("average net sales in the North", ONE,
     f"SELECT avg({NET}) FROM o WHERE status <> 'cancelled' AND region = 'North'"),
    ("orders with net revenue above 100", ONE,
     f"SELECT * FROM o WHERE status <> 'cancelled' AND {NET} > 100"),
    ("number of orders by price band", ONE,
     ("SELECT if(unit_price > 40, 'high', 'low'), count(*) FROM o WHERE status <> 'cancelled' "
     "GROUP BY 1")),
    (
        "number of orders and net revenue by region",
        ONE,
        f"SELECT region, count(*), sum({NET}) FROM o WHERE status <> 'cancelled' GROUP BY 1",
    ),
    ("total turnover", ONE,
     "SELECT sum(quantity * unit_price * 2) FROM o WHERE status <> 'cancelled'"),
    ("regions with paid per order above 90", ONE,
     ("SELECT region, sum(paid) / count(*) FROM o WHERE status <> 'cancelled' GROUP BY 1 "
     "HAVING sum(paid) / count(*) > 90")),
    ("top 1 regions by paid per order", ONE,
     ("SELECT region, sum(paid) / count(*) AS paid FROM o WHERE status <> 'cancelled' GROUP BY 1 "
     "ORDER BY 2 DESC LIMIT 1")),
    ("cancellation quota by region", ONE,
     "SELECT region, avg(if(status = 'cancelled', 1, 0)) FROM o GROUP BY 1"),
    ("number of orders by status", ONE, "SELECT status, count(*) FROM o GROUP BY 1"),
    ("how many cancelled orders are there", ONE,
     "SELECT count(*) FROM o WHERE status = 'cancelled'"),
    ("net revenue by region including cancelled orders", ONE,
     f"SELECT region, sum({NET}) FROM o GROUP BY 1"),
    ("net revenue by tier", TWO, f"SELECT segment, sum({NET}) FROM {KEPT} GROUP BY 1"),
    ("paid per order by tier", TWO, f"SELECT segment, sum(paid) / count(*) FROM {KEPT} GROUP BY 1"),
    ("net revenue by tier including test customers", TWO,
     (f"SELECT segment, sum({NET}) FROM o LEFT JOIN c USING (customer_id) "
     "WHERE status <> 'cancelled' GROUP BY 1")),
    ("how many customers are there", TWO, "SELECT count(*) FROM c WHERE NOT is_test"),
    ("customers without orders", TWO,
     ("SELECT * FROM c WHERE NOT is_test AND customer_id NOT IN (SELECT customer_id FROM o "
     "WHERE status <> 'cancelled' AND customer_id IS NOT NULL)")),
]  # fmt: skip


@pytest.mark.parametrize(("question", "tables", "sql"), CASES, ids=[case[0] for case in CASES])
def test_answer_agrees_with_the_oracle(
    shop: Shop,
    oracle: duckdb.DuckDBPyConnection,
    question: str,
    tables: tuple[str, ...],
    sql: str,
) -> None:
    answer = shop.ask(question, tables)
    assert answer.ok, answer.document
    gold = oracle.execute(sql).fetchall()
    assert agree(gold, rows_of(answer), ordered=False), (answer.document.reading, answer.script)


def test_what_was_taken_from_it_is_stated(shop: Shop) -> None:
    stated = shop.ask("net revenue by region", dry_run=True).document.assumptions
    assert "net revenue = quantity * unit_price * (1 - discount), in EUR (glossary)" in stated
    assert "cancelled orders are left out (glossary)" in stated
    assert "unit_price in EUR (glossary)" in stated


def test_filters_set_aside_are_stated_and_remembered(shop: Shop) -> None:
    first = shop.ask("net revenue by region", dry_run=True)
    session = first.document.session_id
    second = shop.ask("including cancelled orders", session_id=session, dry_run=True).document
    third = shop.ask("only the North", session_id=session, dry_run=True).document
    assert "cancelled orders are included" in second.assumptions
    for answer in (second, third):
        assert "cancelled orders are left out (glossary)" not in answer.assumptions
        assert answer.reading is not None
        assert "cancelled" not in answer.reading


def test_an_entry_with_an_unknown_column_is_left_out_and_named(shop: Shop) -> None:
    answer = shop.ask("how many orders are there", dry_run=True)
    assert (
        "the glossary's metric “margin” is left out: orders has no column unit_prise; "
        "the nearest is unit_price" in answer.document.assumptions
    )
    refused = shop.ask("total margin by region", dry_run=True).document
    assert refused.message is not None
    assert "the nearest is unit_price" in refused.message


def test_entries_that_cannot_be_read_are_left_out(shop: Shop) -> None:
    file = shop.folder / "words.toml"
    odd = """
    [[term]]
    means = "orders.amont"
    words = ["worth"]
    [[metric]]
    name = "bare"
    table = "orders"
    formula = "paid / sum(paid)"
    [[metric]]
    name = "broken"
    table = "orders"
    formula = "paid +"
    [[filter]]
    table = "orders"
    where = "sum(paid) > 1"
    """
    file.write_text(odd)
    try:
        answer = shop.ask("how many orders are there")
    finally:
        file.write_text(GLOSSARY)
    assert list(answer.rows) == [(60,)]
    left_out = [note for note in answer.document.assumptions if "is left out: " in note]
    assert [note.split("“")[1].split("”")[0] for note in left_out] == [
        "orders.amont", "bare", "broken", "sum(paid) > 1",
    ]  # fmt: skip


def test_a_changed_glossary_is_respected_at_once(shop: Shop) -> None:
    file = shop.folder / "words.toml"
    before = shop.ask("net revenue by region", dry_run=True)
    file.write_text(GLOSSARY.replace("(1 - discount)", "(2 - discount)"))
    try:
        after = shop.ask("net revenue by region", dry_run=True)
    finally:
        file.write_text(GLOSSARY)
    assert before.script != after.script


def test_the_right_one_of_many_tables_is_found_by_a_metric(shop: Shop, tmp_path: Path) -> None:
    others = []
    for n in range(12):
        path = tmp_path / f"ledger_{n}.csv"
        path.write_text("entry_id,posted\n1,2024-01-01\n2,2024-01-02\n")
        others.append(path)
    sources = [*others, shop.folder / "orders.csv"]
    answer = shop.interpreter.ask("average net sales", sources, dry_run=True)
    assert answer.document.reading is not None, answer.document.message
    assert "orders" in answer.document.reading
