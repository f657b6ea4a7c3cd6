"""A catalog in moto, with tables of every format over the same sales."""

import io
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as pq
import pytest

from spark_interpreter.aws import AwsClients
from spark_interpreter.settings import Settings
from spark_interpreter.sources.glue.reader import GlueReader
from tests.servers.moto import Aws

TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
OPENX = "org.openx.data.jsonserde.JsonSerDe"
HCATALOG = "org.apache.hive.hcatalog.data.JsonSerDe"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
ORC = "org.apache.hadoop.hive.ql.io.orc.OrcSerde"

SALES = [
    ("order_id", "bigint"), ("region", "string"), ("amount", "decimal(10,2)"), ("sold", "date"),
]  # fmt: skip


class Lake:
    """A database of the catalog and a bucket for its files."""

    def __init__(self, aws: Aws, clients: AwsClients) -> None:
        self.aws = aws
        aws.clients = clients
        self.database = f"shop_{uuid.uuid4().hex[:8]}"
        self.bucket = aws.new_bucket()
        self.glue.create_database(
            DatabaseInput={"Name": self.database, "Description": "The shop's own data"}
        )

    @property
    def glue(self) -> Any:
        return self.aws.client("glue")

    def table(
        self,
        name: str,
        serde: str,
        columns: Sequence[tuple[str, str]] = SALES,
        *,
        keys: Sequence[tuple[str, str]] = (),
        options: Mapping[str, str] | None = None,
        parameters: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        """Declare a table over `s3://bucket/name/`."""
        self.glue.create_table(
            DatabaseName=self.database,
            TableInput={
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "Parameters": dict(parameters or {}),
                "PartitionKeys": [{"Name": n, "Type": t} for n, t in keys],
                "StorageDescriptor": self.descriptor(name, serde, columns, options),
                **more,
            },
        )

    def descriptor(
        self,
        place: str,
        serde: str,
        columns: Sequence[tuple[str, str]] = SALES,
        options: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        return {
            "Columns": [{"Name": n, "Type": t, "Comment": f"the {n}"} for n, t in columns],
            "Location": f"s3://{self.bucket}/{place}/",
            "InputFormat": TEXT_INPUT,
            "SerdeInfo": {"SerializationLibrary": serde, "Parameters": dict(options or {})},
        }

    def put(self, key: str, body: bytes | str) -> None:
        self.aws.put(self.bucket, key, body)

    def partition(self, table: str, values: Sequence[str], serde: str, place: str) -> None:
        self.glue.create_partition(
            DatabaseName=self.database,
            TableName=table,
            PartitionInput={
                "Values": list(values), "StorageDescriptor": self.descriptor(place, serde),
            },
        )  # fmt: skip


def parquet_bytes(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def orc_bytes(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    orc.write_table(table, buffer)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def clients() -> AwsClients:
    """For all tests: making a client takes longer than what it is asked."""
    return AwsClients()


@pytest.fixture
def lake(aws: Aws, clients: AwsClients) -> Lake:
    return Lake(aws, clients)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache")


@pytest.fixture
def reader(lake: Lake, settings: Settings) -> GlueReader:
    return GlueReader(settings, lake.aws.clients)
