"""What a catalog or database says of its schemas, tables and columns."""

from datetime import datetime
from typing import Generic, Literal, TypeVar

from pydantic import Field

from spark_interpreter.model.base import Model, now

TableKind = Literal["table", "view", "external", "link"]
"""External: files that a catalog describes. Link: another catalog's table under a name here."""

V = TypeVar("V")


class CatalogSchema(Model):
    """A namespace of tables: a Glue database, a schema of PostgreSQL or Snowflake.

    Attributes:
        database: the database it is in, where a source has several (Snowflake).
    """

    name: str = Field(min_length=1)
    database: str | None = None
    comment: str | None = None


class CatalogColumn(Model):
    """A column as declared.

    Attributes:
        type: Spark SQL type name it is read with.
        declared_type: the type in the source's own words ("character varying(20)").
        nullable: None where the source does not say.
        partition: its values come from the partitions, not from the files (Glue).
    """

    name: str = Field(min_length=1)
    type: str
    declared_type: str
    nullable: bool | None = None
    comment: str | None = None
    partition: bool = False


class CatalogReference(Model):
    """A declared foreign key: `columns` of this table hold `references` of another."""

    columns: tuple[str, ...]
    schema_name: str
    table: str
    references: tuple[str, ...]


class CatalogTable(Model):
    """A table or view as declared.

    Attributes:
        columns: in the order a reader gives them (Glue: partition keys last); empty in a list
            whose source gives columns only for one table at a time.
        row_count: rows, estimated unless `row_count_exact`.
        byte_count: size at rest, estimated.
        format: how its files are stored ("parquet", "csv"), for external tables.
        location: where its files are, for external tables.
        unsupported: one sentence why it cannot be asked about; empty when it can.
    """

    schema_name: str = Field(min_length=1)
    name: str = Field(min_length=1)
    database: str | None = None
    kind: TableKind = "table"
    comment: str | None = None
    columns: tuple[CatalogColumn, ...] = ()
    primary_key: tuple[str, ...] = ()
    references: tuple[CatalogReference, ...] = ()
    row_count: int | None = None
    row_count_exact: bool = False
    byte_count: int | None = None
    format: str | None = None
    location: str | None = None
    updated: datetime | None = None
    unsupported: str = ""

    @property
    def partition_keys(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.partition)


class CatalogEntry(Model):
    """Something in a catalog, in a line.

    Attributes:
        word: what asks of it, or lists what is in it (`postgres:shop/public.orders`).
        kind: of a table; else "connection", "catalog", "database" or "schema".
        unsupported: one sentence why it cannot be asked about; empty when it can.
    """

    word: str
    name: str
    kind: str
    row_count: int | None = None
    row_count_exact: bool = False
    byte_count: int | None = None
    comment: str | None = None
    unsupported: str = ""


class CatalogPage(Model):
    """Some tables of a list.

    Attributes:
        total: tables of the whole list, all pages together.
        next: what to ask the following page with; None on the last.
    """

    tables: tuple[CatalogTable, ...]
    total: int = Field(ge=0)
    next: str | None = None


class Known(Model, Generic[V]):
    """What a source said, and when."""

    value: V
    looked: datetime = Field(default_factory=now)

    @property
    def age_seconds(self) -> float:
        return max(0.0, (now() - self.looked).total_seconds())


class ConnectionTest(Model):
    """What a connection's server said.

    Attributes:
        version: the server's ("15.17"); None where it does not say.
        tls: how what is sent is protected; None if it can be read on the way.
        seconds: to connect, log in and answer once.
    """

    version: str | None
    tls: str | None
    user: str
    seconds: float
