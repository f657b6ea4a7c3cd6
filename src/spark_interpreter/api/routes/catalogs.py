"""What is behind connections and in the Glue Data Catalog: databases, schemas, tables."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from spark_interpreter.api.access.data import GLUE
from spark_interpreter.api.parameters import ConnectionName, Control, Core, Reader
from spark_interpreter.api.problems import responses
from spark_interpreter.api.schemas import (
    DatabaseList,
    SchemaList,
    TableList,
    TableView,
    WarehouseList,
)
from spark_interpreter.errors import UsageError
from spark_interpreter.model import (
    CatalogSchema,
    CatalogTable,
    GlueTable,
    Known,
    PostgresTable,
    SnowflakeTable,
)
from spark_interpreter.sources.paging import page
from spark_interpreter.supervisor.service import Service

Database = Annotated[str, Path(min_length=1, max_length=255)]
Table = Annotated[str, Path(min_length=1, max_length=255)]
Schema = Annotated[str, Query(min_length=1, max_length=255, description="The schema.")]
Refresh = Annotated[bool, Query(description="Ask the source again, whatever is known.")]
OfDatabase = Annotated[
    str | None,
    Query(min_length=1, max_length=255, description="The database; else the connection's own."),
]

_FAULTS = responses(403, 404, 422, 503)


@dataclass(frozen=True)
class Listing:
    """Which tables of a long list are wanted."""

    search: Annotated[str, Query(max_length=200, description="Words a table must have.")] = ""
    after: Annotated[
        str | None, Query(max_length=255, description="`next` of the page before.")
    ] = None
    limit: Annotated[int, Query(ge=1, le=1000)] = 100
    refresh: Refresh = False

    def of(self, known: Known[tuple[CatalogTable, ...]]) -> TableList:
        found = page(known.value, search=self.search, after=self.after, limit=self.limit)
        return TableList(**dict(found), age_seconds=known.age_seconds)


Wanted = Annotated[Listing, Depends(Listing)]


def _opened(caller: Reader, access: Control, name: ConnectionName) -> str:
    access.data.check_place(caller, name)
    return name


Opened = Annotated[str, Depends(_opened)]
"""A connection that the caller may look into."""

postgres = APIRouter(prefix="/postgres/{name}", tags=["postgres"])


@postgres.get("/schemas", responses=_FAULTS)
def postgres_schemas(service: Core, name: Opened, refresh: Refresh = False) -> SchemaList:
    """The schemas of the connection's database."""
    known = service.sources.postgres.schemas(name, refresh=refresh)
    return SchemaList(schemas=known.value, age_seconds=known.age_seconds)


@postgres.get("/tables", responses=_FAULTS)
def postgres_tables(
    service: Core, name: Opened, wanted: Wanted, schema: Schema = "public"
) -> TableList:
    """Tables and views of a schema, by name."""
    return wanted.of(service.sources.postgres.tables(name, schema, refresh=wanted.refresh))


@postgres.get("/tables/{table}", responses=_FAULTS)
def postgres_table(
    service: Core, name: Opened, table: Table, schema: Schema = "public"
) -> TableView:
    """A table with its columns, keys and comments, and how a question names it."""
    found = service.sources.postgres.table(name, schema, table)
    source = PostgresTable(connection=name, schema_name=found.schema_name, table=found.name)
    return TableView.of(Known(value=found), source)


snowflake = APIRouter(prefix="/snowflake/{name}", tags=["snowflake"])


@snowflake.get("/warehouses", responses=_FAULTS)
def snowflake_warehouses(service: Core, name: Opened) -> WarehouseList:
    """The warehouses that the connection's role may see."""
    return WarehouseList(warehouses=service.sources.snowflake.warehouses(name))


@snowflake.get("/databases", responses=_FAULTS)
def snowflake_databases(service: Core, name: Opened, refresh: Refresh = False) -> DatabaseList:
    """The databases that the connection's role may see."""
    known = service.sources.snowflake.databases(name, refresh=refresh)
    databases = tuple(CatalogSchema(name=database) for database in known.value)
    return DatabaseList(databases=databases, age_seconds=known.age_seconds)


@snowflake.get("/schemas", responses=_FAULTS)
def snowflake_schemas(
    service: Core, name: Opened, database: OfDatabase = None, refresh: Refresh = False
) -> SchemaList:
    """The schemas of a database."""
    inside = _database(service, name, database)
    known = service.sources.snowflake.schemas(name, inside, refresh=refresh)
    return SchemaList(schemas=known.value, age_seconds=known.age_seconds)


@snowflake.get("/tables", responses=_FAULTS)
def snowflake_tables(
    service: Core, name: Opened, wanted: Wanted, database: OfDatabase = None,
    schema: Schema = "PUBLIC",
) -> TableList:  # fmt: skip
    """Tables and views of a schema, by name."""
    inside = _database(service, name, database)
    return wanted.of(service.sources.snowflake.tables(name, inside, schema, refresh=wanted.refresh))


@snowflake.get("/tables/{table}", responses=_FAULTS)
def snowflake_table(
    service: Core, name: Opened, table: Table, database: OfDatabase = None,
    schema: Schema = "PUBLIC", refresh: Refresh = False,
) -> TableView:  # fmt: skip
    """A table with its columns, keys and comments, and how a question names it."""
    inside = _database(service, name, database)
    known = service.sources.snowflake.table(name, inside, schema, table, refresh=refresh)
    found = known.value
    return TableView.of(
        known,
        SnowflakeTable(
            connection=name, database=found.database or inside, schema_name=found.schema_name,
            table=found.name,
        ),
    )  # fmt: skip


def _database(service: Service, name: str, database: str | None) -> str:
    found = database or service.sources.connections.snowflake(name).database
    if found is None:
        raise UsageError(
            f"Connection '{name}' has no database of its own.", remedy="Name one: ?database=…"
        )
    return found


glue = APIRouter(prefix="/glue/databases", tags=["glue"])


@glue.get("", responses=_FAULTS)
def glue_databases(
    service: Core, caller: Reader, access: Control, refresh: Refresh = False
) -> DatabaseList:
    """The databases of the Glue Data Catalog that the caller may ask of."""
    access.data.check_place(caller, GLUE)
    known = service.sources.glue.catalog.databases(refresh=refresh)
    seen = tuple(d for d in known.value if access.data.may_use(caller, GLUE, d.name))
    return DatabaseList(databases=seen, age_seconds=known.age_seconds)


def _glue_opened(caller: Reader, access: Control, database: Database) -> str:
    access.data.check_place(caller, GLUE, database)
    return database


GlueOpened = Annotated[str, Depends(_glue_opened)]
"""A database of the Glue Data Catalog that the caller may look into."""


@glue.get("/{database}/tables", responses=_FAULTS)
def glue_tables(service: Core, database: GlueOpened, wanted: Wanted) -> TableList:
    """Tables of a Glue database, by name."""
    return wanted.of(service.sources.glue.catalog.tables(database, refresh=wanted.refresh))


@glue.get("/{database}/tables/{table}", responses=_FAULTS)
def glue_table(service: Core, database: GlueOpened, table: Table) -> TableView:
    """A table with its columns and comments, and how a question names it."""
    found = service.sources.glue.catalog.table(database, table)
    source = GlueTable(database=found.schema_name, table=found.name)
    return TableView.of(Known(value=found), source)


router = APIRouter()
for family in (postgres, snowflake, glue):
    router.include_router(family)
