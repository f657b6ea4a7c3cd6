"""Connections and catalogs over HTTP, with the real servers behind them."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from spark_interpreter.settings import Settings
from spark_interpreter.sources.connections import ConnectionStore
from spark_interpreter.stores.access import AccessStore
from tests.api.server import Server, running
from tests.servers.moto import KEYS, REGION
from tests.servers.planted import MARK, PASSWORD
from tests.servers.postgres import READER, PostgresServer
from tests.servers.snowflake import SnowflakeServer

pytestmark = pytest.mark.xdist_group("service")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, moto: str) -> Iterator[Server]:
    aws = {"AWS_ENDPOINT_URL": moto, "AWS_REGION": REGION, **KEYS}
    home = tmp_path_factory.mktemp("server")
    with running(home, aws, secret_store="file") as server:
        yield server
        assert MARK not in server.log()
        assert not [line for line in server.lines() if line["level"] == "error"]


@pytest.fixture(scope="module")
def shop(client: httpx.Client, postgres_server: PostgresServer) -> dict[str, Any]:
    """A PostgreSQL connection with two tables and a view."""
    database = postgres_server.new_database(
        "CREATE TABLE orders (id int PRIMARY KEY, region text, amount int)",
        "COMMENT ON TABLE orders IS 'What was sold'",
        "INSERT INTO orders VALUES (1, 'North', 5), (2, 'South', 7), (3, 'North', 1)",
        'CREATE TABLE "odd.name" (id int)',
        "CREATE VIEW large AS SELECT * FROM orders WHERE amount > 4",
        "CREATE SCHEMA sales",
    )
    body = {
        "name": f"shop-{uuid.uuid4().hex[:8]}", "host": "127.0.0.1", "port": postgres_server.port,
        "database": database, "auth": {"kind": "password", "user": READER}, "password": PASSWORD,
    }  # fmt: skip
    client.post("/postgres/connections", json=body).raise_for_status()
    return body


@pytest.fixture(scope="module")
def lake(client: httpx.Client, snowflake_server: SnowflakeServer) -> dict[str, Any]:
    """A Snowflake connection with a table."""
    database = f"SHOP_{uuid.uuid4().hex[:8].upper()}"
    snowflake_server.run(
        f"CREATE DATABASE {database}",
        f"CREATE SCHEMA {database}.PUBLIC",
        f"CREATE TABLE {database}.PUBLIC.ORDERS (ID INT PRIMARY KEY, REGION VARCHAR, AMOUNT INT) "
        "COMMENT = 'What was sold'",
        f"INSERT INTO {database}.PUBLIC.ORDERS VALUES (1, 'North', 5), (2, 'South', 7)",
    )
    body = {
        **snowflake_server.connection(f"lake-{uuid.uuid4().hex[:8]}", database=database).model_dump(
            mode="json", exclude_none=True
        ),
        "secret": PASSWORD,
    }
    client.post("/snowflake/connections", json=body).raise_for_status()
    return body


def public(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in {"password", "secret"}}


@pytest.mark.parametrize("kind", ["postgres", "snowflake"])
def test_a_connection_is_named_changed_and_forgotten(
    client: httpx.Client, kind: str, shop: dict[str, Any], lake: dict[str, Any]
) -> None:
    body = {"postgres": shop, "snowflake": lake}[kind]
    at = f"/{kind}/connections/{body['name']}"
    seen = client.get(at).json()
    assert public(body).items() <= seen.items()
    assert seen in client.get(f"/{kind}/connections").json()["connections"]
    assert client.post(f"/{kind}/connections", json=body).status_code == 409
    other = {"postgres": "snowflake", "snowflake": "postgres"}[kind]
    assert client.get(f"/{other}/connections/{body['name']}").status_code == 404
    tested = client.post(f"/{kind}/{body['name']}/test").raise_for_status().json()
    assert tested["version"]
    if kind == "postgres":  # the Snowflake of the tests has no users
        assert tested["user"] == READER

    name = f"new-{uuid.uuid4().hex[:8]}"
    made = client.post(f"/{kind}/connections", json=body | {"name": name})
    assert made.status_code == 201
    new = f"/{kind}/connections/{name}"
    assert client.put(new, json=body).status_code == 422
    assert client.put(at + "x", json=body | {"name": body["name"] + "x"}).status_code == 404
    changed = client.put(new, json=public(body) | {"name": name, "host": "127.0.0.2"})
    assert changed.json()["host"] == "127.0.0.2"
    moved = client.post(f"/{kind}/{name}/test")
    assert moved.status_code in {422, 503}, "its secret does not go to another host"
    assert client.delete(new).status_code == 204
    assert client.get(new).status_code == client.delete(new).status_code == 404


@pytest.mark.parametrize("kind", ["postgres", "snowflake"])
def test_what_is_wrong_is_said_without_the_secret(client: httpx.Client, kind: str) -> None:
    body = {
        "name": "wrong", "host": "127.0.0.1", "port": 1, "database": "shop", "account": "acme",
        "auth": {"kind": "password", "user": "reader"}, "secret": PASSWORD, "password": PASSWORD,
    }  # fmt: skip
    wrong = [
        body,
        body | {"auth": {"kind": "password", "user": "reader", "password": PASSWORD}},
        body | {"auth": PASSWORD},
        body | {"port": PASSWORD},
        [PASSWORD],
        {"password": {"a": PASSWORD}, "secret": [PASSWORD]},
    ]
    for each in wrong:
        response = client.post(f"/{kind}/connections", content=json.dumps(each))
        assert response.status_code == 422, each
        assert MARK not in response.text
    broken = client.post(f"/{kind}/connections", content=f'{{"password": "{PASSWORD}"')
    assert broken.status_code == 422
    unknown = client.get(f"/{kind}/connections?password={PASSWORD}")
    assert unknown.status_code == 200


def test_tables_of_postgres(client: httpx.Client, shop: dict[str, Any]) -> None:
    at = f"/postgres/{shop['name']}"
    schemas = client.get(f"{at}/schemas").json()
    assert [s["name"] for s in schemas["schemas"]] == ["public", "sales"]
    first = client.get(f"{at}/tables?limit=2").json()
    assert [t["name"] for t in first["tables"]] == ["large", "odd.name"]
    rest = client.get(f"{at}/tables", params={"after": first["next"]}).json()
    assert [(t["name"], t["kind"], t["comment"]) for t in rest["tables"]] == [
        ("orders", "table", "What was sold")
    ]
    found = client.get(f"{at}/tables?search=SOLD").json()
    assert (found["total"], found["tables"][0]["name"]) == (1, "orders")
    table = client.get(f"{at}/tables/orders").json()
    assert table["word"] == f"postgres:{shop['name']}/public.orders"
    assert [c["name"] for c in table["table"]["columns"]] == ["id", "region", "amount"]
    odd = client.get(f"{at}/tables/odd.name").json()
    assert odd["word"] == f'postgres:{shop["name"]}/public."odd.name"'
    profile = client.get("/sources/profile", params={"uri": odd["word"]}).json()
    assert [c["name"] for c in profile["columns"]] == ["id"]
    assert client.get(f"{at}/tables/nothing").status_code == 404
    assert client.get("/postgres/nowhere/tables").status_code == 404


def test_a_list_has_its_age_and_is_refreshed(
    client: httpx.Client, shop: dict[str, Any], postgres_server: PostgresServer
) -> None:
    at = f"/postgres/{shop['name']}/tables"
    query = {"schema": "sales"}
    assert client.get(at, params=query).json()["total"] == 0
    postgres_server.run("CREATE TABLE sales.more (id int)", database=shop["database"])
    old = client.get(at, params=query).json()
    assert (old["total"], old["age_seconds"] > 0) == (0, True)
    new = client.get(at, params=query | {"refresh": "true"}).json()
    assert new["total"] == 1
    assert new["age_seconds"] < old["age_seconds"] + 60
    assert client.get(at, params=query).json()["total"] == 1


def test_tables_of_snowflake(client: httpx.Client, lake: dict[str, Any]) -> None:
    at, database = f"/snowflake/{lake['name']}", lake["database"]
    assert client.get(f"{at}/warehouses").json()["warehouses"]
    databases = client.get(f"{at}/databases").json()
    assert database in [d["name"] for d in databases["databases"]]
    assert databases["age_seconds"] >= 0
    for query in ({}, {"database": database}, {"database": database.lower()}):
        schemas = client.get(f"{at}/schemas", params=query).raise_for_status().json()
        assert "PUBLIC" in [s["name"] for s in schemas["schemas"]]
        tables = client.get(f"{at}/tables", params=query).json()
        assert [t["name"] for t in tables["tables"]] == ["ORDERS"]
    table = client.get(f"{at}/tables/orders").raise_for_status().json()
    assert table["word"] == f"snowflake:{lake['name']}/{database}.PUBLIC.ORDERS"
    assert table["table"]["primary_key"] == ["ID"]
    profile = client.get("/sources/profile", params={"uri": table["word"]}).json()
    assert profile["row_count"] == 2
    assert table["table"]["comment"] == "What was sold"
    assert client.get(f"{at}/tables/orderz").status_code == 404
    assert client.get(f"{at}/schemas?database=nothing").status_code == 404


def test_tables_of_glue(client: httpx.Client, moto: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.servers.moto import Aws, aws_settings

    aws_settings(monkeypatch, moto)
    glue = Aws(moto).client("glue")
    database = f"web_{uuid.uuid4().hex[:8]}"
    glue.create_database(DatabaseInput={"Name": database, "Description": "Clicks"})
    for name in ("clicks", "pages"):
        glue.create_table(
            DatabaseName=database,
            TableInput={
                "Name": name,
                "StorageDescriptor": {
                    "Columns": [{"Name": f"{name}_id", "Type": "bigint", "Comment": "the key"}],
                    "Location": f"s3://nowhere/{name}/",
                },
            },
        )
    databases = client.get("/glue/databases?refresh=true").raise_for_status().json()["databases"]
    assert (database, "Clicks") in [(d["name"], d["comment"]) for d in databases]
    at = f"/glue/databases/{database}/tables"
    assert [t["name"] for t in client.get(at).json()["tables"]] == ["clicks", "pages"]
    assert client.get(f"{at}?search=pages_id").json()["total"] == 1
    table = client.get(f"{at}/clicks").json()
    assert table["word"] == f"glue:{database}.clicks"
    assert table["table"]["columns"][0]["comment"] == "the key"
    assert client.get(f"{at}/click").status_code == 404
    assert client.get("/glue/databases/nothing/tables").status_code == 404


def test_glue_without_a_region_is_a_problem_with_its_remedy(tmp_path: Path) -> None:
    nowhere = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_REGION": "", **KEYS}
    with running(tmp_path, nowhere) as server, httpx.Client(base_url=server.url) as client:
        for path in ("", "/shop/tables", "/shop/tables/orders"):
            told = client.get(f"/glue/databases{path}")
            assert told.status_code == 503, told.text
            problem = told.json()
            assert (problem["code"], problem["detail"]) == ("settings", "No AWS region is set.")
            assert "AWS_REGION" in problem["remedy"]


@pytest.mark.parametrize("name", ["glue", "connections", "Glue"])
def test_a_connection_cannot_take_the_name_of_something_else(
    client: httpx.Client, shop: dict[str, Any], name: str
) -> None:
    told = client.post("/postgres/connections", json=shop | {"name": name})
    assert (told.status_code, told.json()["code"]) == (422, "usage")


def test_an_unknown_connection_tells_how_to_add_one(client: httpx.Client) -> None:
    told = client.get("/postgres/qqqqqqqq/schemas").json()
    assert "spark-interpreter connections add-postgres" in told["remedy"]
    assert "POST /postgres/connections" in told["remedy"]
    assert "add-snowflake" in told["remedy"]


def test_a_session_keeps_its_selected_tables(
    client: httpx.Client, shop: dict[str, Any], lake: dict[str, Any]
) -> None:
    def ask(prompt: str, **more: Any) -> dict[str, Any]:
        body = {"prompt": prompt, "wait": 60, **more}
        found: dict[str, Any] = client.post("/spark/generate", json=body).raise_for_status().json()
        assert found["state"] == "completed", found["answer"]
        return found

    table = {"kind": "postgres", "connection": shop["name"], "table": "orders"}
    first = ask("total amount by region", selected_postgres_tables=[table])
    session = first["session_id"]
    kept = client.get(f"/spark/result/{session}").json()
    assert [t["table"] for t in kept["selected_postgres_tables"]] == ["orders"]
    assert kept["selected_tables"] == kept["selected_snowflake_tables"] == []
    assert kept["sources"] == kept["selected_postgres_tables"]
    ask("only North", session_id=session)
    script = first["answer"]["script"]
    again = client.post(
        "/spark/execute", json={"spark_code": script, "session_id": session, "wait": 60}
    ).json()
    assert again["answer"]["rows"] == first["answer"]["rows"]
    other = {"connection": lake["name"], "database": lake["database"], "table": "ORDERS"}
    replaced = ask("total amount", session_id=session, selected_snowflake_tables=[other])
    assert replaced["answer"]["rows"] == [[12]]
    kept = client.get(f"/spark/result/{session}").json()
    assert kept["selected_postgres_tables"] == []
    assert [t["table"] for t in kept["selected_snowflake_tables"]] == ["ORDERS"]


def test_tables_that_a_session_kept_are_allowed_anew(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    database = postgres_server.new_database(
        "CREATE TABLE orders (region text, amount int)", "INSERT INTO orders VALUES ('North', 1)"
    )
    keys = AccessStore.of(tmp_path / "data")
    _, key = keys.create_key("kim", "analyst")
    keys.close()
    settings = Settings(data_dir=tmp_path / "data", secret_store="file")
    ConnectionStore(settings).add(postgres_server.connection("shop", database), SecretStr(PASSWORD))
    table = {"connection": "shop", "table": "orders"}
    body = {"prompt": "total amount", "selected_postgres_tables": [table], "wait": 60}

    def house(*connections: str) -> Any:
        allow = {"user:kim": {"connections": connections}}
        return running(
            tmp_path,
            service__access__authentication="required",
            service__access__allow=json.dumps(allow),
            secret_store="file",
        )

    with house("shop") as server, server.client(authorization=f"Bearer {key}") as client:
        turn = client.post("/spark/generate", json=body).raise_for_status().json()
        assert turn["state"] == "completed", turn
    session = {"session_id": turn["session_id"], "wait": 60}
    script = turn["answer"]["script"]
    with house() as server, server.client(authorization=f"Bearer {key}") as client:
        refused = [
            client.post("/spark/generate", json=body),
            client.post("/spark/generate", json={"prompt": "total amount", **session}),
            client.post("/spark/execute", json={"spark_code": script, **session}),
            client.post(f"/spark/result/{turn['session_id']}/1/retry"),
            client.get("/postgres/connections/shop"),
            client.get("/sources/profile", params={"uri": "postgres:shop/orders"}),
        ]
        assert [response.status_code for response in refused] == [403] * len(refused)
        assert client.get("/postgres/connections").json()["connections"] == []
        bare = client.post("/spark/execute", json={"spark_code": script, "wait": 60})
        assert bare.status_code == 403 or bare.json()["state"] in {"refused", "failed"}
