"""How a script reads a source: what the source section is rendered from."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from spark_interpreter.model.base import Model
from spark_interpreter.model.patterns import escaped

DatabaseKind = Literal["postgres", "snowflake"]

JDBC_DRIVERS: Mapping[DatabaseKind, str] = {
    "postgres": "org.postgresql.Driver",
    "snowflake": "net.snowflake.client.jdbc.SnowflakeDriver",
}
"""The driver classes that reads of databases name."""

HIVE_CLIENT = "hive.metastore.client.factory.class"
"""The setting that names the client of a catalog; scripts over the Glue Data Catalog have it."""

_PLAIN_PART = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PART = re.compile(r"`(?:[^`]|``)+`|\w+")
_TABLE_NAME = re.compile(rf"\s*(?:{_PART.pattern})(?:\s*\.\s*(?:{_PART.pattern}))*\s*")


class ColumnRead(Model):
    """A column stored as text whose cells need work before they are values of its type.

    The steps are applied in this order: trim, null tokens, removal of grouping and currency
    signs, decimal mark, pattern.

    Attributes:
        trim: spaces around the cell are taken off first.
        null_tokens: cells that mean "missing" ("N/A", "-").
        remove: texts taken out of a number before it is read ("€", " "); a grouping sign ("." or
            "," or "'") only where three digits follow, so that a misplaced one still fails.
        decimal_mark: "," where numbers are written 3,14.
        pattern: date or timestamp pattern in Spark's letters ("dd/MM/yyyy").
        true_words, false_words: words of a boolean column.
        percent: the number is followed by % and divided by 100.
    """

    trim: bool = False
    null_tokens: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    decimal_mark: Literal[".", ","] = "."
    pattern: str | None = None
    true_words: tuple[str, ...] = ()
    false_words: tuple[str, ...] = ()
    percent: bool = False


class FileRead(Model):
    """A file source: its files and how their bytes are laid out.

    Attributes:
        paths: the files, absolute or `s3://`, in the order they are read.
        script_path: what the script names: the file or folder, with signs of patterns escaped,
            or a glob; empty when it names `paths` one by one.
        quoted: cells may stand in quotes.
        engine_direct: the embedded engine can read it as it stands; otherwise it is converted to
            columnar form first (other encodings, ragged rows, Excel).
        spark_direct: Apache Spark can; otherwise the portable script reads the columnar form too.
        partition_columns: columns whose values stand in the names of folders below `script_path`
            ("year=2025"); the last ones of the table.
        columnar: a Parquet file with the columns' values, when there is one.
    """

    kind: Literal["file"] = "file"
    format: Literal["csv", "parquet", "json", "excel"]
    paths: tuple[str, ...]
    script_path: str
    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    quoted: bool = True
    header: bool = True
    encoding: str = "UTF-8"
    skip_rows: int = 0
    multiline: bool = False
    ragged: bool = False
    sheet: str | None = None
    compression: str | None = None
    engine_direct: bool = True
    spark_direct: bool = True
    partition_columns: tuple[str, ...] = ()
    columnar: str | None = None

    @property
    def locations(self) -> tuple[str, ...]:
        """What a script names to read it: the key of its stand-in and of its staged copy."""
        return (self.script_path,) if self.script_path else tuple(map(escaped, self.paths))

    @property
    def remote(self) -> bool:
        """The data are not on this machine: a run here reads a staged copy."""
        return any("://" in path.removeprefix("file://") for path in self.paths)


class GlueRead(Model):
    """A table of the Glue Data Catalog: `spark.table("database.table")`.

    Attributes:
        format: how its files are stored; "csv" covers every delimited text.
        location: the `s3://` prefix of its files.
        partition_keys: columns that come from the catalog's partitions, not from the files.
        partition_count: how many partitions there were; None for a table without keys.
        columnar: always None; a run on this machine reads a staged copy.
    """

    kind: Literal["glue"] = "glue"
    database: str
    table: str
    format: Literal["csv", "json", "parquet", "orc"]
    location: str
    partition_keys: tuple[str, ...] = ()
    partition_count: int | None = None
    columnar: None = None
    engine_direct: Literal[True] = True
    spark_direct: Literal[True] = True

    @property
    def locations(self) -> tuple[str, ...]:
        """What a script names to read it."""
        return (table_location(self.database, self.table),)

    @property
    def remote(self) -> bool:
        """The data are not on this machine."""
        return True


class JdbcPartition(Model):
    """How a large table is read in parts: `count` ranges of `column` from `lower` to `upper`."""

    column: str
    lower: str
    upper: str
    count: int = Field(ge=2)


class JdbcRead(Model):
    """A table or view of a database: `spark.read.format("jdbc")`.

    Attributes:
        dialect: which database it is.
        connection: the connection's name; the script asks for its credentials by it.
        url: the JDBC address, without credentials.
        table: the table as the database's SQL names it, quoted where needed ('public."Orders"').
        partition: how a cluster reads it in parts; None reads it in one.
        columnar: always None; a run on this machine reads a staged copy.
    """

    kind: Literal["jdbc"] = "jdbc"
    format: Literal["table"] = "table"
    dialect: DatabaseKind
    connection: str
    url: str
    table: str
    partition: JdbcPartition | None = None
    columnar: None = None
    engine_direct: Literal[True] = True
    spark_direct: Literal[True] = True

    @property
    def locations(self) -> tuple[str, ...]:
        """The address and the table, as `jdbc_location` joins them."""
        return (jdbc_location(self.url, self.table),)

    @property
    def remote(self) -> bool:
        """The data are not on this machine."""
        return True


def table_location(*parts: str) -> str:
    """A table of a catalog as Spark's SQL names it: `shop.sales`, quoted where needed."""
    return ".".join(
        part if _PLAIN_PART.fullmatch(part) else "`" + part.replace("`", "``") + "`"
        for part in parts
    )


def table_parts(name: str) -> tuple[str, ...] | None:
    """The parts of a table's name as Spark reads it; None if it is not a name."""
    if not _TABLE_NAME.fullmatch(name):
        return None
    return tuple(
        part[1:-1].replace("``", "`") if part.startswith("`") else part
        for part in _PART.findall(name)
    )


def jdbc_location(url: str, table: str) -> str:
    """The key under which a table of a database is found: address and table."""
    return f"{url} {table}"


ReadPlan = Annotated[FileRead | GlueRead | JdbcRead, Field(discriminator="kind")]
