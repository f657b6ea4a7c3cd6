"""A whole question of a table: the answer is right, and the password is nowhere."""

from pathlib import Path

import psutil
import pytest

from spark_interpreter import Interpreter
from spark_interpreter.errors import SourceError
from spark_interpreter.model import PostgresTable
from tests.servers.planted import PASSWORD
from tests.sources.postgres.conftest import MakeShop

TABLE = PostgresTable(connection="shop", table="sales")


def test_an_answer_and_no_trace_of_the_password(
    make_shop: MakeShop, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shop = make_shop(
        "CREATE TABLE sales (region text, sold_on date, amount numeric(10,2), paid_at date)",
        "INSERT INTO sales VALUES ('North', '2025-03-01', 1.10, 'infinity'), "
        "('North', '2025-03-31', 2.20, NULL), ('South', '2025-03-05', 5, NULL), "
        "('South', '2025-04-01', 100, NULL), (NULL, '2025-02-28', 7, NULL)",
    )
    events: list[str] = []
    arguments: list[str] = []

    def seen(event: object) -> None:
        events.append(repr(event))
        for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
            try:
                arguments.append(f"{process.cmdline()} {process.environ()}")
            except psutil.Error:
                continue

    with caplog.at_level(0), Interpreter(shop.settings) as interpreter:
        answer = interpreter.ask("total amount by region in March", [TABLE], on_event=seen)
        assert answer.ok
        assert {r: float(str(a)) for r, a in answer.rows} == {"South": 5.0, "North": 3.3}
        shop.run("DROP TABLE sales")
        gone = interpreter.ask("total amount by region", [TABLE])
        assert gone.document.error is not None
        assert gone.document.error.code == "source_not_found"
    for text in (*events, *arguments, caplog.text, answer.turn.model_dump_json(),
                 gone.turn.model_dump_json(), answer.script):  # fmt: skip
        assert PASSWORD not in text
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        assert PASSWORD.encode() not in path.read_bytes(), path


def test_a_table_that_was_changed_between_two_questions(
    make_shop: MakeShop, tmp_path: Path
) -> None:
    shop = make_shop(
        "CREATE TABLE sales (region text, amount int)",
        "INSERT INTO sales VALUES ('North', 1), ('North', 2), ('South', 5)",
    )
    settings = shop.settings.model_copy(update={"schema_cache_seconds": 3600})
    with Interpreter(settings) as interpreter:
        first = interpreter.ask("total amount by region", [TABLE])
        assert {r: int(str(a)) for r, a in first.rows} == {"South": 5, "North": 3}
        shop.run(
            "ALTER TABLE sales RENAME COLUMN amount TO revenue",
            "ALTER TABLE sales ALTER COLUMN revenue TYPE numeric(10,2), ADD COLUMN discount int",
            "UPDATE sales SET revenue = revenue + 0.5, discount = 1",
        )
        renamed = interpreter.ask("total revenue by region", [TABLE])
        assert renamed.ok, renamed.document
        assert {r: str(a) for r, a in renamed.rows} == {"South": "5.50", "North": "4.00"}
        added = interpreter.ask("total discount", [TABLE])
        assert [[int(str(v)) for v in row] for row in added.rows] == [[3]]
        gone = interpreter.ask("total amount by region", [TABLE])
        assert "amount" not in gone.script.lower()


def test_a_table_as_it_was_is_not_looked_at_again(make_shop: MakeShop) -> None:
    shop = make_shop("CREATE TABLE sales (region text)", "INSERT INTO sales VALUES ('North')")
    settings = shop.settings.model_copy(update={"schema_cache_seconds": 3600})
    with Interpreter(settings) as interpreter:
        interpreter.profile([TABLE])
        before = len(shop.server.log())
        interpreter.profile([TABLE])
    asked = "\n".join(shop.server.statements(before))
    assert "pg_class" in asked
    assert 'FROM "public"."sales"' not in asked


def test_the_server_knows_which_turn_asks_it(make_shop: MakeShop) -> None:
    shop = make_shop(
        "CREATE TABLE names (name text)",
        "CREATE VIEW sales AS SELECT current_setting('application_name') AS asked_by, 2 AS amount",
    )
    with Interpreter(shop.settings) as interpreter:
        answer = interpreter.ask("total amount by asked by", [TABLE])
        again = interpreter.ask("list the asked by", [TABLE], session_id=answer.turn.session_id)
    assert answer.ok
    assert answer.rows == ((f"spark-interpreter {answer.turn.session_id}/1"[:63], 2),)
    assert again.rows[0][0] == f"spark-interpreter {answer.turn.session_id}/2"[:63]


def test_a_declared_key_of_two_columns_and_one_that_nobody_declared(make_shop: MakeShop) -> None:
    lines = "(1, 1, 'Tea'), (1, 2, 'Rice'), (2, 1, 'Rice'), (2, 2, 'Salt')"
    shop = make_shop(
        "CREATE TABLE order_lines (order_id int, line int, product text, "
        "PRIMARY KEY (order_id, line))",
        f"INSERT INTO order_lines VALUES {lines}",
        "CREATE TABLE shipments (shipment_id int PRIMARY KEY, line_no int, order_no int, "
        "weight int, FOREIGN KEY (line_no, order_no) REFERENCES order_lines (line, order_id))",
        "INSERT INTO shipments VALUES (1, 1, 1, 5), (2, 1, 1, 6), (3, 2, 1, 7), (4, 1, 2, 8), "
        "(5, NULL, 2, 9)",
        "CREATE TABLE refunds (order_id int, line int, refund int)",
        "INSERT INTO refunds VALUES (1, 2, 10), (1, 2, 20), (2, 1, 40)",
        "ANALYZE",
    )
    tables = {
        name: PostgresTable(connection="shop", table=name)
        for name in ("order_lines", "shipments", "refunds")
    }
    with Interpreter(shop.settings) as interpreter:
        declared = interpreter.ask(
            "total weight by product", [tables["order_lines"], tables["shipments"]]
        )
        assert declared.ok, declared.document
        assert {p: int(str(w)) for p, w in declared.rows} == {"Tea": 11, "Rice": 15, None: 9}
        assert not any("matches" in said for said in declared.document.assumptions)
        found = interpreter.ask(
            "total refund by product", [tables["order_lines"], tables["refunds"]]
        )
        assert found.ok, found.document
        assert {p: int(str(r)) for p, r in found.rows} == {"Rice": 70}
        assert "(100 % of its combinations)" in " ".join(found.document.assumptions)
        shop.run("ALTER TABLE order_lines DROP CONSTRAINT order_lines_pkey CASCADE",
                 "INSERT INTO order_lines VALUES (1, 2, 'Tea')", "ANALYZE")  # fmt: skip
        again = interpreter.ask(
            "total refund by product", [tables["order_lines"], tables["refunds"]]
        )
        assert again.turn.needs_input


def test_a_whole_schema_is_asked_and_the_choice_is_said(make_shop: MakeShop) -> None:
    shop = make_shop(
        "CREATE SCHEMA lake",
        *(f"CREATE TABLE lake.log_{n} (at date, note text)" for n in range(30)),
        "CREATE TABLE lake.sales (region text, amount int)",
        "INSERT INTO lake.sales VALUES ('North', 1), ('North', 2), ('South', 5)",
        "CREATE VIEW lake.large_sales AS SELECT * FROM lake.sales WHERE amount > 4",
    )
    with Interpreter(shop.settings) as interpreter:
        answer = interpreter.ask("total amount of sales by region", ["postgres:shop/lake.*"])
        assert answer.ok, answer.document.error
        assert {r: int(a) for r, a in answer.rows} == {"South": 5, "North": 3}
        assert any("of 32 tables" in said for said in answer.assumptions)
        again = interpreter.ask("only South", session_id=answer.turn.session_id)
        assert [int(a) for _, a in again.rows] == [5]


def test_a_schema_in_the_place_of_a_table_is_said(make_shop: MakeShop) -> None:
    shop = make_shop("CREATE SCHEMA lake", "CREATE TABLE lake.sales (amount int)")
    with Interpreter(shop.settings) as interpreter:
        answer = interpreter.ask("total amount", ["postgres:shop/lake"])
        assert answer.document.error is not None
        assert "postgres:shop/lake.* means all of its tables" in answer.document.error.remedy
        for word, said in {
            "postgres:shop.*": "no tables to ask about in postgres:shop itself",
            "postgres:shop/nothing.*": "nothing",
        }.items():
            with pytest.raises(SourceError, match=said):
                interpreter.ask("total amount", [word])
