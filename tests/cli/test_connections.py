"""Connections and what is behind them, by command line, with a real PostgreSQL."""

import json
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.servers.moto import KEYS, REGION, Aws
from tests.servers.planted import MARK, PASSWORD
from tests.servers.postgres import READER, PostgresServer


@pytest.fixture(scope="module")
def shop(
    call: Call, postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The variables of an environment that knows the connection `shop`."""
    database = postgres_server.new_database(
        "CREATE TABLE orders (id int, region text, amount int)",
        "COMMENT ON TABLE orders IS 'What was sold'",
        "INSERT INTO orders VALUES (1, 'North', 5), (2, 'South', 7)",
        "ANALYZE orders",
        "CREATE VIEW large AS SELECT * FROM orders WHERE amount > 5",
    )
    folder = tmp_path_factory.mktemp("shop")
    variables = {
        "SPARK_INTERPRETER_DATA_DIR": str(folder / "data"),
        "SPARK_INTERPRETER_CACHE_DIR": str(folder / "cache"),
        "SPARK_INTERPRETER_SECRET_STORE": "file",
    }
    added = call(
        "connections", "add-postgres", "shop", "--host", "127.0.0.1",
        "--port", postgres_server.port, "--database", database, "--user", READER,
        given=PASSWORD, **variables,
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    return variables


def test_a_connection_is_tested(call: Call, shop: dict[str, str]) -> None:
    tested = call("connections", "test", "shop", **shop)
    assert tested.returncode == 0, tested.stderr
    assert tested.stdout.startswith("shop works: PostgreSQL ")
    assert f"as {READER}, TLSv1" in tested.stdout
    found = json.loads(call("connections", "test", "shop", "-o", "json", **shop).stdout)
    assert (found["user"], found["tls"][:3]) == (READER, "TLS")
    unknown = call("connections", "test", "shoop", **shop)
    assert unknown.returncode == 5
    assert "Did you mean 'shop'?" in unknown.stderr
    wrong = call("connections", "secret", "shop", given=f"{MARK}-wrong", **shop)
    assert wrong.returncode == 0
    refused = call("connections", "test", "shop", **shop)
    call("connections", "secret", "shop", given=PASSWORD, **shop)
    assert refused.returncode == 5
    assert MARK not in refused.stderr + refused.stdout + wrong.stderr
    assert "Traceback" not in refused.stderr


def test_places_schemas_and_tables_are_listed(call: Call, shop: dict[str, str]) -> None:
    assert "postgres:shop " in call("sources", "list", **shop).stdout
    assert "postgres:shop/public " in call("sources", "list", "postgres:shop", **shop).stdout
    listed = call("sources", "list", "postgres:shop/public", **shop).stdout
    assert "postgres:shop/public.orders  table  about 2  What was sold" in listed
    assert "postgres:shop/public.large   view" in listed
    found = call(
        "sources", "list", "postgres:shop/public", "--search", "SOLD", "-o", "json", **shop
    )
    document = json.loads(found.stdout)
    assert [e["word"] for e in document["entries"]] == ["postgres:shop/public.orders"]
    assert document["age_seconds"] > 0
    time.sleep(1)
    aged = call("sources", "list", "postgres:shop/public", **shop)
    assert "--refresh asks again" in aged.stderr
    anew = call("sources", "list", "postgres:shop/public", "--refresh", **shop)
    assert "--refresh asks again" not in anew.stderr
    nothing = call("sources", "list", "postgres:shop/public", "--search", "zebra", **shop)
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "has these words" in nothing.stderr


def test_a_table_is_shown_and_asked_of_by_its_word(call: Call, shop: dict[str, str]) -> None:
    word = "postgres:shop/public.orders"
    shown = call("sources", "show", word, **shop).stdout
    assert "2 rows, 3 columns" in shown
    assert "North, South" in shown
    answer = call("ask", "total amount", word, "-o", "json", **shop)
    assert json.loads(answer.stdout)["rows"] == [[12]]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("postgres", "write postgres:CONNECTION or postgres:CONNECTION/SCHEMA"),
        ("orders.csv", "is not a place of tables"),
        ("glue:a.b", "write glue or glue:DATABASE"),
    ],
)
def test_what_is_no_place_is_said_so(
    call: Call, shop: dict[str, str], place: str, words: str
) -> None:
    wrong = call("sources", "list", place, **shop)
    assert wrong.returncode == 2
    assert words in wrong.stderr.replace("\n", " ")


def test_glue_and_s3_by_command_line(
    call: Call, shop: dict[str, str], aws: Aws, tmp_path: Path
) -> None:
    bucket = aws.new_bucket()
    aws.put(bucket, "sales/one.csv", "region,amount\nNorth,1\n")
    database = bucket.replace("-", "_")
    aws.client("glue").create_database(DatabaseInput={"Name": database, "Description": "Mine"})
    variables = {**shop, **KEYS, "AWS_ENDPOINT_URL": aws.url, "AWS_REGION": REGION}
    listed = call("sources", "list", "glue", "--refresh", **variables)
    assert f"glue:{database}" in listed.stdout
    assert "Mine" in listed.stdout
    shown = call("sources", "show", f"s3://{bucket}/sales/one.csv", **variables)
    assert "region" in shown.stdout, shown.stderr
