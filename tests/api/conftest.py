"""A server for each module of this folder, and data to ask of."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.server import Server, running
from tests.scripts import SLOW


@pytest.fixture(scope="session")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "orders.csv"
    rows = [f"{n},2024-0{n % 3 + 1}-11,{'North' if n % 2 else 'South'},{n}" for n in range(1, 301)]
    path.write_text("\n".join(["order_id,day,region,amount", *rows]) + "\n")
    return path


@pytest.fixture(scope="session")
def slow_script() -> str:
    """A script that runs for minutes."""
    return SLOW


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings: dict[str, Any] = {
        "service__heartbeat_seconds": 0.3,
        "service__runs": 2,
        "service__upload_mb": 1,
    }
    with running(tmp_path_factory.mktemp("server"), **settings) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client
