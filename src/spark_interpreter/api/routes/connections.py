"""Databases by name, and what is in them; the Glue catalog."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from spark_interpreter.api.access import Caller, Permission, require
from spark_interpreter.api.parameters import Control, Core, Reader
from spark_interpreter.api.problems import responses
from spark_interpreter.api.schemas import (
    PostgresConnectionRequest,
    PostgresConnections,
    SchemaList,
    TableList,
    TableView,
)
from spark_interpreter.errors import UsageError
from spark_interpreter.model import (
    ConnectionTest,
    PostgresConnection,
    PostgresTable,
)
from spark_interpreter.sources.paging import page

router = APIRouter(tags=["connections"])

Manager = Annotated[Caller, Depends(require(Permission.MANAGE))]
Name = Annotated[str, Path(min_length=1, max_length=63)]
Schema = Annotated[str, Query(min_length=1, max_length=255, description="The schema.")]
Search = Annotated[str, Query(max_length=200, description="Words that a table must have.")]
After = Annotated[str | None, Query(max_length=255, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=1000)]
Refresh = Annotated[bool, Query(description="Ask the source again, whatever is known.")]

_FAULTS = responses(403, 404, 422, 503)


@router.get("/postgres/connections")
def postgres_connections(service: Core, caller: Reader, access: Control) -> PostgresConnections:
    """The PostgreSQL connections the caller may ask of; never a secret."""
    found = (c for c in service.sources.connections.list() if isinstance(c, PostgresConnection))
    return PostgresConnections(
        connections=tuple(c for c in found if access.data.may_use(caller, c.name))
    )


@router.post("/postgres/connections", status_code=201, responses=responses(409, 422))
def add_postgres_connection(
    service: Core,
    caller: Manager,  # noqa: ARG001
    body: PostgresConnectionRequest,
) -> PostgresConnection:
    """Name a PostgreSQL database; its password is kept apart and never shown."""
    service.sources.connections.add(body.connection, body.password)
    return body.connection


@router.get("/postgres/connections/{name}", responses=responses(403, 404, 422))
def postgres_connection(
    service: Core, caller: Reader, access: Control, name: Name
) -> PostgresConnection:
    """One connection; never its secret."""
    access.data.check_connection(caller, name)
    return service.sources.connections.postgres(name)


@router.put("/postgres/connections/{name}", responses=responses(404, 422))
def change_postgres_connection(
    service: Core,
    caller: Manager,  # noqa: ARG001
    name: Name,
    body: PostgresConnectionRequest,
) -> PostgresConnection:
    """Change a connection. Its password stays only while it leads to the same place."""
    if body.name != name:
        raise UsageError(f"The body names {body.name}, not {name}.", remedy="Name one of them.")
    service.sources.connections.postgres(name)
    service.sources.connections.change(body.connection, body.password)
    return body.connection


@router.delete("/postgres/connections/{name}", status_code=204, responses=responses(404, 422))
def remove_postgres_connection(service: Core, caller: Manager, name: Name) -> None:  # noqa: ARG001
    """Forget a connection and its secret."""
    service.sources.connections.postgres(name)
    service.sources.connections.remove(name)


@router.post("/postgres/{name}/test", responses=_FAULTS)
def test_postgres(service: Core, caller: Manager, name: Name) -> ConnectionTest:  # noqa: ARG001
    """Connect, log in and ask for the version."""
    return service.sources.postgres.test(name)


@router.get("/postgres/{name}/schemas", responses=_FAULTS)
def postgres_schemas(
    service: Core, caller: Reader, access: Control, name: Name, refresh: Refresh = False
) -> SchemaList:
    """The schemas of the connection's database."""
    access.data.check_connection(caller, name)
    return SchemaList.of(service.sources.postgres.schemas(name, refresh=refresh))


@router.get("/postgres/{name}/tables", responses=_FAULTS)
def postgres_tables(
    service: Core,
    caller: Reader,
    access: Control,
    name: Name,
    schema: Schema = "public",
    search: Search = "",
    after: After = None,
    limit: Limit = 100,
    refresh: Refresh = False,
) -> TableList:
    """Tables and views of a schema, by name."""
    access.data.check_connection(caller, name)
    known = service.sources.postgres.tables(name, schema, refresh=refresh)
    return TableList.of(
        page(known.value, search=search, after=after, limit=limit), known.age_seconds
    )


@router.get("/postgres/{name}/tables/{table}", responses=_FAULTS)
def postgres_table(
    service: Core, caller: Reader, access: Control, name: Name,
    table: Annotated[str, Path(min_length=1, max_length=255)], schema: Schema = "public",
) -> TableView:  # fmt: skip
    """A table with its columns, keys and comments, and how a question names it."""
    access.data.check_connection(caller, name)
    found = service.sources.postgres.table(name, schema, table)
    return TableView(table=found, source=PostgresTable(connection=name, schema_name=schema,
                                                       table=found.name))  # fmt: skip
