"""A model's answer about data that are elsewhere is compared with the planner's as well."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from spark_interpreter import Interpreter, Settings
from spark_interpreter.model import CrossCheck, ModelSettings
from spark_interpreter.sources.connections import ConnectionStore
from tests.models.conftest import QUESTION, answers
from tests.servers.model import LEAVES_CONNECTIONS, model_server
from tests.servers.moto import Aws
from tests.servers.planted import PASSWORD
from tests.servers.postgres import PostgresServer

pytestmark = LEAVES_CONNECTIONS
ROWS = [("North", 10), ("South", 20), ("North", 30), ("South", -5)]
RIGHT = 'result = orders.groupBy("region").agg(F.sum("amount").alias("total"))'
WRONG = RIGHT.replace("orders.", 'orders.filter("amount > 0").')


def checked(settings: Settings, source: str, code: str) -> CrossCheck:
    """How the answer of a model that writes this code compares."""
    with model_server([answers(code)]) as server:
        model = ModelSettings(**server.settings("openai"))
        with Interpreter(settings.model_copy(update={"model": model})) as spark:
            turn = spark.ask(QUESTION, [source]).turn
    assert turn.state == "completed", turn.error
    assert turn.cross_check is not None
    return turn.cross_check


def settings_in(folder: Path) -> Settings:
    return Settings(data_dir=folder / "data", cache_dir=folder / "cache", cache_max_mb=0)


@pytest.mark.parametrize(("code", "outcome"), [(RIGHT, "agrees"), (WRONG, "differs")])
def test_of_a_file_in_s3(aws: Aws, tmp_path: Path, code: str, outcome: str) -> None:
    bucket = aws.new_bucket()
    lines = ["region,amount", *(f"{region},{amount}" for region, amount in ROWS)]
    aws.put(bucket, "orders.csv", "\n".join(lines))
    check = checked(settings_in(tmp_path), f"s3://{bucket}/orders.csv", code)
    assert check.outcome == outcome, check.message
    assert sorted(check.rows) == [("North", 40), ("South", 15)]


@pytest.mark.parametrize(("code", "outcome"), [(RIGHT, "agrees"), (WRONG, "differs")])
def test_of_a_table_in_postgresql(
    postgres_server: PostgresServer, tmp_path: Path, code: str, outcome: str
) -> None:
    values = ", ".join(f"('{region}', {amount})" for region, amount in ROWS)
    database = postgres_server.new_database(
        "CREATE TABLE orders (region text, amount int)", f"INSERT INTO orders VALUES {values}"
    )
    settings = settings_in(tmp_path)
    ConnectionStore(settings).add(postgres_server.connection("shop", database), SecretStr(PASSWORD))
    check = checked(settings, "postgres:shop/orders", code)
    assert check.outcome == outcome, check.message
    assert sorted(check.rows) == [("North", 40), ("South", 15)]
