"""`make demo` and the questions it suggests are answered, and the demo's answer is right."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from spark_interpreter import Interpreter

ROOT = Path(__file__).resolve().parents[2]
ORDERS = ROOT / "examples/shop/orders.csv"
DEMO = (ROOT / "scripts/demo").read_text("utf-8")
QUESTION = re.search(r'^question="(.+)"$', DEMO, re.MULTILINE)
SUGGESTED = re.findall(r'ask "([^"]+)" \$orders', DEMO)


@pytest.fixture(scope="module")
def interpreter() -> Iterator[Interpreter]:
    with Interpreter() as spark:
        yield spark


@pytest.fixture(scope="module")
def revenue() -> list[float]:
    with duckdb.connect() as db:
        rows = db.execute(
            f"""
            SELECT sum(quantity * replace(unit_price, '£', '')::DOUBLE)
            FROM read_csv('{ORDERS}', types = {{'unit_price': 'VARCHAR'}})
            WHERE year(order_date) = 2025 GROUP BY month(order_date) ORDER BY month(order_date)
            """
        ).fetchall()
    return [row[0] for row in rows]


def test_the_demos_answer_is_right(interpreter: Interpreter, revenue: list[float]) -> None:
    assert QUESTION
    answer = interpreter.ask(QUESTION[1], [ORDERS])
    assert answer.ok, answer.document
    assert [row[-1] for row in answer.rows] == pytest.approx(revenue)
    assert [str(row[0])[:7] for row in answer.rows] == [f"2025-{m:02d}" for m in range(1, 13)]


@pytest.mark.parametrize("question", SUGGESTED)
def test_what_the_demo_suggests_is_answered(interpreter: Interpreter, question: str) -> None:
    answer = interpreter.ask(question, [ORDERS])
    assert answer.ok, answer.document
    assert answer.rows


def test_the_readme_shows_the_demos_answer(revenue: list[float]) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.findall(r"^2025-\d\d +([\d,.]+)$", readme, re.MULTILINE)
    assert shown == [f"{value:,.2f}" for value in revenue]
