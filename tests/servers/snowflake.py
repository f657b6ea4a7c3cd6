"""A server that speaks Snowflake's protocol: a process of its own on a free port.

It differs from the real service: any login is right, missing timestamps arrive as 1970, foreign
keys are not told, and types with a zone are all TIMESTAMP_TZ.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from spark_interpreter.model import PasswordAuth, SnowflakeConnection
from tests.servers.planted import PASSWORD

USER = "reader"
START_SECONDS = 60.0


class SnowflakeServer:
    """One server; what is in it lives as long as its process."""

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self.port = _free_port()
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "fakesnow", "-s", "-p", str(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def connection(self, name: str = "lake", **changes: Any) -> SnowflakeConnection:
        """How the product names it."""
        about: dict[str, Any] = {
            "name": name, "account": "acme", "host": self.host, "port": self.port, "tls": False,
            "warehouse": "SMALL", "role": "ANALYST", "auth": PasswordAuth(user=USER),
        }  # fmt: skip
        return SnowflakeConnection(**(about | changes))

    def run(self, *statements: str) -> Sequence[Any]:
        """The rows of the last statement."""
        from snowflake.connector import connect

        with connect(
            account="acme", user=USER, password=PASSWORD, host=self.host, port=self.port,
            protocol="http", platform_detection_timeout_seconds=0.0,
            session_parameters={"CLIENT_TELEMETRY_ENABLED": False},
        ) as connection, connection.cursor() as cursor:  # fmt: skip
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex((self.host, self.port)) == 0:
                    return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError("The Snowflake server of the tests did not start.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def snowflake_server() -> Iterator[SnowflakeServer]:
    """One server for all tests of a process; tests make databases of their own."""
    server = SnowflakeServer()
    yield server
    server.stop()
