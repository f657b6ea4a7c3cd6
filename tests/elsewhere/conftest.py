"""One shop in all places, one interpreter that reaches them, for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from pydantic import SecretStr

from spark_interpreter import Interpreter, Settings
from spark_interpreter.sources.connections import ConnectionStore
from tests.elsewhere import layouts
from tests.elsewhere.asking import Everywhere
from tests.elsewhere.shop import oracle as fill
from tests.servers.moto import Aws, aws_settings
from tests.servers.planted import PASSWORD
from tests.servers.postgres import PostgresServer
from tests.servers.snowflake import SnowflakeServer

GLUE_DATABASE = "everywhere"
SNOWFLAKE_DATABASE = "EVERYWHERE"


@pytest.fixture(scope="package")
def oracle() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as db:
        fill(db)
        yield db


@pytest.fixture(scope="package")
def everywhere(
    tmp_path_factory: pytest.TempPathFactory,
    moto: str,
    postgres_server: PostgresServer,
    snowflake_server: SnowflakeServer,
) -> Iterator[Everywhere]:
    """The shop in all places."""
    home = tmp_path_factory.mktemp("everywhere")
    files = home / "files"
    files.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        aws_settings(patch, moto)
        aws = Aws(moto)
        bucket = aws.new_bucket()
        database, in_postgres = layouts.postgres(postgres_server)
        places = {
            "local": layouts.local_files(files),
            "s3-csv": layouts.s3_csv(aws, bucket, files),
            "s3-parquet": layouts.s3_parquet(aws, bucket),
            "s3-hive": layouts.s3_hive(aws, bucket),
            "glue": layouts.glue(aws, bucket, GLUE_DATABASE),
            "postgres": in_postgres,
            "snowflake": layouts.snowflake(snowflake_server, SNOWFLAKE_DATABASE),
        }
        settings = _settings(home)
        store = ConnectionStore(settings)
        store.add(postgres_server.connection(layouts.POSTGRES, database), SecretStr(PASSWORD))
        store.add(
            snowflake_server.connection(layouts.SNOWFLAKE, database=SNOWFLAKE_DATABASE),
            SecretStr(PASSWORD),
        )
        with Interpreter(settings) as interpreter:
            yield Everywhere(interpreter, places, bucket, postgres_server)


def _settings(home: Path) -> Settings:
    return Settings(
        data_dir=home / "data", cache_dir=home / "cache", cache_max_mb=0,
        jars_uri=str(Path(__file__).resolve().parents[2] / "jars"),
    )  # fmt: skip
