"""Apache Spark on this machine: its home, and a standalone cluster of two workers."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONNECT_JARS = tuple(str(path) for path in sorted((ROOT / "jars").glob("spark-connect_*.jar")))
START_SECONDS = 90.0
SMALL = {"spark.driver.memory": "1g", "spark.sql.shuffle.partitions": "4"}


def spark_home() -> Path:
    """Apache Spark 3.5, as `scripts/setup spark` installs it."""
    (home,) = (ROOT / ".venv-spark").glob("lib/python3.*/site-packages/pyspark")
    return home


def connect_settings(master: str = "local[2]", **conf: str) -> dict[str, Any]:
    """Settings of the connect platform for this Spark."""
    return {
        "spark_home": str(spark_home()),
        "master": master,
        "jars": CONNECT_JARS,
        "spark_conf": SMALL | conf,
        "seconds": 120,
    }


@pytest.fixture(scope="session")
def spark_cluster() -> Iterator[str]:
    """The address of a standalone cluster with two workers."""
    with two_workers() as master:
        yield master


@contextmanager
def two_workers() -> Iterator[str]:
    """The address of a standalone cluster with two workers, each a process of its own."""
    with ExitStack() as running:
        port = _free_port()
        running.enter_context(
            _daemon("master.Master", port, "--port", str(port), "--webui-port", "0")
        )
        master = f"spark://127.0.0.1:{port}"
        for _ in range(2):
            own = _free_port()
            worker = ("--port", str(own), "--webui-port", "0", "-c", "1", "-m", "700m", master)
            running.enter_context(_daemon("worker.Worker", own, *worker))
        yield master


@contextmanager
def _daemon(name: str, port: int, *arguments: str) -> Iterator[None]:
    """A daemon of Spark, ended with whatever it has started."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SPARK_")}
    python = ROOT / ".venv-spark" / "bin" / "python"
    with subprocess.Popen(
        [
            spark_home() / "bin" / "spark-class",
            f"org.apache.spark.deploy.{name}",
            "--host",
            "127.0.0.1",
            *arguments,
        ],
        env={
            **environment,
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "256m",
            "PYSPARK_PYTHON": str(python),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            _await(process, port)
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _await(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.2)
    pytest.fail(f"A daemon of Spark did not start on port {port}.", pytrace=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
