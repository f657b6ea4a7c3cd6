"""Questions over several tables, checked against SQL written by hand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from spark_interpreter import Answer, Interpreter, Settings
from tests.questions.compare import agree
from tests.questions.related import related, write_related
from tests.questions.tables import load
from tests.questions.test_questions import assert_snapshot, explain, rows_of

CASES = Path(__file__).parent / "joins"
SETS = related()


def joined_cases(kind: str) -> list[Any]:
    """Cases with an oracle ("sql") or without ("refuse"), as pytest parameters."""
    return [
        pytest.param(file.stem, case, id=f"{file.stem}-{case['id']}")
        for file in sorted(CASES.glob("*.toml"))
        for case in tomllib.loads(file.read_text("utf-8"))["case"]
        if kind in case
    ]


def files_of(data: Path, name: str) -> list[Path]:
    """The files of a set of tables."""
    return [data / name / table.file for table in SETS[name]]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("related") / "data"
    write_related(folder)
    return folder


@pytest.fixture(scope="module")
def oracle() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as db:
        for tables in SETS.values():
            for table in tables:
                load(db, table)
        yield db


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interpreter]:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(data_dir=home / "data", cache_dir=home / "cache", cache_max_mb=0)
    with Interpreter(settings) as spark:
        yield spark


def answer_to(interpreter: Interpreter, data: Path, name: str, question: str) -> Answer:
    return interpreter.ask(question, files_of(data, name))


@pytest.mark.parametrize(("name", "case"), joined_cases("sql"))
def test_answer_agrees_with_the_oracle(
    interpreter: Interpreter,
    oracle: duckdb.DuckDBPyConnection,
    data: Path,
    name: str,
    case: dict[str, Any],
    update_snapshots: bool,
) -> None:
    answer = answer_to(interpreter, data, name, case["question"])
    assert answer.status == "answered", explain(answer)
    gold = oracle.execute(case["sql"]).fetchall()
    found = rows_of(answer)
    assert agree(gold, found, ordered=case.get("ordered", False)), (
        f"{explain(answer)}\nexpected {gold[:5]}\nfound    {found[:5]}"
    )
    assert_snapshot(f"{name}-{case['id']}", answer, data, update=update_snapshots)


@pytest.mark.parametrize(("name", "case"), joined_cases("refuse"))
def test_what_is_unclear_is_asked_back(
    interpreter: Interpreter, data: Path, name: str, case: dict[str, Any]
) -> None:
    answer = answer_to(interpreter, data, name, case["question"])
    document = answer.document
    assert document.status == "needs_input", explain(answer)
    asked = answer.turn.needs_input
    assert asked is not None
    assert asked.reason == case["refuse"]
    for word in case["names"]:
        assert word in f"{asked.message} {asked.not_understood} {asked.choices}".lower()


def test_a_choice_between_ways_is_a_question_that_can_be_answered(
    interpreter: Interpreter, data: Path
) -> None:
    asked = answer_to(interpreter, data, "league", "number of matches by team").turn.needs_input
    assert asked is not None
    for question in asked.choices:
        assert answer_to(interpreter, data, "league", question).status == "answered"


def test_how_tables_belong_together_is_said(interpreter: Interpreter, data: Path) -> None:
    answer = answer_to(interpreter, data, "shop", "revenue by product category")
    assert any("matches products.product_id (100 %" in a for a in answer.document.assumptions)


def assert_conversation(
    interpreter: Interpreter,
    oracle: duckdb.DuckDBPyConnection,
    sources: list[Path],
    turns: Sequence[tuple[str, str]],
) -> str:
    """Questions that follow one another, each with the SQL that answers it; the session's id."""
    session = None
    for question, sql in turns:
        answer = interpreter.ask(question, sources, session_id=session)
        sources, session = [], answer.turn.session_id
        assert answer.status == "answered", explain(answer)
        assert agree(oracle.execute(sql).fetchall(), rows_of(answer), ordered=False), explain(
            answer
        )
    assert session is not None
    return session


def test_follow_ups_refine_a_joined_answer(
    interpreter: Interpreter, oracle: duckdb.DuckDBPyConnection, data: Path
) -> None:
    joined = "FROM order_items JOIN products USING (product_id) JOIN orders USING (order_id)"
    revenue = "sum(quantity * unit_price)"
    stores = "JOIN stores USING (store_id)"
    in_2023 = "WHERE year(order_date) = 2023"
    turns = (
        ("revenue by product category", f"SELECT category, {revenue} {joined} GROUP BY 1"),
        ("only for 2023", f"SELECT category, {revenue} {joined} {in_2023} GROUP BY 1"),
        (
            "now by store",
            f"SELECT store_name, {revenue} {joined} {stores} {in_2023} GROUP BY 1",
        ),
    )
    assert_conversation(interpreter, oracle, files_of(data, "shop"), turns)


def test_follow_ups_change_both_of_two_tables_side_by_side(
    interpreter: Interpreter, oracle: duckdb.DuckDBPyConnection, data: Path
) -> None:
    def both(key: str, where: str) -> str:
        def part(measure: str, table: str, day: str) -> str:
            group = key.replace("day", day)
            return (
                f"SELECT {group} k, {measure} x FROM {table} LEFT JOIN patients "
                f"USING (patient_id) WHERE {where.replace('day', day)} GROUP BY 1"
            )

        price = part("sum(price)", "invoices", "issued_on")
        visits = part("count(*)", "visits", "visited_on")
        return (
            f"SELECT coalesce(a.k, b.k), a.x, coalesce(b.x, 0) FROM ({price}) a "
            f"FULL JOIN ({visits}) b ON a.k IS NOT DISTINCT FROM b.k"
        )

    turns = (
        ("total price and number of visits by town", both("town", "true")),
        ("only in 2024", both("town", "year(day) = 2024")),
        ("only for Hull", both("town", "year(day) = 2024 AND town = 'Hull'")),
        (
            "by month instead",
            both("date_trunc('month', day)::DATE", "year(day) = 2024 AND town = 'Hull'"),
        ),
    )
    session = assert_conversation(interpreter, oracle, files_of(data, "clinic"), turns)
    asked = interpreter.ask("only those older than 40", session_id=session)
    assert asked.status == "needs_input", explain(asked)


def test_a_key_of_the_sample_alone_is_not_joined_by(tmp_path: Path) -> None:
    customers = [f"{n},{'AB'[n % 2]}" for n in range(300_000)]
    orders = [f"{n},{n % 50},10" for n in range(100)]
    files = [tmp_path / "customers.csv", tmp_path / "orders.csv"]
    files[1].write_text("\n".join(["order_id,customer_id,amount", *orders, ""]))
    settings = Settings(
        data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", cache_max_mb=0, sample_rows=1000
    )
    with Interpreter(settings) as spark:
        for late, status in (([], "answered"), (["5,A", "5,A"], "needs_input")):
            files[0].write_text("\n".join(["customer_id,segment", *customers, *late, ""]))
            answer = spark.ask("total amount by segment", files)
            assert answer.status == status, explain(answer)
            if late:
                assert "customers.customer_id is no key" in answer.document.message
            else:
                assert {r: float(str(a)) for r, a in answer.rows} == {"A": 500, "B": 500}
                assert not any("rows seen" in said for said in answer.document.assumptions)


def test_columns_that_only_a_sample_takes_for_keys_are_a_key_together(tmp_path: Path) -> None:
    lines = [f"{order},{line},P{line}" for order in range(200_000) for line in (1, 2)]
    shipments = [f"{order},{line},{line}" for order in range(50) for line in (1, 2, 2)]
    files = [tmp_path / "order_lines.csv", tmp_path / "shipments.csv"]
    files[0].write_text("\n".join(["order_id,line_no,product", *lines, ""]))
    files[1].write_text("\n".join(["order_id,line_no,weight", *shipments, ""]))
    settings = Settings(
        data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", cache_max_mb=0, sample_rows=1000
    )
    with Interpreter(settings) as spark:
        answer = spark.ask("total weight by product", files)
        assert answer.ok, explain(answer)
        assert {r: int(str(a)) for r, a in answer.rows} == {"P1": 50, "P2": 200}
        more = spark.ask("only P2", session_id=answer.turn.session_id)
        assert {r: int(str(a)) for r, a in more.rows} == {"P2": 200}, explain(more)


def test_what_counts_in_several_groups_is_not_added_up(
    interpreter: Interpreter, data: Path
) -> None:
    answer = interpreter.ask("total floor area of stores by order status", files_of(data, "shop"))
    assert "each row of stores counts once in a group" in answer.assumptions
    assert answer.summary is not None
    assert "add up" not in answer.summary
