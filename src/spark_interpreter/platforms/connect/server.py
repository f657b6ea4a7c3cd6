"""An Apache Spark of this machine that speaks Spark Connect, started when it is needed."""

import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import EngineUnavailable
from spark_interpreter.model.deployment import ConnectSettings
from spark_interpreter.platforms.connect.kept import KeptProcess

START_SECONDS = 120.0
_POLL_SECONDS = 0.2
_CLASS = "org.apache.spark.sql.connect.service.SparkConnectServer"
_COMPLAINT_BYTES = 16_384
_PASSED_ENVIRONMENT = (
    "HOME",
    "HADOOP_CONF_DIR",
    "JAVA_HOME",
    "LANG",
    "PATH",
    "PYSPARK_PYTHON",
    "SPARK_CONF_DIR",
    "USER",
)
"""SQL can read the environment of its server: nothing secret belongs there."""


class SparkServer:
    """One server process; safe to use from several threads.

    It is stopped when nobody has used it for some time, and ends at the latest with its owner.
    """

    def __init__(self, settings: ConnectSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._process: KeptProcess | None = None
        self._log: IO[bytes] | None = None
        self._port = 0
        self._leases = 0
        self._timer: threading.Timer | None = None

    @property
    def program(self) -> Path:
        """What starts it."""
        return Path(self._settings.spark_home, "bin", "spark-submit")

    @contextmanager
    def lease(self, cancellation: Cancellation) -> Iterator[int]:
        """The loopback port of the running server, which is not stopped for idleness meanwhile.

        Starts it if it does not run.

        Raises:
            EngineUnavailable: it does not start.
            RunCancelled: nobody wants it any more.
        """
        with cancellation.holding(self._lock):
            self._keep()
            if self._process is None or self._process.ended:
                self._stop()
                self._start()
                self._await(cancellation)
            self._leases += 1
            port = self._port
        try:
            yield port
        finally:
            with self._lock:
                self._leases -= 1
                if not self._leases:
                    self._stop_later()

    def close(self) -> None:
        """End the server and everything it has started."""
        with self._lock:
            self._keep()
            self._stop()

    def _stop_later(self) -> None:
        self._timer = threading.Timer(self._settings.idle_seconds, self._stop_idle)
        self._timer.daemon = True
        self._timer.start()

    def _keep(self) -> None:
        """Forget that it was to be stopped."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def _stop_idle(self) -> None:
        with self._lock:
            if self._timer is threading.current_thread():
                self._stop()

    def _start(self) -> None:
        self._port = _free_port()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives with the process
        options = {
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": str(self._port),
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.ui.enabled": "false",
            **self._settings.spark_conf,
        }
        command = [str(self.program), "--master", self._settings.master, "--class", _CLASS]
        for name, value in options.items():
            command += ["--conf", f"{name}={value}"]
        if self._settings.jars:
            command += ["--jars", ",".join(self._settings.jars)]
        environment = {k: os.environ[k] for k in _PASSED_ENVIRONMENT if k in os.environ}
        try:
            self._process = KeptProcess(
                [*command, "spark-internal"],
                environment={**environment, "SPARK_LOCAL_IP": "127.0.0.1"},
                log=self._log,
            )
        except OSError as exc:
            self._stop()
            raise self._unavailable(str(exc)) from exc

    def _await(self, cancellation: Cancellation) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _listens(self._port):
            assert self._process is not None
            if self._process.ended or time.monotonic() > deadline:
                error = self._unavailable(self._complaint())
                self._stop()
                raise error
            if cancellation.cancelled:
                self._stop()
                cancellation.check()
            time.sleep(_POLL_SECONDS)

    def _unavailable(self, detail: str) -> EngineUnavailable:
        return EngineUnavailable(
            f"Apache Spark in {self._settings.spark_home} did not start.",
            remedy="See that Java is installed, and that connect.jars names the Spark Connect jar "
            "of a Spark before 4.0.",
            detail=detail,
        )

    def _complaint(self) -> str:
        if self._log is None:
            return ""
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - _COMPLAINT_BYTES))
        return self._log.read().decode("utf-8", "replace")

    def _stop(self) -> None:
        if self._process is not None:
            self._process.stop()
        if self._log is not None:
            self._log.close()
        self._process = self._log = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
