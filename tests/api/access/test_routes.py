"""Every route of the service, for every role, for one's own things and for those of others."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from spark_interpreter.api import create_app
from spark_interpreter.api.access import Permission, Requirement
from spark_interpreter.settings import Settings
from spark_interpreter.stores.access import AccessStore
from tests.api.access.support import audit_lines
from tests.api.server import Server, running
from tests.servers.moto import KEYS
from tests.servers.planted import PASSWORD

PUBLIC, READ, ASK, OPERATE = Permission.PUBLIC, Permission.READ, Permission.ASK, Permission.OPERATE
MANAGE = Permission.MANAGE
TURN = "/spark/result/{session_id}/{turn}"

QUESTION = {"prompt": "total amount by region", "mode": "script", "wait": 30}
SCRIPT = {"spark_code": "result = spark.range(3)", "mode": "script", "wait": 30}


SHOP = {
    "name": "shop", "host": "127.0.0.1", "port": 1, "database": "shop",
    "auth": {"kind": "password", "user": "reader"}, "password": PASSWORD,
}  # fmt: skip
"""A connection to a port where nothing listens."""
LAKE = {
    "name": "lake", "account": "acme", "host": "127.0.0.1", "port": 1, "tls": False,
    "database": "SHOP", "auth": {"kind": "password", "user": "reader"}, "secret": PASSWORD,
}  # fmt: skip
"""The same of Snowflake."""
CONNECTIONS = {"postgres": SHOP, "snowflake": LAKE}


@dataclass(frozen=True)
class Route:
    """What a route asks for, and how it is called.

    Attributes:
        thing: whose it is decides who sees it: "session" (an admin sees all), "own" (only its
            owner), "" (nobody's); "connection" (the analyst's rule allows it), "no connection"
            (it is there already), "server" (allowed as well, but the server does not answer),
            "unknown" (there is no such thing).
        fresh: the call uses its thing up.
    """

    permission: Permission
    thing: str = ""
    body: Any = None
    query: str = ""
    fresh: bool = False


ROUTES = {
    ("GET", "/health"): Route(PUBLIC),
    ("GET", "/ready"): Route(PUBLIC),
    ("GET", "/version"): Route(PUBLIC),
    ("GET", "/metrics"): Route(OPERATE),
    ("POST", "/spark/generate"): Route(ASK, body=QUESTION),
    ("POST", "/spark/execute"): Route(ASK, body=SCRIPT),
    ("GET", "/spark/result/{session_id}"): Route(READ, "session"),
    ("GET", TURN): Route(READ, "session"),
    ("GET", f"{TURN}/rows"): Route(READ, "session"),
    ("GET", f"{TURN}/chart"): Route(READ, "session"),
    ("GET", f"{TURN}/script"): Route(READ, "session"),
    ("GET", f"{TURN}/logs"): Route(READ, "session"),
    ("GET", f"{TURN}/download"): Route(READ, "session", query="?format=csv"),
    ("GET", "/spark/events/{session_id}/{turn}"): Route(READ, "session"),
    ("POST", f"{TURN}/cancel"): Route(ASK, "session"),
    ("DELETE", f"{TURN}/cancel"): Route(ASK, "session"),
    ("POST", f"{TURN}/feedback"): Route(ASK, "session", body={"verdict": "right"}),
    ("POST", f"{TURN}/vouch"): Route(MANAGE, "session", body={}),
    ("GET", "/costs"): Route(READ),
    ("GET", "/examples"): Route(OPERATE),
    ("DELETE", "/examples/{example_id}"): Route(MANAGE, "unknown"),
    ("POST", f"{TURN}/retry"): Route(ASK, "session", fresh=True),
    ("GET", "/sessions"): Route(READ),
    ("PATCH", "/sessions/{session_id}"): Route(ASK, "session", body={"title": "Renamed"}),
    ("DELETE", "/sessions/{session_id}"): Route(ASK, "session", fresh=True),
    ("POST", "/sessions/{session_id}/share"): Route(ASK, "session", body={}),
    ("GET", "/shared/{token}"): Route(READ),
    ("GET", "/shared/{token}/{turn}"): Route(READ),
    ("POST", "/spark/upload"): Route(ASK),
    ("GET", "/sources"): Route(READ),
    ("GET", "/sources/profile"): Route(READ, "own", query="?uri=upload:{upload_id}"),
    ("DELETE", "/sources/{upload_id}"): Route(ASK, "own", fresh=True),
    ("GET", "/platforms"): Route(READ),
    **{
        (method, path.format(kind)): replace(route, body=route.body and body)
        for kind, body in CONNECTIONS.items()
        for (method, path), route in {
            ("GET", "/{}/connections"): Route(READ),
            ("POST", "/{}/connections"): Route(MANAGE, "no connection", body=SHOP),
            ("GET", "/{}/connections/{{name}}"): Route(READ, "connection"),
            ("PUT", "/{}/connections/{{name}}"): Route(MANAGE, "connection", body=SHOP),
            ("DELETE", "/{}/connections/{{name}}"): Route(MANAGE, "connection", fresh=True),
            ("POST", "/{}/{{name}}/test"): Route(MANAGE, "server"),
            ("GET", "/{}/{{name}}/schemas"): Route(READ, "server"),
            ("GET", "/{}/{{name}}/tables"): Route(READ, "server"),
            ("GET", "/{}/{{name}}/tables/{{table}}"): Route(READ, "server"),
        }.items()
    },
    ("GET", "/snowflake/{name}/warehouses"): Route(READ, "server"),
    ("GET", "/snowflake/{name}/databases"): Route(READ, "server"),
    ("GET", "/glue/databases"): Route(READ, "server"),
    ("GET", "/glue/databases/{database}/tables"): Route(READ, "server"),
    ("GET", "/glue/databases/{database}/tables/{table}"): Route(READ, "server"),
}
UNDECLARED = {"/openapi.json"}
"""Made by FastAPI: describes the service, shows nothing of its data."""

GRANTED = {
    "nobody": {PUBLIC},
    "revoked": set(),
    "viewer": {PUBLIC, READ},
    "other viewer": {PUBLIC, READ},
    "analyst": {PUBLIC, READ, ASK},
    "other analyst": {PUBLIC, READ, ASK},
    "admin": {PUBLIC, READ, ASK, OPERATE, MANAGE},
}
OWNERS = {"analyst", "viewer"}
"""The callers whose things are asked for."""


def declared(app: FastAPI) -> dict[tuple[str, str], set[Permission]]:
    """The permissions that the dependencies of every route ask for."""
    found = {}
    for route in iter_route_contexts(app.routes):
        if route.path not in UNDECLARED:
            dependant: Dependant = route.dependant
            for method in route.methods or ():
                found[method, str(route.path)] = set(permissions(dependant))
    return found


def permissions(dependant: Dependant) -> Iterator[Permission]:
    if isinstance(dependant.call, Requirement):
        yield dependant.call.permission
    for part in dependant.dependencies:
        yield from permissions(part)


def test_every_route_declares_its_permission(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path))
    assert declared(app) == {route: {entry.permission} for route, entry in ROUTES.items()}
    app.state.access.close()


def test_whatever_changes_something_asks_for_that_permission() -> None:
    for (method, _), route in ROUTES.items():
        assert (route.permission in {ASK, MANAGE}) == (method != "GET")


@dataclass
class House:
    """A server that asks for keys, and what its analyst has in it."""

    server: Server
    clients: dict[str, httpx.Client]
    things: dict[str, Any]

    def call(self, caller: str, key: tuple[str, str], things: dict[str, Any]) -> httpx.Response:
        (method, path), route = key, ROUTES[key]
        options: dict[str, Any] = {"json": route.body} if route.body is not None else {}
        if path == "/spark/upload":
            options = {"files": {"file": ("orders.csv", self.things["content"])}}
        if path == "/spark/generate":
            options["json"] = QUESTION | {"sources": [self._own_upload(caller)]}
        kind = path.split("/")[1]
        if kind in CONNECTIONS:  # another caller may have removed it
            self.clients["admin"].post(f"/{kind}/connections", json=CONNECTIONS[kind])
            things = things | {"name": CONNECTIONS[kind]["name"]}
        url = f"{path}{route.query}".format(**things)
        return self.clients[caller].request(method, url, **options)

    def fresh(self) -> dict[str, Any]:
        """A session and an upload of the analyst to be used up."""
        client = self.clients["analyst"]
        upload = uploaded(client, self.things["content"])
        asked = client.post("/spark/execute", json=SCRIPT).raise_for_status().json()
        return self.things | {
            "session_id": asked["session_id"], "turn": asked["turn"], "upload_id": upload,
        }  # fmt: skip

    def _own_upload(self, caller: str) -> str:
        uploads = {"analyst": "upload_id", "other analyst": "other_upload", "admin": "admin_upload"}
        return f"upload:{self.things[uploads.get(caller, 'upload_id')]}"


def uploaded(client: httpx.Client, content: bytes) -> str:
    answer = client.post("/spark/upload", files={"file": ("orders.csv", content)})
    return str(answer.raise_for_status().json()["upload"]["id"])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, orders: Path) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house")
    store = AccessStore.of(home / "data")
    users = {
        "viewer": ("kim", "viewer"), "analyst": ("kim", "analyst"), "admin": ("root", "admin"),
        "other viewer": ("eve", "viewer"), "other analyst": ("eve", "analyst"),
        "revoked": ("kim", "admin"),
    }  # fmt: skip
    keys = {name: store.create_key(*user) for name, user in users.items()}  # type: ignore[arg-type]
    store.revoke_key(keys["revoked"][0].id)
    store.close()
    allow = {"user:kim": {"connections": ["shop", "lake", "glue/web"]}}
    aws = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_REGION": "eu-central-1", **KEYS}
    with running(
        home,
        aws,
        service__access__authentication="required",
        service__access__allow=json.dumps(allow),
        secret_store="file",
    ) as server:
        clients = {n: server.client(authorization=f"Bearer {t}") for n, (_, t) in keys.items()}
        clients["nobody"] = server.client()
        yield House(server, clients, things_of(clients, orders.read_bytes()))
        for client in clients.values():
            client.close()


def things_of(clients: dict[str, httpx.Client], content: bytes) -> dict[str, Any]:
    own = clients["analyst"]
    upload = uploaded(own, content)
    question = {"prompt": "total amount by region", "sources": [f"upload:{upload}"], "wait": 60}
    turn = own.post("/spark/generate", json=question).raise_for_status().json()
    assert turn["state"] == "completed", turn
    share = own.post(f"/sessions/{turn['session_id']}/share", json={"hours": 1})
    return {
        "database": "web",
        "example_id": "none",
        "table": "orders",
        "session_id": turn["session_id"],
        "turn": turn["turn"],
        "token": share.raise_for_status().json()["token"],
        "upload_id": upload,
        "other_upload": uploaded(clients["other analyst"], content),
        "admin_upload": uploaded(clients["admin"], content),
        "content": content,
    }


def expected(caller: str, route: Route) -> set[int]:
    """The statuses that are right: of a refusal, or of anything that was served."""
    if caller == "revoked" or (caller == "nobody" and route.permission is not PUBLIC):
        return {401}
    if route.permission not in GRANTED[caller]:
        return {403}
    if route.thing in {"connection", "server", "no connection"}:
        allowed = caller in {*OWNERS, "admin"}
        served = {"connection": {200, 204}, "server": {503}, "no connection": {409}}
        return served[route.thing] if allowed else {403}
    if route.thing == "unknown":
        return {404}
    sees = caller in OWNERS or not route.thing or (caller == "admin" and route.thing == "session")
    return {200, 201, 202, 204} if sees else {404}


@pytest.mark.parametrize("caller", GRANTED)
@pytest.mark.parametrize("key", ROUTES, ids=" ".join)
def test_route_role_and_owner(house: House, key: tuple[str, str], caller: str) -> None:
    right = expected(caller, ROUTES[key])
    uses_up = ROUTES[key].fresh and 204 in right
    response = house.call(caller, key, house.fresh() if uses_up else house.things)
    assert response.status_code in right, response.text
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["request_id"] == response.headers["x-request-id"]


def test_what_was_asked_for_in_vain_is_still_there(house: House) -> None:
    own = house.clients["analyst"]
    assert own.get(f"/spark/result/{house.things['session_id']}").status_code == 200
    assert house.things["upload_id"] in own.get("/sources").text


def test_lists_show_ones_own(house: House) -> None:
    session = house.things["session_id"]
    shown = {
        name: session in house.clients[name].get("/sessions?limit=200").text
        for name in ("analyst", "viewer", "other analyst", "other viewer", "admin")
    }
    assert [name for name, shows in shown.items() if shows] == ["analyst", "viewer"]
    assert house.things["upload_id"] not in house.clients["other analyst"].get("/sources").text


def test_nobody_goes_on_with_the_session_of_another(house: House) -> None:
    """The id of another's session names a session of one's own, as any name would."""
    own, other = house.clients["analyst"], house.clients["other analyst"]
    session = house.fresh()["session_id"]
    before = own.get(f"/spark/result/{session}").json()["turns"]
    source = {"sources": [f"upload:{house.things['other_upload']}"]}
    for path, body in (("/spark/generate", QUESTION | source), ("/spark/execute", SCRIPT)):
        begun = other.post(path, json=body | {"session_id": session})
        assert begun.json()["session_id"] != session
    assert own.get(f"/spark/result/{session}").json()["turns"] == before


def test_nobody_asks_of_the_upload_of_another(house: House) -> None:
    body = QUESTION | {"sources": [f"upload:{house.things['upload_id']}"]}
    for name in ("other analyst", "admin"):
        assert house.clients[name].post("/spark/generate", json=body).status_code == 404


@pytest.mark.parametrize("name", ["analyst", "admin"])
def test_files_of_the_server_are_not_to_be_asked_of(house: House, name: str) -> None:
    client = house.clients[name]
    others = next((house.server.home / "data/uploads").glob("*/*/orders.csv")).parents[2]
    for path in ("/etc/passwd", f"{house.server.home}/data/access.db", f"{others}/*/*/orders.csv"):
        body = QUESTION | {"sources": [path]}
        script = f'result = spark.read.text("{path}")'
        refused = [
            client.post("/spark/generate", json=body),
            client.post("/spark/execute", json=SCRIPT | {"spark_code": script}),
            client.get("/sources/profile", params={"uri": path}),
        ]
        assert [response.status_code for response in refused] == [403] * 3


def test_a_script_cannot_name_what_it_reads_in_other_ways(house: House) -> None:
    codes = [
        'result = spark.sql("SELECT * FROM csv.`/etc/passwd`")',
        'result = spark.read.format("text").load("/etc/passwd")',
        'p = "/etc/" + "passwd"\nresult = spark.read.text(p)',
        'result = spark.read.text(*["/etc/passwd"])',
        'result = spark.read.text(paths="/etc/passwd")',
        'result = spark.read.csv(path="/etc/passwd")',
        'result = spark.table("csv.`/etc/passwd`")',
        'result = spark.read.option("path", "/etc/passwd").format("text").load()',
        'result = spark.createDataFrame([(open("/etc/passwd").read(),)], ["a"])',
    ]
    for code in codes:
        body = {"spark_code": code, "wait": 30}
        response = house.clients["analyst"].post("/spark/execute", json=body)
        found = response.json()
        assert response.status_code == 403 or found["state"] in {"refused", "failed"}, found
        assert "root:" not in response.text


def test_a_shared_link_shows_and_changes_nothing(house: House) -> None:
    viewer, token = house.clients["other viewer"], house.things["token"]
    other = house.clients["other analyst"]
    shown = viewer.get(f"/shared/{token}").json()
    assert shown["session"]["session_id"] == house.things["session_id"]
    assert viewer.get(f"/shared/{token}/{house.things['turn']}").json()["answer"]["rows"]
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert viewer.request(method, f"/shared/{token}").status_code == 403
        assert other.request(method, f"/shared/{token}").status_code == 405
    assert viewer.get(f"/spark/result/{house.things['session_id']}").status_code == 404


def test_a_shared_link_ends_with_its_session(house: House) -> None:
    own, viewer = house.clients["analyst"], house.clients["other viewer"]
    session = house.fresh()["session_id"]
    path = own.post(f"/sessions/{session}/share").json()["path"]
    assert viewer.get(path).status_code == 200
    own.delete(f"/sessions/{session}").raise_for_status()
    assert viewer.get(path).status_code == 404


def test_turns_are_in_the_audit_log(house: House) -> None:
    lines = audit_lines(Settings(data_dir=house.server.home / "data"))
    turns = [line for line in lines if line["action"] == "turn"]
    first = next(line for line in turns if line["session"] == house.things["session_id"])
    assert (first["owner"], first["question"]) == ("kim", "total amount by region")
    assert (first["platform"], first["outcome"]) == ("local", "completed")
    assert len(first["script"]) == 64
    requests = {line["request_id"] for line in lines if line["action"] == "request"}
    assert first["request_id"] in requests
    asked = next(line for line in lines if line["request_id"] == first["request_id"])
    assert (asked["action"], asked["question"]) == ("asked", "total amount by region")
    assert "sci_" not in str(lines)


def test_every_request_was_logged(house: House) -> None:
    """A line that cannot be written ends the connection after the answer."""
    house.clients["admin"].get("/postgres/connections/none")
    lines = house.server.lines()
    assert not [line for line in lines if line["level"] == "error"]
    logged = {(line["method"], line["route"]) for line in lines if line["event"] == "request"}
    assert ("GET", "/postgres/connections/{name}") in logged


def test_logs_have_no_secrets(house: House) -> None:
    house.clients["other viewer"].get(f"/shared/{house.things['token']}").raise_for_status()
    log = house.server.log()
    assert "sci_" not in log
    assert house.things["token"][:40] not in log
    assert "total amount by region" not in log
