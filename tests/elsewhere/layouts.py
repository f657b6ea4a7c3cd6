"""The same shop in each kind of source: how its rows get there, and how a person names them."""

import json
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from spark_interpreter.model import FileSource, GlueTable, PostgresTable, SnowflakeTable, Source
from tests.elsewhere.shop import oracle, shop
from tests.questions.tables import Table
from tests.servers.moto import Aws
from tests.servers.postgres import PostgresServer
from tests.servers.snowflake import SnowflakeServer

Place = dict[str, Source]
"""The tables of the shop by their names, as one kind of source has them."""

POSTGRES = "shop-db"
SNOWFLAKE = "warehouse"

_PARTITIONED_BY = {"orders": "region", "customers": "segment", "products": "category",
                   "stores": "region"}  # fmt: skip
_TEXT = "org.apache.hadoop.mapred.TextInputFormat"
_SERDES = {
    "text": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
    "quoted": "org.apache.hadoop.hive.serde2.OpenCSVSerde",
    "json": "org.openx.data.jsonserde.JsonSerDe",
    "parquet": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
}
GLUE_FORMATS = {"orders": "parquet", "customers": "text", "products": "json", "stores": "quoted"}
"""Each table of the catalog is stored in another way; orders lie in folders by region."""


def local_files(folder: Path) -> Place:
    """CSV files of this machine, as a person would have them."""
    for table in shop().values():
        table.write(folder / table.file, table)
    return {name: FileSource(uri=str(folder / t.file)) for name, t in shop().items()}


def s3_csv(aws: Aws, bucket: str, files: Path) -> Place:
    """One CSV object a table."""
    for name in shop():
        aws.put(bucket, f"csv/{name}.csv", (files / f"{name}.csv").read_bytes())
    return {name: FileSource(uri=f"s3://{bucket}/csv/{name}.csv") for name in shop()}


def s3_parquet(aws: Aws, bucket: str) -> Place:
    """A prefix of two Parquet objects a table."""
    halves = {
        name: f"COPY (SELECT * EXCLUDE half FROM (SELECT *, ntile(2) OVER () AS half FROM {name}) "
        f"WHERE half = {{half}}) TO '{{folder}}/{name}/part-{{half}}.parquet'"
        for name in shop()
    }
    with _written(lambda folder: [
        copy.format(half=half, folder=folder) for copy in halves.values() for half in (1, 2)
    ]) as folder:  # fmt: skip
        _upload(aws, bucket, "parquet", Path(folder))
    return {name: FileSource(uri=f"s3://{bucket}/parquet/{name}/") for name in shop()}


def s3_hive(aws: Aws, bucket: str) -> Place:
    """Folders that name a column's values; Parquet for orders, CSV for the rest."""
    with _written(lambda folder: [
        f"COPY {name} TO '{folder}/{name}' (PARTITION_BY ({key}), OVERWRITE_OR_IGNORE, "
        f"FORMAT {'parquet' if name == 'orders' else 'csv'})"
        for name, key in _PARTITIONED_BY.items()
    ]) as folder:  # fmt: skip
        _upload(aws, bucket, "hive", Path(folder))
    return {name: FileSource(uri=f"s3://{bucket}/hive/{name}") for name in shop()}


def glue(aws: Aws, bucket: str, database: str) -> Place:
    """Tables of the catalog, each in another format."""
    client = aws.client("glue")
    client.create_database(DatabaseInput={"Name": database})
    for name, table in shop().items():
        stored = GLUE_FORMATS[name]
        keys = ["region"] if name == "orders" else []
        client.create_table(
            DatabaseName=database,
            TableInput={
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "PartitionKeys": [{"Name": key, "Type": "string"} for key in keys],
                "StorageDescriptor": _descriptor(table, f"s3://{bucket}/lake/{name}/", stored),
            },
        )
        if stored == "parquet":
            _glue_orders(aws, bucket, database, table)
        else:
            aws.put(bucket, f"lake/{name}/000000_0", _lines(table, stored))
    return {name: GlueTable(database=database, table=name) for name in shop()}


def postgres(server: PostgresServer) -> tuple[str, Place]:
    """Tables with keys in a database of their own, and its name. Moments have a zone."""
    kinds = {"VARCHAR": "text", "TIMESTAMP": "timestamptz"}
    statements = [
        f"CREATE TABLE {name} ({', '.join(_declared(table, kinds))})"
        for name, table in shop().items()
    ]
    statements += [f"ALTER TABLE {t} ADD PRIMARY KEY ({t.removesuffix('s')}_id)" for t in shop()]
    statements += [
        f"ALTER TABLE orders ADD FOREIGN KEY ({key}_id) REFERENCES {key}s"
        for key in ("customer", "product", "store")
    ]
    database = server.new_database(*statements)
    with server.connect(database) as session, session.cursor() as cursor:
        cursor.execute("SET timezone = 'UTC'")
        cursor.execute("SET session_replication_role = replica")
        for name, table in shop().items():
            with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                for row in table.rows:
                    copy.write_row(row)
        cursor.execute("ANALYZE")
    return database, {n: PostgresTable(connection=POSTGRES, table=n) for n in shop()}


def snowflake(server: SnowflakeServer, database: str) -> Place:
    """Tables in the schema SALES of a database of their own."""
    server.run(f"CREATE DATABASE {database}", f"CREATE SCHEMA {database}.SALES")
    kinds = {"TIMESTAMP": "TIMESTAMP_NTZ"}
    for name, table in shop().items():
        place = f"{database}.SALES.{name}"
        rows = ", ".join(f"({', '.join(map(_literal, row))})" for row in table.rows)
        server.run(
            f"CREATE TABLE {place} ({', '.join(_declared(table, kinds))})",
            f"INSERT INTO {place} VALUES {rows}",
        )
    return {
        name: SnowflakeTable(
            connection=SNOWFLAKE, database=database, schema_name="SALES", table=name.upper()
        )
        for name in shop()
    }


def glue_in_spark(bucket: str, database: str) -> list[str]:
    """Statements that declare the catalog's tables in a catalog of Spark's own."""
    options = {
        "text": "USING csv OPTIONS (sep '\\t', nullValue '\\\\N')",
        "quoted": "USING csv",
        "json": "USING json",
        "parquet": "USING parquet PARTITIONED BY (region)",
    }
    statements = [f"CREATE DATABASE {database}"]
    for name, table in shop().items():
        stored = GLUE_FORMATS[name]
        columns = [f"{n} {'string' if stored == 'quoted' else t}" for n, t in _hive(table)]
        statements.append(
            f"CREATE TABLE {database}.{name} ({', '.join(columns)}) {options[stored]} "
            f"LOCATION 's3://{bucket}/lake/{name}/'"
        )
    return [*statements, f"MSCK REPAIR TABLE {database}.orders"]


def _descriptor(table: Table, location: str, stored: str) -> dict[str, Any]:
    return {
        "Columns": [
            {"Name": name, "Type": "string" if stored == "quoted" else kind}
            for name, kind in _hive(table)
            if not (table.name == "orders" and name == "region")
        ],
        "Location": location,
        "InputFormat": _TEXT,
        "SerdeInfo": {
            "SerializationLibrary": _SERDES[stored],
            "Parameters": {"field.delim": "\t"} if stored == "text" else {},
        },
    }


def _glue_orders(aws: Aws, bucket: str, database: str, table: Table) -> None:
    """A partition for each region."""
    with _written(lambda folder: [
        f"COPY orders TO '{folder}/orders' (PARTITION_BY (region), FORMAT parquet)"
    ]) as folder:  # fmt: skip
        _upload(aws, bucket, "lake", Path(folder))
    for region in sorted({row[6] for row in table.rows}):
        location = f"s3://{bucket}/lake/orders/region={region}/"
        aws.client("glue").create_partition(
            DatabaseName=database,
            TableName="orders",
            PartitionInput={
                "Values": [region],
                "StorageDescriptor": _descriptor(table, location, "parquet"),
            },
        )


def _lines(table: Table, stored: str) -> str:
    if stored == "json":
        records = (dict(zip(table.headers, row, strict=True)) for row in table.rows)
        return "".join(json.dumps(record, default=_number) + "\n" for record in records)
    if stored == "quoted":
        return "".join(
            ",".join("" if v is None else f'"{v}"' for v in row) + "\n" for row in table.rows
        )
    return "".join(
        "\t".join("\\N" if v is None else str(v) for v in row) + "\n" for row in table.rows
    )


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)


def _hive(table: Table) -> list[tuple[str, str]]:
    """Columns with the types that the catalog has for them."""
    names = {"VARCHAR": "string", "INTEGER": "int"}
    pairs = [column.rpartition(" ") for column in table.columns]
    return [(name, names.get(kind, kind.lower())) for name, _, kind in pairs]


def _declared(table: Table, kinds: dict[str, str]) -> list[str]:
    pairs = [column.rpartition(" ") for column in table.columns]
    return [f"{name} {kinds.get(kind, kind)}" for name, _, kind in pairs]


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str | date | datetime):
        return "'" + str(value).replace("'", "''") + "'"
    return str(value)


class _written:  # noqa: N801 - used like a function
    """A folder with what DuckDB's statements write from the shop's rows, gone afterwards."""

    def __init__(self, statements: Callable[[str], list[str]]) -> None:
        self._statements = statements
        self._folder = tempfile.TemporaryDirectory()

    def __enter__(self) -> str:
        import duckdb

        folder = self._folder.name
        for name in shop():
            (Path(folder) / name).mkdir()
        with duckdb.connect() as db:
            oracle(db)
            for statement in self._statements(folder):
                db.execute(statement)
        return folder

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def _upload(aws: Aws, bucket: str, prefix: str, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            aws.put(bucket, f"{prefix}/{path.relative_to(folder)}", path.read_bytes())
