"""Databases by name: the same routes for every kind of connection."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from spark_interpreter.api.parameters import ConnectionName, Control, Core, Manager, Reader
from spark_interpreter.api.problems import responses
from spark_interpreter.api.schemas import (
    PostgresConnectionRequest,
    PostgresConnections,
    SnowflakeConnectionRequest,
    SnowflakeConnections,
)
from spark_interpreter.errors import UsageError
from spark_interpreter.model import (
    Connection,
    ConnectionTest,
    PostgresConnection,
    SnowflakeConnection,
)
from spark_interpreter.supervisor.service import Service


@dataclass(frozen=True)
class _Kind:
    """A kind of connection.

    Attributes:
        name: as `Connection.kind` and the routes have it.
        connection: what is given back.
        request: what is taken: the same with a secret.
        connections: a list of them.
        get: the connection of a name, which must be of this kind.
        test: connects and asks for the version.
    """

    name: str
    connection: type[Connection]
    request: type[PostgresConnectionRequest] | type[SnowflakeConnectionRequest]
    connections: type[PostgresConnections] | type[SnowflakeConnections]
    get: Callable[[Service, str], Connection]
    test: Callable[[Service, str], ConnectionTest]


_KINDS = (
    _Kind(
        "postgres", PostgresConnection, PostgresConnectionRequest, PostgresConnections,
        get=lambda service, name: service.sources.connections.postgres(name),
        test=lambda service, name: service.sources.postgres.test(name),
    ),
    _Kind(
        "snowflake", SnowflakeConnection, SnowflakeConnectionRequest, SnowflakeConnections,
        get=lambda service, name: service.sources.connections.snowflake(name),
        test=lambda service, name: service.sources.snowflake.test(name),
    ),
)  # fmt: skip


def _routes(kind: _Kind) -> APIRouter:
    routes = APIRouter(prefix=f"/{kind.name}", tags=[kind.name])
    one: dict[str, Any] = {"response_model": kind.connection}

    @routes.get("/connections", response_model=kind.connections)
    def connections(service: Core, caller: Reader, access: Control) -> Any:
        """The connections of this kind the caller may ask of; never a secret."""
        found = (c for c in service.sources.connections.list() if c.kind == kind.name)
        return {"connections": [c for c in found if access.data.may_use(caller, c.name)]}

    @routes.post("/connections", status_code=201, responses=responses(409, 422), **one)
    def add(service: Core, caller: Manager, body: kind.request) -> Any:  # type: ignore[name-defined]  # noqa: ARG001
        """Name a database; its secret is kept apart and never shown."""
        service.sources.connections.add(body.connection, body.secret)
        return body.connection

    @routes.get("/connections/{name}", responses=responses(403, 404, 422), **one)
    def connection(service: Core, caller: Reader, access: Control, name: ConnectionName) -> Any:
        """One connection; never its secret."""
        access.data.check_place(caller, name)
        return kind.get(service, name)

    @routes.put("/connections/{name}", responses=responses(404, 422), **one)
    def change(
        service: Core,
        caller: Manager,  # noqa: ARG001
        name: ConnectionName,
        body: kind.request,  # type: ignore[name-defined]
    ) -> Any:
        """Change a connection. Its secret stays only while it leads to the same place."""
        if body.name != name:
            raise UsageError(f"The body names {body.name}, not {name}.", remedy="Name one of them.")
        kind.get(service, name)
        service.sources.connections.change(body.connection, body.secret)
        return body.connection

    @routes.delete("/connections/{name}", status_code=204, responses=responses(404, 422))
    def remove(service: Core, caller: Manager, name: ConnectionName) -> None:  # noqa: ARG001
        """Forget a connection and its secret."""
        kind.get(service, name)
        service.sources.connections.remove(name)

    @routes.post("/{name}/test", responses=responses(403, 404, 422, 503))
    def test(service: Core, caller: Manager, name: ConnectionName) -> ConnectionTest:  # noqa: ARG001
        """Connect, log in and ask for the version."""
        return kind.test(service, name)

    return routes


router = APIRouter()
for _kind in _KINDS:
    router.include_router(_routes(_kind))
