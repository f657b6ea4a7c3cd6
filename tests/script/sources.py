"""Profiles of data that are elsewhere, one of each kind."""

from spark_interpreter.model import (
    ColumnProfile,
    FileRead,
    FileSource,
    GlueRead,
    GlueTable,
    JdbcPartition,
    JdbcRead,
    PostgresTable,
    ReadPlan,
    SnowflakeTable,
    Source,
    TableProfile,
)


def _profile(name: str, source: Source, read: ReadPlan) -> TableProfile:
    columns = (
        ColumnProfile(name="order_id", header="order_id", type="bigint"),
        ColumnProfile(name="region", header="region", type="string"),
        ColumnProfile(name="amount", header="amount", type="decimal(12,2)"),
    )
    return TableProfile(name=name, label=name, source=source, columns=columns, read=read)


FILES = _profile(
    "orders",
    FileSource(uri="s3://shop-data/orders/*.csv"),
    FileRead(
        format="csv",
        paths=("s3://shop-data/orders/1.csv", "s3://shop-data/orders/2.csv"),
        script_path="s3://shop-data/orders/*.csv",
        delimiter=";",
    ),
)
GLUE = _profile(
    "sales",
    GlueTable(database="shop-lake", table="sales"),
    GlueRead(database="shop-lake", table="sales", format="parquet", location="s3://lake/sales"),
)
POSTGRES = _profile(
    "invoices",
    PostgresTable(connection="shop-db", table="Invoices"),
    JdbcRead(
        dialect="postgres",
        connection="shop-db",
        url="jdbc:postgresql://db.example:5432/shop?sslmode=verify-full",
        table='public."Invoices"',
        partition=JdbcPartition(column="order_id", lower="1", upper="5000000", count=8),
    ),
)
SNOWFLAKE = _profile(
    "payments",
    SnowflakeTable(connection="warehouse", database="FINANCE", table="PAYMENTS"),
    JdbcRead(
        dialect="snowflake",
        connection="warehouse",
        url="jdbc:snowflake://acme-shop.snowflakecomputing.com/?db=FINANCE&warehouse=SMALL",
        table="FINANCE.PUBLIC.PAYMENTS",
    ),
)
CASES = {
    "files": (FILES,),
    "glue": (GLUE,),
    "postgres": (POSTGRES,),
    "snowflake": (SNOWFLAKE,),
    "all": (FILES, GLUE, POSTGRES, SNOWFLAKE),
}
