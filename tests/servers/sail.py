"""The embedded engine as a Spark Connect server of its own, where a test needs no Apache Spark."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

START_SECONDS = 30.0

_PROGRAM = """#!{python}
import signal, sys
from pysail.spark import SparkConnectServer
options = dict(part.split("=", 1) for part in sys.argv if part.startswith("spark.connect."))
server = SparkConnectServer("127.0.0.1", int(options["spark.connect.grpc.binding.port"]))
server.start()
signal.pause()
"""


def sail_home(folder: Path) -> Path:
    """A folder that passes for a `SPARK_HOME`: its `spark-submit` starts that server."""
    program = folder / "bin" / "spark-submit"
    program.parent.mkdir(parents=True)
    program.write_text(_PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    return folder


@contextmanager
def listening_sail(
    folder: Path, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[int]:
    """The loopback port of that server, started from a new home in a folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    program = sail_home(folder / "sail") / "bin" / "spark-submit"
    with subprocess.Popen(
        [program, "--conf", f"spark.connect.grpc.binding.port={port}"],
        env=os.environ | dict(environment),
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _await(port)
            yield port
        finally:
            process.kill()


def _await(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"The server did not start on port {port}.")
