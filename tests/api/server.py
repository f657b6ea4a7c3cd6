"""A real server in a process of its own, and clients that talk to it."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import httpx
import psutil
import pytest

from tests.servers.planted import refuse_the_mark

START_SECONDS = 60.0
STOP_SECONDS = 30.0


class Server:
    """`spark-interpreter serve` on a free port of the loopback interface."""

    command: Sequence[str] = ("serve",)

    def __init__(
        self, home: Path, variables: Mapping[str, str] | None = None, **settings: object
    ) -> None:
        self.home = home
        self._environment = dict(variables or {}) | {
            f"SPARK_INTERPRETER_{name.upper()}": str(value) for name, value in settings.items()
        }
        self._log_path = home / "server.log"
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> Self:
        self.home.mkdir(parents=True, exist_ok=True)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("SPARK_")}
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable, "-c",
                    "from spark_interpreter.cli.main import main; main()",
                    *self.command, "--port", "0",
                ],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=inherited
                | {
                    "SPARK_INTERPRETER_DATA_DIR": str(self.home / "data"),
                    "SPARK_INTERPRETER_CACHE_DIR": str(self.home / "cache"),
                    "SPARK_INTERPRETER_CACHE_MAX_MB": "0",
                }
                | self._environment,
            )  # fmt: skip
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"http://\S+", line)
        if found is None:
            self._process.communicate()
            pytest.fail(f"the server did not start: {self.log()[-3000:]}")
        self.url = found[0]
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def client(self, **headers: str) -> httpx.Client:
        hooks = {"response": [refuse_the_mark]}
        return httpx.Client(base_url=self.url, headers=headers, timeout=90, event_hooks=hooks)

    def processes(self) -> list[psutil.Process]:
        """The server's descendants."""
        return psutil.Process(self.pid).children(recursive=True)

    def log(self) -> str:
        return self._log_path.read_text("utf-8")

    def lines(self) -> list[dict[str, Any]]:
        """The structured log."""
        return [json.loads(line) for line in self.log().splitlines()]

    def stop(self) -> int:
        """Ask it to stop, as a supervisor of processes would; its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        process = self._process
        if process is None:
            return 0
        self._process = None
        process.send_signal(how)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            assert process.stdout is not None
            process.stdout.close()


@contextlib.contextmanager
def running(
    home: Path, variables: Mapping[str, str] | None = None, **settings: object
) -> Iterator[Server]:
    """A server with these settings and variables of the environment."""
    server = Server(home, variables, **settings).start()
    try:
        yield server
    finally:
        server.stop()


class Events:
    """The events of a stream as they come."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        found: dict[str, str] = {}
        for line in self._lines:
            if not line and "data" in found:
                yield {"id": int(found["id"]), "kind": found["event"]} | json.loads(found["data"])
            if not line:
                found = {}
            elif not line.startswith(":"):
                name, _, value = line.partition(": ")
                found[name] = value


def until_finished(client: httpx.Client, turn: dict[str, Any], seconds: float = 60) -> Any:
    """The turn in its final state, found by polling."""
    deadline = time.monotonic() + seconds
    while not turn["finished"]:
        assert time.monotonic() < deadline, f"still {turn['state']}"
        time.sleep(0.05)
        turn = client.get(turn["links"]["self"]).raise_for_status().json()
    return turn


def gone(processes: list[psutil.Process], seconds: float = 10) -> bool:
    """Whether all of the processes end in time."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return not [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
