"""A shop in a database of its own, and the reader that reaches it through a connection."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from spark_interpreter.model import Need, PostgresTable, TableProfile
from spark_interpreter.settings import Settings
from spark_interpreter.sources.connections import ConnectionStore
from spark_interpreter.sources.postgres import PostgresReader
from spark_interpreter.sources.postgres.session import Timeouts
from tests.servers.planted import PASSWORD
from tests.servers.postgres import PostgresServer

QUICK = Timeouts(connect=5, query=20, read=30, silence=10)


class Shop:
    """A database and what the product knows of it."""

    def __init__(self, server: PostgresServer, folder: Path, *statements: str) -> None:
        self.server = server
        self.folder = folder
        self.database = server.new_database(*statements)
        self.settings = Settings(
            data_dir=folder / "data", cache_dir=folder / "cache", schema_cache_seconds=0
        )
        self.store = ConnectionStore(self.settings)
        self.store.add(server.connection("shop", self.database), SecretStr(PASSWORD))
        self.reader = PostgresReader(self.settings, self.store, QUICK)

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        return self.server.run(*statements, database=self.database)

    def profile(self, table: str, schema: str = "public") -> TableProfile:
        source = PostgresTable(connection="shop", table=table, schema_name=schema)
        return self.reader.profile(source, name="t")

    def stage(
        self,
        profile: TableProfile,
        *columns: str,
        where: str | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Any:
        """The copy, as a pyarrow table."""
        need = Need(location=profile.read.locations[0], columns=columns or None, where=where)
        [copy] = self.reader.stage(profile, need, self.folder / "staged", stopped=stopped)
        assert copy.location == profile.read.locations[0]
        return pq.read_table(copy.paths[0])


MakeShop = Callable[..., Shop]


@pytest.fixture
def make_shop(postgres_server: PostgresServer, tmp_path: Path) -> MakeShop:
    def make(*statements: str) -> Shop:
        return Shop(postgres_server, tmp_path, *statements)

    return make
