"""Declared data: what a question is asked of."""

from typing import Annotated, Literal

from pydantic import Field

from spark_interpreter.model.base import Model

Location = Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[^\x00]+$")]
"""A path or URI as a person wrote it."""

FileFormat = Literal["csv", "parquet", "json", "excel"]


class FileSource(Model):
    """A file, folder or glob, local or `s3://`. What is not given is detected.

    Attributes:
        uri: path or URI as the person wrote it.
        name: the table's name in scripts; else made from the file's name.
        format: "csv" covers every delimited text, "json" both documents and lines.
        delimiter, header, encoding: override what profiling finds in delimited text.
        sheet: the sheet of an Excel workbook; else the first with data.
    """

    kind: Literal["file"] = "file"
    uri: Location
    name: str | None = None
    format: FileFormat | None = None
    delimiter: str | None = None
    header: bool | None = None
    encoding: str | None = None
    sheet: str | None = None


class GlueTable(Model):
    """A table of the AWS Glue Data Catalog."""

    kind: Literal["glue"] = "glue"
    database: str
    table: str
    name: str | None = None


class PostgresTable(Model):
    """A table or view behind a named PostgreSQL connection."""

    kind: Literal["postgres"] = "postgres"
    connection: str
    table: str
    schema_name: str = "public"
    name: str | None = None


class SnowflakeTable(Model):
    """A table or view behind a named Snowflake connection."""

    kind: Literal["snowflake"] = "snowflake"
    connection: str
    database: str
    table: str
    schema_name: str = "PUBLIC"
    name: str | None = None


Source = Annotated[
    FileSource | GlueTable | PostgresTable | SnowflakeTable, Field(discriminator="kind")
]
